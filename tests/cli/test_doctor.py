from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from rag.cli import doctor
from rag.core.errors import IndexBusyError
from rag.core.settings import Settings
from rag.core.types import Article
from rag.ingest.chunking import chunk
from rag.store import SqliteLibrary
from rag.store.lock import index_lock
from rag.store.vector_index import FaissIndex
from rag.testing import FakeEmbedder
from rag.web.embed.store import EmbedStore

EMBEDDER = FakeEmbedder(16)
STORY = "The lighthouse on Gull Rock went dark after a storm had flooded its engine room. Its keeper carried the lens."
MODELS = {"embedding model", "answering model"}
"""Fakes have no weights, which is rightly a problem."""


@pytest.fixture
def index(settings: Settings) -> Path:
    """An index of three articles, two of them nearly the same, as an ingest leaves it."""
    library = SqliteLibrary.create(settings.index / "library.db", EMBEDDER.name, EMBEDDER.dimensions)
    for name, text in (("lamp", STORY), ("again", STORY + " Yes."), ("ferry", "The ferry was sold. It sails on.")):
        article = Article(name, name.title(), text, f"/{name}")
        passages = chunk(article, 30)
        library.store(article, passages, EMBEDDER.embed_passages(passages, [name] * len(passages)))
    FaissIndex(library, settings.index, EMBEDDER.dimensions).refresh()
    library.close()
    return settings.index


def execute(index: Path, sql: str) -> None:
    with closing(sqlite3.connect(index / "library.db")) as connection, connection:
        connection.execute(sql)


def bad(settings: Settings) -> dict[str, str]:
    """What is not as it should be, apart from the models and the disk of this machine."""
    checks = doctor.examine(settings)
    assert all(check.message.endswith((".", "PATH", "FOLDER")) for check in checks)
    assert all(check.remedy or check.name in {"library", *MODELS} for check in checks if check.state == "problem")
    return {check.name: check.state for check in checks if check.state != "ok" and check.name not in {*MODELS, "disk"}}


def test_a_sound_index_has_no_problem(settings: Settings, index: Path) -> None:
    assert bad(settings) == {}
    assert {check.name for check in doctor.examine(settings)} >= {
        "library", "embedder", "file", "references", "texts", "passages", "vectors", "full text", "near-duplicates",
        "vector file", "leftovers", "disk", "permissions", *MODELS,
    }  # fmt: skip
    assert doctor.repair(settings) == []


def test_a_missing_index_says_to_ingest(settings: Settings) -> None:
    assert bad(settings) == {"library": "problem"}
    (check,) = [check for check in doctor.examine(settings) if check.name == "library"]
    assert "rag ingest" in check.message


def test_an_older_format_says_to_ingest_again(settings: Settings, index: Path) -> None:
    execute(index, "UPDATE meta SET value = '1' WHERE key = 'schema'")
    (check,) = [check for check in doctor.examine(settings) if check.name == "library"]
    assert check.state == "problem" and "rag ingest PATH --index FOLDER" in check.message


def test_missing_weights_are_a_problem(settings: Settings, index: Path) -> None:
    named = settings.model_copy(update={"embedder": "all-MiniLM-L6-v2", "generator": "smollm2-135m-instruct"})
    checks = {check.name: check for check in doctor.examine(named)}
    for name in MODELS:
        assert checks[name].state == "problem" and "rag models pull" in checks[name].message
    assert checks["embedder"].state == "problem"


def spoil_fts_row(index: Path) -> None:
    execute(index, "DELETE FROM words WHERE rowid = 1")


def spoil_fts_pages(index: Path) -> None:
    execute(index, "UPDATE words_data SET block = x'0000' WHERE id > 10")


def spoil_mark(index: Path) -> None:
    execute(index, "UPDATE articles SET duplicate_of = 99 WHERE id = 'again'")


def spoil_bands(index: Path) -> None:
    execute(index, "DELETE FROM bands")


def flip_vectors(index: Path) -> None:
    (file,) = index.glob("vectors-*.faiss")
    data = bytearray(file.read_bytes())
    data[100] ^= 4
    file.write_bytes(data)


def cut_vectors(index: Path) -> None:
    (file,) = index.glob("vectors-*.faiss")
    file.write_bytes(file.read_bytes()[:-10])


def drop_vectors(index: Path) -> None:
    (file,) = index.glob("vectors-*.faiss")
    file.unlink()


def leave_something(index: Path) -> None:
    (index / "vectors-9.abcd.tmp").write_bytes(b"half")


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (spoil_fts_row, {"full text": "problem"}),
        (spoil_fts_pages, {"full text": "problem"}),
        (spoil_mark, {"near-duplicates": "problem", "references": "problem"}),
        (spoil_bands, {"near-duplicates": "problem"}),
        (flip_vectors, {"vector file": "problem"}),
        (cut_vectors, {"vector file": "problem"}),
        (drop_vectors, {"vector file": "warning"}),
        (leave_something, {"leftovers": "warning"}),
    ],
)
def test_what_is_derived_is_found_wrong_and_repaired(
    settings: Settings, index: Path, spoil: Callable[[Path], None], found: dict[str, str]
) -> None:
    spoil(index)
    assert bad(settings) == found
    assert doctor.repair(settings)
    assert bad(settings) == {}
    assert doctor.repair(settings) == []
    library = SqliteLibrary.open(index / "library.db")
    assert len(library.bm25(["lighthouse"], 5)) == 2
    assert library.duplicates("lamp") == ["again"]
    library.close()


