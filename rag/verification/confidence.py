"""Estimate how likely an answer is right: from its quotes, their support, and the model's own verification.

The weights are in the calibration (rag/verification/answerability.py), and explained in
docs/decisions/0017-does-the-answer-stand.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.core.protocols import Generator
from rag.core.types import AnswerSentence, Message, RankedPassage, Source, Span
from rag.retrieval.retriever import Retrieved
from rag.verification.answerability import AnswerCalibration

COMPARE = "You compare a statement with a text, strictly. Another name, number, date, place or role makes it false."
ASK = "Does the text answer exactly this question? Yes or No."


@dataclass(frozen=True, slots=True)
class Confidence:
    """The probability that an answer is right, 0 to 1, and the signals that it was computed from, by their names."""

    probability: float
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class AnswerVerifier:
    """Decides if an answer is shown.

    Attributes:
        calibration: weights of the signals; None if there are none, then an answer with a citation is shown.
        threshold: least probability of an answer that is shown.
        ask_model: ask the model only if its reply can decide ("auto"), or "always".
    """

    generator: Generator
    calibration: AnswerCalibration | None
    threshold: float
    ask_model: Literal["auto", "always"] = "auto"

    def verify(
        self,
        question: str,
        retrieved: Retrieved,
        quotes: Sequence[Source],
        sentences: Sequence[AnswerSentence],
        cancelled: Callable[[], bool],
    ) -> Confidence | None:
        """Estimate the confidence of an answer; None if there is no calibration.

        Args:
            question: the question, after the previous one if it depends on that.
            quotes: those that the answer cites, or the best that there is.

        Raises:
            GenerationError: if the model fails to verify.
        """
        if self.calibration is None:
            return None
        found, name = dict(signals(retrieved, quotes, sentences)), self.generator.name
        if self.ask_model == "always" or not self.calibration.is_settled(found, name, self.threshold):
            verified = self.generator.log_odds(verification_messages(question, quotes), "Yes", "No", cancelled)
            if verified is not None:
                found["second_thought"] = round(verified, 4)
        return Confidence(round(self.calibration.probability(found, name), 4), found)

    def accepts(self, confidence: float | None, sentences: Sequence[AnswerSentence]) -> bool:
        """Return whether an answer is shown: by its confidence, or if that is unknown, if it has a citation."""
        if confidence is None:
            return any(sentence.citations for sentence in sentences)
        return confidence >= self.threshold


def verification_messages(question: str, quotes: Sequence[Source]) -> list[Message]:
    """Ask the model if the quotes answer the question. It sees nothing else: a small model judges that better.

    The sentence before a quote is included, since it may say who "she" is.
    """
    texts = "\n".join(f"Text ({source.header.title}): {' '.join(_in_context(source).split())}" for source in quotes)
    return [Message("system", COMPARE), Message("user", f"{texts}\n\nQuestion: {' '.join(question.split())}\n\n{ASK}")]


def signals(retrieved: Retrieved, quotes: Sequence[Source], sentences: Sequence[AnswerSentence]) -> Mapping[str, float]:
    """Return the signals of ANSWER_SIGNALS that need no model; those that cannot be computed are left out."""
    found = [(source, one) for source in quotes if (one := _ranked(source, retrieved))]
    cosines = [
        match.cosine
        for source, one in found
        for match in one.sentences
        if source.quote.start <= match.span.start and match.span.end <= source.quote.end
    ]
    values = {
        "support": min((sentence.support for sentence in sentences), default=0.0),
        "quote_cosine": max(cosines, default=None),
        "passage_cosine": max((one.cosine for _, one in found), default=None),
    }
    return {name: round(value, 4) for name, value in values.items() if value is not None}


def _in_context(source: Source) -> str:
    """Return the words of the quote and of the sentence before it."""
    before = [span.start for span in source.passage.sentences if span.start < source.quote.start]
    start = max(before, default=source.quote.start)
    return source.passage.words_of(Span(start, source.quote.end))


def _ranked(source: Source, retrieved: Retrieved) -> RankedPassage | None:
    return next((one for one in retrieved.passages if one.passage == source.passage), None)
