"""Rerank the best passages with a cross-encoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.core.protocols import Reranker
from rag.core.types import RankedPassage
from rag.retrieval.scoring import add_signal

READ = 10
"""Passages that are reranked."""


def rerank(passages: Sequence[RankedPassage], question: str, reranker: Reranker) -> list[RankedPassage]:
    """Return all passages, best first, the first READ of them in the order of the reranker's scores.

    They exchange their own scores: so days and titles named still weigh what they weigh without a cross-encoder,
    whose scores are of another scale.
    """
    ranked = sorted(passages, key=lambda one: -one.score)
    read, rest = ranked[:READ], ranked[READ:]
    order = np.argsort(-reranker.scores(question, [_text(one) for one in read]), kind="stable")
    better = [read[at] for at in order]
    return [
        add_signal(one, "cross-encoder", place.score - one.score) for one, place in zip(better, read, strict=True)
    ] + rest


def _text(one: RankedPassage) -> str:
    """Return the passage under its title and headings."""
    return "\n".join(part for part in (one.header.title, one.passage.heading, one.passage.text) if part)
