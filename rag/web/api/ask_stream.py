"""One question on its way through the queue and the chatbot, as events."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

from rag.core.events import Event, Waiting
from rag.core.filters import Filters
from rag.store.facets import require_known
from rag.web.api.authentication import Caller
from rag.web.api.dependencies import Desk
from rag.web.api.request_schemas import Question
from rag.web.api.sse import from_thread
from rag.web.conversations.ask import answer
from rag.web.embed.filter_schema import narrowed


@dataclass(frozen=True, slots=True)
class Asked:
    """A question is begun. ``conversation`` is the id that it is kept in, "" where it is not kept."""

    conversation: str
    number: int


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question that can be asked as it stands. ``id`` is that of its request."""

    question: Question
    caller: Caller
    filters: Filters
    desk: Desk
    id: str

    @classmethod
    def of(cls, question: Question, caller: Caller, desk: Desk, request_id: str) -> Inquiry:
        """Raises FilterError and UnknownChatError, and what reading the stores raises."""
        filters = allowed_filters(question.filters.filters(), caller, desk)
        if question.conversation:
            desk.chats.chat(caller.owner, question.conversation)
        return cls(question, caller, filters, desk, request_id)

    async def events(self) -> AsyncIterator[Event | Asked]:
        """Yield its positions in the queue, that it is begun, and the events of the chatbot.

        Raises ProblemError if the queue is full. Once the iterator is closed the answer stops.
        """
        place = self.desk.queue.join(self.caller.owner or self.caller.address)
        try:
            async for ahead in place.positions_async():
                yield Waiting(ahead)
        except BaseException:
            place.leave()
            raise
        async for event in from_thread(self._answered, ended=place.leave):
            yield event

    def _answered(self, is_gone: Callable[[], bool]) -> Iterator[Event | Asked]:
        question, desk = self.question, self.desk
        owner = self.caller.owner if question.history is None else ""
        remembered = desk.memory.asking(owner, question.conversation or "", question.question, again=question.again)
        # Not by the request's id, which callers choose: nobody may stop the answer of another.
        with desk.running.question(secrets.token_hex(16)) as stopped, remembered as asking:
            yield Asked(asking.chat, asking.one.number)
            yield from answer(
                desk.chatbot,
                asking,
                lambda: stopped.is_set() or is_gone(),
                filters=self.filters,
                as_of=question.as_of,
                turns=question.turns(),
            )


def allowed_filters(asked: Filters, caller: Caller, desk: Desk) -> Filters:
    """The filters of a caller, and those asked for. Raises FilterError where nothing can be found with them.

    Whoever has the whole library is told what there is instead; others must not learn of what is kept from them.
    """
    if asked and not caller.filters:
        require_known(asked, desk.library.facets())
    return narrowed(caller.filters, asked)
