"""Boost the articles whose titles the best passages mention, for questions that need two articles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.core.types import RankedPassage
from rag.retrieval.scoring import add_signal
from rag.text.tokenization import STOP_WORDS, all_words, stem

NAMING = 2
"""Articles whose best passage is searched for titles of others."""
LIFT = 1.3
"""Added to the score of passages of a mentioned article, but never past the passage that mentions it."""
JUST_BEHIND = 1e-3
QUALIFIER = re.compile(r"\s*\([^)]*\)\s*$")
"""A disambiguation that no sentence repeats: "Mercury (planet)"."""


def boost_mentioned_articles(passages: Sequence[RankedPassage], question: str) -> list[RankedPassage]:
    """Lift the passages of articles that the best ones name, as the next step of a search that takes two.

    "Who owns the paper in which the cartoon appeared?": the article on the cartoon names the paper, whose own has
    few words of the question. A title that the question has itself brings nothing new, and is left out.
    """
    asked = _running(question)
    naming = _best_of_articles(passages)[:NAMING]
    result = []
    for one in passages:
        title = QUALIFIER.sub("", one.header.title)
        gains = [
            min(LIFT, named_in.score - JUST_BEHIND - one.score)
            for named_in in naming
            if named_in.header.id != one.header.id and one.score < named_in.score and _names(named_in, title)
        ]
        by = max(gains, default=0.0) if _running(title) not in asked else 0.0
        result.append(add_signal(one, "named by another", max(0.0, by)))
    return result


def _best_of_articles(passages: Sequence[RankedPassage]) -> list[RankedPassage]:
    best: dict[str, RankedPassage] = {}
    for one in sorted(passages, key=lambda one: -one.score):
        best.setdefault(one.header.id, one)
    return list(best.values())


def _names(passage: RankedPassage, title: str) -> bool:
    """Return whether the passage has the words of the title in a row; a short title must be written the same."""
    words = _running(title)
    if (
        not any(map(str.isalpha, title))
        or STOP_WORDS.issuperset(all_words(title))
        or words not in _running(passage.passage.text)
    ):
        return False
    return words.count(" ") > 2 or re.search(rf"(?<!\w){re.escape(title)}(?!\w)", passage.passage.text) is not None


@lru_cache(maxsize=1024)
def _running(text: str) -> str:
    """Return the stems of all words, with a space on each side of each."""
    return f" {' '.join(stem(word) for word in all_words(text))} "
