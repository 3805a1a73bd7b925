"""Changes of a library, each in one transaction."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from rag.core.errors import IndexDamagedError
from rag.core.types import Article, Passage, PassageVectors
from rag.store import backup, duplicates, schema
from rag.store.database import BUSY_TIMEOUT, JSON_VALUES, Database
from rag.store.reader import LibraryReader, id_variant
from rag.text.minhash import Signature, signature
from rag.text.suggestions import ArticleQuestion, heading_questions
from rag.text.tokenization import plain

SEPARATORS = ("#", "/", os.sep)
"""What follows a file, folder or address in the origins below it."""


class SqliteLibrary(LibraryReader):
    """A library in one SQLite file, for many readers and one writer at a time.

    What is not documented here is in ``rag.core.protocols.Library``.
    """

    @classmethod
    def create(cls, file: Path, embedder: str, dimensions: int) -> SqliteLibrary:
        """Open a library for writing; create it if it does not exist.

        Args:
            file: The library's file; its folder is created, too.
            embedder: The name of the embedding model.
            dimensions: The length of its vectors.

        Raises:
            IndexMismatchError: if the library was made with another embedder.
            IndexDamagedError: if it cannot be written.
        """
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(file, timeout=BUSY_TIMEOUT, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("BEGIN IMMEDIATE")
                with connection:
                    if schema.exists(connection):  # A no-op that fails without write access.
                        connection.execute("UPDATE meta SET value = value WHERE key = 'schema'")
                        connection.execute(schema.QUESTIONS)
                    else:
                        schema.make(connection, embedder, dimensions)
        except (OSError, sqlite3.OperationalError) as error:
            raise IndexDamagedError(
                f"The library {file} cannot be opened for writing ({error}). Check the folder's permissions and the "
                "free disk space, or choose another one with --index."
            ) from error
        except sqlite3.DatabaseError as error:
            raise Database(file).damaged(error) from error
        return cls.open(file, embedder)

    def store(
        self,
        article: Article,
        passages: Sequence[Passage],
        vectors: Sequence[PassageVectors],
        revision: str | None = None,
    ) -> str:
        revision = revision or article.content_sha256
        shingled, questions = signature(article.text), heading_questions(article)
        with self._transaction() as connection:
            held = _of_origin(connection, article.origin)
            same = _of_revision(connection, revision)
            if same is not None and same != held:
                return _add_origin(connection, article.origin, same)
            if held is not None and not _is_replaced(connection, held, article):
                held = None
            affected = _clear_derived(connection, held) if held is not None else set()
            number, article_id = _upsert_article(connection, held, article, revision, shingled)
            _insert_passages(connection, number, article.title, passages, vectors)
            _insert_questions(connection, number, questions)
            connection.execute(
                "INSERT INTO origins (origin, article) VALUES (?, ?) ON CONFLICT (origin) DO UPDATE SET article = ?",
                (article.origin, number, number),
            )
            duplicates.add(connection, number, shingled)
            duplicates.update_marks(connection, {number} | affected | duplicates.later_similar(connection, number))
            return article_id

    def adopt(self, origin: str, revision: str) -> str | None:
        if not self._rows("SELECT 1 FROM articles WHERE revision = ?", (revision,)):
            return None
        with self._transaction() as connection:
            same = _of_revision(connection, revision)
            return None if same is None else _add_origin(connection, origin, same)

    def remove(self, article_ids: Iterable[str]) -> list[str]:
        wanted = list(dict.fromkeys(article_ids))
        with self._transaction() as connection:
            gone = connection.execute(
                f"SELECT number, id FROM articles WHERE id IN {JSON_VALUES} ORDER BY number", (json.dumps(wanted),)
            ).fetchall()
            _delete(connection, [number for number, _ in gone])
            return [article_id for _, article_id in gone]

    def prune(self, keep_origins: Iterable[str], below: Iterable[Path | str]) -> list[str]:
        keep, places = set(keep_origins), [str(place) for place in below]
        with self._transaction() as connection:
            rows = connection.execute("SELECT origin, article FROM origins ORDER BY number").fetchall()
            gone = [row for row in rows if row[0] not in keep and any(_lies_below(row[0], place) for place in places)]
            connection.executemany("DELETE FROM origins WHERE origin = ?", [row[:1] for row in gone])
            return _delete_orphans(connection, {row[1] for row in gone})

    def backup(self, target: Path, *, overwrite: bool = False) -> int:
        """Write a verified copy of the library to a file and return its size in bytes. Others may go on writing.

        Raises:
            PathError: if the file exists and ``overwrite`` is false, or if it cannot be written.
            IndexDamagedError: if the library cannot be read.
        """
        return backup.write(self._database, target, overwrite)

    def rebuild_full_text(self) -> int:
        """Rebuild the full text from the passages; return how many there are."""
        with self._transaction() as connection:
            connection.execute("DROP TABLE IF EXISTS words")
            connection.execute(schema.WORDS)
            rows = connection.execute(
                """SELECT p.id, a.title, p.heading, substr(a.text, p.start + 1, p.end - p.start)
                FROM passages p JOIN articles a ON a.number = p.article ORDER BY p.id"""
            )
            done = 0
            for passage, *words in rows:
                _insert_words(connection, passage, *words)
                done += 1
            return done

    def rebuild_duplicates(self) -> int:
        """Recompute the near-duplicates from the texts; return how many marks changed."""
        with self._transaction() as connection:
            return duplicates.rebuild(connection)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Run a transaction, and raise the generation if anything changed in it."""
        with self._database.transaction() as connection:
            before = connection.total_changes
            yield connection
            if connection.total_changes != before:
                connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")


