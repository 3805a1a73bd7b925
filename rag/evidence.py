"""Ranked passages → the sentences worth their prompt tokens, grouped by article in document order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from rag.types import ArticleHeader, RankedPassage, SentenceMatch, Source, Span

PASSAGES = 10
"""Passages that sentences are chosen from."""
RANK_WEIGHT = 0.15
"""What the reciprocal rank of its passage adds to a sentence's score."""
REDUNDANCY = 0.3
"""What the cosine to the nearest sentence chosen before takes off a sentence's score."""

SLACK = 0.6
"""How much less than the best sentence's the worth of one may be that is still read."""
SURE_OF = 1 / 3
"""Share of the budget that is filled whatever the sentences are worth."""


_Candidate = tuple[RankedPassage, SentenceMatch]


@dataclass(frozen=True, slots=True)
class EvidencePassage:
    """Chosen sentences of one passage, in document order. ``number`` is the source's, from 1."""

    number: int
    ranked: RankedPassage
    sentences: tuple[SentenceMatch, ...]

    @property
    def header(self) -> ArticleHeader:
        return self.ranked.header

    @property
    def text(self) -> str:
        """The chosen sentences as they stand in the article, with an ellipsis where some were left out."""
        passage = self.ranked.passage
        chosen = {match.span for match in self.sentences}
        parts: list[str] = []
        skipped = False
        for span in passage.sentences:
            if span not in chosen:
                skipped = bool(parts)
                continue
            parts.append(("… " if skipped else "") + passage.words_of(span))
            skipped = False
        return " ".join(parts)

    @property
    def best(self) -> SentenceMatch:
        """The chosen sentence that fits the question best."""
        return max(self.sentences, key=lambda match: match.score)

    def as_source(self, quote: Span | None = None) -> Source:
        """The source card: the whole passage, with ``quote`` or else the best chosen sentence marked."""
        return Source(self.number, self.header, self.ranked.passage, quote or self.best.span, self.ranked.score)


def choose(
    passages: Sequence[RankedPassage], budget: int, count_tokens: Callable[[str], int]
) -> tuple[EvidencePassage, ...]:
    """The sentences that say most about the question within ``budget`` tokens, at least one.

    The budget is used up only where the search is unsure: once a third of it is filled, sentences that are worth much
    less than the best one are left out (docs/decisions/0009-less-evidence-where-sure.md).

    They are taken one by one, the best first, where "best" is a sentence's score plus a share of its passage's, less
    what repeats a sentence taken before (maximal marginal relevance, Carbonell and Goldstein, SIGIR 1998). The first
    sentence of an article also pays for the article's heading. Articles come in the order of their best passage,
    passages within an article as they stand in it.
    """
    candidates = [(ranked, match) for ranked in passages[:PASSAGES] for match in ranked.sentences]
    if not candidates:
        return ()
    vectors = np.concatenate([ranked.stored.vectors.sentences for ranked in passages[:PASSAGES]])
    worth = np.array([match.score + RANK_WEIGHT / ranked.rank for ranked, match in candidates], dtype=np.float32)
    repeated = np.zeros_like(worth)
    taken: list[_Candidate] = []
    seen: set[str] = set()
    left = budget
    least = float(worth.max()) - SLACK
    for _ in candidates:
        at = int(np.argmax(worth - REDUNDANCY * repeated))
        if worth[at] - REDUNDANCY * repeated[at] < least and budget - left >= SURE_OF * budget:
            break
        worth[at] = -np.inf
        ranked, match = candidates[at]
        words = ranked.passage.words_of(match.span)
        cost = count_tokens(words)
        if all(ranked.header.id != other.header.id for other, _ in taken):
            cost += count_tokens(heading(ranked.header))
        if words in seen or (cost > left and taken):
            continue
        taken.append((ranked, match))
        seen.add(words)
        left -= cost
        if left <= 0:
            break
        repeated = np.maximum(repeated, vectors @ vectors[at])
    return _in_order(taken)


def _in_order(taken: Sequence[_Candidate]) -> tuple[EvidencePassage, ...]:
    """Number the passages of the chosen sentences: best article first, then as they stand in it."""
    first_rank: dict[str, int] = {}
    for ranked, _ in sorted(taken, key=lambda one: one[0].rank):
        first_rank.setdefault(ranked.header.id, ranked.rank)
    in_order = sorted(taken, key=lambda one: (first_rank[one[0].header.id], one[1].span.start))
    grouped = [list(group) for _, group in groupby(in_order, key=lambda one: one[0].rank)]
    return tuple(
        EvidencePassage(number, group[0][0], tuple(match for _, match in group))
        for number, group in enumerate(grouped, start=1)
    )


def heading(header: ArticleHeader) -> str:
    """The line that stands above an article's sentences in the prompt: its title and day."""
    day = f" ({header.date.day} {header.date:%B %Y})" if header.date else ""
    return f"{header.title}{day}"