@pytest.mark.parametrize(("spoil", "kept"), [(None, 1), (flip_vectors, 0)])
def test_an_older_file_of_vectors_is_added_to_and_only_a_damaged_one_removed(
    settings: Settings, index: Path, spoil: Callable[[Path], None] | None, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = SqliteLibrary.open(index / "library.db")
    article = Article("boat", "Boat", "The boat was painted blue.", "/boat")
    passages = chunk(article, 30)
    library.store(article, passages, EMBEDDER.embed_passages(passages, ["Boat"]))
    library.close()
    if spoil:
        spoil(index)
    refresh, there = FaissIndex.refresh, list[Path]()
    monkeypatch.setattr(
        FaissIndex, "refresh", lambda self: there.extend(index.glob("vectors-*.faiss")) or refresh(self)
    )
    assert bad(settings) == {"vector file": "problem" if spoil else "warning"}
    assert doctor.repair(settings) == ["Rebuilt the vector file with 4 passages."]
    assert len(there) == kept
    assert bad(settings) == {}


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE articles SET text = text || '!' WHERE id = 'ferry'", "texts"),
        ("UPDATE passages SET end = 9999 WHERE id = 1", "passages"),
        (
            "UPDATE passages SET sentences = '[[0, 5], [3, 8]]', sentence_vectors = zeroblob(64) WHERE id = 1",
            "passages",
        ),
        ("UPDATE passages SET vector = zeroblob(64) WHERE id = 1", "vectors"),
        (f"UPDATE passages SET vector = x'0000c07f{'00' * 60}' WHERE id = 1", "vectors"),
        ("UPDATE passages SET vector = x'00' WHERE id = 1", "vectors"),
        ("UPDATE passages SET sentences = 'nonsense' WHERE id = 1", "passages"),
        ("DELETE FROM articles WHERE id = 'ferry'", "references"),
        ("DELETE FROM origins", "references"),
    ],
)
def test_what_is_wrong_at_the_root_is_named_and_not_repaired(
    settings: Settings, index: Path, sql: str, found: str
) -> None:
    execute(index, sql)
    assert bad(settings)[found] == "problem"
    doctor.repair(settings)
    assert bad(settings)[found] == "problem"
    (check,) = [check for check in doctor.examine(settings) if check.name == found]
    assert "backup" in check.remedy


def test_a_damaged_file_is_found(settings: Settings, index: Path) -> None:
    data = bytearray((index / "library.db").read_bytes())
    data[8192:20480] = b"\xaa" * 12288
    (index / "library.db").write_bytes(data)
    assert "problem" in bad(settings).values()


def test_many_findings_are_counted_not_listed(settings: Settings, index: Path) -> None:
    library = SqliteLibrary.open(index / "library.db")
    for number in range(9):
        article = Article(f"n{number}", "N", f"Number {number} is here.", f"/n{number}")
        passages = chunk(article, 30)
        library.store(article, passages, EMBEDDER.embed_passages(passages, ["N"]))
    library.close()
    execute(index, "UPDATE articles SET text_sha256 = 'wrong'")
    (check,) = [check for check in doctor.examine(settings) if check.name == "texts"]
    assert "9 more of the kind." in check.message


def test_damaged_conversations_are_found(settings: Settings, index: Path) -> None:
    execute(index, "VACUUM")
    with closing(sqlite3.connect(index / "chats.db")) as connection, connection:
        connection.execute("CREATE TABLE conversations (id TEXT)")
    assert bad(settings) == {}
    (index / "chats.db").write_bytes(b"nothing of the kind" * 300)
    assert bad(settings) == {"conversations": "problem"}


def test_little_space_is_said(settings: Settings, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    states = []
    for free in (10**10, 10**8, 10**6):
        usage = shutil._ntuple_diskusage(10**12, 0, free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _, usage=usage: usage)
        states += [check.state for check in doctor.examine(settings) if check.name == "disk"]
    assert states == ["ok", "warning", "problem"]


def test_repair_keeps_away_from_an_index_in_use(settings: Settings, index: Path) -> None:
    with index_lock(index), pytest.raises(IndexBusyError):
        doctor.repair(settings)


def test_another_embedder_in_the_settings_is_a_problem(settings: Settings, index: Path) -> None:
    other = settings.model_copy(update={"embedder": "another"})
    (check,) = [check for check in doctor.examine(other) if check.name == "embedder"]
    assert check.state == "problem" and "fake-embedder" in check.remedy


def test_the_file_of_embeds_is_looked_at_where_there_is_one(index: Path, settings: Settings) -> None:
    def found() -> list[tuple[str, str]]:
        return [(one.state, one.message + one.remedy) for one in doctor.examine(settings) if one.name == "embeds"]

    assert found() == []
    store = EmbedStore(index)
    store.create("portal", ("https://portal.example",))
    ((state, said),) = found()
    assert state == "ok" and said.endswith("embeds: 1.")
    store.file.chmod(0o644)
    ((state, said),) = found()
    assert state == "warning" and "Run: chmod 600" in said
    store.file.write_text("{")
    ((state, said),) = found()
    assert state == "problem" and "move it away" in said
