"""Libraries that are put in the place of another while there are vectors of that one."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.store import SqliteLibrary
from rag.store.vector_index import FaissIndex
from tests.store.test_vector_index import DIMENSIONS, expected, random_vectors, store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def library(folder: Path) -> SqliteLibrary:
    library = SqliteLibrary.create(folder / "library.db", "fake", DIMENSIONS)
    store(library, "a", random_vectors(30))
    return library


def test_library_that_was_put_back_is_not_searched_with_the_vectors_of_its_later_self(
    library: SqliteLibrary, folder: Path
) -> None:
    """A plain copy of the file, without the program's own backup."""
    library.close()
    copy = (folder / "library.db").read_bytes()
    store(library, "b", random_vectors(5, seed=1))
    index = FaissIndex(library, folder, DIMENSIONS)
    index.refresh()
    library.close()
    (folder / "library.db").write_bytes(copy)
    query = random_vectors(1, seed=4)[0]
    assert [row for row, _ in index.search(query, 50)] == expected(library, query, 50)
    store(library, "c", random_vectors(5, seed=2))
    assert (folder / "vectors-2.faiss").exists()
    for found in (index.search(query, 50), FaissIndex(library, folder, DIMENSIONS).search(query, 50)):
        assert [row for row, _ in found] == expected(library, query, 50)


def test_library_that_was_put_back_and_went_on_is_told_by_the_passages_that_it_has(
    library: SqliteLibrary, folder: Path
) -> None:
    """Its ids reach less far than those of its later self, so that few of these say anything."""
    store(library, "early", random_vectors(300, seed=1))
    library.close()
    copy = (folder / "library.db").read_bytes()
    store(library, "b", random_vectors(300, seed=2))
    FaissIndex(library, folder, DIMENSIONS).refresh()
    library.close()
    (folder / "library.db").write_bytes(copy)
    query = random_vectors(1, seed=4)[0]
    store(library, "c", query[None, :])
    assert library.generation() == 3 and (folder / "vectors-3.faiss").exists()
    index = FaissIndex(library, folder, DIMENSIONS)
    assert index.state_of_file() == "damaged"
    assert [row for row, _ in index.search(query, 50)] == expected(library, query, 50)


@pytest.mark.parametrize("changes", [1, 4])
def test_another_library_is_not_searched_with_the_vectors_of_the_one_before(
    library: SqliteLibrary, folder: Path, tmp_path: Path, changes: int
) -> None:
    """Of the same generation, or of a higher one."""
    index = FaissIndex(library, folder, DIMENSIONS)
    query = random_vectors(1, seed=4)[0]
    index.search(query, 1)
    library.close()
    other = SqliteLibrary.create(tmp_path / "other.db", "fake", DIMENSIONS)
    for at in range(changes):
        store(other, f"b{at}", random_vectors(20, seed=5 + at))
    other.close()
    (tmp_path / "other.db").replace(folder / "library.db")
    assert library.generation() == changes
    for limit in (1, 5, 50):
        assert [row for row, _ in index.search(query, limit)] == expected(library, query, limit)
