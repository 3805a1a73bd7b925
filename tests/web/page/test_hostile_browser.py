"""Whatever a text from outside holds, wherever it comes from: it is shown as text and does nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from rag.core.serialization import displayable
from rag.testing import FakeGenerator
from rag.web.i18n import strings

pytestmark = pytest.mark.browser

MEBIBYTE = 1 << 20
HOSTILE = {
    "HTML": "<b>Kelp</b> <img src=x onerror='window.hacked=1'> <iframe src='javascript:window.hacked=2'> &lt;u&gt;",
    "scripts": "Kelp <script>window.hacked=3</script><svg onload=window.hacked=4> ${window.hacked=5} {{#if x}}",
    "links": "[Kelp](javascript:window.hacked=6) ![x](data:text/html,x) <javascript:window.hacked=7> **bold**",
    "control characters": "Kelp \x00 \x07 \x1b[31m \x7f \x9b \u2028 end",
    "turned text": "Kelp \u202egpj.exe\u202c \u2066inside\u2069 \u200f\u061c end",
}
TURNING = (
    "[\\u202a-\\u202e\\u2066-\\u2069\\u200e\\u200f\\u061c\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]"
)


def file(name: str, content: str | bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "", "buffer": content.encode() if isinstance(content, str) else content}


def upload(page: Page, *files: dict[str, Any]) -> Locator:
    """What came of adding the files."""
    page.get_by_label(strings.ADD_ARTICLES).set_input_files(list(files))
    work = page.locator("#work")
    expect(work.locator(":is(.fn-well, .fn-partly)")).to_be_visible(timeout=30_000)
    return work


def ask(page: Page, question: str) -> Locator:
    """The answer to a question, once it is complete."""
    box = page.get_by_role("textbox", name=strings.QUESTION_LABEL)
    expect(box).to_be_enabled()
    box.evaluate("(box, text) => { box.value = text; box.dispatchEvent(new Event('input')); }", question)
    box.press("Enter")
    answer = page.locator("#current .fn-answer")
    expect(answer).to_have_attribute("aria-busy", "false", timeout=30_000)
    expect(box).to_be_enabled()
    return answer


def shown(text: str) -> re.Pattern[str]:
    """The text as a page shows it, however its spaces come out."""
    return re.compile(r"\s*".join(re.escape(word) for word in displayable(text).split()))


def assert_harmless(page: Page) -> None:
    assert page.evaluate("window.hacked") is None
    ours = ":is(#conversation, #sources, #library, #cited-dialog)"
    assert page.locator(f"{ours} :is(img, script, iframe, b, u, object, embed)").count() == 0
    assert page.locator("a:is([href^='javascript:' i], [href^='data:' i])").count() == 0
    assert page.evaluate(f"document.body.innerText.match(/{TURNING}/u)") is None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("kind", HOSTILE)
def test_in_a_question_and_its_answer(open_site: Callable, page: Page, kind: str) -> None:
    written = "The ferry to Saint Osk leaves from the western pier at seven. It said: " + HOSTILE[kind]
    page.goto(open_site(FakeGenerator(written)).address)
    question = f"When does the ferry to Saint Osk leave the western pier? {HOSTILE[kind]}"
    answer = ask(page, question)
    expect(page.locator("#current .fn-question p")).to_have_text(shown(question))
    expect(answer).to_have_class(re.compile("fn-answered"))
    expect(answer.locator(".fn-text")).to_contain_text(shown(HOSTILE[kind].split()[0]))
    assert_harmless(page)


@pytest.mark.parametrize("kind", HOSTILE)
def test_in_an_article_and_all_that_is_known_of_it(open_library_site: Callable, page: Page, kind: str) -> None:
    hostile = HOSTILE[kind]
    page.goto(open_library_site().address + "/#library")
    article = {
        "title": f"Title {hostile}", "source": f"Source {hostile}", "author": f"Author {hostile}",
        "tags": [f"Tag {hostile}"], "url": "javascript:window.hacked=8", "date": "2025-01-01",
        "text": f"The diver Maro Quill harvested seaweed. It said: {hostile} and so on.",
    }  # fmt: skip
    upload(page, file("kelp.jsonl", json.dumps(article)))
    row = page.locator(".fn-row").first
    expect(row.locator(".fn-title")).to_have_text(shown(article["title"]))
    row.click()
    for name in ("source", "author"):
        expect(page.locator(".fn-facts")).to_contain_text(shown(article[name]))
    expect(page.locator(".fn-facts")).to_contain_text(shown(article["tags"][0]))
    expect(page.locator(".fn-prose")).to_contain_text(shown(article["text"]))
    assert_harmless(page)

    page.get_by_role("link", name=strings.VIEW_NAMES["chat"]).click()
    expect(page.locator("#suggestions")).to_contain_text("Kelp")
    ask(page, "Which seaweed did the diver Maro Quill harvest?")
    card = page.locator(".fn-card").first
    expect(card.locator(".fn-title")).to_have_text(shown(article["title"]))
    expect(card.locator(".fn-passage")).to_contain_text(shown(hostile))
    card.locator("[data-read]").click()
    expect(page.locator("#cited-dialog h2")).to_have_text(shown(article["title"]))
    assert_harmless(page)


@pytest.mark.parametrize("kind", HOSTILE)
def test_in_the_name_of_a_file(open_library_site: Callable, page: Page, kind: str) -> None:
    page.goto(open_library_site().address + "/#library")
    name = HOSTILE[kind].replace("\x00", "").replace("/", "_") + ".md"
    good, bad = file(name, "# A name\n\nThe file has an odd name."), file(f"{name}.pdf", b"%PDF-1.7 broken")
    work = upload(page, good, bad)
    expect(work).to_contain_text("Kelp")
    page.locator(".fn-row", has_text="A name").click()
    expect(page.locator(".fn-facts")).to_contain_text("Kelp")
    assert_harmless(page)


def test_a_mebibyte_of_question(open_site: Callable, page: Page) -> None:
    page.goto(open_site().address)
    for question in ("x" * MEBIBYTE, "kelp " * (MEBIBYTE // 5)):
        answer = ask(page, question)
        expect(answer).to_contain_text("at most 4,000 are read")
        assert len(page.locator("#current .fn-question p").inner_text()) < 5000
    assert_harmless(page)
    expect(ask(page, "Who climbed the steps of the harbour lamp for the last time?")).to_contain_text("Orla Dunmore")


def test_a_mebibyte_of_title_and_of_passage(open_library_site: Callable, page: Page) -> None:
    page.goto(open_library_site().address + "/#library")
    rows = [
        {"title": "Kelp" * (MEBIBYTE // 4), "text": "The diver Maro Quill harvested seaweed.", "date": "2025-01-02"},
        {"title": "One word", "text": "Maro Quill dived. " + "y" * MEBIBYTE, "date": "2025-01-01"},
    ]
    for at, row in enumerate(rows):
        expect(upload(page, file(f"long{at}.jsonl", json.dumps(row)))).to_be_visible()
    page.locator(".fn-row", has_text="One word").click()
    expect(page.locator(".fn-prose")).to_contain_text("Maro Quill dived.")
    assert_harmless(page)
    page.get_by_role("link", name=strings.VIEW_NAMES["chat"]).click()
    ask(page, "Which diver harvested seaweed?")
    expect(page.locator("#sources")).to_contain_text("Maro Quill")
    assert_harmless(page)


def test_a_file_name_of_a_mebibyte_gets_a_sentence(open_library_site: Callable, context: BrowserContext) -> None:
    page = context.new_page()  # Its address is refused by the server, of which the browser complains.
    page.goto(open_library_site().address + "/#library")
    expect(page.locator(".fn-drop")).to_be_visible()
    page.evaluate(
        """length => {
            const data = new DataTransfer();
            data.items.add(new File(["# A"], "n".repeat(length) + ".md"));
            document.querySelector("#list").dispatchEvent(
                new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        MEBIBYTE,
    )
    expect(page.locator(".fn-sending .fn-problem")).to_contain_text(strings.NOT_SENT)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_broken_files_and_those_of_a_wrong_type_get_a_sentence_each(open_library_site: Callable, page: Page) -> None:
    page.goto(open_library_site().address + "/#library")
    broken = {
        "broken.pdf": b"%PDF-1.7\nnothing of the kind",
        "program.exe": b"MZ\x90\x00" + bytes(range(256)) * 40,
        "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "cut.docx": b"PK\x03\x04\x14\x00" + bytes(60),
        "empty.md": b"",
        "broken.json": b'{"title": "half',
    }
    work = upload(page, *(file(name, body) for name, body in broken.items()))
    for name in broken:
        reason = re.compile(rf"^{re.escape(name)}\s+[A-Z].{{15,}}\.$")
        expect(work.locator(".fn-failed li", has_text=name)).to_have_text(reason)
    expect(page.locator("body")).not_to_contain_text("Traceback")
    expect(page.locator(".fn-row")).to_have_count(4)
