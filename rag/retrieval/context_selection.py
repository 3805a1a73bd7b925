"""Select the sentences for the prompt from ranked passages, within a token budget."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from rag.core.types import ArticleHeader, ContextPassage, RankedPassage, SentenceMatch, Source, Span
from rag.retrieval.prompt_injection.detector import addresses_a_model
from rag.text.tokenization import plain

PASSAGES = 10
"""Passages that sentences are chosen from."""
RANK_WEIGHT = 0.15
"""Weight of the reciprocal rank of its passage in a sentence's score."""
REDUNDANCY = 0.25
"""Penalty per cosine to the most similar sentence selected before."""

SLACK = 0.6
"""Largest difference to the best sentence's score at which a sentence is still selected."""
READ_BEFORE, MOST_KEPT = 0.5, 1.5
"""Share of selected sentences that the previous turn must have read to keep its context, and its most times as many."""
SURE_OF = 1 / 3
"""Share of the budget that is filled whatever the scores."""

UNTITLED = "An article"
"""Replaces a title that contains a prompt injection."""
BEFORE, BEFORE_LEANING = 0.2, 0.3
"""Share of the previous sentence's lead added to a sentence's score; and what is added if it needs that sentence."""
LEANING = re.compile(
    r"\W*(?:he|she|it|they|his|her|its|their|this|these|that|those|such|both|neither"
    r"|the (?:two|former|latter|others?|same|company|group|firm|agency|organi[sz]ation|report|study|team|club|band"
    r"|film|book|song|album|party|government|ministry|court|council|university|school|city|town|village|country|ship|boat"
    r"|bridge|man|woman|couple|pair))\b"
)
"""Beginnings, in plain text, of sentences whose subject was named before."""


@dataclass(frozen=True, slots=True)
class EvidencePassage:
    """Selected sentences of one passage, in document order. ``number`` is that of the source, from 1."""

    number: int
    ranked: RankedPassage
    sentences: tuple[SentenceMatch, ...]

    @property
    def header(self) -> ArticleHeader:
        return self.ranked.header

    @property
    def text(self) -> str:
        """The selected sentences, with an ellipsis where sentences between them were left out."""
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
        """The selected sentence with the highest score."""
        return max(self.sentences, key=lambda match: match.score)

    def as_context(self) -> ContextPassage:
        """What a conversation keeps of it for the next question."""
        return ContextPassage(self.number, self.ranked.stored.id, tuple(match.span for match in self.sentences))

    def as_source(self, quote: Span | None = None) -> Source:
        """Return the whole passage as a source, with ``quote`` or else the best selected sentence marked."""
        return Source(self.number, self.header, self.ranked.passage, quote or self.best.span, self.ranked.score)


def select_context(
    passages: Sequence[RankedPassage], budget: int, count_tokens: Callable[[str], int], *, slack: float = SLACK
) -> tuple[EvidencePassage, ...]:
    """Select the sentences that say most about the question within a token budget.

    Sentences are taken one by one by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): the score plus a
    share of the passage's rank and of the previous sentence's lead, less the similarity to sentences taken before. One
    that begins with "he" or "the company" brings the sentence before it if there is room. Prompt injections are left
    out. The first sentence of an article also pays for the article's heading.

    Args:
        passages: Ranked passages, best first.
        budget: Most tokens; at least one sentence is selected even if it is longer.
        count_tokens: Counts the tokens of a text.
        slack: Once a third of the budget is used, sentences that score lower than the best by more than this are left
            out (docs/decisions/0009-less-evidence-where-sure.md).

    Returns:
        Articles in the order of their best passage, their passages in document order.
    """
    candidates = [_Candidate.of(ranked, at) for ranked in passages[:PASSAGES] for at in range(len(ranked.sentences))]
    worth = np.array([candidate.worth for candidate in candidates], dtype=np.float32)
    if not candidates or worth.max() == -np.inf:
        return ()
    vectors = np.concatenate([ranked.stored.vectors.sentences for ranked in passages[:PASSAGES]])
    repeated = np.zeros_like(worth)
    taken: list[int] = []
    headed: set[str] = set()
    seen: set[str] = set()
    left = budget
    least = float(worth.max()) - slack
    while left > 0 or not taken:
        at = int(np.argmax(worth - REDUNDANCY * repeated))
        value = float(worth[at] - REDUNDANCY * repeated[at])
        if value == -np.inf or (value < least and budget - left >= SURE_OF * budget):
            break
        candidate = candidates[at]
        worth[at] = -np.inf
        title = 0 if candidate.ranked.header.id in headed else count_tokens(heading(candidate.ranked.header))
        cost = title + count_tokens(candidate.text)
        if candidate.text in seen or (cost > left and taken):
            continue
        chosen = [at]
        before = candidates[at - 1]
        if candidate.needs_previous and worth[at - 1] > -np.inf and before.text not in {*seen, candidate.text}:
            with_previous = cost + count_tokens(before.text)
            if with_previous <= left:
                chosen, cost = [at - 1, at], with_previous
        for one in chosen:
            worth[one] = -np.inf
            seen.add(candidates[one].text)
            repeated = np.maximum(repeated, vectors @ vectors[one])
        taken += chosen
        headed.add(candidate.ranked.header.id)
        left -= cost
    return _in_order([candidates[at] for at in taken])


