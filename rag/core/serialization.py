"""The JSON form of answers, events and search results, which the command line, the API and the evaluation share.

The models describe the form (docs/openapi.json is made from them) and fill themselves from the values of
``rag.core.types``. Offsets are characters of the article's text, from 0, the end not included.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field

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
from rag.core.types import Answer, DeclineReason, IngestReport, RankedPassage, Source

Json = dict[str, Any]


def encodable(text: str) -> str:
    """Return a text with each lone surrogate, which UTF-8 cannot encode, replaced by a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


# Control characters, and those that turn the direction of the text after them: no title may reorder the page.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")


def displayable(text: str) -> str:
    """Remove control characters and lone surrogates, and write line ends as ``\\n``."""
    if text.isprintable():
        return text
    text = encodable(text).replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub("", text)


def _header(name: str) -> Any:
    return Field(validation_alias=AliasPath("header", name))


def _passage(name: str) -> Any:
    return Field(validation_alias=AliasPath("passage", name))


Text = Annotated[str, BeforeValidator(lambda text: encodable(text) if isinstance(text, str) else text)]
Rounded = Annotated[float, AfterValidator(lambda value: round(value, 4))]
Url = Annotated[str | None, BeforeValidator(lambda url: url or None)]


class Reply(BaseModel):
    """Base of the models. A field is read from the value's attribute of the same name unless it says otherwise."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, populate_by_name=True)


class Stretch(Reply):
    """Characters ``start`` to ``end`` of an article."""

    start: int
    end: int


class PassageReply(Reply):
    """A passage, and the stretch of it that is quoted. ``page`` counts from 1, where the article has pages."""

    article_id: str = _header("id")
    title: Text = _header("title")
    source: Text = _header("source")
    url: Url = _header("url")
    date: datetime.date | None = _header("date")
    page: int | None
    start: int = _passage("start")
    end: int = _passage("end")
    text: Text = _passage("text")
    quote: Stretch = Field(validation_alias=AliasChoices("quote", AliasPath("best", "span")))
    score: Rounded


class SourceReply(PassageReply):
    """A passage that an answer rests on; sentences cite it by its number."""

    number: int


class RankedReply(PassageReply):
    """A passage that was found. Ranks count from 1; null where a half of the search did not find it."""

    rank: int
    dense_rank: int | None
    bm25_rank: int | None
    cosine: Rounded
    coverage: Rounded
    signals: dict[str, Rounded]


class SentenceReply(Reply):
    """A sentence of an answer. Without citations it was not found in the articles, and must be shown so."""

    text: Text
    citations: list[int]
    support: float = Field(description="How likely the cited words say it, 0 to 1.")


class DeclineReply(Reply):
    """Why there is no answer, and for each of the nearest passages why it falls short."""

    reason: DeclineReason
    message: Text
    looked_for: list[Text]
    nearest: list[SourceReply]
    shortfalls: list[Text]


class TimingsReply(Reply):
    """Milliseconds since the question arrived; null for what did not happen."""

    retrieve_ms: float
    first_quote_ms: float | None
    first_token_ms: float | None
    total_ms: float


class UsageReply(Reply):
    """Tokens that the answering model read and wrote."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int


class AnswerReply(Reply):
    """All that is known when a question is done. ``declined`` is null where it was answered."""

    question: Text
    answer: Text = Field(validation_alias="text")
    answered: bool
    sentences: list[SentenceReply]
    sources: list[SourceReply]
    declined: DeclineReply | None
    timings: TimingsReply
    usage: UsageReply
    model: Text
    confidence: float | None
    signals: dict[str, float]


def answer_as_json(answer: Answer) -> Json:
    """Return what ``rag ask --json`` prints and ``POST /api/v1/ask`` answers."""
    return _json(AnswerReply, answer)


def source_as_json(source: Source) -> Json:
    """Return a numbered source with its passage and the stretch of it that is quoted."""
    return _json(SourceReply, source)


def ranked_as_json(found: RankedPassage) -> Json:
    """Return a search result with the ranks that led to its place and the parts of its score."""
    return _json(RankedReply, found)


def event_as_json(event: Event) -> tuple[str, Json]:
    """Return the name of an event and its content, without the whole ranking, which is not for clients."""
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
                "sentence": _json(SentenceReply, sentence),
                "sources": [source_as_json(source) for source in sources],
            }
        case Answered(answer):
            return "answered", {"answer": answer_as_json(answer)}
        case Declined(answer):
            return "declined", {"answer": answer_as_json(answer)}
        case Failed(error):
            return "failed", {"message": str(error)}


def filters_as_json(filters: Filters) -> Json:
    """Return what the articles had to have; a day that was left open is null."""
    start, end = filters.published.start, filters.published.end
    return {
        "sources": list(filters.sources),
        "tags": list(filters.tags),
        "languages": list(filters.languages),
        "since": start.isoformat() if start else None,
        "until": end.isoformat() if end else None,
    }


def report_as_json(report: IngestReport) -> Json:
    """Return what ``rag ingest --json`` prints."""
    failed = [{"source": source, "reason": reason} for source, reason in report.failed]
    return {**asdict(report), "failed": failed}


def _json(form: type[Reply], value: object) -> Json:
    return form.model_validate(value).model_dump(mode="json")
