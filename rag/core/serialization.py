"""Values as JSON objects: the one form that the command line, the web and the evaluation write. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from rag.core.events import (
    Answered,
    Declined,
    Event,
    Failed,
    QuoteFound,
    Reading,
    SentenceChecked,
    SourcesFound,
    TextAdded,
    Waiting,
)
from rag.core.filters import Filters
from rag.core.types import (
    Answer,
    AnswerSentence,
    ArticleHeader,
    Decline,
    IngestReport,
    Passage,
    RankedPassage,
    Source,
    Span,
)

Json = dict[str, Any]


def answer_as_json(answer: Answer) -> Json:
    """What ``rag ask --json`` prints. Offsets are characters of the article's text, from 0."""
    return {
        "question": answer.question,
        "answer": answer.text,
        "answered": answer.answered,
        "sentences": [_sentence(sentence) for sentence in answer.sentences],
        "sources": [source_as_json(source) for source in answer.sources],
        "declined": _decline(answer.declined) if answer.declined else None,
        "timings": {
            "retrieve_ms": answer.timings.retrieve_ms,
            "first_quote_ms": answer.timings.first_quote_ms,
            "first_token_ms": answer.timings.first_token_ms,
            "total_ms": answer.timings.total_ms,
        },
        "usage": {
            "prompt_tokens": answer.usage.prompt_tokens,
            "completion_tokens": answer.usage.completion_tokens,
            "cached_tokens": answer.usage.cached_tokens,
        },
        "model": answer.model,
        "confidence": answer.confidence,
        "signals": dict(answer.signals),
    }


def event_as_json(event: Event) -> tuple[str, Json]:
    """(the name of an event, what it says): what a client is told, so without the whole ranking."""
    match event:
        case SourcesFound(sources):
            return "sources_found", {"sources": [source_as_json(source) for source in sources]}
        case QuoteFound(source):
            return "quote_found", {"source": source_as_json(source)}
        case Waiting(ahead):
            return "waiting", {"ahead": ahead}
        case Reading(tokens, seconds):
            return "reading", {"tokens": tokens, "seconds": None if seconds is None else round(seconds, 1)}
        case TextAdded(text):
            return "text_added", {"text": text}
        case SentenceChecked(sentence, sources):
            return "sentence_checked", {
                "sentence": _sentence(sentence),
                "sources": [source_as_json(source) for source in sources],
            }
        case Answered(answer):
            return "answered", {"answer": answer_as_json(answer)}
        case Declined(answer):
            return "declined", {"answer": answer_as_json(answer)}
        case Failed(error):
            return "failed", {"message": str(error)}


def filters_as_json(filters: Filters) -> Json:
    """What the articles had to have; a day that was left open is null."""
    return {
        "sources": list(filters.sources),
        "tags": list(filters.tags),
        "languages": list(filters.languages),
        "since": _day(filters.published.start),
        "until": _day(filters.published.end),
    }


def source_as_json(source: Source) -> Json:
    """A numbered source with its passage and the quoted stretch of it."""
    return {
        "number": source.number,
        **_quoted_passage(source.header, source.passage, source.quote, source.score),
    }


def ranked_as_json(found: RankedPassage) -> Json:
    """A search result with the ranks that led to its place; null where a half of the search did not find it.

    ``signals`` are what its score is the sum of.
    """
    return {
        "rank": found.rank,
        **_quoted_passage(found.header, found.passage, found.best.span, found.score),
        "dense_rank": found.dense_rank,
        "bm25_rank": found.bm25_rank,
        "cosine": round(found.cosine, 4),
        "coverage": round(found.coverage, 4),
        "signals": {name: round(value, 4) for name, value in found.signals.items()},
    }


def report_as_json(report: IngestReport) -> Json:
    """What ``rag ingest --json`` prints."""
    return {
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "failed": [{"source": source, "reason": reason} for source, reason in report.failed],
        "embedded_passages": report.embedded_passages,
        "seconds": report.seconds,
    }


def _sentence(sentence: AnswerSentence) -> Json:
    return {"text": sentence.text, "citations": list(sentence.citations), "support": sentence.support}


def _decline(decline: Decline) -> Json:
    return {
        "reason": decline.reason,
        "message": decline.message,
        "looked_for": list(decline.looked_for),
        "nearest": [source_as_json(source) for source in decline.nearest],
        "shortfalls": list(decline.shortfalls),
    }


def _quoted_passage(header: ArticleHeader, passage: Passage, quote: Span, score: float) -> Json:
    return {
        "article_id": header.id,
        "title": header.title,
        "source": header.source,
        "url": header.url or None,
        "date": _day(header.date),
        "page": header.page_at(quote.start),
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "quote": {"start": quote.start, "end": quote.end},
        "score": round(score, 4),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
