"""An answer in a conversation that is remembered: the stream of the chatbot, folded into what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from rag.chatbot import Chatbot
from rag.core.errors import RagError
from rag.core.events import Answered, Event, Failed
from rag.core.filters import EVERYTHING, Filters
from rag.core.types import Turn
from rag.web.conversations.exchange import advance, history, stopped
from rag.web.conversations.session import Asking


def answer(
    chatbot: Chatbot,
    asking: Asking,
    cancelled: Callable[[], bool],
    *,
    filters: Filters = EVERYTHING,
    as_of: date | None = None,
    turns: Sequence[Turn] | None = None,
) -> Iterator[Event]:
    """The events of the answer to ``asking.one``, which is brought up to date with each before it is yielded.

    ``turns`` came before; None are those of the conversation. An error of the chatbot becomes its last event, Failed.
    """
    before = history(asking.earlier) if turns is None else turns
    try:
        for event in chatbot.stream(asking.one.question, before, filters=filters, as_of=as_of, cancelled=cancelled):
            asking.one = advance(asking.one, event)
            if isinstance(event, Answered) and cancelled():
                asking.one = stopped(asking.one)
            yield event
    except RagError as error:
        asking.one = advance(asking.one, Failed(error))
        yield Failed(error)
