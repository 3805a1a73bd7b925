"""The questions that are being answered, by reader, so that any of them can be stopped from outside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Stop(threading.Event):
    """Set, it tells the generation of an answer to end. ``unseen``: the reader looks at something else by now."""

    unseen = False


class Running:
    """One event a reader, for the answer that is written for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: dict[str, Stop] = {}
        self._closed = False

    @contextmanager
    def question(self, reader: str) -> Iterator[Stop]:
        """The event of a new question. An earlier one of the same reader is stopped; so is this one at the end."""
        event = Stop()
        with self._lock:
            earlier = self._events.get(reader)
            self._events[reader] = event
            if self._closed:
                event.set()
        if earlier:
            earlier.set()
        try:
            yield event
        finally:
            event.set()
            with self._lock:
                if self._events.get(reader) is event:
                    del self._events[reader]

    def stop(self, reader: str, *, unseen: bool = False) -> None:
        """Stop what is being answered for this reader, if anything is; ``unseen`` where nobody looks at it any more."""
        with self._lock:
            event = self._events.get(reader)
        if event:
            event.unseen = unseen
            event.set()

    def close(self) -> None:
        """Stop every answer, and those that are still to begin."""
        with self._lock:
            self._closed = True
            events = list(self._events.values())
        for event in events:
            event.set()
