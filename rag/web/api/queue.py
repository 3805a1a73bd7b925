"""The line of those who ask through the API: a few are served at once, the others wait and know their place."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

from rag.web.api.rate_limits import too_many
from rag.web.problems import ProblemError

SERVED = 8
"""Questions that are worked on at once; the answering model takes them in turn."""
LONGEST = 500
"""Questions that may wait."""
OF_ONE_CALLER = 3
"""Questions that one caller may have in the line."""
SECONDS_EACH = 5
"""About how long an answer takes, for those who are sent away."""


class Line:
    """First come, first served. It belongs to the event loop that it is used in."""

    def __init__(self, served: int = SERVED, longest: int = LONGEST) -> None:
        self._served = served
        self._longest = longest
        self._queue: list[Place] = []
        """Those who are served, then those who wait."""
        self._callers: Counter[str] = Counter()

    def join(self, caller: str) -> Place:
        """A place at the end, which its holder leaves. Raises ProblemError where the line or a caller has enough."""
        if self._callers[caller] >= OF_ONE_CALLER:
            raise too_many(f"{OF_ONE_CALLER} questions of yours are being answered", SECONDS_EACH)
        if len(self._queue) >= self._served + self._longest:
            raise ProblemError(
                "busy", "Too many questions are waiting. Try again in a minute.", {"Retry-After": str(60)}
            )
        place = Place(self, caller)
        self._queue.append(place)
        self._callers[caller] += 1
        return place

    def leave(self, place: Place) -> None:
        """Make room; harmless where it was made already."""
        if place not in self._queue:
            return
        self._queue.remove(place)
        self._callers[place.caller] -= 1
        if not self._callers[place.caller]:
            del self._callers[place.caller]
        for other in self._queue:
            other.moved.set()

    def ahead_of(self, place: Place) -> int:
        """How many are before somebody who waits; 0 for those who are served."""
        at = self._queue.index(place)
        return at if at >= self._served else 0


class Place:
    """A place in a line."""

    def __init__(self, line: Line, caller: str) -> None:
        self._line = line
        self.caller = caller
        self.moved = asyncio.Event()

    async def waited(self) -> AsyncIterator[int]:
        """How many are ahead, at first and at each change, until this one is served."""
        while ahead := self._line.ahead_of(self):
            yield ahead
            self.moved.clear()
            await self.moved.wait()

    def leave(self) -> None:
        self._line.leave(self)
