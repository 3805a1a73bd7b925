"""The library view as people use it, in a real browser."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from rag.core.settings import Settings
from rag.core.types import IngestProgress, IngestReport
from rag.ingest.pipeline import ingest
from rag.store.lock import index_lock
from rag.testing import FakeEmbedder
from rag.web.i18n import strings

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).parents[3] / "test-results"
WHALE = """---
title: Grey whale seen off Vellmouth
date: 2025-02-03
source: The Coast Gazette
---
A grey whale was seen off Vellmouth on Monday. The pilot Jonna Wick watched it for two hours.
"""
WHALE_QUESTION = "Who watched the grey whale off Vellmouth?"


def file(name: str, content: str | bytes) -> dict[str, Any]:
    body = content.encode() if isinstance(content, str) else content
    return {"name": name, "mimeType": "application/octet-stream", "buffer": body}


def go(page: Page, address: str) -> None:
    page.goto(address + "/#library")
    expect(page.locator(".fn-shown")).to_be_visible()


def upload(page: Page, *files: dict[str, Any]) -> None:
    page.get_by_label(strings.ADD_ARTICLES).set_input_files(list(files))


def switch(page: Page, view: str) -> None:
    page.get_by_role("link", name=strings.VIEW_NAMES[view]).click()


def ask(page: Page, question: str) -> None:
    box = page.get_by_role("textbox", name=strings.QUESTION_LABEL)
    expect(box).to_be_enabled()
    box.fill(question)
    box.press("Enter")


def answer(page: Page) -> Locator:
    return page.locator("#current .fn-answer")


def row(page: Page, title: str) -> Locator:
    return page.locator(".fn-row", has_text=title)


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"library-{name}.png")


class SlowIngest:
    """The real ingest, which halts at its first article until it is let on or cancelled."""

    def __init__(self, settings: Settings) -> None:
        self._ingest = partial(ingest, settings=settings, embedder=FakeEmbedder())
        self.go = threading.Event()

    def __call__(
        self, sources: Any, *, progress: Callable[[IngestProgress], None], cancelled: Callable[[], bool], **rest: Any
    ) -> IngestReport:
        def slowly(now: IngestProgress) -> None:
            progress(IngestProgress(now.done, now.total, now.article, now.articles, now.passages, 0.4, 42.0))
            while not self.go.is_set() and not cancelled():
                time.sleep(0.02)

        return self._ingest(sources, progress=slowly, cancelled=cancelled, **rest)


@pytest.fixture
def slow(library_settings: Settings) -> Iterator[SlowIngest]:
    ingest = SlowIngest(library_settings)
    yield ingest
    ingest.go.set()


def test_upload_ask_remove_and_it_is_found_no_more(open_library_site: Callable, page: Page, slow: SlowIngest) -> None:
    site = open_library_site(slow)
    go(page, site.address)
    expect(page.locator(".fn-row")).to_have_count(4)
    upload(page, file("whale.md", WHALE), file("broken.pdf", b"%PDF-1.4 nonsense"))
    work = page.locator("#work")
    expect(work).to_contain_text("Adding whale.md")
    expect(work).to_contain_text("about 40 s left")
    expect(work.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "40")
    expect(page.get_by_role("button", name=strings.CANCEL)).to_be_visible()
    shot(page, "working")
    slow.go.set()
    expect(work).to_contain_text("1 article added. 1 could not be read.")
    expect(work.locator(".fn-failed")).to_contain_text("broken.pdf The PDF is damaged")
    expect(page.locator("#said")).to_contain_text("1 article added. 1 could not be read.")
    expect(page.get_by_role("button", name=strings.CANCEL)).to_be_hidden()
    expect(page.locator(".fn-row")).to_have_count(5)
    expect(page.locator(".fn-count")).to_have_text("5 articles")
    shot(page, "added")

    switch(page, "chat")
    expect(page.locator("#suggestions button").first).to_contain_text("Grey whale seen off Vellmouth")
    ask(page, WHALE_QUESTION)
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    expect(answer(page)).to_contain_text("A grey whale was seen off Vellmouth on Monday.")

    switch(page, "library")
    row(page, "Grey whale").click()
    article = page.get_by_role("article", name=strings.ARTICLE)
    expect(article.get_by_role("heading", name="Grey whale seen off Vellmouth")).to_be_focused()
    expect(article).to_contain_text("whale.md (uploaded)")
    kept = list((site.settings.index / "uploads").rglob("*.md"))
    assert [found.name for found in kept] == ["whale.md"]
    article.get_by_text(strings.REMOVE, exact=True).click()
    shot(page, "removing")
    article.get_by_role("button", name=strings.KEEP).click()
    expect(article.get_by_role("button", name=strings.REMOVE_NOW)).to_be_hidden()
    article.get_by_text(strings.REMOVE, exact=True).click()
    article.get_by_role("button", name=strings.REMOVE_NOW).click()
    expect(page.locator("#reader")).to_contain_text("Removed “Grey whale seen off Vellmouth”.")
    expect(page.locator("#reader .fn-note")).to_be_focused()
    expect(page.locator(".fn-row")).to_have_count(4)
    expect(page.locator(".fn-count")).to_have_text("4 articles")
    assert not kept[0].exists()

    switch(page, "chat")
    ask(page, WHALE_QUESTION)
    expect(page.locator("#answer-2 .fn-declined")).to_be_visible()
    expect(page.locator("#shown")).not_to_contain_text("Grey whale seen")


def test_the_chat_answers_while_articles_are_added(open_library_site: Callable, page: Page, slow: SlowIngest) -> None:
    go(page, open_library_site(slow).address)
    upload(page, file("whale.md", WHALE))
    expect(page.locator("#work")).to_contain_text("Adding whale.md")
    switch(page, "chat")
    ask(page, "Who climbed the steps of the harbour lamp for the last time?")
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    expect(answer(page)).to_contain_text("Orla Dunmore")


def test_cancelling_and_what_another_page_sees(
    open_library_site: Callable, page: Page, browser: Browser, slow: SlowIngest
) -> None:
    site = open_library_site(slow)
    go(page, site.address)
    upload(page, file("whale.md", WHALE))
    expect(page.locator("#work")).to_contain_text("Adding whale.md")
    context = browser.new_context()
    other = context.new_page()
    go(other, site.address)
    expect(other.locator("#work")).to_contain_text("Adding whale.md")
    page.get_by_role("button", name=strings.CANCEL).click()
    for seen in (page, other):
        expect(seen.locator("#work")).to_contain_text(strings.CANCELLED)
        expect(seen.locator(".fn-row")).to_have_count(4)
    context.close()
    page.get_by_role("button", name=strings.DISMISS).click()
    expect(page.locator("#work .fn-work")).to_have_count(0)


def test_it_waits_for_an_ingest_of_another_program(open_library_site: Callable, page: Page) -> None:
    site = open_library_site()
    go(page, site.address)
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with index_lock(site.settings.index):
            held.set()
            free.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    try:
        upload(page, file("whale.md", WHALE))
        expect(page.locator("#work")).to_contain_text(strings.WAITING)
        row(page, "Bakery").click()
        page.get_by_text(strings.REMOVE, exact=True).click()
        page.get_by_role("button", name=strings.REMOVE_NOW).click()
        expect(page.locator("#reader")).to_contain_text(strings.BUSY)
    finally:
        free.set()
        holder.join()
    expect(page.locator("#work")).to_contain_text("1 article added.")
    expect(page.locator(".fn-row")).to_have_count(5)


def test_addresses_are_added_and_refused_with_the_reason(open_library_site: Callable, page: Page) -> None:
    go(page, open_library_site().address)
    box = page.get_by_role("textbox", name=strings.ADDRESS_LABEL)
    box.fill("gazette")
    page.get_by_role("button", name=strings.ADD, exact=True).click()
    expect(page.get_by_role("alert")).to_have_text(strings.NO_ADDRESS)
    box.fill("http://127.0.0.1:9/private")
    box.press("Enter")
    failed = page.locator(".fn-failed")
    expect(failed).to_contain_text("http://127.0.0.1:9/private")
    expect(failed).to_contain_text("allow_private_addresses")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(box).to_have_value("")


def test_finding_turning_pages_and_reading(open_library_site: Callable, page: Page, tmp_path: Path) -> None:
    site = open_library_site()
    rows = [
        {"title": f"Tide table {at:03}", "text": f"High water at {at}.", "date": f"20{at % 90 + 10}-01-01"}
        for at in range(120)
    ]
    (tmp_path / "tides.jsonl").write_text("\n".join(map(json.dumps, rows)))
    ingest([tmp_path / "tides.jsonl"], site.settings, FakeEmbedder())
    go(page, site.address)
    expect(page.locator(".fn-shown")).to_have_text("1–50 of 124 articles")
    expect(page.get_by_role("button", name=strings.NEWER)).to_be_disabled()
    page.get_by_role("button", name=strings.OLDER).click()
    expect(page.locator(".fn-shown")).to_have_text("51–100 of 124 articles")
    expect(page.locator(".fn-row").first).to_be_in_viewport()
    page.get_by_role("button", name=strings.OLDER).click()
    expect(page.locator(".fn-row")).to_have_count(24)
    find = page.get_by_role("textbox", name=strings.FIND_LABEL)
    find.press_sequentially("bakery")
    expect(page.locator(".fn-shown")).to_have_text("1 article with “bakery”")
    row(page, "Bakery on Tanner Street").click()
    expect(page.locator(".fn-prose")).to_contain_text("Its loaf, which rests for two days")
    expect(row(page, "Bakery")).to_have_attribute("aria-pressed", "true")
    find.fill("nothing of the kind")
    expect(page.locator("#list")).to_contain_text("No article has “nothing of the kind”")


def test_hostile_names_and_texts_are_shown_and_never_run(open_library_site: Callable, page: Page) -> None:
    site = open_library_site()
    go(page, site.address)
    name = "<img src=x onerror=window.hacked=1>.jsonl"
    sentence = "The <script>window.hacked=3</script> ${window.hacked=4} {{#if x}} sank."
    text = json.dumps({"title": "{{constructor}} ${window.hacked=2}", "text": sentence})
    upload(page, file(name, text), file("..%2F..%2Fescaped.md", "# Escaped\n\nIt lies elsewhere."))
    expect(page.locator("#work")).to_contain_text("2 articles added.")
    row(page, "{{constructor}}").click()
    expect(page.locator(".fn-prose")).to_contain_text(sentence)
    expect(page.locator(".fn-facts")).to_contain_text(name)
    row(page, "<script>window.hacked = 1</script> The pier").click()
    expect(page.locator(".fn-prose")).to_contain_text("<img src=x onerror='window.hacked = 2'>")
    expect(page.locator(".fn-facts a")).to_have_count(0)
    assert page.locator("#library :is(img, script, b, i)").count() == 0
    assert page.evaluate("window.hacked") is None
    files = [found for found in (site.settings.index / "uploads").rglob("*") if found.is_file()]
    assert len(files) == 2
    assert not list(site.settings.index.parent.glob("escaped*"))


def test_what_is_not_sent_is_named(open_library_site: Callable, page: Page) -> None:
    go(page, open_library_site().address)
    page.locator(".fn-drop").evaluate("zone => zone.dataset.limit = 10")
    upload(page, file("large.md", WHALE), file("small.md", "# A\n\nB"))
    expect(page.locator(".fn-sending")).to_contain_text("Not sent: large.md The file is larger than 100 MiB.")
    expect(page.locator("#work")).to_contain_text("1 article added.")


def test_files_can_be_dropped_anywhere_in_the_view(open_library_site: Callable, page: Page) -> None:
    go(page, open_library_site().address)
    page.evaluate(
        """content => {
            const data = new DataTransfer();
            data.items.add(new File([content], "dropped.md"));
            const target = document.querySelector("#list");
            for (const type of ["dragenter", "dragover"])
                target.dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
            window.marked = document.querySelector(".fn-over") !== null;
            target.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        WHALE,
    )
    expect(page.locator("#work")).to_contain_text("1 article added.")
    assert page.evaluate("window.marked") is True
    expect(page.locator(".fn-over")).to_have_count(0)


