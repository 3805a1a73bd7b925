"""Near-duplicate articles, found with MinHash: ``duplicate_of`` is the earliest similar article that is none itself.

The rule depends only on earlier articles, so after a change only later similar ones have to be updated. All functions
work within the caller's transaction.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from rag.store.database import JSON_VALUES
from rag.text.minhash import NEAR, Signature, bands, signature, similarity


@dataclass(frozen=True, slots=True)
class _Similar:
    number: int
    marked: bool


def add(connection: sqlite3.Connection, number: int, of: Signature | None) -> None:
    """Index an article by the bands of its signature."""
    if of is not None:
        connection.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", [(band, number) for band in bands(of)])


def discard(connection: sqlite3.Connection, number: int) -> set[int]:
    """Undo ``add``; return the later articles whose marks may change."""
    found = _signature(connection, number)
    if found is None:
        return set()
    later = later_similar(connection, number)
    connection.executemany(
        "DELETE FROM bands WHERE hash = ? AND article = ?", [(band, number) for band in bands(found)]
    )
    return later


def later_similar(connection: sqlite3.Connection, number: int) -> set[int]:
    """Return the numbers of later articles that are similar to this one."""
    found = _signature(connection, number)
    return {one.number for one in _similar(connection, number, found) if one.number > number}


def update_marks(connection: sqlite3.Connection, numbers: Iterable[int]) -> int:
    """Update the marks of these articles and of later ones that depend on them; return how many changed."""
    waiting = sorted(set(numbers))
    seen: set[int] = set()
    changed = 0
    while waiting:
        number = heapq.heappop(waiting)
        row = connection.execute("SELECT duplicate_of FROM articles WHERE number = ?", (number,)).fetchone()
        if number in seen or row is None:
            continue
        seen.add(number)
        similar = _similar(connection, number, _signature(connection, number))
        first = min((one.number for one in similar if one.number < number and not one.marked), default=None)
        if first == row[0]:
            continue
        changed += 1
        connection.execute("UPDATE articles SET duplicate_of = ? WHERE number = ?", (first, number))
        if first is None or row[0] is None:  # Only an unmarked article has duplicates, so later ones may change.
            for one in similar:
                if one.number > number:
                    heapq.heappush(waiting, one.number)
    return changed


def rebuild(connection: sqlite3.Connection) -> int:
    """Recompute every signature, band and mark from the texts; return how many marks changed."""
    numbers = [row[0] for row in connection.execute("SELECT number FROM articles ORDER BY number")]
    before = _all_marks(connection)
    connection.execute("DELETE FROM bands")
    connection.execute("UPDATE articles SET duplicate_of = NULL")
    for number in numbers:
        (text,) = connection.execute("SELECT text FROM articles WHERE number = ?", (number,)).fetchone()
        found = signature(text)
        connection.execute("UPDATE articles SET signature = ? WHERE number = ?", (to_blob(found), number))
        add(connection, number, found)
    update_marks(connection, numbers)
    return len(before ^ _all_marks(connection))


def to_blob(of: Signature | None) -> bytes | None:
    """Return a signature as it is stored."""
    return None if of is None else of.astype("<u4").tobytes()


def _all_marks(connection: sqlite3.Connection) -> set[tuple[int, int]]:
    return set(connection.execute("SELECT number, duplicate_of FROM articles WHERE duplicate_of IS NOT NULL"))


def _signature(connection: sqlite3.Connection, number: int) -> Signature | None:
    row = connection.execute("SELECT signature FROM articles WHERE number = ?", (number,)).fetchone()
    return _from_blob(row[0]) if row and row[0] else None


def _from_blob(blob: bytes) -> Signature:
    return np.frombuffer(blob, dtype="<u4").astype(np.uint32)


def _similar(connection: sqlite3.Connection, number: int, of: Signature | None) -> Collection[_Similar]:
    """Return all other articles that are similar."""
    if of is None:
        return ()
    hashes = bands(of)
    rows = connection.execute(
        f"""SELECT number, duplicate_of IS NOT NULL, signature FROM articles
        WHERE number IN (SELECT article FROM bands WHERE hash IN {JSON_VALUES})
        AND number <> ? AND signature IS NOT NULL""",
        (json.dumps(hashes), number),
    ).fetchall()
    near = similarity(of, np.stack([_from_blob(row[2]) for row in rows])) >= NEAR if rows else ()
    return [_Similar(row[0], bool(row[1])) for row, is_near in zip(rows, near, strict=True) if is_near]
