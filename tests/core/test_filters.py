"""Filters from plain texts, and sentences for those that make no sense."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import FilterError
from rag.core.filters import EVERYTHING, DateRange, Filters, day_of, filters_of
from rag.store.facets import Facets, require_known

FACETS = Facets(
    sources={"The Coast Gazette": 12, "Vellmouth Courier": 7, "Zürcher Blatt": 2},
    tags={f"subject {number}": 9 for number in range(8)} | {"harbour": 3},
    languages={"en": 20, "de": 2},
    published=DateRange(date(2023, 11, 3), date(2024, 5, 17)),
)
UNKNOWN = Facets({}, {}, {}, DateRange())


def test_texts_become_filters() -> None:
    asked = filters_of([" Gazette ", "", "Gazette", "Post"], ["harbour"], ["de"], "2024-01-01", " 2024-12-31 ")

    days = DateRange(date(2024, 1, 1), date(2024, 12, 31))
    assert asked == Filters(("Gazette", "Post"), ("harbour",), ("de",), days)


def test_blank_texts_ask_for_nothing() -> None:
    assert filters_of(["", "  "], [" "], [], " ", "") == EVERYTHING
    assert not filters_of()


@given(st.dates())
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    assert day_of(day.isoformat()) == day


@pytest.mark.parametrize("text", ["17.05.2024", "2024-02-30", "2024", "yesterday", "2024-05-17T12:00", "20240517", "٢"])
def test_what_is_no_day_gets_a_sentence(text: str) -> None:
    with pytest.raises(FilterError, match=r"is not a date\. Write year, month and day, such as 2024-05-17\."):
        filters_of(since=text)


@given(st.text())
def test_any_text_is_a_day_or_gets_a_sentence(text: str) -> None:
    try:
        day = day_of(text)
    except FilterError as error:
        assert str(error).endswith("such as 2024-05-17.")
    else:
        assert (day is None) == (not text.strip())


def test_a_range_upside_down_gets_a_sentence() -> None:
    with pytest.raises(FilterError, match=r"ends \(2024-01-01\) before it begins \(2024-02-01\)\. Exchange the two\."):
        filters_of(since="2024-02-01", until="2024-01-01")


@pytest.mark.parametrize(
    "filters",
    [
        EVERYTHING,
        filters_of(["the coast GAZETTE", "Zurcher Blatt"], ["Harbour"], ["EN"], "2024-01-01", "2030-01-01"),
        filters_of(since="2024-05-17"),
        filters_of(until="2023-11-03"),
    ],
)
def test_what_articles_have_may_be_asked_for(filters: Filters) -> None:
    require_known(filters, FACETS)


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        (filters_of(["Cost Gazete"]), "No article has the source 'Cost Gazete'. Did you mean 'The Coast Gazette'?"),
        (filters_of(["courier"]), "No article has the source 'courier'. Did you mean 'Vellmouth Courier'?"),
        (filters_of(["The Coast Gazette", "Zuercher Blatt"]), "Did you mean 'Zürcher Blatt'?"),
        (
            filters_of(["Xyz"]),
            "Choose one of these: 'The Coast Gazette', 'Vellmouth Courier' or 'Zürcher Blatt'.",
        ),
        (filters_of(tags=["qqq"]), "There are, among others: 'subject 0', 'subject 1', 'subject 2', 'subject 3' or"),
        (filters_of(languages=["fr"]), "No article has the language 'fr'. Choose one of these: 'en' or"),
        (
            filters_of(since="2024-05-18"),
            "No article is from these days: the first is of 2023-11-03, the last of 2024-05-17. Choose others.",
        ),
        (filters_of(until="2023-11-02"), "No article is from these days"),
    ],
)
def test_what_no_article_has_gets_a_sentence_with_what_there_is(filters: Filters, sentence: str) -> None:
    with pytest.raises(FilterError) as caught:
        require_known(filters, FACETS)

    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        (filters_of(tags=["x"]), "No article has the tag 'x', nor any other. Leave this filter out."),
        (filters_of(since="2024-01-01"), "No article has a date, so none is in a range of days. Leave the range out."),
    ],
)
def test_what_articles_never_have_is_to_be_left_out(filters: Filters, sentence: str) -> None:
    with pytest.raises(FilterError) as caught:
        require_known(filters, UNKNOWN)

    assert str(caught.value) == sentence


def test_of_several_spellings_the_most_frequent_is_offered() -> None:
    facets = Facets({"The Post": 5, "the post": 1}, {}, {}, DateRange())

    with pytest.raises(FilterError, match=r"Did you mean 'The Post'\?"):
        require_known(filters_of(["teh post"]), facets)
