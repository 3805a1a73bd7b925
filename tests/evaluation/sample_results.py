"""Small results of an evaluation, written by hand, for the tests of the report and of the comparison."""

from __future__ import annotations

from typing import Any

from rag.evaluation.metrics.definitions import METRICS

Json = dict[str, Any]

HOSTILE = "</script><script>window.hacked = 1</script><!-- <img src=x onerror='window.hacked = 2'> & \u202eabc \" '"
PASSAGE = "A 🦆 sat on the oven. The oven was built in 1921. It burns beech wood."
QUOTE = "The oven was built in 1921."


def source(number: int = 1, **changes: Any) -> Json:
    """A source whose passage begins at character 100 of its article, after a character of two UTF-16 units."""
    begin = 100 + PASSAGE.index(QUOTE)
    return {
        "number": number,
        "article_id": "oven",
        "title": "The old oven",
        "source": "The Coast Gazette",
        "url": "https://gazette.example/oven",
        "date": "2024-09-14",
        "start": 100,
        "end": 100 + len(PASSAGE),
        "text": PASSAGE,
        "quote": {"start": begin, "end": begin + len(QUOTE)},
        "score": 3.1,
    } | changes


def answer(text: str = "The oven was built in 1921.", support: float = 0.9, **changes: Any) -> Json:
    """An answer of one cited sentence, in the form of ``rag.core.serialization.answer_as_json``."""
    return {
        "question": "When was the oven built?",
        "answer": text,
        "answered": True,
        "sentences": [{"text": text, "citations": [1], "support": support}],
        "sources": [source(), source(2, article_id="mill", title="The mill", quote={"start": 100, "end": 105})],
        "declined": None,
        "timings": {"retrieve_ms": 20.0, "first_quote_ms": 40.0, "first_token_ms": 2000.0, "total_ms": 3000.0},
        "usage": {"prompt_tokens": 300, "completion_tokens": 12, "cached_tokens": 0},
        "model": "fake-generator",
    } | changes


def declined() -> Json:
    return answer(
        text="",
        answered=False,
        sentences=[],
        sources=[],
        declined={
            "reason": "not_in_articles",
            "message": "The articles say nothing about this.",
            "nearest": [source()],
        },
        timings={"retrieve_ms": 20.0, "first_quote_ms": None, "first_token_ms": None, "total_ms": 30.0},
    )


def row(name: str, verdict: str = "right", **changes: Any) -> Json:
    """A row that fits its verdict."""
    answerable = verdict not in {"declined_right", "answered_unanswerable"}
    given = {"failed": None, "retrieved": None, "declined_right": declined(), "declined_wrong": declined()}
    found = given.get(verdict, answer())
    good = float(verdict in {"right", "declined_right"})
    return {
        "id": name,
        "question": f"When was the oven of {name} built?",
        "type": "answerable" if answerable else "unanswerable",
        "answerable": answerable,
        "answers": ["1921"] if answerable else [],
        "evidence_ids": ["oven"] if answerable else [],
        "history": [],
        "verdict": verdict,
        "scores": {} if verdict == "retrieved" else {"trust": good, **({"right": good} if answerable else {})},
        "confidence": 0.9 if found and found["answered"] else None,
        "answer": found,
        "ranked": [{"article_id": "mill", "gold": False}, {"article_id": "oven", "gold": answerable}],
        "error": "The model failed. Ask again." if verdict == "failed" else None,
    } | changes


def result(*rows: Json, **changes: Any) -> Json:
    """The result of those rows; only ``trust`` and ``right`` have figures."""
    types = sorted({one["type"] for one in rows})
    given = {"trust": 0.75, "right": 0.5, "aurc": 0.125, "non_verbatim_quotes": 0}
    figures: Json = {metric: given.get(metric) for metric in METRICS}
    return {
        "schema": 1,
        "questions": len(rows),
        "failed": sum(one["verdict"] == "failed" for one in rows),
        "metrics": figures,
        "by_type": {name: dict(figures) for name in types},
        "intervals": {"trust": [0.6, 0.9], "f1": None},
        "reasons": {metric: "Nothing to average." for metric, value in figures.items() if value is None},
        "latency_ms": {
            "first_quote": {"p50": 40.0, "p95": 90.0},
            "first_token": {"p50": 2000.0, "p95": 4000.0},
            "total": {"p50": None, "p95": None},
        },
        "tokens": {"prompt": {"p50": 300, "p95": 1400}, "completion": {"p50": 12, "p95": 30}},
        "questions_per_minute": 12.5,
        "settings": {"chunk_words": 110, "threads": None, "offline": False, "seed": 0},
        "models": {
            "embedder": {"name": "fake-embedder", "sha256": "0" * 64},
            "generator": {"name": "fake-generator", "sha256": None},
        },
        "seconds": 300.0,
        "rows": list(rows),
    } | changes


def one_of_each() -> Json:
    """A question of every verdict that a run with answers has, the right ones first."""
    verdicts = ("right", "declined_right", "declined_wrong", "wrong", "answered_unanswerable", "failed")
    return result(*(row(f"q{at}", verdict) for at, verdict in enumerate(verdicts, start=1)))
