"""A generator that a test holds at its first word, as a slow model or a long queue would."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

from rag.core.events import Reading, Waiting
from rag.core.types import GeneratedText, Message
from rag.testing import FakeGenerator


class HeldGenerator(FakeGenerator):
    """Writes one word and halts until ``go`` is set, or the question is cancelled.

    ``before`` is what it says before its first word, after each of which it halts as well, until ``step`` is called.
    """

    def __init__(self, *texts: str, before: Sequence[Waiting | Reading] = ()) -> None:
        super().__init__(*texts)
        self._before = before
        self._steps = threading.Semaphore(0)
        self.go = threading.Event()

    def step(self) -> None:
        self._steps.release()

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[Waiting | Reading | GeneratedText]:
        for said in self._before:
            yield said
            while not (self._steps.acquire(timeout=0.02) or self.go.is_set() or cancelled()):
                pass
        for written in super().stream(messages, max_tokens, cancelled):
            yield written
            while not (self.go.wait(0.02) or cancelled()):
                pass
