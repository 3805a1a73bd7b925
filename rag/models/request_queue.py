"""Turns at what serves one at a time: first come, first served, and everybody knows how many are before them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import TracebackType

WAIT_SECONDS = 0.05
"""How often somebody who waits looks whether it is still wanted."""


class Turns:
    """A queue whose first has the turn. One object is for any number of threads."""

    def __init__(self) -> None:
        self._queue: list[Turn] = []
        self._moved = threading.Condition()

    def join(self, *, next_one: bool = False) -> Turn:
        """A place at the end of the queue, or right behind the first: for what somebody who was served needs yet."""
        turn = Turn(self)
        with self._moved:
            self._queue.insert(1 if next_one else len(self._queue), turn)
        return turn

    def ahead_of(self, turn: Turn) -> int:
        with self._moved:
            return self._queue.index(turn)

    def leave(self, turn: Turn) -> None:
        with self._moved:
            self._queue.remove(turn)
            self._moved.notify_all()

    def pause(self) -> None:
        """Wait until the queue has moved, WAIT_SECONDS at most."""
        with self._moved:
            self._moved.wait(WAIT_SECONDS)


class Turn:
    """A place in a queue, to be used in a ``with`` statement, which gives it up at its end."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def __enter__(self) -> Turn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turns.leave(self)

    @property
    def ahead(self) -> int:
        """How many are before this one; 0 where it is its turn."""
        return self._turns.ahead_of(self)

    def waited(self, cancelled: Callable[[], bool]) -> Iterator[int]:
        """How many are ahead, at first and at each change, until it is this one's turn or ``cancelled()`` is true."""
        told = 0
        while (ahead := self.ahead) and not cancelled():
            if ahead != told:
                told = ahead
                yield ahead
            self._turns.pause()
