"""The article of a source, opened from its card in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from rag.ingest.pipeline import ingest
from rag.store import SqliteLibrary
from rag.testing import FakeEmbedder, FakeGenerator
from rag.web.i18n import strings
from tests.web.page.test_accessibility_browser import LOOKS, violations

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).parents[3] / "test-results"
LAMP = "Who climbed the steps of the harbour lamp for the last time?"
LAMP_ANSWER = "The keeper, Orla Dunmore, climbed the hundred and four steps for the last time."
HALL = """---
title: Averell in figures
---
## The bells of the hall

Averell Hall has nine bells.

## The Weir Bridge

In the end the Weir Bridge was paid for. The Weir Bridge has cost 11.4 million selms.

## The Kessary Stone

The Kessary Stone was found in Averell near the mill, under a heap of flour.
"""
FERRY = "From which pier does the ferry to Saint Osk leave?"
FERRY_ANSWER = "The ferry to Saint Osk leaves from the western pier at seven."


def ask(page: Page, address: str, question: str = LAMP) -> None:
    page.goto(address)
    box = page.get_by_role("textbox", name=strings.QUESTION_LABEL)
    expect(box).to_be_enabled()
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#current .fn-answer")).to_have_class(re.compile("fn-answered"))
    expect(box).to_be_enabled()


def opener(page: Page) -> Locator:
    return page.locator("#shown .fn-card[open]").first.get_by_role("button", name=strings.OPEN_ARTICLE)


def reader(page: Page) -> Locator:
    return page.get_by_role("dialog")


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"source-{name}.png")


def change(library: SqliteLibrary, text: str) -> None:
    article = library.article("harbour")
    assert article
    library.store(replace(article, text=text, headings=()), [], [])


def padded(library: SqliteLibrary, before: int) -> str:
    """The article's text behind so many characters of one endless paragraph."""
    article = library.article("harbour")
    assert article
    return f"{'Weather came and went. ' * (before // 23)}{article.text.replace(chr(10), ' ')}"


def test_a_source_opens_the_whole_article_at_its_quote(open_site: Callable, page: Page) -> None:
    ask(page, open_site(FakeGenerator(LAMP_ANSWER)).address)
    expect(reader(page)).to_be_hidden()
    opener(page).click()
    expect(reader(page)).to_be_visible()
    expect(reader(page)).to_have_accessible_name("Harbour lamp goes out for the winter")
    expect(reader(page).locator("mark").first).to_contain_text("Orla Dunmore")
    expect(reader(page).locator("mark").first).to_be_in_viewport()
    expect(reader(page)).to_contain_text("A smaller electric beacon on the mole takes its place.")
    expect(reader(page)).to_contain_text("The Coast Gazette")
    shot(page, "wide")
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.body.classList.add('dark')")
    shot(page, "wide-dark")
    reader(page).get_by_role("button", name=strings.CLOSE_ARTICLE).click()
    expect(reader(page)).to_be_hidden()
    expect(opener(page)).to_be_focused()
    page.locator(".fn-mark a").first.click()
    expect(page.locator("#answer-1-source-1:target")).to_be_in_viewport()


def test_the_keyboard_opens_reads_and_closes(open_site: Callable, page: Page) -> None:
    ask(page, open_site(FakeGenerator(LAMP_ANSWER)).address)
    for _ in range(2):  # The same article opens again, too.
        opener(page).focus()
        page.keyboard.press("Enter")
        expect(reader(page).get_by_role("region")).to_be_focused()
        for _ in range(6):
            page.keyboard.press("Tab")
            inside = "document.body === document.activeElement || !!document.activeElement.closest('dialog')"
            assert page.evaluate(inside)
        page.keyboard.press("Escape")
        expect(reader(page)).to_be_hidden()
        expect(opener(page)).to_be_focused()


