from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag.core.errors import IndexDamagedError, PathError
from rag.core.types import Article
from rag.ingest.chunking import chunk
from rag.store import SqliteLibrary
from rag.store.vector_index import FaissIndex
from rag.testing import FakeEmbedder

EMBEDDER = FakeEmbedder(16)
LAMP = Article("lamp", "The lamp", "The lighthouse went dark. Keepers wept.", "/articles/lamp.md")


@pytest.fixture
def library(tmp_path: Path) -> SqliteLibrary:
    library = SqliteLibrary.create(tmp_path / "index" / "library.db", EMBEDDER.name, EMBEDDER.dimensions)
    store(library, LAMP)
    return library


def store(library: SqliteLibrary, article: Article) -> None:
    passages = chunk(article, 30)
    library.store(article, passages, EMBEDDER.embed_passages(passages, [article.title] * len(passages)))


def test_backup_put_in_place_is_the_library_again(library: SqliteLibrary, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert library.backup(copy) == copy.stat().st_size
    assert {file.name for file in tmp_path.iterdir()} == {"index", "copy.db"}
    store(library, replace(LAMP, id="late", origin="/late", text="Later on it burned again."))
    query = EMBEDDER.embed_question("lighthouse")
    FaissIndex(library, tmp_path / "index", 16).refresh()
    library.close()
    for file in (tmp_path / "index").glob("library.db*"):
        file.unlink()
    copy.rename(tmp_path / "index" / "library.db")

    restored = SqliteLibrary.create(tmp_path / "index" / "library.db", EMBEDDER.name, EMBEDDER.dimensions)
    assert restored.article("lamp") == LAMP
    assert restored.ids() == ["lamp"]
    store(restored, replace(LAMP, id="other", origin="/other", text="A ferry sailed."))
    # The library is at the generation of the vectors of before, with other articles.
    found = FaissIndex(restored, tmp_path / "index", 16).search(query, 5)
    assert {row for row, _ in found} == set(restored.passage_ids().tolist())
    assert restored.passages([found[0][0]])[0].header.id == "lamp"


def test_backup_while_others_write_is_of_one_moment(library: SqliteLibrary, tmp_path: Path) -> None:
    """Two articles are always changed to the same version, the second right after the first."""
    done = threading.Event()

    def write() -> None:
        version = 0
        while not done.is_set():
            version += 1
            for name in ("one", "two"):
                store(library, replace(LAMP, id=name, origin=name, title=name, text=f"Version {version}. " * 50))
        library.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(8):
            copy = tmp_path / f"copy{number}.db"
            library.backup(copy)
            opened = SqliteLibrary.open(copy)
            versions = [int(one.text.split()[1][:-1]) for one in map(opened.article, ("one", "two")) if one]
            assert versions in ([], [1]) or versions[0] - versions[1] in (0, 1)
            assert len(opened.passages(opened.passage_ids().tolist())) == opened.passage_count()
            opened.close()
    finally:
        done.set()
        writer.join(10)


def test_backup_overwrites_nothing_unasked(library: SqliteLibrary, tmp_path: Path) -> None:
    taken = tmp_path / "taken.db"
    taken.write_text("precious")
    with pytest.raises(PathError, match="--force"):
        library.backup(taken)
    assert taken.read_text() == "precious"
    library.backup(taken, overwrite=True)
    assert SqliteLibrary.open(taken).ids() == ["lamp"]


def test_backup_over_the_library_itself_is_refused(library: SqliteLibrary) -> None:
    with pytest.raises(PathError, match="the library itself"):
        library.backup(library.file, overwrite=True)
    assert library.article("lamp") == LAMP


def test_backup_to_a_folder_or_a_missing_one_is_refused(library: SqliteLibrary, tmp_path: Path) -> None:
    with pytest.raises(PathError, match="is a folder"):
        library.backup(tmp_path)
    with pytest.raises(PathError, match="Check that its folder exists"):
        library.backup(tmp_path / "nowhere" / "copy.db")


def test_backup_of_a_damaged_library_is_refused_and_leaves_no_file(library: SqliteLibrary, tmp_path: Path) -> None:
    store(library, replace(LAMP, text="The lamp went out. " * 3000))
    library.close()
    with closing(sqlite3.connect(library.file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    content = bytearray(library.file.read_bytes())
    content[40_000:] = b"\xaa" * (len(content) - 40_000)
    library.file.write_bytes(content)
    with pytest.raises(IndexDamagedError, match="Restore it from a backup"):
        library.backup(tmp_path / "copy.db")
    assert [file.name for file in tmp_path.iterdir()] == ["index"]
