"""Two readers of the page with filters of their own, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from rag.web.i18n import strings
from tests.helpers.heron_articles import FOLLOW_UP, WIDE, WORDS, ingested
from tests.web.page.test_filters_browser import ask, choose, fold, go

pytestmark = pytest.mark.browser


def test_a_follow_up_shows_nothing_of_what_another_reader_has_read(
    open_library_site: Callable, page: Page, browser: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "heron"
    folder.mkdir()
    site = open_library_site(index=ingested(folder).index, decline_below=0.0)
    go(page, site.address)
    fold(page).click()
    choose(page, strings.ONLY_SOURCES, "Town · 1")
    ask(page, WIDE)
    expect(page.locator("#answer-1 .fn-answered")).to_be_visible()

    with browser.new_context(locale="en-GB") as elsewhere:
        other = elsewhere.new_page()
        go(other, site.address)
        ask(other, WIDE)
        expect(other.locator("#answer-1 .fn-answered")).to_be_visible()
        expect(other.locator("#shown")).to_contain_text(WORDS["Board"])

    ask(page, FOLLOW_UP)
    expect(page.locator("#answer-2 .fn-answered")).to_be_visible()
    expect(page.locator("#shown")).to_contain_text(WORDS["Town"])
    for source in ("Board", "Press", "Court"):
        expect(page.locator("body")).not_to_contain_text(WORDS[source])
