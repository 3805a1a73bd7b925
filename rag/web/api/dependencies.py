"""FastAPI dependencies shared by the API's routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from rag.chatbot import Chatbot
from rag.core.filters import Filters
from rag.core.settings import Settings
from rag.store import SqliteLibrary
from rag.store.conversations import ChatStore
from rag.store.facets import require_known
from rag.store.feedback import FeedbackStore
from rag.web.api.authentication import Caller, caller_of
from rag.web.api.queue import QuestionQueue
from rag.web.api.rate_limits import RateLimits
from rag.web.conversations.cancellation import RunningAnswers
from rag.web.conversations.session import Memory
from rag.web.embed.filter_schema import narrowed
from rag.web.library.articles import ArticleService


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes work with; one object for an application."""

    chatbot: Chatbot
    library: SqliteLibrary
    articles: ArticleService
    chats: ChatStore
    memory: Memory
    feedback: FeedbackStore
    running: RunningAnswers
    settings: Settings
    limits: RateLimits
    queue: QuestionQueue


def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def rate_limited_caller(request: Request) -> Caller:
    """Count a question of the caller. Raises ProblemError if the caller has asked too many."""
    caller = caller_of(request)
    services_of(request).limits.count_question(caller.owner, caller.address, caller.embed)
    return caller


ServicesDep = Annotated[Services, Depends(services_of)]
CallerDep = Annotated[Caller, Depends(caller_of)]
RateLimitedCaller = Annotated[Caller, Depends(rate_limited_caller)]


def allowed_filters(asked: Filters, caller: Caller, services: Services) -> Filters:
    """Combine the filters asked for with those of the caller. Raises FilterError if they let nothing through.

    Only a caller who may read the whole library learns which values there are.
    """
    if asked and not caller.filters:
        require_known(asked, services.library.facets())
    return narrowed(caller.filters, asked)
