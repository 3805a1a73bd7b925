"""The events of Chatbot.stream, in the order in which they come."""

from __future__ import annotations

from dataclasses import dataclass

from rag.core.types import Answer, AnswerSentence, RankedPassage, Source


@dataclass(frozen=True, slots=True)
class SourcesFound:
    """The passages that the answer may rest on, numbered; and the whole ranking that they come from, best first."""

    sources: tuple[Source, ...]
    ranked: tuple[RankedPassage, ...] = ()


@dataclass(frozen=True, slots=True)
class QuoteFound:
    """The sentence of the articles that fits the question best, verbatim, before the model has read anything."""

    source: Source


@dataclass(frozen=True, slots=True)
class Waiting:
    """The answering model is busy; ``ahead`` questions have their turn before this one."""

    ahead: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The answering model begins to read: ``tokens`` that it does not know yet.

    ``seconds`` is about how long that takes, by what it has read so far; None where that is not known.
    """

    tokens: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class TextAdded:
    """The next few characters of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class SentenceChecked:
    """A sentence is complete and was compared with the evidence. ``sources`` carry the quotes that support it."""

    sentence: AnswerSentence
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    answer: Answer


@dataclass(frozen=True, slots=True)
class Declined:
    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """The answering model failed. What came before is no answer; the message of the RagError says what to do."""

    error: Exception


Event = SourcesFound | QuoteFound | Waiting | Reading | TextAdded | SentenceChecked | Answered | Declined | Failed
