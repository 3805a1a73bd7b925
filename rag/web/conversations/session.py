"""Conversations as the page has them, kept in the store while they go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rag.core.errors import RagError, UnknownChatError
from rag.store.conversations import Chat, ChatStore, SavedExchange
from rag.web.conversations.exchange import Exchange, stopped
from rag.web.conversations.serialization import as_json, of_json

PATIENCE = 5.0
"""Seconds to wait for the end of an answer before its conversation is shown: the page that asked was reloaded."""

Conversation = tuple[Exchange, ...]


@dataclass(slots=True)
class Asking:
    """A question while it is answered. ``one`` is what has come of it; ``chat`` is "" where nothing is kept.

    ``again`` says that it takes the place of the conversation's last question.
    """

    chat: str
    earlier: Conversation
    one: Exchange
    again: bool
    problem: str = ""
    """Why the conversation is not kept, in a sentence."""


class Memory:
    """Reads conversations out of a store, and saves each question at its beginning and at its end.

    For an owner without a name nothing is kept and nothing is there.
    """

    def __init__(self, store: ChatStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._under_way: dict[str, threading.Event] = {}

    def chat(self, owner: str, chat: str) -> Chat:
        """What a list shows of a conversation. Raises what ChatStore.chat raises."""
        return self._store.chat(owner, chat)

    def conversation(self, owner: str, chat: str, patience: float = 0) -> Conversation:
        """A conversation as far as it has come; "" is one that has not begun. Raises what ChatStore.exchanges raises.

        An answer that is being written in it is waited for, for so many seconds at most.
        """
        with self._lock:
            under_way = self._under_way.get(chat) if chat and patience else None
        if under_way:
            under_way.wait(patience)
        return self._read(owner, chat)

    @contextmanager
    def asking(self, owner: str, chat: str, question: str, *, again: bool) -> Iterator[Asking]:
        """Ask in a conversation; whatever has come of it in the end is saved, also where the reader has gone.

        Nothing is raised for a store that fails, for the answer is worth having all the same: ``problem`` says so. In
        a conversation that is not there (any more) the question begins a new one.
        """
        asking, ended = self._begun(owner, chat, question, again), threading.Event()
        with self._lock:
            self._under_way[asking.chat] = ended
        try:
            yield asking
        finally:
            self._keep(owner, asking)
            with self._lock:
                if self._under_way.get(asking.chat) is ended:
                    del self._under_way[asking.chat]
            ended.set()

    def _begun(self, owner: str, chat: str, question: str, again: bool) -> Asking:
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
            # Saved before it is answered: the page is told the conversation's name, and a crash loses no question.
            self._save(owner, asking, SavedExchange(0, question, "", as_json(asking.one)))
        return asking

    def _keep(self, owner: str, asking: Asking) -> None:
        if asking.again and not (asking.one.finished and (asking.one.answer or asking.one.text)):
            return  # An answer is not given up for a question that came to nothing.
        if not asking.one.finished:
            asking.one = stopped(asking.one)
        if asking.chat:
            one = asking.one
            self._save(owner, asking, SavedExchange(one.number, one.question, one.text or one.message, as_json(one)))

    def _read(self, owner: str, chat: str) -> Conversation:
        if not (owner and chat):
            return ()
        return tuple(of_json(one.number, one.question, one.content) for one in self._store.exchanges(owner, chat))

    def _save(self, owner: str, asking: Asking, exchange: SavedExchange) -> None:
        try:
            saved = self._store.save(owner, asking.chat, exchange)
        except UnknownChatError:
            return  # It was deleted while the answer was written, and stays deleted.
        except RagError as error:
            asking.problem = str(error)
            return
        asking.chat, asking.one = saved.chat, replace(asking.one, number=saved.number)
