"""The page in the states that a day brings: many readers, a busy model, a server that is gone; light and dark."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from rag.core.events import Reading, Waiting
from rag.core.settings import Settings
from rag.testing import FakeGenerator
from rag.web.i18n import strings
from rag.web.static import theme
from tests.web.held_generator import HeldGenerator

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[3]
LAMP = "Who climbed the steps of the harbour lamp for the last time?"
LAMP_ANSWER = "The keeper, Orla Dunmore, climbed the hundred and four steps for the last time."
FIVE = {
    LAMP: "Orla Dunmore",
    "Which bakery won the rye prize for the third year?": "The bakery on Tanner Street won",
    "How long is the footbridge over the Ambel?": "The footbridge over the Ambel opened",
    "When does the ferry to Saint Osk leave the western pier?": "at seven",
    "What was paid for with 48,000 crowns from the fishing guild?": "It was paid for with 48,000 crowns",
}


def question_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name=strings.QUESTION_LABEL)


def go(page: Page, address: str) -> None:
    page.goto(address)
    expect(question_box(page)).to_be_enabled()


def ask(page: Page, question: str) -> None:
    question_box(page).fill(question)
    question_box(page).press("Enter")


def answer(page: Page) -> Locator:
    return page.locator("#current .fn-answer")


# Readers and the model


def test_five_readers_at_once_get_each_the_answer_to_their_own_question(open_site: Callable, browser: Browser) -> None:
    address = open_site().address
    contexts = [browser.new_context() for _ in FIVE]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        go(page, address)
    for page, question in zip(pages, FIVE, strict=True):
        ask(page, question)
    for page, (question, words) in zip(pages, FIVE.items(), strict=True):
        expect(answer(page)).to_have_class(re.compile("fn-answered"), timeout=20_000)
        expect(page.locator("#current .fn-question p")).to_have_text(question)
        expect(page.locator("#current .fn-text")).to_contain_text(words)
        expect(page.locator(".fn-exchange")).to_have_count(1)
    for context in contexts:
        context.close()


def test_a_busy_model_says_the_place_in_the_queue_and_what_it_reads(open_site: Callable, page: Page) -> None:
    generator = HeldGenerator(LAMP_ANSWER, before=[Waiting(2), Waiting(1), Reading(240, 3.0)])
    go(page, open_site(generator).address)
    ask(page, LAMP)
    status = page.locator("#current .fn-status")
    expect(status).to_have_text(strings.ahead(2))
    expect(page.locator("#current .fn-quotation")).to_contain_text("Orla Dunmore")
    generator.step()
    expect(status).to_have_text(strings.ahead(1))
    generator.step()
    expect(status).to_have_text(strings.reading(240, 3.0))
    generator.go.set()
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    expect(status).to_have_count(0)


def test_a_question_can_be_taken_back_while_it_waits(open_site: Callable, page: Page) -> None:
    go(page, open_site(HeldGenerator(LAMP_ANSWER, LAMP_ANSWER, before=[Waiting(3)])).address)
    ask(page, LAMP)
    expect(page.locator("#current .fn-status")).to_have_text(strings.ahead(3))
    page.get_by_role("button", name=strings.STOP).click()
    expect(answer(page)).to_have_class(re.compile("fn-stopped"))
    expect(answer(page)).to_contain_text(strings.STOPPED_EARLY)
    expect(question_box(page)).to_be_enabled()


# The server


@contextmanager
def process(index: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server as another process, once it answers; killed at the end, if it has not been before."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "tests" / "web" / "fake_server.py"), str(index), str(port)]
    running = subprocess.Popen(command, env=environment)
    try:
        deadline = time.monotonic() + 60
        while True:
            assert running.poll() is None, "the server did not start"
            assert time.monotonic() < deadline, "the server does not answer"
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield running
    finally:
        running.kill()
        running.wait(10)


@pytest.mark.slow
def test_a_server_that_is_killed_and_restarted_under_an_open_page(browser: Browser, web_settings: Settings) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = browser.new_context()
    page = context.new_page()
    lost = page.locator("#connection")
    with process(web_settings.index, port) as running:
        go(page, f"http://127.0.0.1:{port}")
        ask(page, LAMP)
        expect(answer(page)).to_have_class(re.compile("fn-answered"))
        expect(question_box(page)).to_be_enabled()
        expect(lost).to_be_empty()
        running.kill()
        running.wait(10)
    ask(page, "Which bakery won the rye prize?")
    expect(lost).to_have_text(strings.CONNECTION_LOST, timeout=15_000)
    expect(page.locator(".toast-wrap")).to_be_hidden()
    with process(web_settings.index, port):
        expect(lost).to_be_empty(timeout=30_000)
        expect(question_box(page)).to_have_value("Which bakery won the rye prize?", timeout=15_000)
        question_box(page).press("Enter")
        expect(page.locator("#current .fn-text")).to_contain_text("The bakery on Tanner Street won")
    context.close()


# The keyboard


def test_the_keyboard_alone_leads_from_the_first_stop_to_a_follow_up(open_site: Callable, page: Page) -> None:
    go(page, open_site(FakeGenerator(LAMP_ANSWER, "Orla Dunmore locked the gallery door behind her.")).address)
    # As one who comes from the browser's own bar.
    page.evaluate("document.body.tabIndex = -1, document.body.focus(), document.body.removeAttribute('tabindex')")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=strings.SKIP)).to_be_focused()
    expect(page.get_by_role("link", name=strings.SKIP)).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(question_box(page)).to_be_focused()
    page.keyboard.type(LAMP)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=strings.ASK, exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    expect(question_box(page)).to_be_focused()
    page.keyboard.type("And who locked the door?")
    page.keyboard.press("Enter")
    expect(page.locator("#answer-2 .fn-answered")).to_be_visible()
    expect(page.locator("#answer-2 .fn-text")).to_contain_text("locked the gallery door")


@pytest.mark.parametrize("view", ["chat", "library"])
def test_every_stop_of_the_keyboard_can_be_seen(open_library_site: Callable, page: Page, view: str) -> None:
    go(page, open_library_site().address)
    if view == "chat":
        ask(page, LAMP)
        expect(answer(page)).to_have_class(re.compile("fn-answered"))
        expect(question_box(page)).to_be_enabled()
    else:
        page.get_by_role("link", name=strings.VIEW_NAMES["library"]).click()
        page.locator(".fn-row").first.click()
        expect(page.locator(".fn-article")).to_be_visible()
    page.evaluate("document.body.tabIndex = -1, document.body.focus(), document.body.removeAttribute('tabindex')")
    seen: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                const one = document.activeElement;
                if (!one || one === document.body) return null;
                const ring = (element) => {
                    const style = getComputedStyle(element);
                    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1
                        && style.outlineColor !== "rgba(0, 0, 0, 0)";
                    return outlined || style.boxShadow.includes("0px 0px 0px");
                };
                const around = [one, one.closest("label"), one.closest(".wrap")].filter(Boolean);
                const name = one.id || one.className || one.tagName;
                return {name: `${one.tagName} ${name} ${one.textContent.slice(0, 20)}`, ringed: around.some(ring)};
            }"""
        )
        if stop is None:
            break
        assert stop["ringed"], f"{stop['name']} is focused and does not show it"
        seen.append(stop["name"])
    assert len(seen) > 8
    assert len(seen) < 60, "the keyboard does not come out at the end"