def _of_origin(connection: sqlite3.Connection, origin: str) -> int | None:
    row = connection.execute("SELECT article FROM origins WHERE origin = ?", (origin,)).fetchone()
    return int(row[0]) if row else None


def _of_revision(connection: sqlite3.Connection, revision: str) -> int | None:
    row = connection.execute("SELECT min(number) FROM articles WHERE revision = ?", (revision,)).fetchone()
    return int(row[0]) if row[0] is not None else None


def _is_replaced(connection: sqlite3.Connection, number: int, article: Article) -> bool:
    """Return whether the new version replaces the article: not while another origin has the old content."""
    (others,) = connection.execute(
        "SELECT count(*) FROM origins WHERE article = ? AND origin <> ?", (number, article.origin)
    ).fetchone()
    (content,) = connection.execute("SELECT content_sha256 FROM articles WHERE number = ?", (number,)).fetchone()
    return not others or content == article.content_sha256


def _add_origin(connection: sqlite3.Connection, origin: str, number: int) -> str:
    """Move an origin to this article; delete its former article if that was the last origin. Return the id."""
    held = _of_origin(connection, origin)
    if held != number:
        connection.execute("DELETE FROM origins WHERE origin = ?", (origin,))
        connection.execute("INSERT INTO origins (origin, article) VALUES (?, ?)", (origin, number))
        _delete_orphans(connection, {held} if held is not None else set())
    (article_id,) = connection.execute("SELECT id FROM articles WHERE number = ?", (number,)).fetchone()
    return str(article_id)


def _delete_orphans(connection: sqlite3.Connection, numbers: Iterable[int]) -> list[str]:
    """Delete those of the articles that have no origin left; return their ids."""
    orphans = connection.execute(
        f"""SELECT number, id FROM articles a WHERE number IN {JSON_VALUES}
        AND NOT EXISTS (SELECT 1 FROM origins WHERE article = a.number) ORDER BY number""",
        (json.dumps(list(numbers)),),
    ).fetchall()
    _delete(connection, [number for number, _ in orphans])
    return [article_id for _, article_id in orphans]


def _delete(connection: sqlite3.Connection, numbers: Sequence[int]) -> None:
    affected: set[int] = set()
    for number in numbers:
        affected |= _clear_derived(connection, number)
    duplicates.update_marks(connection, affected.difference(numbers))
    # The last first: duplicate_of refers to an earlier article.
    connection.executemany("DELETE FROM articles WHERE number = ?", [(number,) for number in sorted(numbers)[::-1]])


