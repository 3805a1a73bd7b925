"""Stopping answers in progress, by reader."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Stop(threading.Event):
    """Once set, the answer ends. ``unseen``: the reader has opened something else meanwhile."""

    unseen = False


class RunningAnswers:
    """The answers in progress, one per reader."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: dict[str, Stop] = {}
        self._closed = False

    @contextmanager
    def question(self, reader: str) -> Iterator[Stop]:
        """Begin a question and yield its event, which is set at the end. An earlier one of the reader is stopped."""
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
        """Stop the answer for this reader, if any; ``unseen`` if the reader no longer looks at it."""
        with self._lock:
            event = self._events.get(reader)
        if event:
            event.unseen = unseen
            event.set()

    def close(self) -> None:
        """Stop all answers, including those that begin later."""
        with self._lock:
            self._closed = True
            events = list(self._events.values())
        for event in events:
            event.set()
