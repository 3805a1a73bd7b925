"""The days of articles and of questions decide, by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.filters import DateRange
from rag.core.types import RankedPassage, Vector
from rag.retrieval.recency import (
    CLEARER,
    COMPETING,
    IN_TIME,
    JUST_BEHIND,
    MARGIN,
    SOON_AFTER,
    boost_dates,
    newer_first,
    score_by_date,
    without_relative_days,
)
from rag.text.dates import TimeExpression
from tests.helpers.made_passages import TOWARDS, header, scored, stored

ASKED_ON = date(2025, 2, 10)
JANUARY = DateRange(date(2024, 1, 1), date(2024, 1, 31))
YEAR = DateRange(date(2022, 1, 1), date(2022, 12, 31))


def report(
    number: int,
    score: float,
    day: date | None,
    article: str = "",
    coverage: float = 0.5,
    vector: Vector = TOWARDS,
) -> RankedPassage:
    name = article or f"report-{number}"
    return scored(stored(number, header(name, day=day), "The eight won.", vector=vector), score, coverage)


def gain(day: date | None, *named: DateRange) -> float:
    (found,) = boost_dates([report(1, 1.0, day)], [TimeExpression(0, 1, days, False) for days in named])
    return round(found.score - 1.0, 6)


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2024, 1, 15), date(2024, 1, 31)])
def test_an_article_of_the_days_named_gains_and_says_so(day: date) -> None:
    assert gain(day, JANUARY) == IN_TIME
    (found,) = boost_dates([report(1, 1.0, day)], [TimeExpression(0, 1, JANUARY, False)])
    assert found.signals == {"found": 1.0, "days": IN_TIME}


@pytest.mark.parametrize(
    ("days", "last"),
    [
        # From the first to the last of January are 30 days, half of which are 15.
        (JANUARY, date(2024, 2, 15)),
        # At least three days after a single one, a weekend, or what has no beginning.
        (DateRange(date(2024, 5, 4), date(2024, 5, 4)), date(2024, 5, 7)),
        (DateRange(date(2024, 5, 4), date(2024, 5, 5)), date(2024, 5, 8)),
        (DateRange(None, date(2024, 5, 4)), date(2024, 5, 7)),
        # At most a hundred days after a year or more.
        (YEAR, date(2023, 4, 10)),
        (DateRange(date(2012, 1, 1), date(2022, 12, 31)), date(2023, 4, 10)),
    ],
)
def test_an_article_soon_after_the_days_named_gains_less(days: DateRange, last: date) -> None:
    assert days.end is not None
    assert gain(days.end + timedelta(days=1), days) == SOON_AFTER
    assert gain(last, days) == SOON_AFTER
    assert gain(last + timedelta(days=1), days) == 0.0


def test_an_article_before_the_days_named_gains_nothing() -> None:
    assert gain(date(2023, 12, 31), JANUARY) == 0.0
    assert gain(date(2023, 12, 31), DateRange(date(2024, 1, 1), None)) == 0.0


def test_days_without_an_end_or_a_beginning_go_on_for_ever() -> None:
    assert gain(date(2099, 1, 1), DateRange(date(2024, 1, 1), None)) == IN_TIME
    assert gain(date(1899, 1, 1), DateRange(None, date(2024, 1, 1))) == IN_TIME


def test_an_article_without_a_day_gains_nothing() -> None:
    assert gain(None, JANUARY) == gain(None, DateRange()) == 0.0


def test_of_several_times_the_first_that_any_article_fits_decides() -> None:
    of_january, of_year = report(1, 1.0, date(2024, 1, 9)), report(2, 1.0, date(2022, 5, 4))
    never = DateRange(date(1930, 1, 1), date(1930, 12, 31))

    def scores(*named: DateRange) -> list[float]:
        expressions = [TimeExpression(0, 1, days, False) for days in named]
        return [found.score for found in boost_dates([of_january, of_year], expressions)]

    assert scores(JANUARY, YEAR) == [1.0 + IN_TIME, 1.0]
    assert scores(YEAR, JANUARY) == [1.0, 1.0 + IN_TIME]
    assert scores(never, YEAR) == [1.0, 1.0 + IN_TIME]
    assert scores(never) == scores() == [1.0, 1.0]


def test_the_days_of_a_question_are_counted_from_the_day_of_asking() -> None:
    passages = [report(1, 1.5, date(2024, 6, 16)), report(2, 1.0, date(2023, 6, 18))]

    def best(question: str, day: date) -> str:
        return max(score_by_date(passages, question, day), key=lambda found: found.score).header.id

    assert best("Who won the regatta last year?", date(2024, 3, 1)) == "report-2"
    assert best("Who won the regatta last year?", date(2025, 3, 1)) == "report-1"
    assert best("Who won the regatta in 2023?", date(2025, 3, 1)) == "report-2"


def test_a_question_without_days_asks_for_the_newer() -> None:
    older, newer = report(1, 1.2, date(2023, 6, 18)), report(2, 1.0, date(2024, 6, 16))
    assert [found.header.id for found in by_score(score_by_date([older, newer], "Who won the regatta?", ASKED_ON))] == [
        "report-2",
        "report-1",
    ]
    # With days, the newer has no advantage.
    assert score_by_date([older, newer], "Who won the regatta in 1999?", ASKED_ON) == [older, newer]


def by_score(passages: list[RankedPassage]) -> list[RankedPassage]:
    return sorted(passages, key=lambda found: -found.score)


def order(*passages: RankedPassage) -> list[int]:
    return [found.stored.id for found in by_score(newer_first(passages))]


OLD, NEW = date(2023, 6, 18), date(2024, 6, 16)


def test_an_older_passage_goes_just_behind_the_newer_one_that_competes() -> None:
    newer, older = by_score(newer_first([report(1, 3.0, OLD), report(2, 2.8, NEW)]))

    assert (newer.stored.id, newer.score) == (2, 2.8)
    assert older.score == pytest.approx(2.8 - JUST_BEHIND)
    assert older.signals["an older one"] == pytest.approx(2.8 - JUST_BEHIND - 3.0)
    assert sum(older.signals.values()) == pytest.approx(older.score)


def test_what_is_first_already_stays_as_it_is() -> None:
    newer, older = report(1, 3.0, NEW), report(2, 2.8, OLD)
    assert newer_first([newer, older]) == [newer, older]
    assert newer_first([older, newer]) == [newer, older]
    assert newer_first([]) == []


@pytest.mark.parametrize("days", [(OLD, None), (None, NEW), (None, None), (OLD, OLD)])
def test_without_two_different_days_neither_is_the_newer(days: tuple[date | None, date | None]) -> None:
    assert order(report(1, 3.0, days[0]), report(2, 2.8, days[1])) == [1, 2]


def test_passages_of_one_article_do_not_overtake_each_other() -> None:
    assert order(report(1, 3.0, OLD, "same"), report(2, 2.8, NEW, "same")) == [1, 2]


@pytest.mark.parametrize(("less", "expected"), [(MARGIN - 0.01, [2, 1]), (MARGIN + 0.01, [1, 2])])
def test_an_older_one_that_scores_much_better_stays_ahead(less: float, expected: list[int]) -> None:
    assert order(report(1, 3.0, OLD), report(2, 3.0 - less, NEW)) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [("Who won the regatta?", [1, 2]), ("What is the latest on the regatta?", [2, 1]), ("Who won in 2023?", [1, 2])],
)
def test_a_question_for_the_latest_lets_the_newer_go_further_ahead(question: str, expected: list[int]) -> None:
    passages = score_by_date([report(1, 3.0, OLD), report(2, 3.0 - MARGIN - 0.1, NEW)], question, date(2025, 2, 10))
    assert [found.stored.id for found in sorted(passages, key=lambda found: -found.score)] == expected


@pytest.mark.parametrize(("less", "expected"), [(CLEARER - 0.01, [2, 1]), (CLEARER + 0.01, [1, 2])])
def test_an_older_one_that_has_more_of_the_words_stays_ahead(less: float, expected: list[int]) -> None:
    assert order(report(1, 3.0, OLD, coverage=0.8), report(2, 2.8, NEW, coverage=0.8 - less)) == expected


@pytest.mark.parametrize(("cosine", "expected"), [(COMPETING + 0.01, [2, 1]), (COMPETING - 0.01, [1, 2])])
def test_only_passages_that_tell_of_the_same_kind_of_event_compete(cosine: float, expected: list[int]) -> None:
    vector = np.array([cosine, (1 - cosine**2) ** 0.5, 0], dtype=np.float32)
    assert order(report(1, 3.0, OLD), report(2, 2.8, NEW, vector=vector)) == expected


def test_an_older_one_goes_behind_the_best_of_the_newer_article() -> None:
    assert order(report(1, 3.0, OLD), report(2, 2.9, NEW, "new"), report(3, 2.6, NEW, "new")) == [2, 1, 3]


def test_of_three_years_the_newest_comes_first() -> None:
    years = [report(at, score, date(2020 + at, 6, 18)) for at, score in ((1, 3.0), (2, 2.9), (3, 2.8))]
    assert order(*years) == [3, 2, 1]
    assert order(*(report(at, 3.0 - at / 10, date(2020 + year, 6, 18)) for at, year in ((1, 2), (2, 1), (3, 3)))) == [
        3,
        1,
        2,
    ]


REPORTS = st.tuples(st.floats(0, 4), st.sampled_from([None, OLD, NEW, date(2022, 1, 1)]), st.sampled_from("abcde"))


@given(st.lists(REPORTS, max_size=8))
def test_passages_are_all_kept_and_scores_never_rise(rows: list[tuple[float, date | None, str]]) -> None:
    passages = [report(number, score, day, article) for number, (score, day, article) in enumerate(rows)]
    before = {found.stored.id: found.score for found in passages}

    after = newer_first(passages)

    assert sorted(found.stored.id for found in after) == sorted(before)
    assert all(found.score <= before[found.stored.id] for found in after)
    # Of the passages that nothing newer overtakes the scores are as they were.
    newest = max((day for _, day, _ in rows if day), default=None)
    assert all(found.score == before[found.stored.id] for found in after if found.header.date in {None, newest})


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who won the regatta last year?", "Who won the regatta ?"),
        ("Last year, who won the regatta?", ", who won the regatta?"),
        ("Who won last weekend and who won three weeks ago?", "Who won  and who won ?"),
        ("Who won the regatta in June 2023?", "Who won the regatta in June 2023?"),
        ("Who won in 2023, and who won last year?", "Who won in 2023, and who won ?"),
        ("Who won the last race?", "Who won the last race?"),
        ("", ""),
    ],
)
def test_words_that_are_counted_from_today_are_taken_out_and_others_are_not(question: str, expected: str) -> None:
    assert without_relative_days(question, ASKED_ON) == expected


@given(st.lists(st.sampled_from(["last week", "in 2023", "who won", "yesterday", "?", "since March", ","]), max_size=7))
def test_what_is_left_of_a_question_stands_in_it_in_order(pieces: list[str]) -> None:
    question = " ".join(pieces)
    rest = iter(question)
    assert all(character in rest for character in without_relative_days(question, ASKED_ON))
