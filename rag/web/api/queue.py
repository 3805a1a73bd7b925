"""The queue of questions asked through the API: a few are answered at once, the others wait and know their position."""

from __future__ import annotations

from rag.models.request_queue import Place, RequestQueue
from rag.web.api.rate_limits import too_many
from rag.web.problems import ProblemError

SERVED = 8
"""Questions that are worked on at once; the answering model takes them in turn."""
MAX_WAITING = 500
MAX_PER_CALLER = 3
"""Questions that one caller may have in the queue."""
SECONDS_PER_ANSWER = 5
"""About how long an answer takes, for callers that are sent away."""


class QuestionQueue:
    """A FIFO queue with a limit for all callers together and one for each. One event loop uses it."""

    def __init__(self, served: int = SERVED, waiting: int = MAX_WAITING) -> None:
        self._queue = RequestQueue(served)
        self._capacity = served + waiting

    def join(self, caller: str) -> Place:
        """Return a place at the end. Raises ProblemError if the queue is full or the caller has too many in it."""
        if self._queue.count(caller) >= MAX_PER_CALLER:
            raise too_many(f"{MAX_PER_CALLER} questions of yours are being answered", SECONDS_PER_ANSWER)
        if len(self._queue) >= self._capacity:
            raise ProblemError(
                "busy", "Too many questions are waiting. Try again in a minute.", {"Retry-After": str(60)}
            )
        return self._queue.join(caller)
