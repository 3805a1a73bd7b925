from __future__ import annotations

import calendar
import re
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.filters import DateRange
from rag.text.dates import asks_for_latest, time_expressions
from tests.text.dates.date_cases import CASES, FOUND_IN_USE, HELD_OUT, OTHER_LANGUAGES

MARKED = re.compile(r"\[([^|\]]+)\|([^\]]+)\]")
LISTED = [
    (day, case)
    for cases in (CASES, OTHER_LANGUAGES, HELD_OUT, FOUND_IN_USE)
    for day, lines in cases.items()
    for case in lines.strip().splitlines()
]


def side(text: str, last: bool) -> date | None:
    """A year, month or day as its first or last day."""
    if not text:
        return None
    year, month, day = (int(part) for part in f"{text}-0-0".split("-")[:3])
    month = month or (12 if last else 1)
    return date(year, month, day or (calendar.monthrange(year, month)[1] if last else 1))


def days(text: str) -> DateRange:
    first, _, last = text.partition("..")
    return DateRange(side(first, last=False), side(last if ".." in text else first, last=True))


@pytest.mark.parametrize(("day", "case"), LISTED)
def test_a_question_names_the_days_that_a_reader_understands(day: str, case: str) -> None:
    question = MARKED.sub(r"\1", case)
    found = time_expressions(question, date.fromisoformat(day))
    assert [(question[one.start : one.end], one.days) for one in found] == [
        (words, days(named)) for words, named in MARKED.findall(case)
    ]


@pytest.mark.parametrize(
    ("question", "relative"),
    [
        ("Who won last weekend?", True),
        ("Who won in March?", True),
        ("Who won on 12 April?", True),
        ("What changed since March?", True),
        ("Who won between May and July?", True),
        ("Who won in March 2024?", False),
        ("Who won in 2024?", False),
        ("Who won between May and July 2024?", False),
        ("Who won in the 1990s?", False),
        ("How many were born in the week to 26 January 2024?", False),
        ("How many were born in the week to 26 January?", True),
    ],
)
def test_relative_days_are_those_that_depend_on_the_day_of_asking(question: str, relative: bool) -> None:
    (found,) = time_expressions(question, date(2024, 11, 13))
    (later,) = time_expressions(question, date(2026, 2, 5))
    assert found.relative is relative
    assert (found.days != later.days) is relative


@pytest.mark.parametrize(
    "question",
    [
        "What is the latest on the strike?",
        "What did they say most recently?",
        "Who is currently mayor?",
        "Who is the current mayor?",
        "What is happening now?",
        "WHAT IS THE NEWEST FERRY?",
        "Was ist zuletzt geschehen?",
        "Wer ist derzeit Bürgermeister?",
        "Qui est actuellement maire ?",
        "¿Quién es el alcalde actualmente?",
    ],
)
def test_questions_that_want_the_newest(question: str) -> None:
    assert asks_for_latest(question)
    assert time_expressions(question, date(2024, 11, 13)) == ()


@pytest.mark.parametrize(
    "question",
    [
        "Who won?",
        "Must it be paid by Monday at the latest?",
        "How strong was the current of the river?",
        "Does it run on alternating current?",
        "Who knows the lake?",
        "Did the currents sink it?",
    ],
)
def test_questions_that_do_not_want_the_newest(question: str) -> None:
    assert not asks_for_latest(question)


def test_a_day_may_be_written_in_many_ways() -> None:
    ways = "12 April 2024; April 12 2024; April 12th, 2024; the 12th of April 2024; 2024-04-12; 2024/4/12; 12/04/2024"
    for way in [*ways.split("; "), "12.4.2024", "12-04-2024", "12/4/24", "Friday, 12 April 2024", "12. April 2024"]:
        assert [one.days for one in time_expressions(f"Who won on {way}?", date(2026, 1, 1))] == [days("2024-04-12")]


