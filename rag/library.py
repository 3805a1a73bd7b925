"""The library in SQLite: articles, passages, vectors and full text. The source of truth; all else is derived."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamagedError, IndexEmptyError, IndexMismatchError
from rag.types import (
    Article,
    ArticleHeader,
    LibraryStatistics,
    Passage,
    PassageVectors,
    Span,
    StoredPassage,
    Vector,
)
from rag.words import plain

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id TEXT PRIMARY KEY, origin TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL, source TEXT NOT NULL,
    url TEXT NOT NULL, author TEXT NOT NULL, date TEXT, tags TEXT NOT NULL, language TEXT NOT NULL,
    text_sha256 TEXT NOT NULL, content_sha256 TEXT NOT NULL
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, article TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, sentences TEXT NOT NULL,
    vector BLOB NOT NULL, sentence_vectors BLOB NOT NULL
);
CREATE INDEX passages_of_article ON passages (article);
CREATE VIRTUAL TABLE words USING fts5 (title, text, tokenize = 'porter unicode61 remove_diacritics 2');
"""
TITLE_WEIGHT, TEXT_WEIGHT = 1.0, 1.0


class SqliteLibrary:
    """A library in one SQLite file (WAL): many readers, one writer at a time, a transaction for each article."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._local = threading.local()
        self._embedder = self._meta("embedder")
        self._dimensions = int(self._meta("dimensions"))

    @classmethod
    def create(cls, file: Path, embedder: str, dimensions: int) -> SqliteLibrary:
        """Open the library for adding to it, and make it where there is none.

        Raises IndexMismatchError where it holds the vectors of another embedder.
        """
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(file, timeout=30)
            with connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("BEGIN IMMEDIATE")
                if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                    for statement in filter(str.strip, SCHEMA.split(";\n")):
                        connection.execute(statement)
                    values = {
                        "schema": SCHEMA_VERSION, "generation": 0, "embedder": embedder, "dimensions": dimensions,
                    }  # fmt: skip
                    connection.executemany("INSERT INTO meta VALUES (?, ?)", [(k, str(v)) for k, v in values.items()])
            connection.close()
        except (OSError, sqlite3.OperationalError) as error:
            raise IndexDamagedError(
                f"The library {file} cannot be opened for writing ({error}). Check the folder's permissions and the "
                "free disk space, or choose another one with --index."
            ) from error
        except sqlite3.DatabaseError as error:
            raise _damaged(file, error) from error
        return cls.open(file, embedder)

    @classmethod
    def open(cls, file: Path, embedder: str | None = None) -> SqliteLibrary:
        """Open a library for reading.

        Raises IndexEmptyError where there is none, IndexMismatchError where another embedder or another version of
        Footnote made it, IndexDamagedError where it is no library.
        """
        if not file.exists():
            raise IndexEmptyError(f"There is no index in {file.parent} yet. Run: rag ingest PATH")
        library = cls(file)
        version = int(library._meta("schema"))
        if version != SCHEMA_VERSION:
            raise IndexMismatchError(
                f"The index in {file.parent} has format {version}, and this version of Footnote reads "
                f"{SCHEMA_VERSION}. Use the version that made it, or move it away and run rag ingest again."
            )
        if embedder is not None and library._embedder != embedder:
            raise IndexMismatchError(
                f"The index in {file.parent} was made with the embedder '{library._embedder}', not '{embedder}'. "
                f'Set embedder = "{library._embedder}", or ingest into another folder with --index.'
            )
        return library

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    # Reading

    def generation(self) -> int:
        return int(self._meta("generation"))

    def statistics(self) -> LibraryStatistics:
        def count(sql: str) -> int:
            return int(self._rows(sql)[0][0] or 0)

        return LibraryStatistics(
            articles=count("SELECT count(*) FROM articles"),
            passages=self.passage_count(),
            sentences=count("SELECT sum(json_array_length(sentences)) FROM passages"),
            generation=self.generation(),
            embedder=self._embedder,
        )

    def passage_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM passages")[0][0])

    def article(self, article_id: str) -> Article | None:
        rows = self._rows(
            "SELECT id, title, text, origin, source, url, author, date, tags, language FROM articles WHERE id = ?",
            (article_id,),
        )
        if not rows:
            return None
        number, title, text, origin, source, url, author, day, tags, language = rows[0]
        return Article(number, title, text, origin, source, url, author, _date(day), tuple(json.loads(tags)), language)

    def headers(self, limit: int) -> list[ArticleHeader]:
        rows = self._rows(f"SELECT {_HEADER} FROM articles ORDER BY date IS NULL, date DESC, id LIMIT ?", (limit,))
        return [_header(row) for row in rows]

    def ids(self) -> list[str]:
        """The ids of all articles, in alphabetical order."""
        return [row[0] for row in self._rows("SELECT id FROM articles ORDER BY id")]

    def fingerprint(self) -> str:
        """Hexadecimal sha256 over every article: libraries that hold the same articles have the same one."""
        rows = self._rows("SELECT id, content_sha256 FROM articles ORDER BY id")
        return hashlib.sha256("\n".join(f"{name} {content}" for name, content in rows).encode()).hexdigest()

    def known(self, origin: str) -> tuple[str, str] | None:
        rows = self._rows("SELECT id, content_sha256 FROM articles WHERE origin = ?", (origin,))
        return (rows[0][0], rows[0][1]) if rows else None

    def free_id(self, wanted: str, origin: str) -> str:
        rows = self._rows("SELECT origin FROM articles WHERE id = ?", (wanted,))
        if not rows or rows[0][0] == origin:
            return wanted
        return f"{wanted}-{hashlib.sha256(origin.encode()).hexdigest()[:8]}"

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        found: dict[int, StoredPassage] = {}
        for some in _slices(list(ids), 500):
            rows = self._rows(
                f"""SELECT p.id, p.start, p.end, p.sentences, p.vector, p.sentence_vectors,
                    substr(a.text, p.start + 1, p.end - p.start), {_HEADER.replace(" ", " a.")}
                    FROM passages p JOIN articles a ON a.id = p.article WHERE p.id IN ({_marks(some)})""",
                some,
            )
            found.update((row[0], self._stored(row)) for row in rows)
        return [found[number] for number in ids if number in found]

    def passage_vectors(self) -> tuple[NDArray[np.int64], Vector]:
        rows = self._rows("SELECT id, vector FROM passages ORDER BY id")
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        vectors = np.frombuffer(b"".join(row[1] for row in rows), dtype="<f4")
        return ids, vectors.reshape(len(rows), self._dimensions).astype(np.float32)

    def bm25(self, terms: Sequence[str], limit: int) -> list[int]:
        if not terms:
            return []
        query = " OR ".join(_quoted(term) for term in terms)
        rows = self._rows(
            f"SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, {TITLE_WEIGHT}, {TEXT_WEIGHT}) LIMIT ?",
            (query, limit),
        )
        return [row[0] for row in rows]

    def passages_with(self, terms: Iterable[str]) -> Mapping[str, int]:
        counts = dict.fromkeys(terms, 0)
        for term in counts:
            rows = self._rows("SELECT count(*) FROM words WHERE words MATCH ?", (_quoted(term),))
            counts[term] = int(rows[0][0])
        return counts

    # Writing

    def store(self, article: Article, passages: Sequence[Passage], vectors: Sequence[PassageVectors]) -> None:
        """Put an article in, in place of what had its id or origin, in one transaction."""
        with self._transaction() as connection:
            gone = connection.execute(
                "SELECT p.id FROM passages p JOIN articles a ON a.id = p.article WHERE a.id = ? OR a.origin = ?",
                (article.id, article.origin),
            ).fetchall()
            connection.executemany("DELETE FROM words WHERE rowid = ?", gone)
            connection.execute("DELETE FROM articles WHERE id = ? OR origin = ?", (article.id, article.origin))
            connection.execute(
                f"INSERT INTO articles VALUES ({_marks(range(12))})",
                (
                    article.id, article.origin, article.title, article.text, article.source, article.url,
                    article.author, article.date.isoformat() if article.date else None, json.dumps(article.tags),
                    article.language, article.text_sha256, article.content_sha256,
                ),
            )  # fmt: skip
            for passage, vector in zip(passages, vectors, strict=True):
                spans = json.dumps([[span.start, span.end] for span in passage.sentences])
                row = connection.execute(
                    "INSERT INTO passages (article, start, end, sentences, vector, sentence_vectors)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        article.id, passage.start, passage.end, spans,
                        vector.passage.astype("<f4").tobytes(), vector.sentences.astype("<f2").tobytes(),
                    ),
                )  # fmt: skip
                connection.execute(
                    "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)",
                    (row.lastrowid, plain(article.title), plain(passage.text)),
                )
            connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")

    # Within

    @property
    def _connection(self) -> sqlite3.Connection:
        """This thread's own connection: SQLite's readers do not wait for one another."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._file, timeout=30, isolation_level=None)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            self._local.connection = connection
        return connection

    def _rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise _damaged(self._file, error) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection
        except sqlite3.OperationalError as error:
            raise IndexDamagedError(
                f"The library {self._file} cannot be written ({error}). Nothing of the article in hand was stored. "
                "Check the free disk space and the permissions, then run the command again."
            ) from error
        except sqlite3.DatabaseError as error:
            raise _damaged(self._file, error) from error

    def _meta(self, key: str) -> str:
        rows = self._rows("SELECT value FROM meta WHERE key = ?", (key,))
        if not rows:
            raise _damaged(self._file, f"no entry '{key}'")
        return str(rows[0][0])

    def _stored(self, row: Sequence[object]) -> StoredPassage:
        number, start, end, spans, vector, sentence_vectors, words, *header = row
        assert isinstance(vector, bytes) and isinstance(sentence_vectors, bytes)
        sentences = tuple(Span(*span) for span in json.loads(str(spans)))
        head = _header(header)
        return StoredPassage(
            id=int(str(number)),
            passage=Passage(head.id, int(str(start)), int(str(end)), str(words), sentences),
            header=head,
            vectors=PassageVectors(
                np.frombuffer(vector, dtype="<f4").astype(np.float32),
                np.frombuffer(sentence_vectors, dtype="<f2").astype(np.float32).reshape(len(sentences), -1),
            ),
        )


_HEADER = " id, title, source, url, author, date, tags, text_sha256"


def _header(row: Sequence[object]) -> ArticleHeader:
    number, title, source, url, author, day, tags, sha256 = row
    return ArticleHeader(
        str(number), str(title), str(source), str(url), str(author), _date(day), tuple(json.loads(str(tags))),
        str(sha256),
    )  # fmt: skip


def _date(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _quoted(term: str) -> str:
    """A term as an FTS5 string, in which no operator is read, spelled as the texts were when they were stored."""
    return '"' + plain(term).replace('"', '""').replace("\x00", " ") + '"'


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _slices(values: list[int], size: int) -> Iterator[list[int]]:
    return (values[begin : begin + size] for begin in range(0, len(values), size))


def _damaged(file: Path, problem: Exception | str) -> IndexDamagedError:
    return IndexDamagedError(
        f"{file} is not a readable library ({problem}). Restore it from a backup, or move it away and run: "
        "rag ingest PATH"
    )
