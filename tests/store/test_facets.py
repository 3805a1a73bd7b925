"""Filters in SQL, against the same filters as a loop over the articles."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.filters import EVERYTHING, DateRange, Filters, filters_of
from rag.core.types import Article
from rag.ingest.chunking import chunk
from rag.store import SqliteLibrary
from rag.store.facets import Facets, admits
from rag.testing import FakeEmbedder

EMBEDDER = FakeEmbedder(8)
WORDS = ("tide", "lamp", "ferry")
sources = st.sampled_from(["", "Gazette", "gazette", "Zürcher Blatt", "ZURCHER BLATT", "Œuvre, 1%", 'The "Post"'])
tags = st.sampled_from(["harbour", "Harbour", "café", "CAFE", "a, b", '["x"]'])
languages = st.sampled_from(["", "de", "en", "EN"])
days = st.dates(date(2023, 12, 30), date(2024, 1, 4))


@dataclass(frozen=True)
class Made:
    source: str
    tags: tuple[str, ...]
    language: str
    day: date | None
    words: tuple[str, ...]


articles = st.builds(
    Made,
    sources,
    st.lists(tags, max_size=3, unique=True).map(tuple),
    languages,
    st.none() | days,
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(tuple),
)
ranges = st.tuples(st.none() | days, st.none() | days).filter(
    lambda pair: not (pair[0] and pair[1]) or pair[0] <= pair[1]
)
wanted = st.builds(
    Filters,
    st.lists(sources.filter(bool), max_size=2).map(tuple),
    st.lists(tags, max_size=2).map(tuple),
    st.lists(languages.filter(bool), max_size=2).map(tuple),
    ranges.map(lambda pair: DateRange(*pair)),
)


def bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).casefold()


def fits(one: Made, filters: Filters) -> bool:
    """What Filters promises, said in another way than in SQL."""
    published = filters.published
    return (
        (not filters.sources or bare(one.source) in map(bare, filters.sources))
        and (not filters.tags or bool({*map(bare, one.tags)} & {*map(bare, filters.tags)}))
        and (not filters.languages or bare(one.language) in map(bare, filters.languages))
        and (published == DateRange() or (one.day is not None and one.day in published))
    )


def stored(folder: str, made: list[Made]) -> SqliteLibrary:
    """A library of these articles, two passages each, with the ids "0", "1" and so on."""
    library = SqliteLibrary.create(Path(folder) / "library.db", EMBEDDER.name, EMBEDDER.dimensions)
    for number, one in enumerate(made):
        text = f"The {' '.join(one.words)} of number {number}.\n\n{'Filler words follow here. ' * 6}"
        article = Article(
            str(number), "Title", text, f"/{number}", one.source, date=one.day, tags=one.tags, language=one.language
        )
        passages = chunk(article, 12)
        library.store(article, passages, EMBEDDER.embed_passages(passages, ["Title"] * len(passages)))
    return library


def owners(library: SqliteLibrary, ids: list[int]) -> list[int]:
    return [int(found.passage.article_id) for found in library.passages(ids)]


@pytest.mark.slow
@given(made=st.lists(articles, max_size=6), filters=wanted)
def test_both_halves_of_the_search_see_what_a_loop_over_the_articles_lets_through(
    made: list[Made], filters: Filters
) -> None:
    with TemporaryDirectory() as folder:
        library = stored(folder, made)
        through = {number for number, one in enumerate(made) if fits(one, filters)}
        everything = library.passage_ids()

        ids = library.passage_ids(filters)

        assert ids.dtype == np.int64
        headers = {int(header.id): header for header in library.headers(len(made))}
        assert {number for number, header in headers.items() if admits(filters, header)} == through
        assert ids.tolist() == [row for row in everything.tolist() if owners(library, [row])[0] in through]
        unfiltered = library.bm25(WORDS[:2], 100)
        assert library.bm25(WORDS[:2], 100, filters) == [row for row in unfiltered if row in set(ids.tolist())]
        library.close()


@pytest.mark.slow
@given(made=st.lists(articles, max_size=6))
def test_facets_count_the_articles_of_each_value(made: list[Made]) -> None:
    with TemporaryDirectory() as folder:
        library = stored(folder, made)
        facets = library.facets()
        library.close()

    dated = [one.day for one in made if one.day]
    for found, values in (
        (facets.sources, [[one.source] for one in made]),
        (facets.languages, [[one.language] for one in made]),
        (facets.tags, [one.tags for one in made]),
    ):
        assert found == {value: sum(value in of for of in values) for of in values for value in of if value}
        assert list(found.values()) == sorted(found.values(), reverse=True)
    assert facets.published == (DateRange(min(dated), max(dated)) if dated else DateRange())


@pytest.fixture
def library(tmp_path: Path) -> SqliteLibrary:
    day = date(2024, 5, 17)
    return stored(
        str(tmp_path),
        [
            Made("The Coast Gazette", ("harbour", "transport"), "en", day, ("tide",)),
            Made("Zürcher Blatt", (), "de", date(2024, 6, 1), ("tide",)),
            Made("", ("harbour",), "", None, ("tide",)),
        ],
    )


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (EVERYTHING, {0, 1, 2}),
        (filters_of(sources=["the COAST gazette"]), {0}),
        (filters_of(sources=["Zurcher Blatt", "The Coast Gazette"]), {0, 1}),
        (filters_of(tags=["HARBOUR"]), {0, 2}),
        (filters_of(tags=["harb"]), set()),
        (filters_of(languages=["DE"]), {1}),
        (filters_of(since="2024-05-17", until="2024-05-17"), {0}),
        (filters_of(since="2024-05-18"), {1}),
        (filters_of(until="2024-05-31"), {0}),
        (filters_of(since="0001-01-01"), {0, 1}),
        (filters_of(sources=["The Coast Gazette"], tags=["harbour"], languages=["en"], since="2024-01-01"), {0}),
        (filters_of(sources=["The Coast Gazette"], languages=["de"]), set()),
        (filters_of(sources=["%", "' OR 1 --", "\udcff"]), set()),
    ],
)
def test_articles_that_pass(library: SqliteLibrary, filters: Filters, expected: set[int]) -> None:
    assert set(owners(library, library.passage_ids(filters).tolist())) == expected
    assert set(owners(library, library.bm25(["tide"], 10, filters))) == expected


def test_the_best_of_those_that_pass_are_within_the_limit(library: SqliteLibrary) -> None:
    (best,) = library.bm25(["tide"], 1)
    (other,) = library.bm25(["tide"], 1, filters_of(languages=["de"]))

    assert owners(library, [best]) != owners(library, [other]) == [1]


def test_remembered_ids_cannot_be_changed_by_who_asked_for_them(library: SqliteLibrary) -> None:
    gazette = filters_of(sources=["The Coast Gazette"])
    with pytest.raises(ValueError, match="read-only"):
        library.passage_ids(gazette)[0] = 99


def test_filters_follow_a_change_of_the_library(library: SqliteLibrary) -> None:
    gazette = filters_of(sources=["The Coast Gazette"])
    assert library.passage_ids(gazette).size
    assert library.facets() is library.facets()
    library.remove(["0"])

    assert library.passage_ids(gazette).size == 0
    assert library.facets() == Facets(
        {"Zürcher Blatt": 1}, {"harbour": 1}, {"de": 1}, DateRange(date(2024, 6, 1), date(2024, 6, 1))
    )
