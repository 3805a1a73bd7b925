"""Citation metrics of one answer, in the form of ``rag.core.serialization.answer_as_json``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rag.evaluation.datasets.questions import Question
from rag.evaluation.metrics.answer_metrics import holds_gold

Answer = Mapping[str, Any]
TextOf = Callable[[str], str | None]


def citation_precision(answer: Answer, question: Question) -> float | None:
    """Share of the citations whose passage is gold; None where nothing is cited.

    Each sentence's citations count, so that a source cited twice counts twice; one that is not there counts as wrong.
    """
    sources = _by_number(answer)
    cited = [sources.get(number) for sentence in answer["sentences"] for number in sentence["citations"]]
    if not cited:
        return None
    good = [source for source in cited if source and holds_gold(question, source["article_id"], source["text"])]
    return len(good) / len(cited)


def citation_recall(answer: Answer, question: Question) -> float:
    """Share of the gold articles that are cited at least once."""
    sources = _by_number(answer)
    numbers = {number for sentence in answer["sentences"] for number in sentence["citations"]}
    cited = {sources[number]["article_id"] for number in numbers & sources.keys()}
    return len(cited & set(question.evidence_ids)) / len(question.evidence_ids)


def cited_sentences(answer: Answer) -> float | None:
    """Share of the sentences that cite a source which is there; None where there is no sentence."""
    sources = _by_number(answer)
    cited = [not sources.keys().isdisjoint(sentence["citations"]) for sentence in answer["sentences"]]
    return sum(cited) / len(cited) if cited else None


def unsupported_sentences(answer: Answer) -> float | None:
    """Share of the sentences without any citation, which are shown as unsupported; None where there is no sentence."""
    bare = [not sentence["citations"] for sentence in answer["sentences"]]
    return sum(bare) / len(bare) if bare else None


def uncited_unmarked(answer: Answer) -> int:
    """Sentences that look cited and are not: all their citations lead to no source. Must be 0.

    A sentence without citations is always shown with the mark of an unsupported one, so it is not among these.
    """
    sources = _by_number(answer)
    return sum(
        bool(sentence["citations"]) and sources.keys().isdisjoint(sentence["citations"])
        for sentence in answer["sentences"]
    )


def non_verbatim_quotes(answer: Answer, text_of: TextOf) -> int:
    """Quotes shown that do not stand in their article, word for word at the place given. Must be 0.

    ``text_of`` gives an article's text, None for an unknown one, whose quotes count as well.
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
