"""Ranking metrics by hand, and against trec_eval itself."""

from __future__ import annotations

from math import log2

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.metrics.outcome import RankedHit
from rag.evaluation.metrics.retrieval_metrics import (
    all_recall,
    by_article,
    ndcg,
    passage_recall,
    recall,
    reciprocal_rank,
)

NAMES = [f"d{number}" for number in range(30)]


def test_passages_become_articles_by_their_first_occurrence() -> None:
    hits = [RankedHit(name, False) for name in ("b", "a", "b", "c", "a")]
    assert by_article(hits) == ["b", "a", "c"]


def test_by_hand() -> None:
    ranked, gold = ["x", "a", "y", "b"], {"a", "b", "never found"}
    assert [recall(ranked, gold, depth) for depth in (1, 2, 3, 4, 10)] == [0, 1 / 3, 1 / 3, 2 / 3, 2 / 3]
    assert reciprocal_rank(ranked, gold, 10) == 1 / 2
    assert reciprocal_rank(ranked, gold, 1) == 0
    # Found at 2 and 4; ideal: the three gold articles at 1, 2 and 3.
    expected = (1 / log2(3) + 1 / log2(5)) / (1 / log2(2) + 1 / log2(3) + 1 / log2(4))
    assert ndcg(ranked, gold, 10) == pytest.approx(expected)
    # Cut at 2, the ideal has two places as well.
    assert ndcg(ranked, gold, 2) == pytest.approx((1 / log2(3)) / (1 + 1 / log2(3)))


def test_all_recall_needs_every_gold_article() -> None:
    ranked = ["a", "x", "b", "y", "c"]
    assert [all_recall(ranked, {"a", "b"}, depth) for depth in (1, 2, 3, 5)] == [0, 0, 1, 1]
    assert [all_recall(ranked, {"a", "b", "c"}, depth) for depth in (4, 5)] == [0, 1]
    assert all_recall(ranked, {"a", "never found"}, 5) == 0


def test_an_empty_ranking_finds_nothing() -> None:
    assert [recall([], {"a"}, 5), reciprocal_rank([], {"a"}, 5), ndcg([], {"a"}, 5)] == [0, 0, 0]
    assert passage_recall([], {"a"}, 5) == all_recall([], {"a"}, 5) == 0


def test_recall_of_passages() -> None:
    hits = [
        RankedHit("a", False),
        RankedHit("x", False),
        RankedHit("a", True),
        RankedHit("a", True),
        RankedHit("b", True),
    ]
    # At 1 and 2 the right article, but not the right passage; two gold passages of one article count once.
    assert [passage_recall(hits, {"a", "b"}, depth) for depth in (1, 3, 4, 5)] == [0, 1 / 2, 1 / 2, 1]


@given(
    st.lists(st.sampled_from(NAMES), unique=True, max_size=25),
    st.sets(st.sampled_from(NAMES), min_size=1, max_size=12),
    st.sampled_from([1, 3, 5, 10]),
)
def test_as_trec_eval_has_it(ranked: list[str], gold: set[str], depth: int) -> None:
    judgements = {"q": dict.fromkeys(gold, 1)}
    run = {"q": {name: float(100 - rank) for rank, name in enumerate(ranked)}}
    first = {"q": {name: float(100 - rank) for rank, name in enumerate(ranked[:depth])}}
    measures = pytrec_eval.RelevanceEvaluator(judgements, {f"recall.{depth}", f"ndcg_cut.{depth}"}).evaluate(run)
    # trec_eval's reciprocal rank has no cut: it gets the first of the ranking alone.
    rank = pytrec_eval.RelevanceEvaluator(judgements, {"recip_rank"}).evaluate(first)
    expected = {**measures.get("q", {}), **rank.get("q", {})}
    assert recall(ranked, gold, depth) == pytest.approx(expected.get(f"recall_{depth}", 0))
    # trec_eval has no all-recall: it is the share of questions with a recall of 1.
    assert all_recall(ranked, gold, depth) == (expected.get(f"recall_{depth}", 0) == 1)
    assert ndcg(ranked, gold, depth) == pytest.approx(expected.get(f"ndcg_cut_{depth}", 0))
    assert reciprocal_rank(ranked, gold, depth) == pytest.approx(expected.get("recip_rank", 0))
