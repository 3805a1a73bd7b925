from __future__ import annotations

import errno
import logging
import os
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.core.types import Article, Passage, PassageVectors, Span, Vector
from rag.store import SqliteLibrary
from rag.store.vector_index import FaissIndex

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
@settings(max_examples=10)
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
    library.remove(["a"])
    assert len(index.search(query, 40)) == 1
    library.remove(["exact"])
    assert index.search(query, 40) == []


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 4)), max_size=25), st.integers(0, 1000))
@settings(max_examples=10)
def test_following_any_changes_finds_what_building_anew_finds(changes: list[tuple[str, int]], seed: int) -> None:
    """No vectors for an article mean that it is removed."""
    folder = Path(mkdtemp())
    library = SqliteLibrary.create(folder / "library.db", "fake", DIMENSIONS)
    index = FaissIndex(library, folder, DIMENSIONS)
    query = random_vectors(1, seed)[0]
    for at, (name, count) in enumerate(changes):
        if count:
            store(library, name, random_vectors(count, seed + at))
        else:
            library.remove([name])
        if at % 3 == 0:
            assert [row for row, _ in index.search(query, 50)] == expected(library, query, 50)
    assert [row for row, _ in index.search(query, 50)] == expected(library, query, 50)
    assert [row for row, _ in FaissIndex(library, folder, DIMENSIONS).search(query, 50)] == expected(library, query, 50)
    library.close()


def test_only_a_refresh_or_a_first_search_writes_a_file(library: SqliteLibrary, folder: Path) -> None:
    index = FaissIndex(library, folder, DIMENSIONS)
    query = random_vectors(1)[0]
    index.search(query, 1)
    assert files(folder) == ["vectors-1.faiss"]
    store(library, "b", random_vectors(2, seed=1))
    index.search(query, 1)
    FaissIndex(library, folder, DIMENSIONS).search(query, 1)
    assert files(folder) == ["vectors-1.faiss"]
    index.refresh()
    assert files(folder) == ["vectors-2.faiss"]
    written = (folder / "vectors-2.faiss").stat().st_mtime_ns
    index.refresh()
    FaissIndex(library, folder, DIMENSIONS).refresh()
    assert (folder / "vectors-2.faiss").stat().st_mtime_ns == written


def test_older_file_is_brought_up_to_date_and_not_built_again(
    library: SqliteLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(library, "b", random_vectors(5, seed=1))
    FaissIndex(library, folder, DIMENSIONS).refresh()
    library.remove(["b"])
    store(library, "c", random_vectors(4, seed=2))
    read = library.passage_vectors
    asked: list[int] = []
    monkeypatch.setattr(
        library, "passage_vectors", lambda after=0, limit=None: asked.append(after) or read(after, limit)
    )
    query = random_vectors(1, seed=4)[0]
    found = FaissIndex(library, folder, DIMENSIONS).search(query, 50)
    assert min(asked) == 35
    monkeypatch.undo()
    assert [row for row, _ in found] == expected(library, query, 50)


def test_threads_search_while_others_store(library: SqliteLibrary, folder: Path) -> None:
    """No search fails, none finds too little, and after the last change each finds all."""
    index = FaissIndex(library, folder, DIMENSIONS)
    query = random_vectors(1, seed=8)[0]
    done = threading.Event()
    failures: list[BaseException] = []

    def search() -> None:
        try:
            while not done.is_set():
                assert len(index.search(query, 5)) == 5
        except BaseException as error:
            failures.append(error)
        finally:
            library.close()

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for at in range(40):
        store(library, f"new{at % 7}", random_vectors(3, seed=at))
    done.set()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert [row for row, _ in index.search(query, 60)] == expected(library, query, 60)


def test_search_does_not_wait_for_another_thread_that_follows(
    library: SqliteLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = FaissIndex(library, folder, DIMENSIONS)
    query = random_vectors(1, seed=9)[0]
    index.search(query, 1)
    store(library, "b", query[None, :])
    read, started, go_on = library.passage_vectors, threading.Event(), threading.Event()

    def slowly(after: int = 0, limit: int | None = None) -> object:
        started.set()
        assert go_on.wait(10)
        return read(after, limit)

    monkeypatch.setattr(library, "passage_vectors", slowly)
    follower = threading.Thread(target=index.search, args=(query, 1))
    follower.start()
    assert started.wait(10)
    assert index.search(query, 1)[0][1] < 0.999
    go_on.set()
    follower.join(10)
    assert index.search(query, 1)[0][1] == pytest.approx(1.0)


def test_index_of_another_process_is_read_not_built(
    library: SqliteLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FaissIndex(library, folder, DIMENSIONS).refresh()
    query = random_vectors(1, seed=4)[0]
    wanted = expected(library, query, 5)
    read = library.passage_vectors
    monkeypatch.setattr(
        library,
        "passage_vectors",
        lambda after=0, limit=None: read(after, limit) if after == 30 else pytest.fail("built again"),
    )
    assert [row for row, _ in FaissIndex(library, folder, DIMENSIONS).search(query, 5)] == wanted


def remove(file: Path) -> None:
    file.unlink()


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-40])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def flip_a_bit(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def flip_the_last_bit(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


def older_under_a_new_name(file: Path) -> None:
    """As if a file of another generation had been renamed."""
    data = bytearray(file.read_bytes())
    data[-12:-4] = (7).to_bytes(8, "little")
    data[-4:] = zlib.crc32(data[:-4]).to_bytes(4, "little")
    file.write_bytes(data)


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
    flip_a_bit,
    flip_the_last_bit,
    older_under_a_new_name,
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


@pytest.mark.slow
@given(st.data())
@settings(max_examples=12)
def test_any_cut_or_changed_byte_is_noticed(data: st.DataObject) -> None:
    folder = Path(mkdtemp())
    library = SqliteLibrary.create(folder / "library.db", "fake", DIMENSIONS)
    store(library, "a", random_vectors(9))
    index = FaissIndex(library, folder, DIMENSIONS)
    index.refresh()
    assert index.state_of_file() == "current"
    file = folder / "vectors-1.faiss"
    whole = file.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(1, 255))
    for altered in (whole[:at], whole[:at] + bytes([whole[at] ^ other]) + whole[at + 1 :]):
        file.write_bytes(altered)
        assert index.state_of_file() == "damaged"
    file.write_bytes(whole)
    assert index.state_of_file() == "current"
    store(library, "b", random_vectors(2))
    assert index.state_of_file() == "older"
    file.unlink()
    assert index.state_of_file() == "missing"
    library.close()


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
