"""The desk of the API: what its routes need, made once, and how they get at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from rag.chatbot import Chatbot
from rag.chats import ChatStore
from rag.feedback import FeedbackStore
from rag.library import SqliteLibrary
from rag.settings import Settings
from rag.web.api.entrance import Caller, caller_of
from rag.web.api.limiting import Limits
from rag.web.api.line import Line
from rag.web.memory import Memory
from rag.web.running import Running
from rag.web.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything behind the routes; one for an application."""

    chatbot: Chatbot
    library: SqliteLibrary
    shelf: Shelf
    chats: ChatStore
    memory: Memory
    feedback: FeedbackStore
    running: Running
    settings: Settings
    limits: Limits
    line: Line


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def counted(request: Request) -> Caller:
    """Who asks, for what costs a search or more. Raises ProblemError where it is too much."""
    caller = caller_of(request)
    desk_of(request).limits.asked(caller.owner, caller.address, caller.embed)
    return caller


AtDesk = Annotated[Desk, Depends(desk_of)]
FromCaller = Annotated[Caller, Depends(caller_of)]
CountedCaller = Annotated[Caller, Depends(counted)]