def _clear_derived(connection: sqlite3.Connection, number: int) -> set[int]:
    """Delete what was derived from an article; return the articles whose duplicate marks may change."""
    passages = connection.execute("SELECT id FROM passages WHERE article = ?", (number,)).fetchall()
    connection.executemany("DELETE FROM words WHERE rowid = ?", passages)
    connection.execute("DELETE FROM passages WHERE article = ?", (number,))
    return duplicates.discard(connection, number)


def _upsert_article(
    connection: sqlite3.Connection, number: int | None, article: Article, revision: str, shingled: Signature | None
) -> tuple[int, str]:
    """Insert the row of an article, or update row ``number``; return its number and id."""
    values = {
        "number": number,
        "id": _free_id(connection, article, number),
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "author": article.author,
        "date": article.date.isoformat() if article.date else None,
        "tags": json.dumps(article.tags),
        "language": article.language,
        "text_sha256": article.text_sha256,
        "content_sha256": article.content_sha256,
        "revision": revision,
        "signature": duplicates.to_blob(shingled),
        "pages": json.dumps(article.pages),
        "headings": json.dumps([[heading.start, heading.end, heading.level] for heading in article.headings]),
        "text": article.text,
    }
    updates = ", ".join(f"{name} = excluded.{name}" for name in values)
    row = connection.execute(
        f"""INSERT INTO articles ({", ".join(values)}) VALUES ({", ".join(f":{name}" for name in values)})
        ON CONFLICT (number) DO UPDATE SET {updates} RETURNING number, id""",
        values,
    ).fetchone()
    return int(row[0]), str(row[1])


def _free_id(connection: sqlite3.Connection, article: Article, number: int | None) -> str:
    """Return the article's id, or a variant if another article has it."""
    for wanted in (article.id, *(id_variant(article.id, article.origin, digits) for digits in (8, 16, 64))):
        row = connection.execute("SELECT number FROM articles WHERE id = ?", (wanted,)).fetchone()
        if row is None or row[0] == number:
            return wanted
    raise AssertionError("two origins of the same sha256")


def _insert_passages(
    connection: sqlite3.Connection,
    number: int,
    title: str,
    passages: Sequence[Passage],
    vectors: Sequence[PassageVectors],
) -> None:
    for passage, vector in zip(passages, vectors, strict=True):
        row = connection.execute(
            """INSERT INTO passages
            (article, sentence_count, start, end, heading, sentences, vector, sentence_vectors)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                number, len(passage.sentences), passage.start, passage.end, passage.heading,
                json.dumps([[span.start, span.end] for span in passage.sentences]),
                vector.passage.astype("<f4").tobytes(), vector.sentences.astype("<f2").tobytes(),
            ),
        )  # fmt: skip
        assert row.lastrowid is not None
        _insert_words(connection, row.lastrowid, title, passage.heading, passage.text)


def _insert_questions(connection: sqlite3.Connection, number: int, questions: Sequence[ArticleQuestion]) -> None:
    connection.execute("DELETE FROM questions WHERE article = ?", (number,))
    connection.executemany(
        "INSERT INTO questions (article, place, question, start, end) VALUES (?, ?, ?, ?, ?)",
        [(number, place, one.text, one.answer.start, one.answer.end) for place, one in enumerate(questions)],
    )


def _insert_words(connection: sqlite3.Connection, passage: int, title: str, heading: str, text: str) -> None:
    connection.execute(
        "INSERT INTO words (rowid, title, heading, text) VALUES (?, ?, ?, ?)",
        (passage, plain(title), plain(heading), plain(text)),
    )


def _lies_below(origin: str, place: str) -> bool:
    """Return whether an origin is the file, folder or address itself, or inside it."""
    trimmed = place.rstrip("/" + os.sep)
    return origin in (place, trimmed) or any(origin.startswith(trimmed + sign) for sign in SEPARATORS)
