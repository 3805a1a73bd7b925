"""Ranking by words in libraries too large for FTS5 to score every passage that has one."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from rag.core.filters import Filters
from rag.core.types import Article, Passage, PassageVectors, Span
from rag.store import SqliteLibrary, bm25
from rag.store.cache import GenerationCache

WORDS = "anchor barge cargo dock ebb ferry gale harbour island jetty keel lamp mast net oar pier".split()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> SqliteLibrary:
    """60 passages of which the first word is in each, the second in every second, and so on."""
    library = SqliteLibrary.create(tmp_path_factory.mktemp("index") / "library.db", "fake", 2)
    for number in range(1, 61):
        words = " ".join(word for at, word in enumerate(WORDS, start=1) if number % at == 0)
        store(library, str(number), f"{words} story {number}.", "Even" if number % 2 == 0 else "Odd")
    return library


def store(library: SqliteLibrary, name: str, text: str, source: str = "", title: str = "") -> None:
    vector = np.array([1.0, 0.0], dtype=np.float32)
    article = Article(name, title or f"Number {name}", text, name, source=source)
    passage = Passage(name, 0, len(text), text, (Span(0, len(text)),))
    library.store(article, [passage], [PassageVectors(vector, vector[None, :])])


def as_if_large(monkeypatch: pytest.MonkeyPatch, read: int = 1000) -> None:
    monkeypatch.setattr(bm25, "BM25_UP_TO", 0)
    monkeypatch.setattr(bm25, "MAX_POSTINGS", read)


def test_both_ways_put_the_passages_with_the_rarest_words_first(
    library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    terms = ["anchor", "ferry", "oar", "keel"]
    scored = library.bm25(terms, 3)
    as_if_large(monkeypatch)
    weighed = library.bm25(terms, 3)
    assert scored[0] == weighed[0] == 30  # The only one with oar, ferry and anchor.
    assert {15, 60, 45} & set(weighed[1:]) == set(weighed[1:])


def test_a_word_in_the_title_counts_for_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = SqliteLibrary.create(tmp_path / "library.db", "fake", 2)
    store(library, "plain", "The walrus swam to the shore.")
    store(library, "titled", "The walrus swam to the ice.", title="The walrus")
    as_if_large(monkeypatch)
    assert [found.header.id for found in library.passages(library.bm25(["walrus"], 5))] == ["titled", "plain"]


def test_common_words_are_left_out_once_enough_is_read(library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    as_if_large(monkeypatch, read=4)
    assert sorted(library.bm25(["anchor", "oar"], 50)) == [15, 30, 45, 60]


def test_one_common_word_finds_the_latest_that_have_it(library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    as_if_large(monkeypatch, read=5)
    assert sorted(library.bm25(["anchor"], 50)) == [56, 57, 58, 59, 60]


def test_filters_hold_in_both_ways(library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    even = Filters(sources=("even",))
    assert library.bm25(["cargo", "oar"], 3, even)[0] in (30, 60)
    scored = set(library.bm25(["cargo", "oar"], 50, even))
    as_if_large(monkeypatch)
    assert set(library.bm25(["cargo", "oar"], 50, even)) == scored == {*range(6, 61, 6)}


def test_a_narrow_filter_finds_what_is_older_than_all_that_is_read(
    library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_if_large(monkeypatch, read=5)
    first = library.passage_ids()[:10]
    monkeypatch.setattr(library, "passage_ids", lambda filters: first)
    found = library.bm25(["anchor", "barge"], 3, Filters(sources=("even",)))
    assert len(found) == 3 and set(found) <= {2, 4, 6, 8, 10}
    monkeypatch.setattr(bm25, "FILTERED_BM25_UP_TO", 5)
    assert library.bm25(["anchor", "barge"], 3, Filters(sources=("even",))) == []


def test_words_nobody_wrote_find_nothing(library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    assert library.bm25(["xylophone"], 5) == []
    as_if_large(monkeypatch)
    assert library.bm25(["xylophone"], 5) == []
    assert len(library.bm25(["xylophone", "oar"], 5)) == 4


def test_ten_thousand_words_are_searched_by_the_rarest(library: SqliteLibrary) -> None:
    question = [f"word{number}" for number in range(10_000)] + WORDS
    assert library.bm25(question, 1) == library.bm25(WORDS, 1)
    assert library.bm25(["anchor", *(f"number {at}" for at in range(1, 61))] * 3, 100)


def test_counts_are_exact_where_they_are_few_and_estimated_beyond(
    library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SqliteLibrary.open(library.file).passages_with(["anchor", "barge", "oar", "xylophone"]) == {
        "anchor": 60, "barge": 30, "oar": 4, "xylophone": 0,
    }  # fmt: skip
    monkeypatch.setattr(bm25, "COUNTED_UP_TO", 10)
    assert SqliteLibrary.open(library.file).passages_with(["anchor", "barge", "oar"]) == {
        "anchor": 60, "barge": 30, "oar": 4,
    }  # fmt: skip


def test_estimates_are_right_where_all_was_ingested_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no id of the first time is there any more."""
    library = SqliteLibrary.create(tmp_path / "library.db", "fake", 2)
    for time in ("first", "second"):
        for number in range(20):
            store(library, str(number), f"The {time} anchor {'barge' if number % 2 else 'boat'} {number}.")
    monkeypatch.setattr(bm25, "COUNTED_UP_TO", 5)
    counts = library.passages_with(["anchor", "barge", "second"])
    assert counts["anchor"] == counts["second"] == 20
    assert counts["barge"] == pytest.approx(10, abs=1)


