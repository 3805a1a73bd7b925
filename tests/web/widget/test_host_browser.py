"""The widget on pages that are not made for it: their styles, their scripts, their handling of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from rag.testing import FakeGenerator
from rag.web.i18n import strings
from tests.web.held_generator import HeldGenerator
from tests.web.widget.widget_site import EVENTS, LAMP, LAMP_ANSWER, ask, question_box, told, wait_until

pytestmark = pytest.mark.browser

HOSTILE = """
* { all: unset !important; }
button, dialog, section, textarea, div, p { display: none !important; }
footnote-chat { display: none !important; opacity: 0 !important; position: static !important; color: red !important;
  font: 3px fantasy !important; pointer-events: none !important; visibility: hidden !important; }
html { font-size: 4px !important; letter-spacing: 1em !important; line-height: 5 !important; }
"""
TRAPPED = """
#box { transform: translate(40px, 40px); overflow: hidden; width: 200px; height: 100px; contain: paint; }
#cover { position: fixed; inset: 0; z-index: 2147483647; background: #fff; }
"""


def launcher(page: Page) -> Locator:
    return page.locator("footnote-chat .launcher")


def focused(page: Page) -> str:
    """What has the keyboard: the host's own element, or one of the widget by its tag and part."""
    return page.evaluate(
        """() => {
            const inner = document.activeElement.shadowRoot?.activeElement;
            if (!inner) return document.activeElement.localName;
            return `${inner.localName} ${inner.getAttribute("part") ?? inner.className}`;
        }"""
    )


def run(page: Page, script: str) -> object:
    return page.evaluate(f"async () => {{ const chat = document.querySelector('footnote-chat'); {script} }}")


# The launcher


