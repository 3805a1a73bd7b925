from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.library import SqliteLibrary
from rag.types import Article, Passage, PassageVectors, Span, Vector
from rag.vector_index import FaissIndex

DIMENSIONS = 8


def unit(vectors: Vector) -> Vector:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def store(library: SqliteLibrary, name: str, vectors: Vector) -> None:
    text = "x" * len(vectors)
    passages = [Passage(name, at, at + 1, "x", (Span(at, at + 1),)) for at in range(len(vectors))]
    library.store(Article(name, name, text, name), passages, [PassageVectors(row, row[None, :]) for row in vectors])


def random_vectors(count: int, seed: int = 0) -> Vector:
    return unit(np.random.default_rng(seed).normal(size=(count, DIMENSIONS)))


@pytest.fixture
def library(tmp_path: Path) -> SqliteLibrary:
    library = SqliteLibrary.create(tmp_path / "index" / "library.db", "fake", DIMENSIONS)
    store(library, "a", random_vectors(30))
    return library


@pytest.fixture
def folder(library: SqliteLibrary, tmp_path: Path) -> Path:
    return tmp_path / "index"


def expected(library: SqliteLibrary, query: Vector, limit: int) -> list[int]:
    ids, vectors = library.passage_vectors()
    return ids[np.argsort(-(vectors @ query))][:limit].tolist()


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("vectors-*"))


def test_nearest_passages_come_in_the_exact_order_of_their_cosines(library: SqliteLibrary, folder: Path) -> None:
    query = random_vectors(1, seed=9)[0]
    ids, vectors = library.passage_vectors()
    cosines = dict(zip(ids.tolist(), (vectors @ query).tolist(), strict=True))
    found = FaissIndex(library, folder, DIMENSIONS).search(query, 12)
    assert [row for row, _ in found] == expected(library, query, 12)
    assert [score for _, score in found] == pytest.approx([cosines[row] for row, _ in found], abs=1e-6)


@given(st.integers(1, 40), st.integers(0, 1000))
@settings(max_examples=15)
def test_asking_for_more_than_there_is_gives_all_and_never_minus_one(limit: int, seed: int) -> None:
    library = SqliteLibrary.create(Path.cwd() / f"{limit}-{seed}.db", "fake", DIMENSIONS)
    store(library, "a", random_vectors(7, seed))
    found = FaissIndex(library, Path.cwd() / "nowhere", DIMENSIONS).search(random_vectors(1, seed + 1)[0], limit)
    assert len(found) == min(limit, 7)
    assert {row for row, _ in found} <= set(library.passage_vectors()[0].tolist())
    library.close()


def test_empty_library_has_nothing_near(tmp_path: Path) -> None:
    library = SqliteLibrary.create(tmp_path / "library.db", "fake", DIMENSIONS)
    assert FaissIndex(library, tmp_path, DIMENSIONS).search(random_vectors(1)[0], 5) == []


def test_new_generation_is_followed_without_reopening(library: SqliteLibrary, folder: Path) -> None:
    index = FaissIndex(library, folder, DIMENSIONS)
    query = random_vectors(1, seed=3)[0]
    index.search(query, 1)
    store(library, "exact", query[None, :])
    ((row, cosine),) = index.search(query, 1)
    assert library.passages([row])[0].passage.article_id == "exact"
    assert cosine == pytest.approx(1.0)
    store(library, "exact", -query[None, :])
    assert index.search(query, 40)[-1][1] == pytest.approx(-1.0)
    assert files(folder) == [f"vectors-{library.generation()}.faiss"]


def test_index_of_another_process_is_read_not_built(
    library: SqliteLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FaissIndex(library, folder, DIMENSIONS).refresh()
    query = random_vectors(1, seed=4)[0]
    wanted = expected(library, query, 5)
    monkeypatch.setattr(library, "passage_vectors", lambda: pytest.fail("built again"))
    assert [row for row, _ in FaissIndex(library, folder, DIMENSIONS).search(query, 5)] == wanted


def remove(file: Path) -> None:
    file.unlink()


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-40])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def garbage(file: Path) -> None:
    file.write_bytes(b"garbage " * 200)


def claim_endless_size(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4:16] = b"\x7f" * 12
    file.write_bytes(data)


def another_library(file: Path) -> None:
    file.unlink()
    other = SqliteLibrary.create(file.parent / "other" / "library.db", "fake", DIMENSIONS)
    store(other, "b", random_vectors(30, seed=5))
    FaissIndex(other, file.parent, DIMENSIONS).refresh()


def another_size(file: Path) -> None:
    file.unlink()
    other = SqliteLibrary.create(file.parent / "other" / "library.db", "fake", DIMENSIONS)
    store(other, "b", random_vectors(12, seed=5))
    FaissIndex(other, file.parent, DIMENSIONS).refresh()


def another_dimension(file: Path) -> None:
    file.unlink()
    other = SqliteLibrary.create(file.parent / "other" / "library.db", "fake", 4)
    store(other, "b", random_vectors(30, seed=5)[:, :4])
    FaissIndex(other, file.parent, 4).refresh()


def without_ids(file: Path) -> None:
    import faiss

    index = faiss.IndexFlatIP(DIMENSIONS)
    index.add(random_vectors(30))
    faiss.write_index(index, str(file))


DAMAGE = [
    remove,
    cut,
    empty,
    garbage,
    claim_endless_size,
    another_library,
    another_size,
    another_dimension,
    without_ids,
]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_file_that_does_not_fit_is_built_again(
    library: SqliteLibrary, folder: Path, damage: Callable[[Path], None]
) -> None:
    FaissIndex(library, folder, DIMENSIONS).refresh()
    file = folder / "vectors-1.faiss"
    whole = file.read_bytes()
    damage(file)
    query = random_vectors(1, seed=6)[0]
    found = FaissIndex(library, folder, DIMENSIONS).search(query, 10)
    assert [row for row, _ in found] == expected(library, query, 10)
    assert file.read_bytes() == whole


def test_stale_files_and_temporary_ones_are_removed(library: SqliteLibrary, folder: Path) -> None:
    for name in ("vectors-0.faiss", "vectors-0.123.tmp", "vectors-notes.txt", "other.faiss"):
        (folder / name).write_bytes(b"old")
    store(library, "b", random_vectors(2, seed=1))
    FaissIndex(library, folder, DIMENSIONS).refresh()
    assert files(folder) == ["vectors-2.faiss", "vectors-notes.txt"]
    assert (folder / "other.faiss").exists()


def test_full_disk_leaves_no_temporary_file_and_the_search_works(
    library: SqliteLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    query = random_vectors(1, seed=2)[0]
    with caplog.at_level(logging.WARNING):
        found = FaissIndex(library, folder, DIMENSIONS).search(query, 3)
    assert [row for row, _ in found] == expected(library, query, 3)
    assert files(folder) == []
    assert "No space left" in caplog.text
