"""``POST /api/v1/ask``: answer a question as JSON or as a stream of events."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from rag.core.errors import RagError
from rag.core.events import Answered, Declined, Event, Failed, Waiting
from rag.core.filters import Filters
from rag.core.serialization import answer_as_json, event_as_json
from rag.web import problems
from rag.web.api.authentication import Caller
from rag.web.api.dependencies import RateLimitedCaller, Services, ServicesDep, allowed_filters
from rag.web.api.request_schemas import Question
from rag.web.api.response_schemas import AskReply
from rag.web.api.sse import EventStream, event, iterate_in_thread, with_timeouts
from rag.web.conversations.session import stream_answer
from rag.web.problems import ProblemError, problem_of, request_id_of

EVENTS = "text/event-stream"
UNEXPECTED = "Something went wrong. Ask again; Footnote's console has the details."
CLIENT_CLOSED_REQUEST = 499
DISCONNECT_CHECK_SECONDS = 0.1

log = logging.getLogger(__name__)
routes = APIRouter(tags=["Asking"])


def stream_response(description: str) -> dict[int | str, dict[str, Any]]:
    """Describe, for the schema, a response that may be JSON or a stream."""
    return {200: {"description": description, "content": {EVENTS: {"schema": {"type": "string"}}}}}


AS_EVENTS = stream_response("The answer; with `Accept: text/event-stream` the events on the way to it.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Answering has begun. ``conversation`` is "" if the question is not stored."""

    conversation: str
    number: int


@dataclass(frozen=True, slots=True)
class QuestionRun:
    """A validated question on its way through the queue and the chatbot. ``id`` is the request's."""

    question: Question
    caller: Caller
    filters: Filters
    services: Services
    id: str

    @classmethod
    def of(cls, question: Question, caller: Caller, services: Services, request_id: str) -> QuestionRun:
        """Check the filters and the conversation. Raises FilterError, UnknownChatError and errors of the stores."""
        filters = allowed_filters(question.filters.filters(), caller, services)
        if question.conversation:
            services.chats.chat(caller.owner, question.conversation)
        return cls(question, caller, filters, services, request_id)

    async def events(self) -> AsyncIterator[Event | Asked]:
        """Yield positions in the queue, then Asked, then the chatbot's events. Closing the iterator stops the answer.

        Raises ProblemError if the queue is full.
        """
        place = self.services.queue.join(self.caller.owner or self.caller.address)
        try:
            async for ahead in place.positions_async():
                yield Waiting(ahead)
        except BaseException:
            place.leave()
            raise
        async for one in iterate_in_thread(self._answer, ended=place.leave):
            yield one

    def _answer(self, is_gone: Callable[[], bool]) -> Iterator[Event | Asked]:
        question, services = self.question, self.services
        owner = self.caller.owner if question.history is None else ""
        remembered = services.memory.asking(owner, question.conversation or "", question.question, again=question.again)
        # Not by the request's id, which callers choose: nobody may stop the answer of another.
        with services.running.question(secrets.token_hex(16)) as stopped, remembered as asking:
            yield Asked(asking.chat, asking.exchange.number)
            yield from stream_answer(
                services.chatbot,
                asking,
                lambda: stopped.is_set() or is_gone(),
                filters=self.filters,
                as_of=question.as_of,
                turns=question.turns(),
            )


@routes.post("/ask", response_model=AskReply, responses=AS_EVENTS)
async def ask(question: Question, request: Request, services: ServicesDep, caller: RateLimitedCaller) -> Any:
    """Answer a question from the articles. Each sentence cites its sources; without support there is no answer.

    With `Accept: text/event-stream` the answer comes as server-sent events: `waiting` while other questions are ahead,
    then `asked`, `sources_found`, `quote_found`, `reading`, `text_added`, `sentence_checked`, and last `answered`,
    `declined` or `failed`. Text in `text_added` is provisional until `answered`. Closing the connection stops the
    answer.
    """
    run = QuestionRun.of(question, caller, services, request_id_of(request))
    if EVENTS in request.headers.get("accept", ""):
        return EventStream(_as_server_sent(run))
    place: dict[str, Any] = {}
    async for one in events_while_connected(request, run):
        match one:
            case Asked(conversation, number):
                place = {"conversation": conversation or None, "number": number}
            case Answered(answer) | Declined(answer):
                return {**answer_as_json(answer), **place}
            case Failed(error):
                raise error
    return Response(status_code=CLIENT_CLOSED_REQUEST)


async def events_while_connected(request: Request, run: QuestionRun) -> AsyncIterator[Event | Asked]:
    """Yield the events of a question until the end, or until the client disconnects."""
    async with aclosing(with_timeouts(run.events(), DISCONNECT_CHECK_SECONDS)) as events:
        async for one in events:
            if one is None and await request.is_disconnected():
                return
            if one is not None:
                yield one


async def events_with_problem(run: QuestionRun) -> AsyncIterator[Event | Asked | ProblemError]:
    """Yield the events of a question for a response that has begun: an error is yielded last, not raised."""
    try:
        async for one in run.events():
            yield problem_of(one.error) if isinstance(one, Failed) and isinstance(one.error, RagError) else one
    except ProblemError as problem:
        yield problem
    except Exception:
        log.exception("Request %s failed", run.id)
        yield ProblemError("unexpected", UNEXPECTED)


async def _as_server_sent(run: QuestionRun) -> AsyncIterator[bytes]:
    number = 0
    async for one in events_with_problem(run):
        number += 1
        yield event(*_name_and_content(one, run.id), number)


def _name_and_content(one: Event | Asked | ProblemError, request_id: str) -> tuple[str, dict[str, Any]]:
    match one:
        case Asked(conversation, number):
            return "asked", {"conversation": conversation or None, "number": number, "request_id": request_id}
        case ProblemError():
            return "failed", {"problem": problems.as_json(one, request_id)}
        case _:
            return event_as_json(one)
