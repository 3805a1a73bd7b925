"""The passages that hold the words of a question, best first, in time that hardly grows with the library.

FTS5's ``bm25()`` takes a microsecond for each passage that holds any of the words: in a large library, where common
words are in many of them, up to seconds. It is asked as long as they are few. Beyond, each word counts once for a
passage that holds it, and again, as much as BM25 adds for a second occurrence, where a title or heading holds it: which
passages do is read from the full text twenty times as fast. docs/decisions/0011-index-by-size.md has the figures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.text.tokenization import inverse_document_frequency, plain

BM25_WEIGHTS = "1.0, 1.0, 1.0"
"""Of title, heading and text."""
SCORED = 10_000
"""Passages with one of the words, counted once for each word, up to which FTS5 scores them."""
READ = 50_000
"""Beyond: of how many it is read, the rarest words first."""
TERMS = 64
"""Words, the rarest, that are searched for."""
SECOND = 0.375
"""What a second occurrence adds to the first in BM25 with k1 = 1.2, in a passage of average length."""
COUNTED = 10_000
"""Passages with a word that are counted; where there are more, the rest is estimated."""
ALLOWED, READ_AMONG = 50_000, 300_000
"""Ids among which FTS5 scores however many passages have the words, and occurrences that it reads for that."""
Rows = Callable[..., list[Any]]
"""What runs a query with its parameters and returns all rows."""
Ids = NDArray[np.int64]


def passages_with(term: str, passages: int, rows: Rows) -> int:
    """In how many of all ``passages`` a term occurs; from COUNTED on, estimated by how far the first of them reach."""
    # The ids of a library that was ingested anew begin far above 1. One statement, so that all is of one generation.
    ((count, reached, first, last),) = rows(
        """SELECT count(*), max(rowid), (SELECT rowid FROM words ORDER BY rowid LIMIT 1),
        (SELECT rowid FROM words ORDER BY rowid DESC LIMIT 1)
        FROM (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?)""",
        (quoted(term), COUNTED),
    )
    if count >= COUNTED:
        count = min(passages, round(count * (last - first + 1) / (reached - first + 1)))
    return int(count)


def best(counts: Mapping[str, int], passages: int, limit: int, among: Ids | None, rows: Rows) -> list[int]:
    """At most ``limit`` ids of passages with any of the terms, best first; of the ids ``among``, ascending, alone.

    ``counts`` says in how many of the ``passages`` each term occurs.
    """
    terms = sorted((term for term, count in counts.items() if count), key=counts.__getitem__)[:TERMS]
    if not terms:
        return []
    if sum(counts[term] for term in terms) <= SCORED:
        if among is None or len(among) <= SCORED:
            return _scored(terms, limit, among, rows)
        # To hand over so many ids would take longer than to score all passages that have the words.
        found = np.array(_scored(terms, SCORED, None, rows), dtype=np.int64)
        return [int(row) for row in found[_is_among(found, among)][:limit]]
    if among is not None and len(among) <= ALLOWED:
        return _scored(_rarest(terms, counts, READ_AMONG), limit, among, rows)
    return _weighed(_rarest(terms, counts, READ), counts, passages, limit, among, rows)


def _rarest(terms: Sequence[str], counts: Mapping[str, int], most: int) -> list[str]:
    """The first of the terms, rarest first, that occur at most ``most`` times together; one at least."""
    so_far = accumulate(counts[term] for term in terms)
    return [term for term, occurrences in zip(terms, so_far, strict=True) if occurrences <= most] or [terms[0]]


def _scored(terms: Sequence[str], limit: int, among: Ids | None, rows: Rows) -> list[int]:
    """By FTS5's BM25."""
    query = " OR ".join(quoted(term) for term in terms)
    # The plus keeps SQLite from looking each id up by itself.
    within = "" if among is None else "AND +rowid IN (SELECT value FROM json_each(?))"
    allowed = () if among is None else (json.dumps(among.tolist()),)
    found = rows(
        f"SELECT rowid FROM words WHERE words MATCH ? {within} ORDER BY bm25(words, {BM25_WEIGHTS}) LIMIT ?",
        (query, *allowed, limit),
    )
    return [int(row[0]) for row in found]


def _weighed(
    terms: Sequence[str], counts: Mapping[str, int], passages: int, limit: int, among: Ids | None, rows: Rows
) -> list[int]:
    """By the weights of the terms that a passage holds."""
    held: list[tuple[Ids, float]] = []
    for term in terms:
        weight = inverse_document_frequency(counts[term], passages)
        held.append((_holding(quoted(term), rows), weight))
        held.append((_holding("{title heading} : " + quoted(term), rows), SECOND * weight))
    every = np.concatenate([some for some, _ in held])
    scores = np.zeros(int(every.max(initial=0)) + 1, dtype=np.float32)
    for some, weight in held:
        scores[some] += weight
    every = every[_is_among(every, among)]
    if len(every) > limit * len(held):  # An id is there once for each list that it is in, at most.
        of_each = scores[every]
        every = every[of_each >= np.partition(of_each, -limit * len(held))[-limit * len(held)]]
    ids = np.unique(every)
    return [int(row) for row in ids[np.lexsort((ids, -scores[ids]))][:limit]]


def _holding(query: str, rows: Rows) -> Ids:
    """The ids of passages that match: the latest READ where there are more."""
    # One long string is read twice as fast as a row for each.
    ((ids,),) = rows(
        "SELECT group_concat(rowid) FROM (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?)",
        (query, READ),
    )
    return np.fromstring(ids or "", dtype=np.int64, sep=",")


def _is_among(ids: Ids, among: Ids | None) -> NDArray[np.bool_]:
    return np.ones(len(ids), dtype=bool) if among is None else np.isin(ids, among)


def quoted(term: str) -> str:
    """A term as an FTS5 string, in which no operator is read, spelled as the texts were when they were stored."""
    return '"' + plain(term).replace('"', '""').replace("\x00", " ") + '"'