def test_on_a_phone_the_article_has_the_whole_screen(open_site: Callable, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    ask(page, open_site(FakeGenerator(LAMP_ANSWER)).address)
    opener(page).click()
    expect(reader(page).locator("mark").first).to_be_in_viewport()
    box = reader(page).bounding_box()
    assert box
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    shot(page, "phone")


def test_an_article_of_one_mebibyte_opens_at_its_quote_and_is_turned(open_library_site: Callable, page: Page) -> None:
    site = open_library_site()
    ask(page, site.address, LAMP)
    change(site.library, padded(site.library, 1 << 20))
    opener(page).click()
    expect(reader(page).locator("mark").first).to_be_in_viewport()
    expect(reader(page)).to_contain_text(strings.QUOTE_STANDS)
    expect(reader(page)).to_contain_text("Part 18 of 18")
    reader(page).get_by_role("button", name=strings.BEFORE).first.click()
    expect(reader(page)).to_contain_text("Part 17 of 18")
    expect(reader(page).locator("mark")).to_have_count(0)
    assert reader(page).locator(".fn-reader-text").evaluate("element => element.scrollTop") == 0
    shot(page, "part")
    reader(page).get_by_role("button", name=strings.TO_THE_QUOTE).click()
    expect(reader(page).locator("mark").first).to_be_in_viewport()


def test_an_article_that_has_changed_or_is_gone_says_so(open_library_site: Callable, page: Page) -> None:
    site = open_library_site()
    ask(page, site.address)
    change(site.library, "All of it is new.")
    opener(page).click()
    expect(reader(page)).to_contain_text(f"{strings.ARTICLE_CHANGED} {strings.QUOTE_GONE}")
    expect(reader(page).locator("blockquote").first).to_contain_text("Orla Dunmore")
    expect(reader(page)).to_contain_text("All of it is new.")
    shot(page, "changed")
    page.keyboard.press("Escape")
    site.library.remove(["harbour"])
    opener(page).click()
    expect(reader(page)).to_contain_text(strings.ARTICLE_REMOVED)
    expect(reader(page)).to_contain_text("Orla Dunmore")
    shot(page, "gone")
    page.keyboard.press("Escape")

    # The next question puts these sources among the earlier ones, whose cards say it, too.
    box = page.get_by_role("textbox", name=strings.QUESTION_LABEL)
    box.fill("Who won the rye prize for the third year?")
    box.press("Enter")
    earlier = page.locator("#earlier .fn-card", has_text="Harbour lamp goes out")
    expect(earlier).to_contain_text(strings.ARTICLE_REMOVED)
    expect(earlier.get_by_role("button", name=strings.OPEN_ARTICLE)).to_have_count(0)


def test_a_hostile_article_is_shown_as_text(open_site: Callable, page: Page) -> None:
    ask(page, open_site(FakeGenerator(FERRY_ANSWER)).address, FERRY)
    opener(page).click()
    expect(reader(page)).to_have_accessible_name(re.compile("<script>window.hacked = 1</script>"))
    expect(reader(page)).to_contain_text("<img src=x onerror='window.hacked = 2'>")
    expect(reader(page).locator(":is(script, img, a)")).to_have_count(0)
    assert page.evaluate("window.hacked") is None
    shot(page, "hostile")


def test_a_forged_citation_opens_nothing(open_site: Callable, page: Page) -> None:
    ask(page, open_site(FakeGenerator(LAMP_ANSWER)).address)
    forge = "(element, read) => { element.dataset.read = read; element.click(); }"
    for read in ("", "[", '["harbour", "", [[-1, "x"]]]'):
        opener(page).evaluate(forge, read)
    opener(page).evaluate(forge, '["none", "", [[0, "Nobody said this."]]]')
    expect(reader(page)).to_contain_text(strings.ARTICLE_REMOVED)


def test_suggestions_are_asked_with_a_click_and_another_visit_brings_others(open_site: Callable, page: Page) -> None:
    address = open_site(FakeGenerator(LAMP_ANSWER)).address
    page.goto(address)
    suggestions = page.locator("#suggestions").get_by_role("button")
    expect(suggestions).to_have_count(3)
    first = suggestions.first.text_content() or ""
    suggestions.first.click()
    expect(page.locator("#current .fn-question")).to_contain_text(first.strip())
    expect(page.locator("#current .fn-answer")).to_have_class(re.compile("fn-answered|fn-declined"))
    page.goto("about:blank")
    page.goto(address)
    expect(suggestions).to_have_count(3)
    expect(suggestions.first).not_to_have_text(first)


def test_what_an_answer_leads_to_is_asked_with_a_click(open_library_site: Callable, page: Page, tmp_path: Path) -> None:
    site = open_library_site()
    (tmp_path / "hall.md").write_text(HALL, encoding="utf-8")
    assert ingest([tmp_path / "hall.md"], site.settings, FakeEmbedder()).added == 1
    ask(page, site.address, "How many bells does Averell Hall have?")
    following = page.locator("#suggestions").get_by_role("button")
    bells, bridge, stone = (
        f"What does “Averell in figures” say about “The {name}”?"
        for name in ("bells of the hall", "Weir Bridge", "Kessary Stone")
    )
    expect(following).to_have_text([bridge, stone])
    shot(page, "follow-ups")
    following.last.click()
    expect(page.locator("#current .fn-question")).to_contain_text(stone)
    expect(page.locator("#current .fn-answer")).to_have_class(re.compile("fn-answered"))
    expect(following).to_have_text([bells, bridge])


@pytest.mark.parametrize(("scheme", "width", "height"), LOOKS)
def test_axe_finds_nothing_to_mend_in_an_opened_article(
    open_library_site: Callable, page: Page, scheme: str, width: int, height: int
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": height})
    site = open_library_site()
    ask(page, site.address)
    change(site.library, padded(site.library, 150_000))
    opener(page).click()
    expect(reader(page).locator("mark").first).to_be_in_viewport()
    assert violations(page) == []
    reader(page).get_by_role("button", name=strings.BEFORE).first.click()
    expect(reader(page).locator("mark")).to_have_count(0)
    assert violations(page) == []
    shot(page, f"part-{scheme}-{width}")
