"""The desk of the API: what its routes need, made once, and how they get at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from rag.chatbot import Chatbot
from rag.core.settings import Settings
from rag.store import SqliteLibrary
from rag.store.conversations import ChatStore
from rag.store.feedback import FeedbackStore
from rag.web.api.authentication import Caller, caller_of
from rag.web.api.queue import QuestionQueue
from rag.web.api.rate_limits import RateLimits
from rag.web.conversations.cancellation import Running
from rag.web.conversations.session import Memory
from rag.web.library.articles import ArticleService


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything behind the routes; one for an application."""

    chatbot: Chatbot
    library: SqliteLibrary
    articles: ArticleService
    chats: ChatStore
    memory: Memory
    feedback: FeedbackStore
    running: Running
    settings: Settings
    limits: RateLimits
    queue: QuestionQueue


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def counted(request: Request) -> Caller:
    """Who asks, for what costs a search or more. Raises ProblemError where it is too much."""
    caller = caller_of(request)
    desk_of(request).limits.count_question(caller.owner, caller.address, caller.embed)
    return caller


AtDesk = Annotated[Desk, Depends(desk_of)]
FromCaller = Annotated[Caller, Depends(caller_of)]
CountedCaller = Annotated[Caller, Depends(counted)]
