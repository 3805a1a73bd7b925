"""Libraries too large to compare every vector with: here, those of more than LIMIT."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.core.types import Vector
from rag.store import SqliteLibrary, vector_index_type
from rag.store.vector_index import FaissIndex
from tests.store.test_vector_index import DIMENSIONS, expected, files, flip_a_bit, random_vectors, store

pytestmark = pytest.mark.slow  # Large sets of vectors.

LIMIT = 60


@pytest.fixture
def library(tmp_path: Path) -> SqliteLibrary:
    return library_of(tmp_path / "index", 200)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture(autouse=True)
def no_vectors_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that filters are FAISS's own matter."""
    monkeypatch.setattr(vector_index_type, "BRUTE_FORCE_UP_TO", 0)


def library_of(folder: Path, count: int) -> SqliteLibrary:
    library = SqliteLibrary.create(folder / "library.db", "fake", DIMENSIONS)
    for at in range(0, count, 20):
        store(library, f"a{at}", random_vectors(20, seed=at))
    return library


def index_of(library: SqliteLibrary, folder: Path) -> FaissIndex:
    return FaissIndex(library, folder, DIMENSIONS, LIMIT)


def rows(index: FaissIndex, query: Vector, limit: int, among: Any = None) -> list[int]:
    return [row for row, _ in index.search(query, limit, among)]


def read(file: Path) -> Any:
    import faiss

    return faiss.read_index(str(file))


def built(library: SqliteLibrary, folder: Path) -> Any:
    """The lists in the file that a refresh leaves."""
    index_of(library, folder).refresh()
    (file,) = folder.glob("vectors-*.faiss")
    return read(file)


def wait_for_lists() -> None:
    for thread in threading.enumerate():
        if thread.name == "vector-lists":
            thread.join(20)


def test_the_kind_goes_by_size(tmp_path: Path) -> None:
    small, large = library_of(tmp_path / "small", LIMIT), library_of(tmp_path / "large", LIMIT + 20)
    assert type(built(small, tmp_path / "small")).__name__ == "IndexIDMap"
    assert type(built(large, tmp_path / "large")).__name__ == "IndexIVFScalarQuantizer"


