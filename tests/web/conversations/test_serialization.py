"""What is kept of an exchange, and that it is the same when it comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.core.events import Answered, Declined, QuoteFound, Reading, SentenceChecked, SourcesFound, TextAdded, Waiting
from rag.core.types import AnswerSentence, ArticleHeader, Decline, Passage, Remark, Source, Span, Turn
from rag.web.conversations.exchange import Exchange, advance, failed, history, stopped
from rag.web.conversations.serialization import VERSION, as_json, of_json
from rag.web.i18n import strings
from rag.web.rendering import chat, source_cards
from tests.web.made_exchanges import after, answer, source

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
KEPT_IN_VERSION_1: dict[str, Any] = {
    "version": 1,
    "exchange": {
        "question": "Who?", "stage": "answered", "text": "Orla.", "message": "",
        "sources": [
            {
                "number": 1,
                "header": {
                    "id": "lamp", "title": "The lamp", "source": "Gazette", "url": "https://gazette.example",
                    "author": "",
                    "date": "2024-11-03", "tags": ["harbour"], "text_sha256": "00", "pages": [0, 50], "language": "en",
                    "duplicate_of": None,
                },
                "passage": {
                    "article_id": "lamp", "start": 100, "end": 116, "text": "The lamp is out.",
                    "sentences": [{"start": 100, "end": 116}], "heading": "",
                },
                "quote": {"start": 100, "end": 116}, "score": 3.0,
            }
        ],
        "quote": None,
        "sentences": [{"text": "Orla.", "citations": [1], "support": 0.9}],
        "quotes": {"1": [{"start": 100, "end": 116}]},
        "a field that is gone": [1, 2],
        "answer": None,
    },
}  # fmt: skip


def back(one: Exchange) -> Exchange:
    return of_json(one.number, one.question, as_json(one))


def shown(one: Exchange) -> str:
    return chat.exchange(one) + source_cards.sources(one)


def exchanges() -> list[Exchange]:
    sentence = AnswerSentence("Orla.", (1,), 0.9)
    found = after(SourcesFound((source(1), source(2))), QuoteFound(source(2)), TextAdded("Orla. She"))
    checked = advance(found, SentenceChecked(sentence, (source(1),)))
    decline = Decline(
        "not_in_articles", "The articles do not mention “Mars”.", (source(1),), ("Mars",), ("It does not.",),
        Remark("absent", ("Mars",)), (Remark("lacking", ("Mars",)),),
    )  # fmt: skip
    return [
        advance(checked, Answered(answer("Orla.", (sentence,)))),
        advance(found, Declined(answer("", (), decline))),
        stopped(checked),
        stopped(Exchange(1, "Who?")),
        failed(checked, "The model failed. Ask again."),
    ]


@pytest.mark.parametrize("one", exchanges(), ids=lambda one: one.stage)
def test_an_exchange_comes_back_as_it_was_and_looks_the_same(one: Exchange) -> None:
    assert back(one) == one
    assert shown(back(one)) == shown(one)


@settings(max_examples=60)
@given(st.data())
def test_every_exchange_comes_back_as_it_was(data: st.DataObject) -> None:
    spans = st.builds(lambda start, length: Span(start, start + length), st.integers(0, 99), st.integers(0, 99))
    headers = st.builds(
        ArticleHeader, TEXT, TEXT, TEXT, TEXT, TEXT, st.none() | st.dates(), st.lists(TEXT, max_size=2).map(tuple),
        TEXT, st.lists(st.integers(0, 99), max_size=2).map(tuple), TEXT, st.none() | TEXT,
    )  # fmt: skip
    passages = st.builds(
        Passage, TEXT, st.integers(0, 99), st.integers(100, 200), TEXT, st.lists(spans, max_size=2).map(tuple), TEXT
    )
    sources = st.builds(Source, st.integers(1, 9), headers, passages, spans, st.floats(allow_nan=False))
    sentences = st.builds(AnswerSentence, TEXT, st.lists(st.integers(1, 9), max_size=2).map(tuple), st.floats(0, 1))
    one = data.draw(
        st.builds(
            Exchange,
            number=st.integers(1, 99),
            question=TEXT,
            stage=st.sampled_from(["answered", "declined", "stopped", "failed"]),
            sources=st.lists(sources, max_size=2).map(tuple),
            quote=st.none() | sources,
            text=TEXT,
            sentences=st.lists(sentences, max_size=2).map(tuple),
            quotes=st.dictionaries(st.integers(1, 9), st.lists(spans, max_size=2).map(tuple), max_size=2),
            message=TEXT,
        )
    )
    assert back(one) == one


def test_follow_ups_lean_on_what_came_back() -> None:
    assert history([back(one) for one in exchanges()]) == (Turn("Who?", "Orla."),)


@pytest.mark.parametrize("events", [(), (SourcesFound((source(),)), Waiting(2)), (Reading(9, 1.0), TextAdded("Orla"))])
def test_what_was_never_finished_counts_as_stopped(events: tuple[Any, ...]) -> None:
    one = back(after(*events))
    assert one.stage == "stopped"
    assert (one.ahead, one.reading) == (0, None)
    assert strings.STOPPED[:7] in chat.exchange(one)


def test_what_an_older_version_kept_still_opens() -> None:
    one = of_json(4, "Who?", json.dumps(KEPT_IN_VERSION_1))
    assert (one.number, one.stage, one.text) == (4, "answered", "Orla.")
    assert one.quotes == {1: (one.sources[0].quote,)}
    assert one.sources[0].page == 2
    assert "<mark>The lamp is out.</mark>" in source_cards.sources(one)


def altered(**changes: object) -> str:
    return json.dumps({**KEPT_IN_VERSION_1, "exchange": {**KEPT_IN_VERSION_1["exchange"], **changes}})


@pytest.mark.parametrize(
    "kept",
    ["", "{", "null", "[]", "7", '{"version": 1}', '{"exchange": {}}', '{"version": "1", "exchange": {}}',
     "[" * 100_000, altered(stage="dancing"), altered(sources=[{}]), altered(sentences="Orla."),
     altered(quotes={"a": []})],
)  # fmt: skip
def test_what_is_damaged_says_so_in_its_place(kept: str) -> None:
    one = of_json(3, "Who?", kept)
    assert (one.number, one.question, one.stage, one.message) == (3, "Who?", "failed", strings.KEPT_DAMAGED)
    assert history([one]) == ()


def test_what_a_newer_version_kept_says_so() -> None:
    one = of_json(3, "Who?", json.dumps({"version": VERSION + 1, "exchange": "unheard of"}))
    assert (one.stage, one.message) == ("failed", strings.KEPT_BY_NEWER)


def test_half_a_character_and_no_number_are_kept_as_far_as_they_can_be() -> None:
    one = stopped(Exchange(1, "What is \ud83d?"))
    assert back(one).question.startswith("What is ")
    assert back(one).stage == "stopped"
    odd = stopped(after(SourcesFound((source(1),)), SentenceChecked(AnswerSentence("Orla.", (1,), float("nan")), ())))
    assert back(odd).stage == "stopped"
