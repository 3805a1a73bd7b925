"""The page in other languages, as a reader uses it, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rag.testing import FakeGenerator
from rag.web.i18n import strings
from rag.web.i18n.catalogs import use_language
from rag.web.i18n.middleware import COOKIE

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).parents[3] / "test-results"
LAMP = "Who climbed the steps of the harbour lamp for the last time?"
LAMP_ANSWER = "The keeper, Orla Dunmore, climbed the hundred and four steps for the last time."
OFF_TOPIC = "Which sonata did quantum penguins compose in Reykjavik?"
SIZES = {390: 844, 1440: 900}


@pytest.fixture
def german(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that likes German best."""
    with browser.new_context(locale="de-AT") as context:
        yield context


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def ask(page: Page, question: str) -> None:
    box = page.get_by_role("textbox", name=strings.QUESTION_LABEL)
    box.fill(question)
    box.press("Enter")


def choose(page: Page, name: str) -> None:
    page.locator(".fn-languages summary").click()
    page.get_by_role("link", name=name, exact=True).click()


def middle(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box
    return box["x"] + box["width"] / 2


def test_the_browsers_language_then_another_one_that_is_remembered(german: BrowserContext, open_site: Callable) -> None:
    address = open_site(FakeGenerator(LAMP_ANSWER)).address
    page = german.new_page()
    page.goto(address)
    with use_language("de"):
        expect(page.locator("html")).to_have_attribute("lang", "de")
        expect(page.locator("html")).to_have_attribute("dir", "ltr")
        expect(page.get_by_role("button", name=strings.ASK)).to_be_visible()
        expect(page.get_by_placeholder(strings.QUESTION_PLACEHOLDER)).to_be_visible()
        expect(page.locator(".fn-count")).to_have_text("4 Artikel")
        expect(page.get_by_text(strings.WELCOME)).to_be_visible()
        expect(page.get_by_role("button", name=strings.ONLY_SOME)).to_be_visible()
    assert middle(page, "#views") > middle(page, ".fn-name")

    choose(page, "العربية")
    for _ in range(2):
        with use_language("ar"):
            expect(page.get_by_role("button", name=strings.ASK, exact=True)).to_be_visible()
            expect(page.get_by_text(strings.WELCOME)).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "ar")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert middle(page, "#views") < middle(page, ".fn-name")
        page.reload()

    with use_language("ar"):
        ask(page, LAMP)
        expect(page.locator("#current .fn-answered")).to_be_visible()
        expect(page.get_by_text(strings.WAS_IT_RIGHT)).to_be_visible()
        expect(page.get_by_role("heading", name=strings.SOURCES, exact=True)).to_be_visible()
        assert middle(page, "#sources") < middle(page, "#conversation")
        card = page.locator("#answer-1-source-1")
        expect(card).to_contain_text("3 نوفمبر 2024")
        expect(card).to_contain_text(strings.VERY_CLOSE)
        expect(card.locator(".fn-passage")).to_have_css("direction", "ltr")
        expect(page.locator("#current .fn-answer .fn-text")).to_have_css("direction", "ltr")
        ask(page, OFF_TOPIC)
        expect(page.locator("#current .fn-declined .fn-message")).to_contain_text("لا تذكر المقالات «Reykjavik»")
        expect(page.locator("#shown .fn-shortfall").first).to_contain_text("فهو لا يذكر")
    (kept,) = [cookie for cookie in german.cookies() if cookie["name"] == COOKIE]
    assert (kept["value"], kept["httpOnly"], kept["sameSite"]) == ("ar", True, "Lax")


def test_every_step_of_an_answer_is_in_the_readers_language(german: BrowserContext, open_site: Callable) -> None:
    address = open_site(FakeGenerator(LAMP_ANSWER)).address
    page = german.new_page()
    page.goto(address)
    expect(page.locator("#current .fn-welcome")).to_be_visible()
    # What the live region said from the question to the answer, whoever of the page's threads wrote it.
    page.evaluate(
        """() => {
          window.said = [];
          new MutationObserver(() => window.said.push(document.getElementById("current").innerText))
            .observe(document.getElementById("current"), { childList: true, subtree: true, characterData: true });
        }"""
    )
    with use_language("de"):
        ask(page, LAMP)
        expect(page.locator("#current .fn-answered")).to_be_visible()
        expect(page.locator("#current")).to_contain_text(strings.YOU_ASKED)
        german_words = strings.THE_ARTICLES_SAY
    said = "\n".join(page.evaluate("window.said"))
    assert german_words in said
    assert strings.THE_ARTICLES_SAY not in said
    assert strings.SEARCHING not in said


def test_a_language_is_chosen_with_the_keyboard_and_the_setting_is_for_those_who_choose_none(
    german: BrowserContext, open_library_site: Callable
) -> None:
    page = german.new_page()
    page.goto(open_library_site(language="fr").address)
    with use_language("fr"):
        expect(page.get_by_role("button", name=strings.ASK)).to_be_visible()
    page.get_by_role("link", name="Bibliothèque").click()
    page.locator(".fn-languages summary").focus()
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Español", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    with use_language("es"):
        expect(page.get_by_role("button", name=strings.ADD, exact=True)).to_be_visible()
    # Gradio's own words follow, and nobody has left the view that they were in.
    assert page.evaluate("[navigator.language, document.documentElement.lang, location.hash]") == [
        "es",
        "es",
        "#library",
    ]


def test_a_language_that_there_is_none_of_is_refused(page: Page, open_site: Callable) -> None:
    address = open_site().address
    answer = page.request.get(f"{address}/language/tlh", max_redirects=0)
    assert answer.status == 404
    answer = page.request.get(f"{address}/language/es", max_redirects=0)
    assert (answer.status, answer.headers["location"]) == (303, "../")
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert re.search("Accept-Language", page.request.get(address).headers["vary"])


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("language", ["de", "fr", "ar"])
def test_it_fits_in_every_language(open_library_site: Callable, page: Page, language: str, width: int) -> None:
    site = open_library_site(language=language)
    page.set_viewport_size({"width": width, "height": SIZES[width]})

    def fits(name: str) -> None:
        shot(page, f"{name}-{language}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        cut = page.evaluate(
            """() => [...document.querySelectorAll("button, a, summary, label")].filter((one) => {
              const box = one.getBoundingClientRect();
              return box.width > 1 && one.checkVisibility() && !one.closest(".fn-sr")
                && (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline"
                  || box.left < -1 || box.right > innerWidth + 1);
            }).map((one) => one.className + one.innerText)"""
        )
        assert cut == [], name

    page.goto(site.address)
    with use_language(language):
        expect(page.get_by_role("button", name=strings.ASK, exact=True)).to_be_visible()
        fits("chat-empty")
        ask(page, LAMP)
        expect(page.locator("#current .fn-answer")).to_have_class(re.compile("fn-answered"))
        expect(page.get_by_text(strings.WAS_IT_RIGHT)).to_be_visible()
        page.wait_for_timeout(300)
        fits("chat-answered")
        ask(page, OFF_TOPIC)
        expect(page.locator("#current .fn-declined")).to_be_visible()
        page.wait_for_timeout(300)
        fits("chat-declined")
        page.get_by_role("link", name=strings.VIEW_NAMES["library"]).click()
        expect(page.locator("#list .fn-row")).to_have_count(4)
        page.locator("#list .fn-row").nth(1).click()
        expect(page.locator("#reader h2")).to_be_visible()
        page.wait_for_timeout(300)
        fits("library")
        page.locator(".fn-languages summary").click()
        fits("languages")
