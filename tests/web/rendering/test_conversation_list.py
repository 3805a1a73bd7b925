"""The list of conversations → HTML, and the files that they are downloaded as: nothing from outside runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.serialization import CONTROL, displayable
from rag.store.conversations import PAGE, Chat, ChatListing
from rag.web.conversations.exchange import Exchange, stopped
from rag.web.i18n import strings
from rag.web.page.export import as_json, as_markdown, file_name
from rag.web.rendering.environment import render
from tests.web.made_exchanges import HOSTILE, Reader

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TAGS = set("ul li button bdi small details summary span div form label input p a nav".split())


class Listed(Reader):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag == "input":  # It has no end.
            self.open.pop()


def chat(title: str = "Who stays?", identity: str = "a-1") -> Chat:
    return Chat(identity, title, NOON, NOON, 2)


def listing(*chats: Chat, offset: int = 0, total: int | None = None, text: str = "") -> ChatListing:
    return ChatListing(chats, offset, len(chats) if total is None else total, text)


def test_a_row_says_what_it_is_and_which_one_is_shown() -> None:
    shown = render("conversation_list.listing", listing(chat(), chat("Who left?", "b-2")), "b-2", PAGE)
    first, second = shown.split('<li class="fn-chat"')[1:]
    assert "<bdi>Who stays?</bdi><small>25 November 2026 · 2 questions</small>" in first
    assert "aria-current" not in first
    assert 'data-chat="b-2" aria-current="true"' in second
    assert 'href="chats/a-1.md" download' in first
    assert strings.more_for("Who stays?") in first


def test_deleting_takes_a_second_step() -> None:
    shown = render("conversation_list.listing", listing(chat()), "", PAGE)
    for deed in ('data-do="delete"', 'data-do="delete-all"'):
        before = shown[: shown.index(deed)]
        assert before.rindex('<details class="fn-delete') > before.rfind("</details>")


@pytest.mark.parametrize(("text", "words"), [("", strings.NO_CHATS), ("x", strings.NO_CHAT_FOUND)])
def test_an_empty_list_says_why(text: str, words: str) -> None:
    assert words in render("conversation_list.listing", listing(text=text), "", PAGE)


def test_a_long_list_has_pages_and_what_was_found_is_not_all_deleted_at_once() -> None:
    shown = render("conversation_list.listing", listing(chat(), offset=PAGE, total=PAGE + 1, text="who"), "", PAGE)
    assert f'data-to="0">{strings.NEWER}' in shown
    assert f'data-to="{PAGE + 1}" disabled>{strings.OLDER}' in shown
    assert "delete-all" not in shown
    assert "fn-pages" not in render("conversation_list.listing", listing(chat()), "", PAGE)


@given(HOSTILE, HOSTILE)
def test_no_title_makes_an_element(title: str, identity: str) -> None:
    read = Listed(render("conversation_list.listing", listing(chat(title, identity)), identity, PAGE))
    assert set(read.tags) <= TAGS
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert not CONTROL.search(read.words)


@given(HOSTILE | st.text(max_size=300), st.sampled_from(["md", "json"]))
def test_every_title_makes_a_name_of_a_file(title: str, form: str) -> None:
    name = file_name(title, form)
    assert name == PurePosixPath(name).name == PureWindowsPath(name).name
    assert name.endswith(f".{form}")
    assert not name.startswith(".")
    assert len(name) <= 70
    assert displayable(name) == name


def test_what_has_no_answer_is_in_both_files() -> None:
    one = stopped(Exchange(1, "Who?", text="Orla was"))
    assert json.loads(as_json(chat(), [one])) == {
        "title": "Who stays?",
        "created_at": "2026-11-25T12:00:00+00:00",
        "updated_at": "2026-11-25T12:00:00+00:00",
        "exchanges": [
            {"number": 1, "question": "Who?", "stage": "stopped", "text": "Orla was", "message": "", "answer": None}
        ],
    }
    assert as_markdown(chat(), [one]) == f"# Who stays?\n\n## Who?\n\nOrla was\n\n*{strings.STOPPED}*\n"