# Looks


def background(page: Page) -> int:
    """How bright the page is, from 0 to 255."""
    red, *_ = map(int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.documentElement).backgroundColor")))
    return red


def choose(page: Page, value: str) -> None:
    page.locator(".fn-appearance > summary").click()
    page.get_by_role("radio", name=strings.APPEARANCES[value]).check()
    page.keyboard.press("Escape")
    expect(page.locator(".fn-appearance[open]")).to_have_count(0)


def test_light_and_dark_follow_the_device_until_one_is_chosen(open_site: Callable, page: Page) -> None:
    go(page, open_site().address)
    assert background(page) > 200
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body.dark")).to_have_count(1)
    assert background(page) < 60
    choose(page, "light")
    assert background(page) > 200
    page.emulate_media(color_scheme="light")
    choose(page, "dark")
    assert background(page) < 60
    page.reload()
    expect(question_box(page)).to_be_enabled()
    assert background(page) < 60
    expect(page.locator("body.dark")).to_have_count(1)
    page.locator(".fn-appearance > summary").click()
    expect(page.get_by_role("radio", name=strings.APPEARANCES["dark"])).to_be_checked()
    page.get_by_role("radio", name=strings.APPEARANCES["system"]).check()
    assert background(page) > 200


def test_what_was_chosen_is_there_before_gradio_has_drawn_anything(open_site: Callable, browser: Browser) -> None:
    address = open_site().address
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    go(page, address)
    choose(page, "dark")
    page.route("**/assets/**", lambda route: route.abort())
    page.reload()
    assert page.locator(".gradio-container").count() == 0
    assert background(page) < 60
    context.close()


def test_what_a_portal_asks_for_by_the_address_holds_on_its_page(open_site: Callable, page: Page) -> None:
    address = open_site().address
    go(page, address + "/?__theme=dark")
    assert background(page) < 60
    go(page, address)
    assert background(page) > 200


def test_the_fonts_are_ours_nothing_is_fetched_twice_and_the_second_time_hardly_anything(
    open_site: Callable, page: Page
) -> None:
    address = open_site(FakeGenerator(LAMP_ANSWER)).address
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "GET" else None)
    go(page, address)
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate("[...document.fonts].filter(one => one.status === 'loaded').map(one => one.family)")
    assert {family.strip('"') for family in loaded} == {"Source Sans 3", "Source Serif 4"}
    files = [url for url in asked if "/gradio_api/" not in url]
    assert [url for url, times in Counter(files).items() if times > 1] == []
    assert sum(url.endswith(".woff2") for url in files) == len(theme.EARLY_FONTS)

    page.goto("about:blank")
    go(page, address)
    sizes = page.evaluate("performance.getEntriesByType('resource').map(one => [one.name, one.transferSize])")
    again = [name for name, size in sizes if size and ("/assets/" in name or "/fonts/" in name)]
    assert again == []
    whole = page.evaluate("performance.getEntriesByType('navigation')[0].transferSize")
    assert whole < 80_000
