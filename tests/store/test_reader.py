"""Places where a library cannot be read or written, and files that are none of this version's libraries."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag.core.errors import IndexDamagedError, IndexEmptyError, IndexMismatchError
from rag.core.types import Article
from rag.ingest.chunking import chunk
from rag.store import SqliteLibrary
from rag.testing import FakeEmbedder

EMBEDDER = FakeEmbedder(16)
FERRY = Article("ferry", "The ferry", "The Sorrel was sold. Captain Ilves stays.", "/articles/ferry.md")
LAMP = Article("lamp", "The lamp", "The lighthouse went dark. Keepers wept.", "/articles/lamp.md")
needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or sys.platform != "linux", reason="only root may mount"
)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def file(place: Path) -> Path:
    return place / "index" / "library.db"


@pytest.fixture
def library(file: Path) -> SqliteLibrary:
    return SqliteLibrary.create(file, EMBEDDER.name, EMBEDDER.dimensions)


def store(library: SqliteLibrary, article: Article) -> None:
    passages = chunk(article, 30)
    library.store(article, passages, EMBEDDER.embed_passages(passages, [article.title] * len(passages)))


def all_ids(library: SqliteLibrary) -> list[int]:
    return library.passage_ids().tolist()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_missing_library_says_to_ingest(file: Path) -> None:
    with pytest.raises(IndexEmptyError, match="rag ingest"):
        SqliteLibrary.open(file)


def test_another_embedder_is_a_mismatch(library: SqliteLibrary, file: Path) -> None:
    for opened in (lambda: SqliteLibrary.open(file, "other"), lambda: SqliteLibrary.create(file, "other", 16)):
        with pytest.raises(IndexMismatchError, match="'fake-embedder', not 'other'"):
            opened()
    assert SqliteLibrary.open(file).statistics().embedder == "fake-embedder"


def test_future_format_is_a_mismatch(library: SqliteLibrary, file: Path) -> None:
    library.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE meta SET value = '3' WHERE key = 'schema'")
    with pytest.raises(IndexMismatchError, match=r"newer version.*format 3.*Use that version"):
        SqliteLibrary.open(file, EMBEDDER.name)


def test_older_format_says_to_ingest_again(library: SqliteLibrary, file: Path) -> None:
    library.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
    for opened in (lambda: SqliteLibrary.open(file), lambda: SqliteLibrary.create(file, EMBEDDER.name, 16)):
        with pytest.raises(IndexMismatchError, match=r"older version.*rag ingest PATH --index FOLDER"):
            opened()


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_file_that_is_no_library_is_damaged(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(IndexDamagedError, match=r"library\.db is not a readable library"):
        SqliteLibrary.open(file)
    assert file.read_bytes() == content


def test_creating_over_a_file_that_is_no_library_keeps_it(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"this is no database" * 100)
    with pytest.raises(IndexDamagedError):
        SqliteLibrary.create(file, EMBEDDER.name, 16)
    assert file.read_bytes() == b"this is no database" * 100


def test_database_of_another_program_is_damaged(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE meta (key TEXT, value TEXT)")
    with pytest.raises(IndexDamagedError, match="no entry"):
        SqliteLibrary.open(file)


def test_library_that_is_damaged_while_open_is_an_error_with_a_remedy(library: SqliteLibrary, file: Path) -> None:
    for at in range(20):
        store(library, replace(LAMP, id=str(at), origin=str(at), text=f"Lamp {at} went out. " * 100))
    library.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    content = bytearray(file.read_bytes())
    content[8192:] = b"\xaa" * (len(content) - 8192)
    file.write_bytes(content)
    with pytest.raises(IndexDamagedError, match="Restore it from a backup"):
        library.passages(all_ids(library))


def test_place_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(IndexDamagedError, match="cannot be opened for writing"):
        SqliteLibrary.create(tmp_path / "taken" / "library.db", EMBEDDER.name, 16)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_folder_is_an_error_with_a_remedy(library: SqliteLibrary, file: Path) -> None:
    store(library, FERRY)
    library.close()
    file.chmod(0o444)
    file.parent.chmod(0o555)
    try:
        with pytest.raises(IndexDamagedError, match="cannot be opened for writing"):
            SqliteLibrary.create(file.parent / "new.db", EMBEDDER.name, 16)
        with pytest.raises(IndexDamagedError, match="permissions"):
            SqliteLibrary.create(file, EMBEDDER.name, 16)
    finally:
        file.parent.chmod(0o755)
        file.chmod(0o644)
    assert SqliteLibrary.open(file).article("ferry") == FERRY


@needs_root
@pytest.mark.parametrize("closed", [True, False])
def test_library_on_a_read_only_disk_is_read_and_says_that_it_cannot_be_written(disk: Path, closed: bool) -> None:
    """Also what is written meanwhile by those to whom the disk is not read-only."""
    library = SqliteLibrary.create(disk / "library.db", EMBEDDER.name, EMBEDDER.dimensions)
    store(library, FERRY)
    if closed:
        library.close()
    view = disk.with_name("view")
    view.mkdir()
    subprocess.run(["mount", "--bind", disk, view], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", view], check=True)
        other = SqliteLibrary.open(view / "library.db", EMBEDDER.name)
        assert other.article("ferry") == FERRY
        assert len(other.passages(other.bm25(["sorrel"], 5))) == 1
        with pytest.raises(IndexDamagedError, match=r"read-only.*use --index with the copy"):
            store(other, LAMP)
        with pytest.raises(IndexDamagedError, match="cannot be opened for writing"):
            SqliteLibrary.create(view / "library.db", EMBEDDER.name, EMBEDDER.dimensions)
        store(library, replace(FERRY, text="It sank."))
        assert other.article("ferry") == replace(FERRY, text="It sank.")
        other.close()
    finally:
        subprocess.run(["umount", "--lazy", view], check=True)
    library.close()


AS_NOBODY = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from rag.core.errors import RagError
from rag.store import SqliteLibrary
import rag.ingest.chunking, rag.testing
os.chmod(Path(sys.argv[1]).parent, 0o555)
os.setuid(65534)
try:
    library = SqliteLibrary.open(Path(sys.argv[1]))
    print(library.article("ferry").text)
    sys.stdin.readline() if len(sys.argv) > 3 else None
    print(library.article("ferry").text)
    library.remove(["ferry"])
except RagError as error:
    print("Error:", error)
"""


