"""Ranked passages made by hand, with the scores, days and vectors that a test is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from rag.core.types import (
    ArticleHeader,
    Passage,
    PassageVectors,
    RankedPassage,
    SentenceMatch,
    Span,
    StoredPassage,
    Vector,
)

TOWARDS = np.array([1, 0, 0], dtype=np.float32)
"""The vector of every passage that is given none, so that all of them tell of the same."""


def header(name: str, title: str = "", day: date | None = None) -> ArticleHeader:
    return ArticleHeader(name, title, "", "", "", day, (), "")


def stored(
    number: int,
    article: ArticleHeader,
    *sentences: str,
    start: int = 0,
    heading: str = "",
    vector: Vector = TOWARDS,
    of_sentences: Sequence[Vector] = (),
) -> StoredPassage:
    """A passage of these sentences with a space between them, which begins at ``start`` of its article."""
    spans, at = [], start
    for words in sentences:
        spans.append(Span(at, at + len(words)))
        at += len(words) + 1
    text = " ".join(sentences)
    passage = Passage(article.id, start, start + len(text), text, tuple(spans), heading)
    rows = np.stack(of_sentences or [vector] * len(spans))
    return StoredPassage(number, passage, article, PassageVectors(vector, rows))


def scored(found: StoredPassage, score: float, coverage: float = 0.5) -> RankedPassage:
    matches = tuple(SentenceMatch(span, 0.0, 0.0) for span in found.passage.sentences)
    return RankedPassage(found, found.id, score, 0.5, coverage, found.id, None, matches, {"found": score})
