"""Score a retrieved passage from its best sentence, term overlap and neighbouring passages.

docs/decisions/0010-second-look.md has what was tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from rag.core.types import RankedPassage, SentenceMatch, StoredPassage, Vector
from rag.text.tokenization import WeightedWords, plain, stems

NEIGHBOUR = 0.3
"""Share of the better neighbour's score that is added to a passage's."""
QUOTED = 0.5
"""Added to the score if the passage has all quoted phrases verbatim."""
GAP = 4
"""Most characters between neighbouring passages of a section."""


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """A query prepared for scoring: the text, its float32 unit vector (d,), and its words by rarity.

    ``pairs`` are adjacent words, each pair weighing as much as both. ``phrases`` were in quotation marks and are
    matched verbatim, in plain text.
    """

    text: str
    vector: Vector
    words: WeightedWords
    pairs: WeightedWords
    phrases: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str, vector: Vector, weights: Mapping[str, float], phrases: Sequence[str] = ()) -> PreparedQuery:
        """Prepare a query; ``weights`` are those of the stems of the text."""
        own = stems(text)
        pairs = {_pair(one, two): weights.get(one, 0.0) + weights.get(two, 0.0) for one, two in pairwise(own)}
        quoted = tuple(_one_line(phrase) for phrase in phrases)
        return cls(text, vector, WeightedWords(weights), WeightedWords(pairs), quoted)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage of the fused ranking with its ranks, from 1; None for a search that did not find it."""

    stored: StoredPassage
    fused_rank: int
    dense_rank: int | None
    bm25_rank: int | None


def score_passage(found: Candidate, search: PreparedQuery) -> RankedPassage:
    """Score a passage by its best sentence, its own cosine, words and pairs of words, and its fused rank."""
    stored, passage = found.stored, found.stored.passage
    by_sentence = [stems(passage.words_of(span)) for span in passage.sentences]
    cosines = stored.vectors.sentences @ search.vector
    sentences = tuple(
        SentenceMatch(span, float(cosine), search.words.coverage(set(words)))
        for span, cosine, words in zip(passage.sentences, cosines, by_sentence, strict=True)
    )
    running = [word for words in by_sentence for word in words]
    coverage = search.words.coverage({*running, *title_stems(stored.header.title), *title_stems(passage.heading)})
    cosine = float(np.dot(stored.vectors.passage, search.vector))
    signals = {
        "best sentence": 2 * max((match.score for match in sentences), default=0.0),
        "passage": cosine,
        "words": coverage,
        "pairs of words": 0.3 * search.pairs.coverage({_pair(one, two) for one, two in pairwise(running)}),
        "fused rank": 0.3 / found.fused_rank,
    }
    if search.phrases:
        words = _one_line(f"{stored.header.title} {passage.text}")
        signals["quoted words"] = QUOTED * sum(phrase in words for phrase in search.phrases) / len(search.phrases)
    return RankedPassage(
        stored=stored,
        rank=found.fused_rank,
        score=sum(signals.values()),
        cosine=cosine,
        coverage=coverage,
        dense_rank=found.dense_rank,
        bm25_rank=found.bm25_rank,
        sentences=sentences,
        signals=signals,
    )


def add_signal(passage: RankedPassage, signal: str, by: float) -> RankedPassage:
    """Return the passage with a signal added to its score."""
    return replace(passage, score=passage.score + by, signals={**passage.signals, signal: by}) if by else passage


def add_neighbour_scores(passages: Sequence[RankedPassage]) -> list[RankedPassage]:
    """Add a share of the better neighbour's score to each passage: an answer is often a sentence further on.

    One whose neighbours were not found is given the share of its own score, since nothing speaks against it.
    """
    starts = {(one.header.id, one.passage.start): one for one in passages}
    best: dict[int, float] = {}
    for one in passages:
        for start in range(one.passage.end, one.passage.end + GAP + 1):
            following = starts.get((one.header.id, start))
            if following is not None and following is not one:
                for this, other in ((one, following), (following, one)):
                    best[this.stored.id] = max(best.get(this.stored.id, other.score), other.score)
    return [add_signal(one, "neighbours", NEIGHBOUR * best.get(one.stored.id, one.score)) for one in passages]


@lru_cache(maxsize=4096)
def title_stems(title: str) -> tuple[str, ...]:
    """Return the stems of the content words of a title or heading."""
    return tuple(stems(title)) if title else ()


def _one_line(text: str) -> str:
    return " ".join(plain(text).split())


def _pair(one: str, two: str) -> str:
    return f"{one} {two}"
