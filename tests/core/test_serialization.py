"""The JSON form of answers and search results: names, values, and what cannot be written."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from rag.core.events import Reading, SentenceChecked
from rag.core.serialization import answer_as_json, event_as_json, ranked_as_json, report_as_json, source_as_json
from rag.core.types import (
    Answer,
    AnswerSentence,
    Decline,
    IngestReport,
    PassageVectors,
    RankedPassage,
    SentenceMatch,
    Span,
    StoredPassage,
)
from tests.web.made_exchanges import TEXT, answer, source

SOURCE = {
    "article_id": "lamp",
    "title": "The lamp",
    "source": "Gazette",
    "url": "https://gazette.example/lamp?a=1&b=2",
    "date": "2024-11-03",
    "page": None,
    "start": 100,
    "end": 170,
    "text": TEXT,
    "quote": {"start": 117, "end": 145},
    "score": 3.0,
    "number": 1,
}
SENTENCE = AnswerSentence("Orla.", (1,), 0.9)


def answered() -> Answer:
    return replace(answer("Orla.", (SENTENCE,)), confidence=0.75, signals={"support": 0.123456})


def test_an_answer_with_its_sentences_and_sources() -> None:
    assert answer_as_json(answered()) == {
        "question": "Who?",
        "answer": "Orla.",
        "answered": True,
        "sentences": [{"text": "Orla.", "citations": [1], "support": 0.9}],
        "sources": [SOURCE],
        "declined": None,
        "timings": {"retrieve_ms": 1.0, "first_quote_ms": 1.0, "first_token_ms": 1.0, "total_ms": 1.0},
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "cached_tokens": 0},
        "model": "fake",
        "confidence": 0.75,
        "signals": {"support": 0.123456},
    }


def test_a_question_without_an_answer_says_why() -> None:
    decline = Decline("not_in_articles", "No answer.", (source(),), ("Mars",), ("It names no one.",))
    found = answer_as_json(answer("", (), decline))
    assert found["answered"] is False
    assert found["declined"] == {
        "reason": "not_in_articles",
        "message": "No answer.",
        "looked_for": ["Mars"],
        "nearest": [SOURCE],
        "shortfalls": ["It names no one."],
    }


def test_what_a_source_lacks_is_null() -> None:
    found = source_as_json(source(url="", date=None))
    assert (found["url"], found["date"]) == (None, None)
    assert source_as_json(source(pages=(0, 120)))["page"] == 1


def test_a_search_result_with_its_ranks() -> None:
    one = source(pages=(0, 120))
    vectors = PassageVectors(np.ones(1, dtype=np.float32), np.ones((1, 1), dtype=np.float32))
    matches = (SentenceMatch(Span(100, 116), 0.1, 0.0), SentenceMatch(Span(146, 170), 0.7, 0.5))
    found = RankedPassage(
        StoredPassage(7, one.passage, one.header, vectors), 1, 0.123456, 0.654321, 0.5, 2, None, matches,
        {"recency": 0.000049},
    )  # fmt: skip
    assert ranked_as_json(found) == {
        **{name: value for name, value in SOURCE.items() if name != "number"},
        "page": 2,
        "quote": {"start": 146, "end": 170},
        "score": 0.1235,
        "rank": 1,
        "dense_rank": 2,
        "bm25_rank": None,
        "cosine": 0.6543,
        "coverage": 0.5,
        "signals": {"recency": 0.0},
    }


def test_events() -> None:
    assert event_as_json(Reading(9, 1.26)) == ("reading", {"tokens": 9, "seconds": 1.3})
    name, content = event_as_json(SentenceChecked(SENTENCE, (source(),)))
    assert (name, content["sources"]) == ("sentence_checked", [SOURCE])
    assert content["sentence"] == {"text": "Orla.", "citations": [1], "support": 0.9}


def test_a_report_names_what_failed() -> None:
    report = IngestReport(1, 0, 2, 0, (("a.pdf", "It is damaged."),), 5, 0.5)
    assert report_as_json(report) == {
        "added": 1, "changed": 0, "unchanged": 2, "removed": 0,
        "failed": [{"source": "a.pdf", "reason": "It is damaged."}], "embedded_passages": 5, "seconds": 0.5,
    }  # fmt: skip


def test_half_a_character_becomes_a_question_mark() -> None:
    broken = replace(answered(), question="Who is \ud83d?", text="Orla \udce9.")
    written = json.dumps(answer_as_json(broken), ensure_ascii=False).encode("utf-8")
    assert json.loads(written)["question"] == "Who is ??"
