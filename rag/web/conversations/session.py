"""Conversations in progress: questions are answered and saved at their beginning and at their end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from rag.chatbot import Chatbot
from rag.core.errors import RagError, UnknownChatError
from rag.core.events import Answered, Event, Failed
from rag.core.filters import EVERYTHING, Filters
from rag.core.types import Turn
from rag.store.conversations import Chat, ChatStore, SavedExchange
from rag.web.conversations.exchange import Exchange, advance, history, stopped
from rag.web.conversations.serialization import as_json, of_json

PATIENCE = 5.0
"""Seconds that a reloaded page waits for an answer in progress before it shows the conversation."""

Conversation = tuple[Exchange, ...]


@dataclass(slots=True)
class Asking:
    """A question that is being answered, with its exchange so far. ``chat`` is "" if nothing is saved.

    ``replaces`` tells that it takes the place of the conversation's last question.
    """

    chat: str
    earlier: Conversation
    exchange: Exchange
    replaces: bool
    problem: str = ""
    """Why the conversation is not saved, in a sentence."""


class Memory:
    """Reads and saves conversations. For the owner "" nothing is saved, and nothing is found."""

    def __init__(self, store: ChatStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._in_progress: dict[str, threading.Event] = {}

    def chat(self, owner: str, chat: str) -> Chat:
        """Return the list entry of a conversation. Raises what ChatStore.chat raises."""
        return self._store.chat(owner, chat)

    def conversation(self, owner: str, chat: str, patience: float = 0) -> Conversation:
        """Return the exchanges of a conversation; none for "". Raises what ChatStore.exchanges raises.

        An answer in progress is waited for at most ``patience`` seconds.
        """
        with self._lock:
            in_progress = self._in_progress.get(chat) if chat and patience else None
        if in_progress:
            in_progress.wait(patience)
        return self._read(owner, chat)

    @contextmanager
    def asking(self, owner: str, chat: str, question: str, *, again: bool) -> Iterator[Asking]:
        """Begin a question; its exchange is saved when the block ends, even if the reader has left.

        If the conversation does not exist, the question begins a new one. Errors of the store are not raised, because
        the answer is useful without it: ``problem`` tells them.

        Args:
            owner: Whose conversation it is.
            chat: The conversation; "" for a new one.
            question: The question.
            again: Whether it replaces the conversation's last question.
        """
        asking, ended = self._begin(owner, chat, question, again), threading.Event()
        with self._lock:
            self._in_progress[asking.chat] = ended
        try:
            yield asking
        finally:
            self._finish(owner, asking)
            with self._lock:
                if self._in_progress.get(asking.chat) is ended:
                    del self._in_progress[asking.chat]
            ended.set()

    def _begin(self, owner: str, chat: str, question: str, again: bool) -> Asking:
        earlier: Conversation = ()
        try:
            earlier = self._read(owner, chat)
        except UnknownChatError:
            chat = ""
        except RagError as error:
            return Asking("", (), Exchange(1, question), False, str(error))
        if again and earlier:
            return Asking(chat, earlier[:-1], Exchange(earlier[-1].number, question), True)
        asking = Asking(chat, earlier, Exchange(earlier[-1].number + 1 if earlier else 1, question), False)
        if owner:
            # Saved before it is answered: the page needs the conversation's id, and a crash loses no question.
            self._save(owner, asking, SavedExchange(0, question, "", as_json(asking.exchange)))
        return asking

    def _finish(self, owner: str, asking: Asking) -> None:
        if asking.replaces and not (asking.exchange.finished and (asking.exchange.answer or asking.exchange.text)):
            return  # An answer is not replaced by a question that was stopped or failed.
        if not asking.exchange.finished:
            asking.exchange = stopped(asking.exchange)
        if asking.chat:
            done = asking.exchange
            saved = SavedExchange(done.number, done.question, done.text or done.message, as_json(done))
            self._save(owner, asking, saved)

    def _read(self, owner: str, chat: str) -> Conversation:
        if not (owner and chat):
            return ()
        stored = self._store.exchanges(owner, chat)
        return tuple(of_json(one.number, one.question, one.content) for one in stored)

    def _save(self, owner: str, asking: Asking, exchange: SavedExchange) -> None:
        try:
            saved = self._store.save(owner, asking.chat, exchange)
        except UnknownChatError:
            return  # It was deleted meanwhile and stays deleted.
        except RagError as error:
            asking.problem = str(error)
            return
        asking.chat, asking.exchange = saved.chat, replace(asking.exchange, number=saved.number)


def stream_answer(
    chatbot: Chatbot,
    asking: Asking,
    cancelled: Callable[[], bool],
    *,
    filters: Filters = EVERYTHING,
    as_of: date | None = None,
    turns: Sequence[Turn] | None = None,
) -> Iterator[Event]:
    """Answer a question; ``asking.exchange`` is updated with each event before it is yielded.

    Args:
        chatbot: Answers the question.
        asking: The question.
        cancelled: Polled; once true, the answer ends early.
        filters: The articles that may be used.
        as_of: The day of the question; today if None.
        turns: The turns before; those of the conversation if None.

    Yields:
        The events of the chatbot. An error that it raises becomes the last event, Failed.
    """
    before = history(asking.earlier) if turns is None else turns
    question = asking.exchange.question
    try:
        for event in chatbot.stream(question, before, filters=filters, as_of=as_of, cancelled=cancelled):
            asking.exchange = advance(asking.exchange, event)
            if isinstance(event, Answered) and cancelled():
                asking.exchange = stopped(asking.exchange)
            yield event
    except RagError as error:
        asking.exchange = advance(asking.exchange, Failed(error))
        yield Failed(error)