def continue_context(
    previous: Sequence[ContextPassage], chosen: Sequence[EvidencePassage], ranked: Sequence[RankedPassage]
) -> tuple[EvidencePassage, ...]:
    """Put the chosen evidence after that of the previous turn, which the model need not read again.

    Only passages that this question's own search found are kept of the previous context, up to the first that it did
    not find: filters and removed articles are respected without asking for them again.

    Returns:
        The previous context with the new scores, then what is new of ``chosen``, numbered on; or ``chosen`` alone, if
        less than half of it was read before, or if the model would have to read much that was not chosen.
    """
    kept = _previous(previous, {one.stored.id: one for one in ranked})
    known = {(one.header.id, match.span) for one in kept for match in one.sentences}
    wanted = [(one.header.id, match.span) for one in chosen for match in one.sentences]
    again = sum(key in known for key in wanted)
    if not kept or again < READ_BEFORE * len(wanted) or len(known) + len(wanted) - again > MOST_KEPT * len(wanted):
        return tuple(chosen)
    numbers = {one.ranked.stored.id: one.number for one in kept}
    for one in chosen:
        new = tuple(match for match in one.sentences if (one.header.id, match.span) not in known)
        if new:
            number = numbers.setdefault(one.ranked.stored.id, max(numbers.values()) + 1)
            kept.append(replace(one, number=number, sentences=new))
    return tuple(kept)


def _previous(context: Sequence[ContextPassage], found: Mapping[int, RankedPassage]) -> list[EvidencePassage]:
    """The passages of an earlier prompt, up to the first that was not found again as it was."""
    kept: list[EvidencePassage] = []
    for one in context:
        ranked = found.get(one.passage)
        matches = {match.span: match for match in ranked.sentences} if ranked else {}
        if ranked is None or not matches.keys() >= set(one.sentences):
            break
        kept.append(EvidencePassage(one.number, ranked, tuple(matches[span] for span in one.sentences)))
    return kept


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence of a ranked passage. ``needs_previous``: it is understood only with the one before it."""

    ranked: RankedPassage
    match: SentenceMatch
    text: str
    needs_previous: bool
    worth: float

    @classmethod
    def of(cls, ranked: RankedPassage, at: int) -> _Candidate:
        match = ranked.sentences[at]
        text = ranked.passage.words_of(match.span)
        if addresses_a_model(text):
            return cls(ranked, match, text, False, -np.inf)
        needs_previous = at > 0 and LEANING.match(plain(text)) is not None
        before = max(0.0, ranked.sentences[at - 1].score - match.score) if at else 0.0
        share = BEFORE + (BEFORE_LEANING if needs_previous else 0.0)
        return cls(ranked, match, text, needs_previous, match.score + RANK_WEIGHT / ranked.rank + share * before)


def _in_order(taken: Sequence[_Candidate]) -> tuple[EvidencePassage, ...]:
    """Group the sentences by passage and number them: best article first, then in document order."""
    first_rank: dict[str, int] = {}
    for one in sorted(taken, key=lambda one: one.ranked.rank):
        first_rank.setdefault(one.ranked.header.id, one.ranked.rank)
    in_order = sorted(taken, key=lambda one: (first_rank[one.ranked.header.id], one.match.span.start))
    grouped = [list(group) for _, group in groupby(in_order, key=lambda one: one.ranked.rank)]
    return tuple(
        EvidencePassage(number, group[0].ranked, tuple(one.match for one in group))
        for number, group in enumerate(grouped, start=1)
    )


def heading(header: ArticleHeader) -> str:
    """Return the line above an article's sentences in the prompt: its title and date."""
    title = UNTITLED if addresses_a_model(header.title) else header.title
    day = f" ({header.date.day} {header.date:%B %Y})" if header.date else ""
    return f"{title}{day}"
