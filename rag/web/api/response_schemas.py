"""The replies of the HTTP API, besides the forms that it shares with the command line (rag.core.serialization)."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from rag.core.serialization import AnswerReply, RankedReply, Reply
from rag.store.feedback import Verdict
from rag.web.conversations.serialization import ExchangeReply
from rag.web.embed.filter_schema import FilterFields


class AskReply(AnswerReply):
    """An answer and the conversation that stores it; ``conversation`` is null if none does."""

    conversation: str | None
    number: int = Field(description="The question's number within the conversation, from 1.")


class SearchReply(Reply):
    """The passages that match a question best, best first."""

    question: str
    filters: FilterFields
    as_of: date
    passages: list[RankedReply]


class ArticleReply(Reply):
    """An article with the characters ``start`` to ``end`` of its text, of ``length`` characters."""

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


class ConversationReply(Reply):
    """A conversation without its questions."""

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    questions: int


class ConversationsReply(Reply):
    """Conversations, the latest first, and the total number."""

    conversations: list[ConversationReply]
    offset: int
    total: int


class WholeConversationReply(ConversationReply):
    """A conversation with all of its questions."""

    exchanges: list[ExchangeReply]


class DeletedReply(Reply):
    """How many conversations were deleted."""

    deleted: int


class JudgementReply(Reply):
    """The verdict that was kept."""

    verdict: Verdict


class SuggestionsReply(Reply):
    """Questions that the articles answer."""

    questions: list[str]


class FieldProblem(Reply):
    """What is wrong with one field of a request."""

    field: str
    problem: str


class ProblemReply(Reply):
    """Why a request was not served (RFC 9457). ``detail`` says what to do; ``request_id`` finds it in the log."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldProblem] = Field([])