def as_nobody(file: Path, *more: str) -> subprocess.Popen[str]:
    """Open a library as a user who may not write its folder, read, and try to write."""
    file.parent.chmod(0o755)
    arguments = [sys.executable, "-c", AS_NOBODY, str(file), str(Path(__file__).parents[2]), *more]
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@needs_root
def test_library_in_a_folder_of_somebody_else_is_read(library: SqliteLibrary, file: Path) -> None:
    store(library, FERRY)
    library.close()
    first, second, refused = as_nobody(file).communicate()[0].splitlines()
    assert first == second == FERRY.text
    assert refused.startswith("Error: The library") and "read-only" in refused


@needs_root
@pytest.mark.parametrize("writing", [True, False])
def test_what_somebody_else_changes_is_seen(library: SqliteLibrary, file: Path, writing: bool) -> None:
    """Whether its owner has the library open all the while, or opens it later, and has closed it again or not."""
    store(library, FERRY)
    if not writing:
        library.close()
    process = as_nobody(file, "wait")
    assert process.stdout is not None
    assert process.stdout.readline().strip() == FERRY.text
    store(library, replace(FERRY, text="It sank."))
    if not writing:
        library.close()
    assert process.communicate("go\n")[0].splitlines()[0] == "It sank."


@needs_root
def test_changes_that_cannot_be_read_in_place_are_said(library: SqliteLibrary, file: Path, place: Path) -> None:
    store(library, FERRY)
    copy = place / "copy" / "library.db"
    copy.parent.mkdir()
    for name in ("library.db", "library.db-wal"):
        (copy.parent / name).write_bytes((file.parent / name).read_bytes())
    (refused,) = as_nobody(copy).communicate()[0].splitlines()
    assert "library.db-wal holds changes" in refused and "Copy the whole folder" in refused


@needs_root
def test_full_disk_stores_nothing_of_the_article_and_says_so(disk: Path) -> None:
    library = SqliteLibrary.create(disk / "library.db", EMBEDDER.name, EMBEDDER.dimensions)
    (disk / "other").write_bytes(b"x" * 400_000)
    stored: list[Article] = []
    with pytest.raises(IndexDamagedError, match=r"cannot be written.*Nothing of the article in hand was stored"):
        for at in range(1000):
            article = replace(LAMP, id=str(at), origin=str(at), text=f"Lamp {at} went out again. " * 400)
            store(library, article)
            stored.append(article)
    assert stored
    assert library.ids() == sorted(article.id for article in stored)
    assert all(library.article(article.id) == article for article in stored)
    (disk / "other").unlink()
    store(library, replace(LAMP, id="late", origin="late"))
    assert library.article("late") is not None
    library.close()


def test_library_that_may_not_grow_keeps_what_it_has(library: SqliteLibrary) -> None:
    store(library, FERRY)
    (pages,) = library._database.connection.execute("PRAGMA page_count").fetchone()
    library._database.connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(IndexDamagedError, match=r"disk is full.*Free some space"):
        store(library, replace(LAMP, text="The lamp went out. " * 4000))
    assert library.ids() == ["ferry"]
    assert library.generation() == 1
    store(library, replace(FERRY, text="It sank."))
    assert library.article("ferry") == replace(FERRY, text="It sank.")
