"""What the API answers, field by field. Offsets are characters of the article's text, from 0, the end not included."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.core.types import DeclineReason
from rag.store.feedback import Verdict
from rag.web.embed.filter_schema import FilterFields


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Stretch(_Reply):
    """Characters ``start`` to ``end`` of an article."""

    start: int
    end: int


class PassageReply(_Reply):
    """A passage, and the stretch of it that is quoted. ``page`` counts from 1, where the article has pages."""

    article_id: str
    title: str
    source: str
    url: str | None
    date: date | None
    page: int | None
    start: int
    end: int
    text: str
    quote: Stretch
    score: float


class SourceReply(PassageReply):
    """A passage that an answer rests on; sentences cite it by its number."""

    number: int


class RankedReply(PassageReply):
    """A passage that was found. Ranks count from 1; null where a half of the search did not find it."""

    rank: int
    dense_rank: int | None
    bm25_rank: int | None
    cosine: float
    coverage: float
    signals: dict[str, float]


class SentenceReply(_Reply):
    """A sentence of an answer. Without citations it was not found in the articles, and must be shown so."""

    text: str
    citations: list[int]
    support: float = Field(description="How likely the cited words say it, 0 to 1.")


class DeclineReply(_Reply):
    """Why there is no answer, and for each of the nearest passages why it falls short."""

    reason: DeclineReason
    message: str
    looked_for: list[str]
    nearest: list[SourceReply]
    shortfalls: list[str]


class TimingsReply(_Reply):
    """Milliseconds since the question arrived; null for what did not happen."""

    retrieve_ms: float
    first_quote_ms: float | None
    first_token_ms: float | None
    total_ms: float


class UsageReply(_Reply):
    """Tokens that the answering model read and wrote."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int


class AnswerReply(_Reply):
    """All that is known when a question is done. ``declined`` is null where it was answered."""

    question: str
    answer: str
    answered: bool
    sentences: list[SentenceReply]
    sources: list[SourceReply]
    declined: DeclineReply | None
    timings: TimingsReply
    usage: UsageReply
    model: str
    confidence: float | None
    signals: dict[str, float]


class AskReply(AnswerReply):
    """An answer, and where it is kept; ``conversation`` is null where nothing is."""

    conversation: str | None
    number: int = Field(description="The question's number within the conversation, from 1.")


class SearchReply(_Reply):
    """The passages that fit a question best, best first."""

    question: str
    filters: FilterFields
    as_of: date
    passages: list[RankedReply]


class ArticleReply(_Reply):
    """An article, and characters ``start`` to ``end`` of its text, which has ``length``."""

    id: str
    title: str
    source: str
    url: str | None
    author: str
    date: date | None
    tags: list[str]
    language: str
    text_sha256: str
    length: int
    start: int
    end: int
    text: str


class ConversationReply(_Reply):
    """A conversation as a list shows it."""

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    questions: int


class ConversationsReply(_Reply):
    """The latest conversations, of ``total``."""

    conversations: list[ConversationReply]
    offset: int
    total: int


class ExchangeReply(_Reply):
    """A question and what came of it; ``message`` says what is the matter where it is no answer."""

    number: int
    question: str
    stage: Literal["answered", "declined", "stopped", "failed"]
    text: str
    message: str
    answer: AnswerReply | None


class WholeConversationReply(ConversationReply):
    """A conversation with all of its questions."""

    exchanges: list[ExchangeReply]


class DeletedReply(_Reply):
    """How many conversations were deleted."""

    deleted: int


class JudgementReply(_Reply):
    """The verdict that was kept."""

    verdict: Verdict


class SuggestionsReply(_Reply):
    """Questions that the articles answer."""

    questions: list[str]


class FieldProblem(_Reply):
    """What is wrong with one field of a request."""

    field: str
    problem: str


class ProblemReply(_Reply):
    """Why a request was not served (RFC 9457). ``detail`` says what to do; ``request_id`` finds it in the log."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldProblem] = []
