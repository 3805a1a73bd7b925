"""A FIFO queue for a resource that serves a few requests at a time. Waiters are told their position."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator

POLL_SECONDS = 0.05
"""How often a waiting thread checks whether its request was cancelled."""


class RequestQueue:
    """The requests that are served, then those that wait. One queue is for any number of threads and event loops."""

    def __init__(self, served: int = 1) -> None:
        self._served = served
        self._places: list[Place] = []
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._places)

    def count(self, caller: str) -> int:
        """Return how many places a caller holds."""
        with self._changed:
            return sum(place.caller == caller for place in self._places)

    def join(self, caller: str = "", *, first: bool = False) -> Place:
        """Return a place at the end of the queue, or ``first`` among those that wait."""
        place = Place(self, caller)
        with self._changed:
            self._places.insert(self._served if first else len(self._places), place)
            if first:
                self._notify()
        return place

    def _notify(self) -> None:
        self._changed.notify_all()
        for place in self._places:
            place.notify()


class Place:
    """A place in a queue, which is left at the end of a ``with`` statement."""

    def __init__(self, queue: RequestQueue, caller: str) -> None:
        self._queue = queue
        self.caller = caller
        self.notify: Callable[[], object] = lambda: None

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Make room; does nothing if the place was left before."""
        with self._queue._changed:
            if self in self._queue._places:
                self._queue._places.remove(self)
                self._queue._notify()

    @property
    def ahead(self) -> int:
        """How many requests are ahead of this one; 0 while it is served."""
        with self._queue._changed:
            index = self._queue._places.index(self)
        return index if index >= self._queue._served else 0

    def positions(self, cancelled: Callable[[], bool]) -> Iterator[int]:
        """Yield how many are ahead, at first and at each change, until this one is served or cancelled."""
        told = 0
        while (ahead := self.ahead) and not cancelled():
            if ahead != told:
                told = ahead
                yield ahead
            with self._queue._changed:
                self._queue._changed.wait(POLL_SECONDS)

    async def positions_async(self) -> AsyncIterator[int]:
        """Yield how many are ahead, at first and at each change, until this one is served."""
        loop, changed = asyncio.get_running_loop(), asyncio.Event()
        self.notify = lambda: loop.call_soon_threadsafe(changed.set)
        told = 0
        try:
            while ahead := self.ahead:
                changed.clear()
                if ahead != told:
                    told = ahead
                    yield ahead
                await changed.wait()
        finally:
            self.notify = lambda: None  # The loop may be closed before the place is left.
