from __future__ import annotations

import pytest

from rag.text.dates import time_expressions
from tests.text.dates.dated_pairs import HELD_OUT, REPORTED_LATER, TUNING, DatedPair, DatedQuestion

PAIRS = TUNING + HELD_OUT
QUESTIONS = [pytest.param(pair, one, id=one.text) for pair in PAIRS for one in pair.questions]


def test_both_halves_hold_twenty_pairs_of_their_own() -> None:
    assert len(TUNING) == len(HELD_OUT) == 20
    assert len({pair.name for pair in PAIRS}) == 40
    assert len({one.text for pair in PAIRS for one in pair.questions}) == len(QUESTIONS)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_a_pair_is_two_short_articles_asked_about_in_every_way(pair: DatedPair) -> None:
    assert pair.older.day < pair.newer.day
    assert all(60 <= len(article.text.split()) <= 120 for article in (pair.older, pair.newer))
    assert {one.kind for one in pair.questions} == {"dated", "relative", "newest", "content"}
    assert all(one.meant is pair.newer for one in pair.questions if one.kind == "newest")


@pytest.mark.parametrize(("pair", "question"), QUESTIONS)
def test_days_in_a_question_are_those_of_the_article_that_is_meant(pair: DatedPair, question: DatedQuestion) -> None:
    assert question.meant.day <= question.as_of
    found = time_expressions(question.text, question.as_of)
    if question.kind in {"newest", "content"}:
        assert found == ()
    elif pair.name not in REPORTED_LATER:
        (only,) = found
        other = pair.newer if question.meant is pair.older else pair.older
        assert question.meant.day in only.days
        assert other.day not in only.days
