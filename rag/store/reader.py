"""Queries of a library: articles, passages, vectors and full text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rag.core.errors import IndexEmptyError, IndexMismatchError
from rag.core.filters import EVERYTHING, Filters
from rag.core.types import (
    Article,
    ArticleHeader,
    Heading,
    LibraryStatistics,
    Passage,
    PassageVectors,
    Span,
    StoredPassage,
    Vector,
)
from rag.store import bm25, schema
from rag.store.cache import GenerationCache
from rag.store.database import JSON_VALUES, Database
from rag.store.facets import Facets, passages_among, read_facets
from rag.text.suggestions import ArticleQuestion
from rag.text.tokenization import plain

HEADER = """a.id, a.title, a.source, a.url, a.author, a.date, a.tags, a.text_sha256, a.pages, a.language,
    (SELECT first.id FROM articles first WHERE first.number = a.duplicate_of)"""
NEWEST_FIRST = "a.date IS NULL, a.date DESC, a.id"


class LibraryReader:
    """The reading half of SqliteLibrary. What is not documented here is in ``rag.core.protocols.Library``."""

    def __init__(self, file: Path) -> None:
        self._database = Database(file)
        self._cache = GenerationCache(self.generation, most=8)
        self._counts = GenerationCache(self.generation, most=65_536)
        self.embedder = self._meta("embedder")
        self.dimensions = int(self._meta("dimensions"))

    @classmethod
    def open(cls, file: Path, embedder: str | None = None) -> Self:
        """Open a library, also in a read-only folder.

        Raises:
            IndexEmptyError: if the file does not exist.
            IndexMismatchError: if another embedder or another version of Footnote made it.
            IndexDamagedError: if it is not a readable library.
        """
        if not file.exists():
            raise IndexEmptyError(f"There is no index in {file.parent} yet. Run: rag ingest PATH")
        library = cls(file)
        version = int(library._meta("schema"))
        if version != schema.VERSION:
            made_by, remedy = (
                ("an older version", "Ingest the articles again into a new folder: rag ingest PATH --index FOLDER")
                if version < schema.VERSION
                else ("a newer version", "Use that version, or ingest into another folder with --index.")
            )
            raise IndexMismatchError(
                f"The index in {file.parent} was made by {made_by} of Footnote (format {version}; this one reads "
                f"{schema.VERSION}). {remedy}"
            )
        if embedder is not None and library.embedder != embedder:
            raise IndexMismatchError(
                f"The index in {file.parent} was made with the embedder '{library.embedder}', not '{embedder}'. "
                f'Set embedder = "{library.embedder}", or ingest into another folder with --index.'
            )
        return library

    @property
    def file(self) -> Path:
        return self._database.file

    def close(self) -> None:
        """Close this thread's connection."""
        self._database.close()

    def generation(self) -> int:
        return int(self._meta("generation"))

    def identity(self) -> str:
        return self._meta("identity")

    def statistics(self) -> LibraryStatistics:
        return LibraryStatistics(
            articles=self._count("SELECT count(*) FROM articles"),
            passages=self.passage_count(),
            sentences=self._count("SELECT sum(sentence_count) FROM passages INDEXED BY passages_of_article"),
            generation=self.generation(),
            embedder=self.embedder,
            sources=self._count("SELECT count(DISTINCT source) FROM articles WHERE source <> ''"),
            bytes=sum(found.stat().st_size for found in self.file.parent.iterdir() if found.is_file()),
        )

    def sources(self) -> dict[str, int]:
        """Return the number of articles of each source, largest first; "" stands for none."""
        return dict(self._rows("SELECT source, count(*) FROM articles GROUP BY source ORDER BY count(*) DESC, source"))

    def passage_count(self) -> int:
        return self._cache.get("passages", lambda: self._count("SELECT count(*) FROM passages"))

    def passages_of(self, article_id: str) -> int:
        """Return the number of passages of one article."""
        return self._count(
            "SELECT count(*) FROM passages WHERE article = (SELECT number FROM articles WHERE id = ?)", (article_id,)
        )

    def article(self, article_id: str) -> Article | None:
        rows = self._rows(
            """SELECT id, title, text, (SELECT origin FROM origins WHERE article = a.number ORDER BY number LIMIT 1),
            source, url, author, date, tags, language, headings, pages FROM articles a WHERE id = ?""",
            (article_id,),
        )
        if not rows:
            return None
        number, title, text, origin, source, url, author, day, tags, language, headings, pages = rows[0]
        return Article(
            number, title, text, origin, source, url, author, _date(day), tuple(json.loads(tags)), language,
            tuple(Heading(*heading) for heading in json.loads(headings)), tuple(json.loads(pages)),
        )  # fmt: skip

    def header(self, article_id: str) -> ArticleHeader | None:
        rows = self._rows(f"SELECT {HEADER} FROM articles a WHERE a.id = ?", (article_id,))
        return _header(rows[0]) if rows else None

    def headers(self, limit: int, offset: int = 0) -> list[ArticleHeader]:
        return self.find("", limit, offset)

    def find(self, text: str, limit: int, offset: int = 0, source: str | None = None) -> list[ArticleHeader]:
        """Search as ``Library.find``, ignoring case and accents; with ``source``, only articles of that source."""
        where, parameters = _matching(text, source)
        rows = self._rows(
            f"SELECT {HEADER} FROM articles a WHERE {where} ORDER BY {NEWEST_FIRST} LIMIT ? OFFSET ?",
            (*parameters, limit, offset),
        )
        return [_header(row) for row in rows]

    def count_found(self, text: str = "", source: str | None = None) -> int:
        """Return how many articles ``find`` returns without a limit."""
        where, parameters = _matching(text, source)
        return self._count(f"SELECT count(*) FROM articles a WHERE {where}", parameters)

    def ids(self) -> list[str]:
        """Return the ids of all articles in alphabetical order."""
        return [row[0] for row in self._rows("SELECT id FROM articles ORDER BY id")]

    def duplicates(self, article_id: str) -> list[str]:
        """Return the ids of the near-duplicates of this article, the earliest stored first."""
        rows = self._rows(
            "SELECT id FROM articles WHERE duplicate_of = (SELECT number FROM articles WHERE id = ?) ORDER BY number",
            (article_id,),
        )
        return [row[0] for row in rows]

    def duplicate_count(self) -> int:
        """Return how many articles are near-duplicates of another."""
        return self._count("SELECT count(*) FROM articles WHERE duplicate_of IS NOT NULL")

    def origins(self, article_id: str) -> list[str]:
        rows = self._rows(
            """SELECT o.origin FROM origins o JOIN articles a ON a.number = o.article WHERE a.id = ?
            ORDER BY o.number""",
            (article_id,),
        )
        return [row[0] for row in rows]

    def questions(self, article_ids: Sequence[str]) -> dict[str, list[ArticleQuestion]]:
        """Return the suggested questions of these articles, best first."""
        if not self._rows("SELECT 1 FROM sqlite_master WHERE name = 'questions'"):
            return {}
        found: dict[str, list[ArticleQuestion]] = {}
        rows = self._rows(
            f"""SELECT a.id, q.question, q.start, q.end FROM questions q JOIN articles a ON a.number = q.article
            WHERE a.id IN {JSON_VALUES} ORDER BY q.article, q.place""",
            (json.dumps(list(article_ids)),),
        )
        for article_id, question, start, end in rows:
            found.setdefault(article_id, []).append(ArticleQuestion(question, Span(start, end)))
        return found

    def fingerprint(self) -> str:
        """Return a hexadecimal sha256 over all articles: it is the same for libraries with the same articles."""
        rows = self._rows("SELECT id, content_sha256 FROM articles ORDER BY id")
        return hashlib.sha256("\n".join(f"{name} {content}" for name, content in rows).encode()).hexdigest()

    def known(self, origin: str) -> tuple[str, str] | None:
        rows = self._rows(
            "SELECT a.id, a.revision FROM origins o JOIN articles a ON a.number = o.article WHERE o.origin = ?",
            (origin,),
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def free_id(self, wanted: str, origin: str) -> str:
        origins = self.origins(wanted)
        return wanted if not origins or origin in origins else id_variant(wanted, origin)

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        rows = self._rows(
            f"""SELECT p.id, p.start, p.end, p.heading, p.sentences, p.vector, p.sentence_vectors,
            substr(a.text, p.start + 1, p.end - p.start), {HEADER}
            FROM passages p JOIN articles a ON a.number = p.article WHERE p.id IN {JSON_VALUES}""",
            (json.dumps(list(ids)),),
        )
        try:
            found = {row[0]: _stored(row) for row in rows}
        except (ValueError, TypeError) as error:
            raise self._database.damaged(error) from error
        return [found[number] for number in ids if number in found]

    def facets(self) -> Facets:
        """Return what the articles can be filtered by."""
        return self._cache.get("facets", lambda: read_facets(self._rows))

    def passage_ids(self, filters: Filters = EVERYTHING) -> NDArray[np.int64]:
        def read() -> NDArray[np.int64]:
            query, parameters = passages_among(filters, self._rows)
            # One long string is read twice as fast as a row per id.
            ((ids,),) = self._rows(f"SELECT group_concat(id) FROM ({query})", parameters)
            found = np.sort(np.fromstring(ids or "", dtype=np.int64, sep=","))
            found.setflags(write=False)  # It is cached and shared.
            return found

        # A question needs them twice, and the next one of a conversation mostly has the same filters.
        return self._cache.get(filters, read) if filters else read()

    def passage_vectors(self, after: int = 0, limit: int | None = None) -> tuple[NDArray[np.int64], Vector]:
        most = -1 if limit is None else limit
        return self._vectors(
            self._rows("SELECT id, vector FROM passages WHERE id > ? ORDER BY id LIMIT ?", (after, most))
        )

    def vectors_of(self, ids: Sequence[int]) -> tuple[NDArray[np.int64], Vector]:
        wanted = json.dumps(list(ids))
        return self._vectors(
            self._rows(f"SELECT id, vector FROM passages WHERE id IN {JSON_VALUES} ORDER BY id", (wanted,))
        )

    def _vectors(self, rows: Sequence[Any]) -> tuple[NDArray[np.int64], Vector]:
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        try:
            vectors = np.frombuffer(b"".join(row[1] for row in rows), dtype="<f4").reshape(len(rows), self.dimensions)
        except (ValueError, TypeError) as error:
            raise self._database.damaged(error) from error
        return ids, vectors.astype(np.float32, copy=False)

    def bm25(self, terms: Sequence[str], limit: int, filters: Filters = EVERYTHING) -> list[int]:
        """Rank as ``Library.bm25``; in a large library approximately (rag.store.bm25)."""
        among = self.passage_ids(filters) if filters else None
        return bm25.search(self.passages_with(terms), self.passage_count(), limit, among, self._rows)

    def passages_with(self, terms: Iterable[str]) -> Mapping[str, int]:
        """Count as ``Library.passages_with``; large frequencies are estimated."""

        def count(term: str) -> int:
            return self._counts.get(term, lambda: bm25.document_frequency(term, self.passage_count(), self._rows))

        return {term: count(term) for term in dict.fromkeys(terms)}

    def vocabulary(self, prefix: str) -> Mapping[str, int]:
        # A temporary view, which needs no write access to the file.
        self._rows("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, words, row)")
        begin = plain(prefix)
        return dict(
            self._rows(
                "SELECT term, doc FROM temp.vocabulary WHERE term >= ? AND term < ?", (begin, f"{begin}\U0010ffff")
            )
        )

    def _rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        return self._database.rows(sql, parameters)

    def _count(self, sql: str, parameters: Sequence[object] = ()) -> int:
        return int(self._rows(sql, parameters)[0][0] or 0)

    def _meta(self, key: str) -> str:
        rows = self._rows("SELECT value FROM meta WHERE key = ?", (key,))
        if not rows:
            raise self._database.damaged(f"no entry '{key}'")
        return str(rows[0][0])


def id_variant(wanted: str, origin: str, digits: int = 8) -> str:
    """Return an id that only this origin can have."""
    return f"{wanted}-{hashlib.sha256(origin.encode('utf-8', 'surrogatepass')).hexdigest()[:digits]}"


def _matching(text: str, source: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the condition of ``find`` and its parameters."""
    where, parameters = "1", tuple[str, ...]()
    if text:
        where = """(instr(plain(a.title || ' ' || a.id || ' ' || a.author || ' ' || a.source || ' ' || a.url), ?)
            OR EXISTS (SELECT 1 FROM origins o WHERE o.article = a.number AND instr(plain(o.origin), ?)))"""
        parameters = (plain(text), plain(text))
    return (where, parameters) if source is None else (f"{where} AND a.source = ?", (*parameters, source))


def _stored(row: Sequence[object]) -> StoredPassage:
    number, start, end, heading, spans, vector, sentence_vectors, words, *header = row
    if not (isinstance(vector, bytes) and isinstance(sentence_vectors, bytes)):
        raise TypeError(f"the vectors of passage {number} are none")
    sentences = tuple(Span(*span) for span in json.loads(str(spans)))
    head = _header(header)
    return StoredPassage(
        id=int(str(number)),
        passage=Passage(head.id, int(str(start)), int(str(end)), str(words), sentences, str(heading)),
        header=head,
        vectors=PassageVectors(
            np.frombuffer(vector, dtype="<f4").astype(np.float32),
            np.frombuffer(sentence_vectors, dtype="<f2").astype(np.float32).reshape(len(sentences), -1),
        ),
    )


def _header(row: Sequence[object]) -> ArticleHeader:
    number, title, source, url, author, day, tags, sha256, pages, language, duplicate_of = row
    return ArticleHeader(
        str(number), str(title), str(source), str(url), str(author), _date(day), tuple(json.loads(str(tags))),
        str(sha256), tuple(json.loads(str(pages))), str(language), None if duplicate_of is None else str(duplicate_of),
    )  # fmt: skip


def _date(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None
