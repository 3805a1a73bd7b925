"""Integrity checks of a library. Each yields its findings as sentences, and nothing if all is well."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from itertools import islice, pairwise

import numpy as np

from rag.core.errors import IndexDamagedError
from rag.store.database import Database
from rag.store.writer import SqliteLibrary

MAX_REPORTED = 3
"""Findings of a check that are reported one by one; the rest is counted."""
NORM_TOLERANCE = 1e-3
"""How far the norm of a vector may be from 1; vectors of sentences are stored in half precision."""

Check = Callable[[Database, int], Iterator[str]]


def check(library: SqliteLibrary, name: str) -> list[str]:
    """Return the first findings of the check ``name`` of CHECKS, and how many more there are."""
    database = Database(library.file)  # A new connection, whose cache does not hide damage.
    try:
        found = CHECKS[name](database, library.dimensions)
        problems = list(islice(found, MAX_REPORTED))
        more = sum(1 for _ in found)
        return [*problems, f"{more} more of the kind."] if more else problems
    except (IndexDamagedError, sqlite3.DatabaseError, ValueError, TypeError) as error:
        return [f"The check cannot be made ({error})."]
    finally:
        database.close()


def _file(database: Database, _: int) -> Iterator[str]:
    for (message,) in database.each("PRAGMA integrity_check"):
        if message != "ok":
            yield f"SQLite finds: {message}."


def _references(database: Database, _: int) -> Iterator[str]:
    for table, row, parent, _key in database.each("PRAGMA foreign_key_check"):
        yield f"Row {row} of {table} belongs to a row of {parent} that is not there."
    for (article,) in database.each(
        "SELECT id FROM articles a WHERE NOT EXISTS (SELECT 1 FROM origins WHERE article = a.number)"
    ):
        yield f"The article {article} has no origin."


def _texts(database: Database, _: int) -> Iterator[str]:
    for article, text, sha256 in database.each("SELECT id, text, text_sha256 FROM articles"):
        if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != sha256:
            yield f"The text of {article} is not the one that was stored."


def _passages(database: Database, _: int) -> Iterator[str]:
    rows = database.each(
        """SELECT p.id, a.id, length(a.text), p.start, p.end, p.sentences, p.sentence_count
        FROM passages p JOIN articles a ON a.number = p.article"""
    )
    for passage, article, length, start, end, sentences, count in rows:
        spans = [(start, start), *json.loads(sentences), (end, end)]
        ordered = all(one[1] <= other[0] for one, other in pairwise(spans))
        filled = len(spans) == count + 2 and all(span[0] < span[1] for span in spans[1:-1])
        if not (0 <= start < end <= length and ordered and filled):
            yield f"Passage {passage} of {article} does not lie within its text."


def _vectors(database: Database, dimensions: int) -> Iterator[str]:
    rows = database.each("SELECT id, json_array_length(sentences), vector, sentence_vectors FROM passages")
    for passage, count, vector, sentences in rows:
        if len(vector) != 4 * dimensions or len(sentences) != 2 * dimensions * count:
            yield f"The vectors of passage {passage} have the wrong length."
            continue
        lengths = [
            np.linalg.norm(np.frombuffer(vector, dtype="<f4")),
            *np.linalg.norm(np.frombuffer(sentences, dtype="<f2").astype(np.float32).reshape(count, -1), axis=1),
        ]
        if not np.all(np.abs(np.asarray(lengths) - 1) <= NORM_TOLERANCE):
            yield f"The vectors of passage {passage} are not of length 1."


def _words(database: Database, _: int) -> Iterator[str]:
    """Compare the full text with the passages. FTS5's own check needs write access, and is skipped without it."""
    missing = "SELECT count(*) FROM (SELECT id FROM passages EXCEPT SELECT rowid FROM words)"
    left = "SELECT count(*) FROM (SELECT rowid FROM words EXCEPT SELECT id FROM passages)"
    for sql, what in ((missing, "passages have no words"), (left, "entries belong to no passage")):
        count = database.rows(sql)[0][0]
        if count:
            yield f"{count} {what} in the full text."
    try:
        database.connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:
            raise
    except sqlite3.DatabaseError as error:
        yield f"SQLite finds the full text damaged: {error}."


def _duplicates(database: Database, _: int) -> Iterator[str]:
    for (article,) in database.each(
        """SELECT a.id FROM articles a LEFT JOIN articles first ON first.number = a.duplicate_of
        WHERE a.duplicate_of IS NOT NULL
        AND (first.number IS NULL OR first.duplicate_of IS NOT NULL OR first.number >= a.number)"""
    ):
        yield f"The article {article} is marked as a duplicate of one that is not there, or not the first."
    for (article,) in database.each(
        """SELECT DISTINCT article FROM bands WHERE article NOT IN (SELECT number FROM articles)
        UNION SELECT number FROM articles
        WHERE signature IS NOT NULL AND number NOT IN (SELECT article FROM bands)"""
    ):
        yield f"What finds the duplicates of article number {article} is wrong."


CHECKS: Mapping[str, Check] = {
    "file": _file,
    "references": _references,
    "texts": _texts,
    "passages": _passages,
    "vectors": _vectors,
    "full text": _words,
    "near-duplicates": _duplicates,
}
"""In the order in which they build on one another. What the last two find wrong can be rebuilt."""
