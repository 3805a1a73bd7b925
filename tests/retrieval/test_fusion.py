"""Several rankings become one."""

from __future__ import annotations

import pytest

from rag.retrieval.fusion import FUSION_CONSTANT, reciprocal_rank_fusion


def test_ranks_count_from_one_as_in_the_formula_of_cormack_clarke_and_buettcher() -> None:
    # Their RRFscore(d) is the sum over rankings of 1 / (k + r(d)) with k = 60, where the best has r(d) = 1.
    assert FUSION_CONSTANT == 60
    rankings = [["a", "b", "c"], ["b", "c", "a"], ["c", "b"]]
    by_formula = {
        document: sum(1 / (60 + ranking.index(document) + 1) for ranking in rankings if document in ranking)
        for document in "abc"
    }
    numbers = {"a": 1, "b": 2, "c": 3}

    fused = dict(reciprocal_rank_fusion([(1.0, [numbers[one] for one in ranking]) for ranking in rankings]))

    assert fused == {numbers[document]: pytest.approx(score) for document, score in by_formula.items()}
    assert dict(reciprocal_rank_fusion([(1.0, [7])])) == {7: pytest.approx(1 / 61)}


def test_reciprocal_rank_fusion_by_hand() -> None:
    fused = reciprocal_rank_fusion([(1.0, [7, 3, 9]), (1.5, [3, 8])])
    assert fused == [
        (3, pytest.approx(1 / 62 + 1.5 / 61)),
        (8, pytest.approx(1.5 / 62)),
        (7, pytest.approx(1 / 61)),
        (9, pytest.approx(1 / 63)),
    ]


def test_equal_scores_are_in_the_order_of_ids() -> None:
    assert [row for row, _ in reciprocal_rank_fusion([(1.0, [5]), (1.0, [2])])] == [2, 5]
    assert reciprocal_rank_fusion([(1.0, []), (1.5, [])]) == []
    assert reciprocal_rank_fusion([]) == []
