"""How long something will go on, from how fast it went lately. Pure but for the clock."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW = 30.0
"""Seconds that count as lately: what was unchanged at the beginning says little of what is new now."""
LEAST = 1.0
"""Seconds before which nothing is said."""


class Pace:
    """The time left until ``total`` is reached; in any unit."""

    def __init__(self, total: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._clock = clock
        self._seen = deque([(clock(), 0.0)])

    def seconds_left(self, done: float) -> float | None:
        """The time left now that ``done`` is reached; None where nothing has moved yet, or it began just now."""
        now = self._clock()
        self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[1][0] <= now - WINDOW:
            self._seen.popleft()
        since, before = self._seen[0]
        if now - since < LEAST or done <= before:
            return None
        return max(0.0, self._total - done) * (now - since) / (done - before)
