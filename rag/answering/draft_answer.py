"""The answer so far: its text, checked sentences, sources, timings and confidence."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.core.events import SentenceChecked, TextAdded
from rag.core.types import Answer, AnswerSentence, ContextPassage, Decline, Source, Timings, Usage
from rag.retrieval.context_selection import EvidencePassage
from rag.verification.citations import Checked


class Stopwatch:
    """Milliseconds since the question arrived."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._marks: dict[str, float] = {}

    def mark(self, step: str) -> None:
        """Note when a step was first reached."""
        self._marks.setdefault(step, self._now())

    def timings(self) -> Timings:
        marks = self._marks
        return Timings(marks.get("retrieved", 0.0), marks.get("quoted"), marks.get("first_token"), self._now())

    def _now(self) -> float:
        return round((time.monotonic() - self._started) * 1000, 1)


@dataclass(slots=True)
class Draft:
    """An answer while it is written."""

    question: str
    model: str
    stopwatch: Stopwatch = field(default_factory=Stopwatch)
    sources: dict[int, Source] = field(default_factory=dict)
    """By number, each with the quote of the latest sentence that cites it."""
    context: tuple[ContextPassage, ...] = ()
    text: str = ""
    sentences: list[AnswerSentence] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    confidence: float | None = None
    signals: Mapping[str, float] = field(default_factory=dict)
    _quote: Source | None = None
    _quote_support: float = -1.0

    def use_evidence(self, evidence: Sequence[EvidencePassage]) -> None:
        """Set what the answer may cite; its best sentence is the quote until a sentence has a better one."""
        for passage in evidence:
            self.sources.setdefault(passage.number, passage.as_source())
        self.context = tuple(passage.as_context() for passage in evidence)
        self._quote = max(evidence, key=lambda passage: passage.best.score).as_source()

    def best_quote(self) -> Source:
        """Return the quote nearest to the best supported sentence, or else to the question."""
        assert self._quote is not None, "there is no evidence to quote"
        return self._quote

    def note_quote(self, checked: Checked) -> None:
        """Keep the sentence's nearest quote if no kept sentence has more support."""
        if checked.nearest and checked.sentence.support > self._quote_support:
            self._quote = checked.nearest

    def add_text(self, text: str) -> TextAdded:
        self.stopwatch.mark("first_token")
        self.text += text
        return TextAdded(text)

    def add_sentence(self, checked: Checked) -> SentenceChecked:
        self.note_quote(checked)
        self._quote_support = max(self._quote_support, checked.sentence.support)
        self.sentences.append(checked.sentence)
        self.sources.update({source.number: source for source in checked.sources})
        return SentenceChecked(checked.sentence, checked.sources)

    def clear(self) -> None:
        """Drop the text and its sentences; what they cost stays counted."""
        self.text = ""
        self.sentences.clear()

    def cited(self) -> tuple[Source, ...]:
        """Return the sources that a sentence cites, by number."""
        numbers = {number for sentence in self.sentences for number in sentence.citations}
        return tuple(source for number, source in sorted(self.sources.items()) if number in numbers)

    def best_sources(self) -> tuple[Source, ...]:
        """Return all that the answer may cite, in the order of the prompt."""
        return tuple(self.sources.values())

    def answer(self, decline: Decline | None = None) -> Answer:
        """Return the finished answer; if it is declined, without a word of the draft."""
        return Answer(
            question=self.question,
            text="" if decline else self.text.strip(),
            sentences=() if decline else tuple(self.sentences),
            sources=decline.nearest if decline else self.best_sources(),
            declined=decline,
            timings=self.stopwatch.timings(),
            usage=self.usage,
            model=self.model,
            confidence=self.confidence,
            signals=self.signals,
            context=() if decline else self.context,
        )