def test_read_only_there_is_nothing_to_change(open_library_site: Callable, page: Page) -> None:
    go(page, open_library_site(library_editing="off").address)
    expect(page.locator(".fn-row")).to_have_count(4)
    expect(page.locator("#adding")).to_have_count(0)
    row(page, "Harbour lamp").click()
    expect(page.locator(".fn-prose")).to_contain_text("Orla Dunmore")
    expect(page.locator(".fn-remove")).to_have_count(0)
    shot(page, "read-only")


def test_the_keyboard_alone_is_enough_and_going_back_leads_back(open_library_site: Callable, page: Page) -> None:
    page.goto(open_library_site().address)
    link = page.get_by_role("link", name=strings.VIEW_NAMES["library"])
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#articles")).to_be_visible()
    expect(page.locator("#columns")).to_be_hidden()
    expect(link).to_have_attribute("aria-current", "page")
    row(page, "Footbridge").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fn-article h2")).to_be_focused()
    remove = page.locator(".fn-remove summary")
    for _ in range(4):
        page.keyboard.press("Tab")
        if remove.evaluate("summary => summary === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=strings.REMOVE_NOW)).to_be_visible()
    page.go_back()
    expect(page.locator("#columns")).to_be_visible()
    expect(page.locator("#articles")).to_be_hidden()
    expect(page.get_by_role("link", name=strings.VIEW_NAMES["chat"])).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)])
def test_it_fits_phones_and_wide_screens_in_light_and_dark(
    open_library_site: Callable, page: Page, scheme: str, width: int, height: int
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": height})
    go(page, open_library_site().address)
    shot(page, f"list-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    row(page, "Harbour lamp").click()
    expect(page.locator(".fn-prose")).to_be_visible()
    shot(page, f"article-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width < 900:
        expect(page.locator("#articles")).to_be_hidden()
        page.get_by_role("button", name=strings.ALL_ARTICLES).click()
        expect(row(page, "Harbour lamp")).to_be_focused()
    else:
        expect(page.locator("#articles")).to_be_visible()
