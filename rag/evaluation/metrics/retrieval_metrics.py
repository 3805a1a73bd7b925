"""Did the search find it? Recall, all-recall, MRR and nDCG of a ranking of articles, as trec_eval has them. Pure.

A ranking of passages becomes one of articles by their first occurrences. Gold articles that are not in the ranking
count as missed.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from rag.evaluation.metrics.outcome import RankedHit


def by_article(ranked: Sequence[RankedHit]) -> list[str]:
    """The articles of the passages, each where it first occurs."""
    return list(dict.fromkeys(hit.article_id for hit in ranked))


def recall(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """Share of the gold articles among the first ``depth`` (trec_eval's ``recall``)."""
    return len(set(ranked[:depth]) & set(gold)) / len(set(gold))


def all_recall(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """1 where every gold article is among the first ``depth``, else 0 (all-recall, Gutiérrez et al. 2024)."""
    return float(set(gold) <= set(ranked[:depth]))


def reciprocal_rank(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """1 over the rank of the first gold article, 0 where none is among the first ``depth`` (``recip_rank``)."""
    return next((1 / rank for rank, article in enumerate(ranked[:depth], start=1) if article in gold), 0.0)


def ndcg(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """Sum of ``1 / log2(rank + 1)`` over the gold articles found, over that of the ideal ranking (``ndcg_cut``)."""
    found = sum(_gain(rank) for rank, article in enumerate(ranked[:depth], start=1) if article in gold)
    return found / sum(_gain(rank) for rank in range(1, min(len(set(gold)), depth) + 1))


def passage_recall(ranked: Sequence[RankedHit], gold: Collection[str], depth: int) -> float:
    """Share of the gold articles of which a gold passage is among the first ``depth`` passages."""
    found = {hit.article_id for hit in ranked[:depth] if hit.gold}
    return len(found & set(gold)) / len(set(gold))


def _gain(rank: int) -> float:
    return 1 / math.log2(rank + 1)
