"""Asking only some of the articles, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from rag.ingest.pipeline import ingest
from rag.testing import FakeEmbedder, FakeGenerator
from rag.web.i18n import strings

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).parents[3] / "test-results"
LAMP = "Who climbed the steps of the harbour lamp for the last time?"
LAMP_ANSWER = "The keeper, Orla Dunmore, climbed the hundred and four steps for the last time."
TITLES = ("Harbour lamp", "Bakery", "Footbridge", "The pier")
WHALE = """---
title: Grey whale seen off Vellmouth
date: 2025-02-03
source: The Whale Watch
---
A grey whale was seen off Vellmouth on Monday. The pilot Jonna Wick watched it for two hours.
"""


def go(page: Page, address: str) -> None:
    page.goto(address)
    expect(question_box(page)).to_be_enabled()
    expect(fold(page)).to_be_visible()


def fold(page: Page) -> Locator:
    return page.get_by_role("button", name=strings.ONLY_SOME)


def question_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name=strings.QUESTION_LABEL)


def ask(page: Page, question: str) -> None:
    expect(question_box(page)).to_be_enabled()
    question_box(page).fill(question)
    question_box(page).press("Enter")


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=value).click()
    page.keyboard.press("Escape")


def answer(page: Page) -> Locator:
    return page.locator("#current .fn-answer")


def only(page: Page) -> Locator:
    return page.locator("#in-force")


def titles(page: Page) -> set[str]:
    """Which of the articles are shown beside the answer."""
    shown = page.locator("#shown .fn-title").all_inner_texts()
    return {title for title in TITLES if any(title in one for one in shown)}


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"filters-{name}.png")


def test_only_a_chosen_source_is_asked_until_the_filter_is_taken_away(open_site: Callable, page: Page) -> None:
    go(page, open_site(FakeGenerator(LAMP_ANSWER, LAMP_ANSWER)).address)
    expect(page.get_by_role("combobox", name=strings.ONLY_SOURCES)).to_be_hidden()
    expect(only(page)).to_be_hidden()

    expect(fold(page)).to_have_attribute("aria-expanded", "false")
    fold(page).click()
    expect(fold(page)).to_have_attribute("aria-expanded", "true")
    choose(page, strings.ONLY_SOURCES, "Vellmouth Courier · 1")
    expect(only(page).get_by_text("Vellmouth Courier")).to_be_visible()
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-(declined|answered)"))
    assert titles(page) == {"Footbridge"}
    expect(only(page).get_by_text("Vellmouth Courier")).to_be_visible()

    page.get_by_role("button", name=strings.ALL_OF_THEM).click()
    expect(only(page)).to_be_hidden()
    ask(page, LAMP)
    expect(page.locator("#answer-2 .fn-answered")).to_be_visible()
    assert "Harbour lamp" in titles(page)


def test_a_range_of_days_and_a_tag(open_site: Callable, page: Page) -> None:
    go(page, open_site().address)
    fold(page).click()
    page.get_by_label(strings.SINCE, exact=True).fill("2024-06-22")
    page.get_by_label(strings.UNTIL, exact=True).fill("2024-11-30")
    choose(page, strings.ONLY_TAGS, "harbour")
    expect(only(page).get_by_text("from 22 June 2024 to 30 November 2024")).to_be_visible()
    expect(only(page).get_by_text("tag: harbour")).to_be_visible()
    ask(page, "What did the ferry, the bakery and the footbridge cost?")
    expect(answer(page)).to_have_class(re.compile("fn-(declined|answered)"))
    assert titles(page) == {"Harbour lamp"}


def test_filters_that_leave_nothing_are_explained(open_site: Callable, page: Page) -> None:
    go(page, open_site().address)
    fold(page).click()
    choose(page, strings.ONLY_SOURCES, "Vellmouth Courier · 1")
    choose(page, strings.ONLY_TAGS, "food")
    expect(only(page).get_by_text("tag: food")).to_be_visible()
    ask(page, LAMP)
    expect(answer(page)).to_contain_text("No article matches the filters.")
    assert titles(page) == set()


def test_a_range_upside_down_asks_nothing_until_it_is_mended(open_site: Callable, page: Page) -> None:
    go(page, open_site(FakeGenerator(LAMP_ANSWER)).address)
    fold(page).click()
    page.get_by_label(strings.SINCE, exact=True).fill("2024-11-04")
    page.get_by_label(strings.UNTIL, exact=True).fill("2024-11-03")
    fold(page).click()
    ask(page, LAMP)
    expect(only(page)).to_contain_text("ends (2024-11-03) before it begins (2024-11-04). Exchange the two.")
    expect(page.get_by_label(strings.SINCE, exact=True)).to_be_visible()
    expect(page.locator(".fn-exchange")).to_have_count(0)
    expect(question_box(page)).to_have_value(LAMP)
    expect(question_box(page)).to_be_enabled()

    page.get_by_label(strings.SINCE, exact=True).fill("2024-11-03")
    expect(page.get_by_role("button", name=strings.ASK, exact=True)).to_be_visible()
    question_box(page).press("Enter")
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    expect(only(page)).to_contain_text("dated 3 November 2024")


def test_the_keyboard_alone_is_enough(open_site: Callable, page: Page) -> None:
    go(page, open_site().address)
    question_box(page).focus()
    tab_to(page, fold(page))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("combobox", name=strings.ONLY_SOURCES))
    page.keyboard.type("coast")
    page.keyboard.press("Enter")
    expect(only(page)).to_contain_text("The Coast Gazette")
    tab_to(page, page.get_by_label(strings.UNTIL, exact=True))
    page.keyboard.type("10102024")  # Day and month alike: the browser's language decides which of them comes first.
    tab_to(page, question_box(page), "Shift+Tab")
    expect(only(page)).to_contain_text("to 10 October 2024")
    page.keyboard.type(LAMP)
    page.keyboard.press("Enter")
    expect(answer(page)).to_have_class(re.compile("fn-(declined|answered)"))
    assert titles(page) == {"Bakery"}
    question_box(page).focus()
    tab_to(page, page.get_by_role("button", name=strings.ALL_OF_THEM), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(only(page)).to_be_hidden()


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    for _ in range(24):
        page.keyboard.press(key)
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} cannot be reached by {key}")


def test_choices_follow_the_library(open_library_site: Callable, page: Page, tmp_path: Path) -> None:
    site = open_library_site()
    go(page, site.address)
    fold(page).click()
    choose(page, strings.ONLY_SOURCES, "The Coast Gazette · 2")
    page.get_by_role("link", name=strings.VIEW_NAMES["library"]).click()
    whale = {"name": "whale.md", "mimeType": "text/markdown", "buffer": WHALE.encode()}
    page.get_by_label(strings.ADD_ARTICLES).set_input_files([whale])
    expect(page.locator(".fn-count")).to_have_text("5 articles")
    page.get_by_role("link", name=strings.VIEW_NAMES["chat"]).click()
    expect(only(page).get_by_text("The Coast Gazette")).to_be_visible()
    choose(page, strings.ONLY_SOURCES, "The Whale Watch · 1")
    expect(only(page).get_by_text("The Whale Watch")).to_be_visible()
    ask(page, "Who watched the grey whale off Vellmouth?")
    expect(page.locator("#shown")).to_contain_text("Grey whale seen off Vellmouth")
    expect(answer(page)).to_have_class(re.compile("fn-(declined|answered)"))
    expect(page.get_by_role("button", name=strings.ASK, exact=True)).to_be_visible()

    (tmp_path / "later.md").write_text(WHALE.replace("Whale Watch", "Later Post").replace("whale", "seal"), "utf-8")
    ingest([tmp_path / "later.md"], site.settings, FakeEmbedder())
    page.reload()
    fold(page).click()
    expect(only(page)).to_be_hidden()
    choose(page, strings.ONLY_SOURCES, "The Later Post · 1")
    expect(only(page).get_by_text("The Later Post")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)])
def test_the_controls_fit_phones_and_wide_screens(
    open_site: Callable, page: Page, scheme: str, width: int, height: int
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": height})
    go(page, open_site().address)
    shot(page, f"closed-{width}-{scheme}")
    fold(page).click()
    choose(page, strings.ONLY_SOURCES, "The Coast Gazette · 2")
    expect(only(page).get_by_text("The Coast Gazette")).to_be_visible()
    shot(page, f"open-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in ("#in-force", "#composer", "#filters"):
        box = page.locator(part).bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
