"""The signals of an answer's confidence: its quote, its support, the model's verification of it.

Their weights are in the calibration (rag/verification/answerability.py); see
docs/decisions/0017-does-the-answer-stand.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.core.types import AnswerSentence, Message, RankedPassage, Source, Span
from rag.retrieval.retriever import Retrieved

COMPARE = "You compare a statement with a text, strictly. Another name, number, date, place or role makes it false."
ASK = "Does the text answer exactly this question? Yes or No."


def second_thought(question: str, quotes: Sequence[Source]) -> list[Message]:
    """The question about an answer's quotes alone: a small model that sees no more judges better, and sooner.

    The sentence before a quote comes with it, since it may say who "she" is.
    """
    texts = "\n".join(f"Text ({source.header.title}): {' '.join(_in_context(source).split())}" for source in quotes)
    return [Message("system", COMPARE), Message("user", f"{texts}\n\nQuestion: {' '.join(question.split())}\n\n{ASK}")]


def signals(retrieved: Retrieved, quotes: Sequence[Source], sentences: Sequence[AnswerSentence]) -> Mapping[str, float]:
    """What speaks for an answer and against it without the model's second thought, by the names of ANSWER_SIGNALS.

    What is not to be had is left out. ``quotes`` are those that it cites, or the best there is.
    """
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
    """The words of the quote and of the sentence before it."""
    before = [span.start for span in source.passage.sentences if span.start < source.quote.start]
    start = max(before, default=source.quote.start)
    return source.passage.words_of(Span(start, source.quote.end))


def _ranked(source: Source, retrieved: Retrieved) -> RankedPassage | None:
    return next((one for one in retrieved.passages if one.passage == source.passage), None)
