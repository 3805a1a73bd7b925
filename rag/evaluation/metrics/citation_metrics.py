"""Citation metrics of one answer in the JSON form of ``rag.core.serialization.answer_as_json``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rag.evaluation.datasets.questions import Question
from rag.evaluation.metrics.answer_metrics import holds_gold

Answer = Mapping[str, Any]
TextOf = Callable[[str], str | None]


def citation_precision(answer: Answer, question: Question) -> float | None:
    """Return the share of citations whose passage is gold; None without citations.

    A source cited twice counts twice; a citation of a missing source counts as wrong.
    """
    sources = _by_number(answer)
    cited = [sources.get(number) for sentence in answer["sentences"] for number in sentence["citations"]]
    if not cited:
        return None
    good = [source for source in cited if source and holds_gold(question, source["article_id"], source["text"])]
    return len(good) / len(cited)


def citation_recall(answer: Answer, question: Question) -> float:
    """Return the share of the gold articles that are cited at least once."""
    sources = _by_number(answer)
    numbers = {number for sentence in answer["sentences"] for number in sentence["citations"]}
    cited = {sources[number]["article_id"] for number in numbers & sources.keys()}
    return len(cited & set(question.evidence_ids)) / len(question.evidence_ids)


def cited_sentences(answer: Answer) -> float | None:
    """Return the share of sentences that cite an existing source; None without sentences."""
    sources = _by_number(answer)
    cited = [not sources.keys().isdisjoint(sentence["citations"]) for sentence in answer["sentences"]]
    return sum(cited) / len(cited) if cited else None


def unsupported_sentences(answer: Answer) -> float | None:
    """Return the share of sentences without a citation, shown as unsupported; None without sentences."""
    bare = [not sentence["citations"] for sentence in answer["sentences"]]
    return sum(bare) / len(bare) if bare else None


def uncited_unmarked(answer: Answer) -> int:
    """Count sentences whose citations all lead to no source; must be 0.

    A sentence without citations is always marked as unsupported, so it does not count.
    """
    sources = _by_number(answer)
    return sum(
        bool(sentence["citations"]) and sources.keys().isdisjoint(sentence["citations"])
        for sentence in answer["sentences"]
    )


def non_verbatim_quotes(answer: Answer, text_of: TextOf) -> int:
    """Count quotes shown that differ from their article's text at their place; must be 0.

    ``text_of`` returns an article's text, or None for an unknown article, whose quotes count.
    """
    shown = {
        (source["article_id"], source["start"], source["text"], source["quote"]["start"], source["quote"]["end"])
        for source in _shown(answer)
    }
    return sum(not _is_verbatim(*quote, text_of(quote[0])) for quote in shown)


def _is_verbatim(_: str, start: int, passage: str, quote_start: int, quote_end: int, text: str | None) -> bool:
    if text is None or not start <= quote_start < quote_end <= start + len(passage):
        return False
    return text[quote_start:quote_end] == passage[quote_start - start : quote_end - start]


def _shown(answer: Answer) -> Iterator[Mapping[str, Any]]:
    yield from answer["sources"]
    if answer["declined"]:
        yield from answer["declined"]["nearest"]


def _by_number(answer: Answer) -> dict[int, Mapping[str, Any]]:
    return {source["number"]: source for source in answer["sources"]}
