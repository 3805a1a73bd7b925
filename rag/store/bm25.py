"""Full-text ranking with BM25, in time that hardly grows with the library.

FTS5's ``bm25()`` takes a microsecond per posting, which adds up to seconds for the common words of a large library, so
it only ranks up to a number of postings. Beyond, a passage scores the IDF of each term that it has, and a fraction more
if its title or heading has it, as BM25 adds for a second occurrence. Posting lists are read twenty times as fast.
docs/decisions/0011-index-by-size.md has the figures; the limits below were chosen there by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from rag.store.database import Rows
from rag.text.tokenization import inverse_document_frequency, plain

BM25_WEIGHTS = "1.0, 1.0, 1.0"
"""Weights of title, heading and text."""
BM25_UP_TO = 10_000
"""Postings (pairs of a term and a passage) up to which FTS5 ranks."""
MAX_POSTINGS = 50_000
"""Postings that are read beyond that, rarest terms first."""
MAX_TERMS = 64
"""The rarest terms of a question that are searched for."""
SECOND_OCCURRENCE = 0.375
"""What a second occurrence adds to the first in BM25 with k1 = 1.2 in a passage of average length."""
COUNTED_UP_TO = 10_000
"""Document frequency up to which passages are counted; a larger one is estimated."""
FILTERED_BM25_UP_TO, MAX_FILTERED_POSTINGS = 50_000, 300_000
"""Filtered ids among which FTS5 ranks whatever the number of postings, and the postings that it reads for that."""
Ids = NDArray[np.int64]


def document_frequency(term: str, passages: int, rows: Rows) -> int:
    """Return in how many of all ``passages`` a term occurs; from COUNTED_UP_TO on, an extrapolation from the first."""
    # Ids may begin far above 1. One statement, so that all of it is of one generation.
    ((count, reached, first, last),) = rows(
        """SELECT count(*), max(rowid), (SELECT rowid FROM words ORDER BY rowid LIMIT 1),
        (SELECT rowid FROM words ORDER BY rowid DESC LIMIT 1)
        FROM (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?)""",
        (quoted(term), COUNTED_UP_TO),
    )
    if count >= COUNTED_UP_TO:
        count = min(passages, round(count * (last - first + 1) / (reached - first + 1)))
    return int(count)


def search(counts: Mapping[str, int], passages: int, limit: int, among: Ids | None, rows: Rows) -> list[int]:
    """Return at most ``limit`` ids of passages with any of the terms, best first.

    Args:
        counts: The document frequency of each term.
        passages: The number of all passages.
        limit: The number of ids to return.
        among: The ids, ascending, that may be returned; None for all.
        rows: Runs a query.
    """
    terms = sorted((term for term, count in counts.items() if count), key=counts.__getitem__)[:MAX_TERMS]
    if not terms:
        return []
    if sum(counts[term] for term in terms) <= BM25_UP_TO:
        if among is None or len(among) <= BM25_UP_TO:
            return _rank_by_bm25(terms, limit, among, rows)
        # Passing so many ids to SQLite takes longer than ranking all postings.
        found = np.array(_rank_by_bm25(terms, BM25_UP_TO, None, rows), dtype=np.int64)
        return [int(row) for row in found[_allowed(found, among)][:limit]]
    if among is not None and len(among) <= FILTERED_BM25_UP_TO:
        return _rank_by_bm25(_rarest(terms, counts, MAX_FILTERED_POSTINGS), limit, among, rows)
    return _rank_by_idf(_rarest(terms, counts, MAX_POSTINGS), counts, passages, limit, among, rows)


def _rarest(terms: Sequence[str], counts: Mapping[str, int], most: int) -> list[str]:
    """Return the first terms, rarest first, with at most ``most`` postings together; at least one."""
    so_far = accumulate(counts[term] for term in terms)
    return [term for term, occurrences in zip(terms, so_far, strict=True) if occurrences <= most] or [terms[0]]


def _rank_by_bm25(terms: Sequence[str], limit: int, among: Ids | None, rows: Rows) -> list[int]:
    """Rank with the BM25 of FTS5."""
    query = " OR ".join(quoted(term) for term in terms)
    # The plus keeps SQLite from looking each id up by itself.
    within = "" if among is None else "AND +rowid IN (SELECT value FROM json_each(?))"
    allowed = () if among is None else (json.dumps(among.tolist()),)
    found = rows(
        f"SELECT rowid FROM words WHERE words MATCH ? {within} ORDER BY bm25(words, {BM25_WEIGHTS}) LIMIT ?",
        (query, *allowed, limit),
    )
    return [int(row[0]) for row in found]


def _rank_by_idf(
    terms: Sequence[str], counts: Mapping[str, int], passages: int, limit: int, among: Ids | None, rows: Rows
) -> list[int]:
    """Rank by the sum of the IDF of the terms that a passage has."""
    held: list[tuple[Ids, float]] = []
    for term in terms:
        weight = inverse_document_frequency(counts[term], passages)
        held.append((_matching_ids(quoted(term), rows), weight))
        held.append((_matching_ids("{title heading} : " + quoted(term), rows), SECOND_OCCURRENCE * weight))
    every = np.concatenate([some for some, _ in held])
    scores = np.zeros(int(every.max(initial=0)) + 1, dtype=np.float32)
    for some, weight in held:
        scores[some] += weight
    every = every[_allowed(every, among)]
    if len(every) > limit * len(held):  # An id occurs at most once per list.
        of_each = scores[every]
        every = every[of_each >= np.partition(of_each, -limit * len(held))[-limit * len(held)]]
    ids = np.unique(every)
    return [int(row) for row in ids[np.lexsort((ids, -scores[ids]))][:limit]]


def _matching_ids(query: str, rows: Rows) -> Ids:
    """Return the ids of passages that match; if there are more, the latest MAX_POSTINGS."""
    # One long string is read twice as fast as a row for each.
    ((ids,),) = rows(
        "SELECT group_concat(rowid) FROM (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?)",
        (query, MAX_POSTINGS),
    )
    return np.fromstring(ids or "", dtype=np.int64, sep=",")


def _allowed(ids: Ids, among: Ids | None) -> NDArray[np.bool_]:
    return np.ones(len(ids), dtype=bool) if among is None else np.isin(ids, among)


def quoted(term: str) -> str:
    """Return a term as an FTS5 string, which has no operators, normalized like the stored texts."""
    return '"' + plain(term).replace('"', '""').replace("\x00", " ") + '"'
