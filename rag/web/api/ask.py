"""``POST /api/v1/ask``: a question, answered as JSON or as the stream of events."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request, Response

from rag.core.errors import RagError
from rag.core.events import Answered, Declined, Event, Failed
from rag.core.serialization import answer_as_json, event_as_json
from rag.web import problems
from rag.web.api.ask_stream import Asked, Inquiry
from rag.web.api.dependencies import AtDesk, CountedCaller
from rag.web.api.request_schemas import Question
from rag.web.api.response_schemas import AskReply
from rag.web.api.sse import EventStream, event, paced
from rag.web.problems import ProblemError, problem_of, request_id_of

EVENTS = "text/event-stream"
UNEXPECTED = "Something unexpected went wrong. Ask again; what Footnote wrote to its console says more."
GONE = 499
"""The client has closed the connection: nobody reads this."""
LOOK_SECONDS = 0.1
"""How often it is looked whether somebody still waits for an answer."""

log = logging.getLogger(__name__)
routes = APIRouter(tags=["Asking"])


def streamed(description: str) -> dict[int | str, dict[str, Any]]:
    """What the schema says of an answer that may come as JSON or as a stream."""
    return {200: {"description": description, "content": {EVENTS: {"schema": {"type": "string"}}}}}


AS_EVENTS = streamed("The answer; with `Accept: text/event-stream` the events on the way to it.")


@routes.post("/ask", response_model=AskReply, responses=AS_EVENTS)
async def ask(question: Question, request: Request, desk: AtDesk, caller: CountedCaller) -> Any:
    """Answer a question from the articles; each sentence has its sources, and what they do not say is declined.

    With `Accept: text/event-stream` the answer comes as server-sent events: `waiting` for as long as others are before,
    then `asked`, `sources_found`, `quote_found`, `reading`, `text_added`, `sentence_checked`, and last `answered`,
    `declined` or `failed`. Text that was added counts only once it is in `answered`. Whoever closes the connection
    stops the answer.
    """
    inquiry = Inquiry.of(question, caller, desk, request_id_of(request))
    if EVENTS in request.headers.get("accept", ""):
        return EventStream(_as_events(inquiry))
    place: dict[str, Any] = {}
    async for one in events_for(request, inquiry):
        match one:
            case Asked(conversation, number):
                place = {"conversation": conversation or None, "number": number}
            case Answered(answer) | Declined(answer):
                return {**answer_as_json(answer), **place}
            case Failed(error):
                raise error
    return Response(status_code=GONE)


async def events_for(request: Request, inquiry: Inquiry) -> AsyncIterator[Event | Asked]:
    """The events of an inquiry, up to the end or for as long as somebody waits for the answer."""
    async with aclosing(paced(inquiry.events(), LOOK_SECONDS)) as events:
        async for one in events:
            if one is None and await request.is_disconnected():
                return
            if one is not None:
                yield one


async def _as_events(inquiry: Inquiry) -> AsyncIterator[bytes]:
    """Server-sent events, the last of which says how it ended, whatever happened."""
    number = 0
    async for one in to_the_end(inquiry):
        number += 1
        yield event(*_told(one, inquiry.id), number)


async def to_the_end(inquiry: Inquiry) -> AsyncIterator[Event | Asked | ProblemError]:
    """The events of an inquiry for a response that has begun: what goes wrong is the last of them, and not raised."""
    try:
        async for one in inquiry.events():
            yield problem_of(one.error) if isinstance(one, Failed) and isinstance(one.error, RagError) else one
    except ProblemError as problem:
        yield problem
    except Exception:
        log.exception("Request %s failed", inquiry.id)
        yield ProblemError("unexpected", UNEXPECTED)


def _told(one: Event | Asked | ProblemError, request_id: str) -> tuple[str, dict[str, Any]]:
    match one:
        case Asked(conversation, number):
            return "asked", {"conversation": conversation or None, "number": number, "request_id": request_id}
        case ProblemError():
            return "failed", {"problem": problems.as_json(one, request_id)}
        case _:
            return event_as_json(one)