def test_the_dialog_keeps_the_keyboard_and_gives_it_back(open_portal: Callable, page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    site.open(page, f"<button>Before</button>{site.element(mode='launcher')}<button>After</button>")
    expect(launcher(page)).to_have_attribute("aria-expanded", "false")
    launcher(page).press("Enter")
    expect(launcher(page)).to_have_attribute("aria-expanded", "true")
    expect(question_box(page)).to_be_focused()
    ask(page, LAMP)
    seen = set()
    for key in ["Tab"] * 14 + ["Shift+Tab"] * 14:
        page.keyboard.press(key)
        seen.add(focused(page))
    assert "button" not in seen
    assert "body" not in seen
    assert {"textarea input", "button send", "button icon", "button mark", "summary "} <= seen
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert focused(page) == "button launcher"
    launcher(page).click()
    expect(page.locator("footnote-chat .exchange")).to_have_attribute("data-stage", "answered")
    page.mouse.click(10, 10)
    expect(page.get_by_role("dialog")).to_be_hidden()
    launcher(page).click()
    page.get_by_role("button", name=strings.CLOSE_ARTICLE).click()
    expect(launcher(page)).to_be_focused()
    wait_until(page, "() => window.told.length === 8")  # The browser tells of the end of a dialog a moment later.
    kinds = " ".join(kind for kind, _ in page.evaluate("window.told"))
    assert kinds == "ready open answer close open close open close"


def test_nothing_is_asked_before_the_launcher_is_pressed(open_portal: Callable, page: Page) -> None:
    site = open_portal()
    site.open(page, site.element(mode="launcher"))
    expect(launcher(page)).to_be_visible()
    assert site.portal.given == 0
    launcher(page).click()
    expect(page.locator("footnote-chat .suggestion")).to_have_count(3)


@pytest.mark.parametrize("width", [390, 1280])
def test_no_style_of_the_page_breaks_it_and_none_of_its_own_gets_out(
    open_portal: Callable, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    site.open(page, site.element(mode="launcher"), styles=HOSTILE)
    box = launcher(page).bounding_box()
    assert box
    assert (box["width"], box["height"]) == (60, 60)
    assert (box["x"] + 80, box["y"] + 80) == (width, 800)
    launcher(page).click()
    ask(page, LAMP)
    dialog = page.locator("footnote-chat dialog").bounding_box()
    assert dialog
    assert dialog["width"] == (390 if width == 390 else 430)
    style = "text => ['fontSize', 'letterSpacing', 'opacity'].map((name) => getComputedStyle(text)[name])"
    assert page.locator("footnote-chat .text").evaluate(style) == ["17px", "normal", "1"]
    assert page.evaluate("document.adoptedStyleSheets.length + document.querySelectorAll('style, [style]').length") == 0


def test_nothing_around_it_covers_the_launcher(open_portal: Callable, page: Page) -> None:
    site = open_portal()
    body = f"<div id='box'>{site.element(mode='launcher')}</div><div id='cover'></div>"
    site.open(page, body, styles=TRAPPED)
    launcher(page).click()
    expect(question_box(page)).to_be_focused()
    box = page.locator("footnote-chat dialog").bounding_box()
    assert box
    assert box["x"] + box["width"] == 1440 - 20


def test_colours_and_sizes_are_the_portals_where_it_says_so(open_portal: Callable, page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    styles = """
    footnote-chat { --footnote-accent: rgb(1, 100, 2); --footnote-height: 444px; --footnote-font: monospace; }
    footnote-chat::part(answer) { background: rgb(3, 4, 5); }
    """
    parts = ["panel", "header", "conversation", "question", "answer", "mark", "card", "composer", "input", "send"]
    site.open(page, site.element("theme='dark'"), styles=styles)
    latest = ask(page, LAMP)
    expect(page.locator("footnote-chat .send")).to_have_css("background-color", "rgb(1, 100, 2)")
    expect(latest.locator(".answer")).to_have_css("background-color", "rgb(3, 4, 5)")
    expect(latest.locator(".text")).to_have_css("font-family", "monospace")
    assert page.locator("footnote-chat").evaluate("chat => chat.offsetHeight") == 444
    for part in parts:
        assert page.locator(f"footnote-chat [part={part}]").count(), part
    expect(page.locator("footnote-chat .top")).to_have_css("background-color", "rgb(28, 31, 38)")
    run(page, "chat.setAttribute('theme', 'light')")
    expect(page.locator("footnote-chat .top")).to_have_css("background-color", "rgb(255, 255, 255)")


def test_shortcuts_of_the_page_do_not_take_what_is_typed(open_portal: Callable, page: Page) -> None:
    site = open_portal()
    site.open(page, script=EVENTS + "addEventListener('keydown', (event) => event.preventDefault());")
    question_box(page).press_sequentially("Who?")
    expect(question_box(page)).to_have_value("Who?")


# Scripts of the page


def test_a_script_asks_and_gets_the_answer_or_the_problem(open_portal: Callable, page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER, LAMP_ANSWER))
    site.open(page, site.element(mode="launcher"))
    expect(launcher(page)).to_be_visible()
    found = run(page, f"return (await chat.ask({LAMP!r})).answer")
    assert found == LAMP_ANSWER
    expect(page.get_by_role("dialog")).to_be_visible()
    refused = run(page, "chat.ask('1?').catch(() => {}); return chat.ask('2?').catch((error) => error.problem.type)")
    assert refused == "urn:footnote:problem:busy"
    run(page, "chat.newConversation(); chat.close()")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("footnote-chat .exchange")).to_have_count(0)


def test_a_provider_set_before_the_element_is_defined_gives_the_tokens(open_portal: Callable, page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    script = """
    addEventListener("DOMContentLoaded", () => {
      document.querySelector("footnote-chat").tokenProvider = async () =>
        (await (await fetch("/token", { method: "POST" })).json()).token;
    });
    """
    site.open(page, '<footnote-chat mode="inline" suggestions="none"></footnote-chat>', script)
    run(page, "await customElements.whenDefined('footnote-chat')")
    ask(page, LAMP)
    assert site.portal.given == 1


def test_it_may_be_moved_taken_out_and_loaded_twice_and_stand_there_more_than_once(
    open_portal: Callable, page: Page
) -> None:
    generator = HeldGenerator(LAMP_ANSWER, LAMP_ANSWER)
    site = open_portal(generator)
    both = site.element("title='One'") + "<div id='other'></div>" + site.element("title='Two'", mode="launcher")
    site.open(page, f"<main><h1>Portal</h1>{both}</main>", modules=2)
    expect(launcher(page)).to_be_visible()
    latest = ask(page, LAMP, "writing")
    run(page, "document.querySelector('#other').append(chat)")
    generator.go.set()
    expect(latest).to_have_attribute("data-stage", "answered")
    generator.go.clear()
    latest = ask(page, LAMP, "writing")
    run(page, "window.kept = chat; chat.remove()")
    expect(page.locator("footnote-chat")).to_have_count(1)
    run(page, "document.querySelector('#other').append(window.kept)")
    expect(latest).to_have_attribute("data-stage", "stopped")
    run(page, "document.querySelector('#other').append(document.querySelector('[mode=launcher]'))")
    launcher(page).click()
    expect(page.get_by_role("dialog", name="Two")).to_be_visible()
    assert len(told(page, "ready")) == 2


def test_the_language_follows_the_attribute_and_what_is_there_stays(open_portal: Callable, page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    site.open(page, site.element("lang='de-AT'"))
    box = page.get_by_role("textbox", name="Ihre Frage")
    box.fill(LAMP)
    box.press("Enter")
    latest = page.locator("footnote-chat .exchange")
    expect(latest).to_have_attribute("data-stage", "answered")
    latest.locator(".text .mark").click()
    expect(latest.locator(".current .origin")).to_have_text("The Coast Gazette · 3. November 2024")
    box.fill("Und dann?")
    run(page, "chat.setAttribute('lang', 'ar'); chat.setAttribute('placeholder', 'x')")
    box = page.get_by_role("textbox", name="سؤالك")
    expect(box).to_have_value("Und dann?")
    expect(page.locator("footnote-chat .frame")).to_have_attribute("dir", "rtl")
    expect(latest.locator(".text")).to_contain_text(LAMP_ANSWER)
    assert latest.locator(".question bdi").evaluate("one => getComputedStyle(one).direction") == "ltr"
    question, panel = latest.locator(".question").bounding_box(), latest.bounding_box()
    assert question and panel
    assert question["x"] == pytest.approx(panel["x"], abs=1), "what was asked stands at the end of the line: left"
    run(page, "chat.removeAttribute('lang')")
    expect(question_box(page)).to_be_visible()
