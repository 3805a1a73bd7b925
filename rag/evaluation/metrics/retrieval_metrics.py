"""Recall, all-recall, MRR and nDCG of a ranking of articles, as trec_eval computes them.

An article has the rank of its first passage. Gold articles that are not in the ranking count as missed. Every metric is
0 to 1, 1 is best, and ``depth`` counts ranks from 1.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from rag.evaluation.metrics.outcome import RankedHit


def by_article(ranked: Sequence[RankedHit]) -> list[str]:
    """Return the articles of the passages, each at its first occurrence."""
    return list(dict.fromkeys(hit.article_id for hit in ranked))


def recall(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """Return the share of the gold articles among the first ``depth`` articles (trec_eval's ``recall``)."""
    return len(set(ranked[:depth]) & set(gold)) / len(set(gold))


def all_recall(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """Return 1 if every gold article is among the first ``depth``, else 0 (all-recall, Gutiérrez et al. 2024)."""
    return float(set(gold) <= set(ranked[:depth]))


def reciprocal_rank(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """Return 1 over the rank of the first gold article, 0 if none is among the first ``depth`` (``recip_rank``)."""
    return next((1 / rank for rank, article in enumerate(ranked[:depth], start=1) if article in gold), 0.0)


def ndcg(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """Return the sum of ``1 / log2(rank + 1)`` over the gold articles, divided by the ideal sum (``ndcg_cut``)."""
    found = sum(_gain(rank) for rank, article in enumerate(ranked[:depth], start=1) if article in gold)
    return found / sum(_gain(rank) for rank in range(1, min(len(set(gold)), depth) + 1))


def passage_recall(ranked: Sequence[RankedHit], gold: Collection[str], depth: int) -> float:
    """Return the share of the gold articles with a gold passage among the first ``depth`` passages."""
    found = {hit.article_id for hit in ranked[:depth] if hit.gold}
    return len(found & set(gold)) / len(set(gold))


def _gain(rank: int) -> float:
    return 1 / math.log2(rank + 1)
