"""The answer as far as it is written: its text, its checked sentences, its sources, and the time that it took."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.core.events import Event, SentenceChecked, TextAdded
from rag.core.types import AnswerSentence, ContextPassage, Source, Timings, Usage
from rag.retrieval.context_selection import EvidencePassage
from rag.verification.citations import Checked


@dataclass(slots=True)
class Draft:
    """What was written so far. ``sources`` are by number, with the latest quotes."""

    sources: dict[int, Source]
    text: str = ""
    sentences: list[AnswerSentence] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    quote: Source | None = None
    """What comes nearest to saying the sentence that has most support."""
    confidence: float | None = None
    signals: Mapping[str, float] = field(default_factory=dict)
    context: tuple[ContextPassage, ...] = ()

    @classmethod
    def of(cls, evidence: Sequence[EvidencePassage]) -> Draft:
        """An empty one that may cite this evidence."""
        sources: dict[int, Source] = {}
        for passage in evidence:
            sources.setdefault(passage.number, passage.as_source())
        return cls(sources, context=tuple(passage.as_context() for passage in evidence))

    def near(self, checked: Checked) -> None:
        """Keep the quote of the best supported sentence."""
        if checked.nearest and checked.sentence.support > max((one.support for one in self.sentences), default=-1.0):
            self.quote = checked.nearest

    def take(self, event: Event) -> None:
        """Note what the event adds to the answer, if anything."""
        match event:
            case TextAdded(text):
                self.text += text
            case SentenceChecked(sentence, sources):
                self.sentences.append(sentence)
                self.sources.update({source.number: source for source in sources})

    def begin_again(self) -> None:
        """Drop the text and its sentences; what it cost stays."""
        self.text = ""
        self.sentences.clear()

    def cites(self) -> bool:
        return any(sentence.citations for sentence in self.sentences)

    def cited(self) -> tuple[Source, ...]:
        """The sources that a sentence cites, by number."""
        numbers = {number for sentence in self.sentences for number in sentence.citations}
        return tuple(source for number, source in sorted(self.sources.items()) if number in numbers)

    def best_sources(self, limit: int | None = None) -> tuple[Source, ...]:
        return tuple(self.sources.values())[:limit]


class Clock:
    """Milliseconds since the question arrived."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._retrieve = 0.0
        self._quote: float | None = None
        self._token: float | None = None

    def _now(self) -> float:
        return round((time.monotonic() - self._started) * 1000, 1)

    def retrieved(self) -> None:
        self._retrieve = self._now()

    def quoted(self) -> None:
        self._quote = self._now()

    def written(self) -> None:
        self._token = self._token or self._now()

    def timings(self) -> Timings:
        return Timings(self._retrieve, self._quote, self._token, self._now())