PIECES = st.sampled_from(
    """last next this past the in on of from between and to since before until after by week to weekend month year
    decade century season quarter 31 February March may 29 12th first second half 2024 1000 2199 0 999 Q3 H2 1990s
    2023/24 2024-04-12 99/99/9999 0001-01-01 9999-12-31 Friday summer winter ago so far days years three few , - – . ?
    ’ early end vor seit letzten Tagen il y a dernière semaine hace pasado años İ ß 😀 ٣ ² 000000000000 ending
    beginning starting 0th 00th 0. 32nd Mai decades weeks""".split()
)
COUNTED = st.builds(
    "{} {} {} {}".format,
    st.sampled_from([1, 10, 999]),
    st.sampled_from("days weeks fortnights months quarters years seasons decades".split()),
    st.sampled_from("to ending beginning starting".split()),
    st.one_of(st.dates().map(str), st.sampled_from("0001-01-01 9999-01-01 9999-12-25 9999-12-31 2024".split())),
)
ORDINALS = st.builds(
    "{} {}{}".format,
    st.sampled_from(["on the", "May", ""]),
    st.sampled_from([0, 1, 31, 32]),
    st.sampled_from(["th", "th of May", ". Mai"]),
)
QUESTIONS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map(" ".join), COUNTED, ORDINALS)
NEUTRAL = st.lists(st.sampled_from("Who who won strikes harbour , : ? ! ( – Ferry".split()), max_size=6)
RANGES = {
    "March to May": "2024-03..2024-05",
    "March–May 2023": "2023-03..2023-05",
    "May to July 2024": "2024-05..2024-07",
    "2021 to 2023": "2021..2023",
    "2019-2021": "2019..2021",
    "3 to 7 May": "2024-05-03..2024-05-07",
    "Monday to Friday": "2024-11-04..2024-11-08",
    "from May to July": "2024-05..2024-07",
    "between 2021 and 2023": "2021..2023",
}
EDGES = [date.min, date.max, date(1, 2, 28), date(9999, 12, 1), date(2024, 2, 29)]
DAYS = st.one_of(st.dates(), st.sampled_from(EDGES))


@given(QUESTIONS, DAYS)
def test_any_text_on_any_day_gives_days_in_order(question: str, as_of: date) -> None:
    end = 0
    for one in time_expressions(question, as_of):
        assert end <= one.start < one.end <= len(question)
        assert question[one.start : one.end].strip()
        assert one.days != DateRange()
        if one.days.start and one.days.end:
            assert one.days.start <= one.days.end
        end = one.end
    asks_for_latest(question)


@given(NEUTRAL, st.sampled_from(sorted(RANGES)), NEUTRAL)
def test_a_range_is_found_wherever_it_stands(before: list[str], words: str, after: list[str]) -> None:
    question = " ".join([*before, words, *after])
    (found,) = time_expressions(question, date(2024, 11, 13))
    assert (question[found.start : found.end], found.days) == (words, days(RANGES[words]))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), DAYS)
def test_a_whole_date_means_itself_whenever_it_is_asked(day: date, as_of: date) -> None:
    for words in (day.isoformat(), f"{day.day} {calendar.month_name[day.month]} {day.year}"):
        (found,) = time_expressions(f"Who won on {words}?", as_of)
        assert (found.days, found.relative) == (DateRange(day, day), False)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_relative_day_is_counted_from_the_day_of_asking(as_of: date) -> None:
    (found,) = time_expressions("Who won last weekend?", as_of)
    assert found.days.start and found.days.end
    assert (found.days.start.weekday(), found.days.end.weekday()) == (5, 6)
    assert 1 <= (as_of - found.days.end).days <= 7


def test_a_question_is_read_in_less_than_a_millisecond() -> None:
    questions = [MARKED.sub(r"\1", case) for _, case in LISTED]
    started = time.process_time()
    for question in questions:
        time_expressions(question, date(2024, 11, 13))
    assert (time.process_time() - started) / len(questions) < 0.001


def test_a_very_long_question_is_read_no_further_than_it_needs() -> None:
    started = time.process_time()
    found = time_expressions("Who won in 2024? " + "between May and last week of the 12 " * 10_000, date(2024, 11, 13))
    assert found[0].days == days("2024")
    assert time.process_time() - started < 0.5
