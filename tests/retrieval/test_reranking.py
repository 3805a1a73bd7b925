"""The best passages in the order of a cross-encoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from rag.core.types import RankedPassage, Vector
from rag.retrieval.reranking import READ, rerank
from tests.helpers.made_passages import header, scored, stored


class Given:
    """A reranker with a score for each heading, which is a number."""

    name = "given"

    def __init__(self, scores: Sequence[float]) -> None:
        self._scores = scores
        self.read: list[str] = []

    def scores(self, question: str, passages: Sequence[str]) -> Vector:
        self.read += passages
        return np.array([self._scores[int(text.split("\n")[1])] for text in passages], dtype=np.float32)


def found(scores: Sequence[float]) -> list[RankedPassage]:
    article = header("ferry", "The ferry")
    return [scored(stored(at, article, "It was sold.", heading=str(at)), score) for at, score in enumerate(scores)]


def numbers(passages: Sequence[RankedPassage]) -> list[int]:
    return [one.stored.id for one in sorted(passages, key=lambda one: -one.score)]


def test_passages_exchange_their_scores_in_the_order_of_the_reranker() -> None:
    result = rerank(found([1.5, 3.0, 2.5]), "Who?", Given([0.9, -4.0, 0.1]))

    assert [(one.stored.id, one.score) for one in result] == [(0, 3.0), (2, 2.5), (1, 1.5)]
    assert [dict(one.signals) for one in result] == [
        {"found": 1.5, "cross-encoder": 1.5},
        {"found": 2.5},
        {"found": 3.0, "cross-encoder": -1.5},
    ]


def test_only_the_best_passages_are_read_and_the_others_stay_behind_them() -> None:
    reranker = Given([float(number) for number in range(READ + 5)])
    result = rerank(found([float(-number) for number in range(READ + 5)]), "Who?", reranker)

    assert len(reranker.read) == READ
    assert numbers(result) == [*reversed(range(READ)), *range(READ, READ + 5)]


def test_a_passage_is_read_under_its_titles() -> None:
    reranker = Given([0.0])
    rerank(found([1.0]), "Who?", reranker)
    assert reranker.read == ["The ferry\n0\nIt was sold."]


def test_passages_that_the_reranker_finds_equal_keep_their_order() -> None:
    assert numbers(rerank(found([1.0, 3.0, 2.0]), "Who?", Given([0.0, 0.0, 0.0]))) == [1, 2, 0]


def test_nothing_found_is_nothing_read() -> None:
    assert rerank([], "Who?", Given([])) == []


@given(
    some.lists(some.tuples(some.integers(-50, 50), some.integers(-50, 50)), max_size=READ, unique_by=lambda two: two[1])
)
def test_the_scores_stay_the_same_ones_and_the_order_is_the_rerankers(pairs: list[tuple[int, int]]) -> None:
    own, given_scores = [float(one) for one, _ in pairs], [float(other) for _, other in pairs]

    result = rerank(found(own), "Who?", Given(given_scores))

    assert [one.score for one in result] == sorted(own, reverse=True)
    assert [one.stored.id for one in result] == sorted(range(len(pairs)), key=lambda at: -given_scores[at])
    for one in result:
        assert one.score == pytest.approx(sum(one.signals.values()))
