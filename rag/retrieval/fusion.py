"""Several rankings → one. Pure."""

from __future__ import annotations

from collections.abc import Sequence

FUSION_CONSTANT = 60


def reciprocal_rank_fusion(rankings: Sequence[tuple[float, Sequence[int]]]) -> list[tuple[int, float]]:
    """Weighted reciprocal rank fusion: the sum over rankings of ``weight / (60 + rank)``, ranks from 1.

    Returns (id, score) pairs, largest score first, the smaller id first among equals. After Cormack, Clarke and
    Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009.
    """
    scores: dict[int, float] = {}
    for weight, ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + weight / (FUSION_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