def test_scores_of_lists_are_exact_and_few_probes_find_nearly_all(
    library: SqliteLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_of(library, folder).refresh()
    index = index_of(library, folder)
    ids, vectors = library.passage_vectors()
    place = {int(row): at for at, row in enumerate(ids)}
    monkeypatch.setattr(vector_index_type, "PROBES", 8)
    hits = 0
    for query in random_vectors(30, seed=77):
        found = index.search(query, 10)
        assert [score for _, score in found] == pytest.approx([vectors[place[row]] @ query for row, _ in found])
        assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
        hits += len({row for row, _ in found} & set(expected(library, query, 10)))
    assert 250 <= hits < 300  # All 300 would mean that every list was searched.


@pytest.mark.slow
@given(st.integers(0, 1000), st.integers(1, 250), st.floats(0.0, 1.0))
@settings(max_examples=15, deadline=None)
def test_filters_find_what_comparing_the_allowed_ones_finds(seed: int, limit: int, share: float) -> None:
    folder = Path(mkdtemp())
    random = np.random.default_rng(seed)
    query = random_vectors(1, seed)[0]
    for count in (40, 100):
        library = library_of(folder / str(count), count)
        index_of(library, folder / str(count)).refresh()
        store(library, "later", random_vectors(5, seed))
        ids, vectors = library.passage_vectors()
        allowed = ids[random.random(len(ids)) < share]
        wanted = allowed[np.argsort(-(vectors[np.isin(ids, allowed)] @ query), kind="stable")][:limit].tolist()
        assert rows(index_of(library, folder / str(count)), query, limit, allowed) == wanted
        library.close()


def test_a_narrow_filter_is_searched_in_more_lists() -> None:
    assert vector_index_type.probe_count(4000) == vector_index_type.PROBES
    assert vector_index_type.probe_count(4000, 0.5) == 2 * vector_index_type.PROBES
    assert vector_index_type.probe_count(4000, 0.001) == 4000
    assert vector_index_type.probe_count(3) == 3


def test_reader_that_outgrows_the_limit_divides_into_lists_while_it_answers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = library_of(folder, LIMIT)
    index = index_of(library, folder)
    query = random_vectors(1, seed=3)[0]
    index.search(query, 1)
    begun, go_on = threading.Event(), threading.Event()
    train = FaissIndex._trained_lists

    def slowly(self: FaissIndex, ids: Any) -> Any:
        begun.set()
        assert go_on.wait(10)
        return train(self, ids)

    monkeypatch.setattr(FaissIndex, "_trained_lists", slowly)
    store(library, "more", random_vectors(30, seed=1))
    assert rows(index, query, 50) == expected(library, query, 50)
    assert begun.wait(10)
    store(library, "meanwhile", random_vectors(3, seed=2))
    assert rows(index, query, 93) == expected(library, query, 93)
    assert files(folder) == ["vectors-3.faiss"]
    go_on.set()
    wait_for_lists()
    assert files(folder) == ["vectors-4.faiss"]
    assert type(read(folder / "vectors-4.faiss")).__name__ == "IndexIVFScalarQuantizer"
    assert rows(index, query, 93) == expected(library, query, 93)


def test_reader_takes_the_file_that_another_process_wrote(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = library_of(folder, LIMIT)
    index = index_of(library, folder)
    query = random_vectors(1, seed=3)[0]
    index.search(query, 1)
    store(library, "more", random_vectors(30, seed=1))
    index_of(library, folder).refresh()
    monkeypatch.setattr(FaissIndex, "_built_parts", lambda self: pytest.fail("built again"))
    for _ in range(2):
        assert rows(index, query, 90) == expected(library, query, 90)
        wait_for_lists()
    assert index._parts is not None and index._parts.lists is not None


def test_a_few_changes_leave_the_file_and_many_renew_it(library: SqliteLibrary, folder: Path) -> None:
    """200 vectors: 6 are three in a hundred."""
    query = random_vectors(1, seed=5)[0]
    index = index_of(library, folder)
    index.refresh()
    assert files(folder) == ["vectors-10.faiss"]
    written = (folder / "vectors-10.faiss").stat().st_mtime_ns
    store(library, "b", random_vectors(5, seed=1))
    for each in (index, index_of(library, folder)):
        each.refresh()
        assert each.state_of_file() == "current"
        assert rows(each, query, 205) == expected(library, query, 205)
    assert (folder / "vectors-10.faiss").stat().st_mtime_ns == written
    store(library, "c", random_vectors(5, seed=2))
    assert index.state_of_file() == "older"
    index.refresh()
    assert files(folder) == ["vectors-12.faiss"]
    library.remove(["a20"])
    assert index.state_of_file() == "older"
    index.refresh()
    assert files(folder) == ["vectors-13.faiss"]
    assert read(folder / "vectors-13.faiss").ntotal == 190
    assert rows(index, query, 300) == expected(library, query, 300)


@pytest.mark.parametrize(("count", "limit", "added"), [(60, 60, 1), (200, 5, 6)])
def test_state_is_older_where_little_is_missing_but_more_than_is_compared_one_by_one(
    folder: Path, count: int, limit: int, added: int
) -> None:
    library = library_of(folder, count)
    index = FaissIndex(library, folder, DIMENSIONS, limit)
    index.refresh()
    store(library, "more", random_vectors(added, seed=1))
    assert not vector_index_type.needs_writing(added, 0, count)
    assert index.state_of_file() == "older"
    index.refresh()
    assert index.state_of_file() == "current"
    assert files(folder) == [f"vectors-{library.generation()}.faiss"]


def test_server_leaves_out_what_is_gone_once_it_is_more_than_is_there(folder: Path) -> None:
    library = library_of(folder, 20)
    index = FaissIndex(library, folder, DIMENSIONS)
    query = random_vectors(1, seed=3)[0]
    for seed in range(9):
        store(library, "a0", random_vectors(20, seed=seed))
        assert rows(index, query, 20) == expected(library, query, 20)
        wait_for_lists()
        assert index._parts is not None and len(index._parts) <= 3 * 20
    assert rows(index, query, 20) == expected(library, query, 20)


def test_small_growth_keeps_the_centres_and_large_growth_finds_new_ones(
    library: SqliteLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = built(library, folder)
    trained: list[int] = []
    train = FaissIndex._trained_lists
    monkeypatch.setattr(FaissIndex, "_trained_lists", lambda self, ids: trained.append(len(ids)) or train(self, ids))
    store(library, "b", random_vectors(30, seed=1))
    after = built(library, folder)
    assert (after.nlist, after.ntotal, trained) == (before.nlist, 230, [])
    store(library, "c", random_vectors(300, seed=2))
    after = built(library, folder)
    assert after.nlist == vector_index_type.list_count(530) > before.nlist
    assert trained == [530]


def test_what_is_gone_is_not_found_and_others_take_its_place(library: SqliteLibrary, folder: Path) -> None:
    index = index_of(library, folder)
    index.refresh()
    for name in ("a0", "a40", "a60", "a80", "a100", "a120", "a140"):
        library.remove([name])
    for query in random_vectors(5, seed=4):
        for limit in (1, 10, 60, 100):
            assert rows(index, query, limit) == expected(library, query, limit)
    library.remove([f"a{at}" for at in range(0, 200, 20)])
    assert index.search(random_vectors(1)[0], 10) == []


def test_library_that_shrinks_is_compared_one_by_one_again(library: SqliteLibrary, folder: Path) -> None:
    built(library, folder)
    library.remove([f"a{at}" for at in range(0, 160, 20)])
    assert type(built(library, folder)).__name__ == "IndexIDMap"


def test_crash_between_leaves_the_earlier_lists(
    library: SqliteLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_of(library, folder).refresh()
    store(library, "b", random_vectors(30, seed=1))

    def killed(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        index_of(library, folder).refresh()
    (folder / "vectors-11.0abc.tmp").write_bytes(b"half of it")
    query = random_vectors(1, seed=2)[0]
    assert rows(index_of(library, folder), query, 230) == expected(library, query, 230)
    monkeypatch.undo()
    index_of(library, folder).refresh()
    assert files(folder) == ["vectors-11.0abc.tmp", "vectors-11.faiss"]


def test_damaged_lists_are_made_again(library: SqliteLibrary, folder: Path) -> None:
    index_of(library, folder).refresh()
    flip_a_bit(folder / "vectors-10.faiss")
    query = random_vectors(1, seed=2)[0]
    index = index_of(library, folder)
    assert index.state_of_file() == "damaged"
    assert rows(index, query, 50) == expected(library, query, 50)
    wait_for_lists()
    assert index_of(library, folder).state_of_file() == "current"
    assert rows(index, query, 50) == expected(library, query, 50)


def test_lists_that_cannot_be_written_serve_from_memory(
    library: SqliteLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    index = index_of(library, folder)
    index.refresh()
    assert files(folder) == []
    query = random_vectors(1, seed=2)[0]
    assert rows(index, query, 50) == expected(library, query, 50)