def test_no_estimate_is_above_the_number_of_passages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = SqliteLibrary.create(tmp_path / "library.db", "fake", 2)
    for number in range(30):
        store(library, str(number), f"The walrus swam {number} miles.")
    library.remove([str(number) for number in range(8, 29)])
    monkeypatch.setattr(bm25, "COUNTED_UP_TO", 5)
    assert library.passages_with(["walrus"])["walrus"] == library.passage_count() == 9


def test_a_wide_filter_is_not_handed_to_the_full_text_for_rare_words(
    library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    even = Filters(sources=("even",))
    wanted = library.bm25(["keel", "oar"], 3, even)
    monkeypatch.setattr(bm25, "BM25_UP_TO", 20)
    handed: list[object] = []

    def rows(sql: str, parameters: tuple[object, ...] = ()) -> list[object]:
        handed.extend(parameters)
        return library._rows(sql, parameters)

    counts, among = library.passages_with(["keel", "oar"]), library.passage_ids(even)
    found = bm25.search(counts, 60, 3, among, rows)
    assert found == wanted and len(found) == 3
    assert max(len(str(one)) for one in handed) < len(str(among.tolist()))


def test_what_is_remembered_is_of_this_generation_and_bounded() -> None:
    generation = [1]
    read: list[str] = []
    remembered = GenerationCache(lambda: generation[0], most=2)

    def get(key: str) -> str:
        return remembered.get(key, lambda: read.append(key) or f"{key}{generation[0]}")

    assert [get("a"), get("a"), get("b")] == ["a1", "a1", "b1"]
    assert read == ["a", "b"]
    get("c")
    get("a")
    assert read == ["a", "b", "c", "a"]
    generation[0] = 2
    assert [get("a"), get("c")] == ["a2", "c2"]


def test_a_value_read_while_the_library_changed_is_read_again() -> None:
    generation = [1]
    remembered = GenerationCache(lambda: generation[0], most=2)

    def change() -> str:
        generation[0] += 1
        return "before or after"

    remembered.get("a", change)
    assert remembered.get("a", lambda: "after") == "after"


def test_a_value_that_two_read_at_once_takes_the_place_of_no_other() -> None:
    remembered = GenerationCache(lambda: 1, most=2)
    remembered.get("other", lambda: "kept")
    remembered.get("twice", lambda: remembered.get("twice", lambda: "read"))
    assert remembered.get("other", lambda: "read again") == "kept"


def test_counts_follow_the_library_in_every_thread(tmp_path: Path) -> None:
    library = SqliteLibrary.create(tmp_path / "library.db", "fake", 2)
    found: list[int] = []

    def count() -> None:
        found.append(library.passages_with(["walrus"])["walrus"])
        library.close()

    for number in range(3):
        store(library, str(number), f"The walrus swam {number} miles.")
        threads = [threading.Thread(target=count) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert library.passage_count() == 3
