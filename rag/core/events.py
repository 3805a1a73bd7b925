"""The events of ``Chatbot.stream``, in the order in which they occur."""

from __future__ import annotations

from dataclasses import dataclass

from rag.core.types import Answer, AnswerSentence, RankedPassage, Source


@dataclass(frozen=True, slots=True)
class SourcesFound:
    """The numbered passages that the answer may cite, and the ranking that they were selected from, best first."""

    sources: tuple[Source, ...]
    ranked: tuple[RankedPassage, ...] = ()


@dataclass(frozen=True, slots=True)
class QuoteFound:
    """The sentence that fits the question best, verbatim, before the model has read anything."""

    source: Source


@dataclass(frozen=True, slots=True)
class Waiting:
    """The answering model is busy; ``ahead`` questions are answered before this one."""

    ahead: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The answering model begins to read the ``tokens`` of the prompt that it has not cached.

    ``seconds`` is an estimate from its speed so far; None if that is unknown.
    """

    tokens: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class TextAdded:
    """The next few characters of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class SentenceChecked:
    """A complete sentence of the answer, verified against the passages. ``sources`` have the quotes that support it."""

    sentence: AnswerSentence
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The last event if the question was answered."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Declined:
    """The last event if the chatbot abstained; ``answer.declined`` says why."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """The last event if the answering model failed. The text so far is no answer; ``error`` is a RagError."""

    error: Exception


Event = SourcesFound | QuoteFound | Waiting | Reading | TextAdded | SentenceChecked | Answered | Declined | Failed
