"""Generate a library of any size for benchmarks: real articles, then synthetic ones made of their sentences.

A synthetic passage has the sentences of a real one, about half of them replaced by sentences of passages near it. Its
vector is the mean of its sentences' vectors, with noise. Half of the rare words are replaced, some by new ones, so that
the vocabulary grows with the library, as in real ones. Synthetic articles have sources, languages, tags and dates, but
no near-duplicate signature, since all would be near-duplicates. Rows are inserted in bulk, as SqliteLibrary would write
them.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from rag.core.types import Article, Passage, PassageVectors, Span, Vector
from rag.store import SqliteLibrary
from rag.text.tokenization import plain

NEAR = 12
"""Nearest passages of a real one, whose sentences its synthetic ones use."""
NOISE = 0.35
"""Norm of the noise added to a unit vector: it leaves a cosine of about 0.94."""
RARE = 12
"""Most real passages that contain a rare word."""
EXCHANGED = 0.5
LENGTH = 6
"""Passages of a synthetic article."""
BANDS = 25
TOGETHER = 20_000
"""Articles written in one transaction."""
WORD = re.compile(r"[^\W\d_]{4,}")
SYLLABLES = "ba ben cor da del er fa gal hin is jo kal lem mar no or pel qui ros sa tan ul ver win yor zel".split()

Stored = tuple[Article, list[Passage], list[PassageVectors]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A real sentence split at its rare words, every second of ``parts``, and its unit vector, float32 (d,)."""

    parts: tuple[str, ...]
    vector: Vector


class Maker:
    """Generates articles from the sentences of real ones."""

    def __init__(self, real: Sequence[Stored], seed: int = 0) -> None:
        self._random = np.random.default_rng(seed)
        self._seed = seed
        found = [
            (article.title, passage, vectors)
            for article, passages, of_article in real
            for passage, vectors in zip(passages, of_article, strict=True)
        ]
        counts = Counter(word for _, passage, _ in found for word in set(WORD.findall(passage.text.lower())))
        self._titles = [title for title, _, _ in found]
        self._sentences = [
            [
                Sentence(_cut(passage.words_of(span), counts), vector)
                for span, vector in zip(passage.sentences, vectors.sentences, strict=True)
            ]
            for _, passage, vectors in found
        ]
        self._near = _nearest(np.stack([vectors.passage for _, _, vectors in found]))
        self._rare = [word for word, count in counts.items() if count <= RARE]
        self._number = 0

    def articles(self) -> Iterator[Stored]:
        """Made articles without end."""
        while True:
            for base in self._random.permutation(len(self._titles)):
                yield self._article(int(base))

    def _article(self, base: int) -> Stored:
        self._number += 1
        number, random = self._number, self._random
        bases = [base, *random.choice(self._near[base], LENGTH - 1)]
        name = self._word()
        title = f"{self._titles[base]} {name}"
        text, cut, vectors = "", list[tuple[int, tuple[Span, ...]]](), list[PassageVectors]()
        for one in bases:
            sentences = [self._sentence(int(one), at) for at in range(len(self._sentences[one]))]
            start, spans = len(text), list[Span]()
            for sentence in sentences:
                words = self._varied(sentence)
                spans.append(Span(len(text), len(text) + len(words)))
                text += words + " "
            text = text[:-1] + "\n\n"
            cut.append((start, tuple(spans)))
            vectors.append(self._vectors(sentences))
        article = Article(
            f"made-{self._seed}-{number}", title, text.rstrip(), origin=f"/made/{self._seed}/{number}",
            source=f"Source {number % 20}", date=date(2015, 1, 1) + timedelta(days=number % 3650),
            tags=(f"tag-{number % 100}",), language="en" if number % 2 else "de",
        )  # fmt: skip
        passages = [
            Passage(article.id, start, spans[-1].end, text[start : spans[-1].end], spans) for start, spans in cut
        ]
        return article, passages, vectors

    def _sentence(self, base: int, at: int) -> Sentence:
        if self._random.random() < EXCHANGED:
            others = self._sentences[self._random.choice(self._near[base])]
            return others[self._random.integers(len(others))]
        return self._sentences[base][at]

    def _varied(self, sentence: Sentence) -> str:
        parts = list(sentence.parts)
        for at in range(1, len(parts), 2):
            if self._random.random() < EXCHANGED:
                parts[at] = self._word()
        return "".join(parts)

    def _word(self) -> str:
        """A rare real word, or one of about half a million made ones, of which few are frequent."""
        if self._random.random() < EXCHANGED:
            return self._rare[self._random.integers(len(self._rare))]
        rank = int(len(SYLLABLES) ** (1 + 3 * self._random.random()))
        word = ""
        while rank:
            rank, syllable = divmod(rank, len(SYLLABLES))
            word += SYLLABLES[syllable]
        return word.capitalize()

    def _vectors(self, sentences: Sequence[Sentence]) -> PassageVectors:
        lengths = np.array([[sum(map(len, sentence.parts))] for sentence in sentences], dtype=np.float32)
        own = unit(self._noisy(np.stack([sentence.vector for sentence in sentences])))
        return PassageVectors(unit(self._noisy(unit((lengths * own).sum(axis=0, keepdims=True))))[0], own)

    def _noisy(self, vectors: Vector) -> Vector:
        noise = self._random.standard_normal(vectors.shape, dtype=np.float32)
        return vectors + noise * np.float32(NOISE / np.sqrt(vectors.shape[1]))


def real_articles(file: Path) -> list[Stored]:
    """Yield the articles of a library with their passages."""
    library = SqliteLibrary.open(file)
    with closing(library):
        stored = library.passages(library.passage_ids().tolist())
        grouped: dict[str, list[int]] = {}
        for at, found in enumerate(stored):
            grouped.setdefault(found.passage.article_id, []).append(at)
        made = []
        for article_id, places in grouped.items():
            article = library.article(article_id)
            assert article is not None
            made.append((article, [stored[at].passage for at in places], [stored[at].vectors for at in places]))
        return made


def fill(library: SqliteLibrary, articles: Iterator[Stored], size: int, seed: int = 0) -> int:
    """Fill a library with articles until it has at least ``size`` passages, and return their number."""
    random = np.random.default_rng(seed)
    with closing(sqlite3.connect(library.file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -500000")
        passages = library.passage_count()
        (number,) = connection.execute("SELECT coalesce(max(number), 0) FROM articles").fetchone()
        (row,) = connection.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()
        if passages >= size:
            return passages
        while passages < size:
            connection.execute("BEGIN")
            for _ in range(TOGETHER):
                number += 1
                article, cut, vectors = next(articles)
                _put_article(connection, number, article)
                for passage, of_passage in zip(cut, vectors, strict=True):
                    row += 1
                    _put_passage(connection, row, number, article.title, passage, of_passage)
                passages += len(cut)
                if passages >= size:
                    break
            connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
            connection.execute("COMMIT")
        connection.execute("BEGIN")
        hashes = np.sort(random.integers(-(2**62), 2**62, number * BANDS))
        connection.executemany(
            "INSERT OR IGNORE INTO bands VALUES (?, ?)",
            zip(hashes.tolist(), random.integers(1, number + 1, len(hashes)).tolist(), strict=True),
        )
        connection.execute("COMMIT")
    return passages


def _put_article(connection: sqlite3.Connection, number: int, article: Article) -> None:
    connection.execute(
        """INSERT INTO articles (number, id, title, source, url, author, date, tags, language, text_sha256,
        content_sha256, revision, pages, headings, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', '[]', ?)""",
        (
            number, article.id, article.title, article.source, article.url, article.author,
            article.date.isoformat() if article.date else None, json.dumps(article.tags), article.language,
            article.text_sha256, article.content_sha256, article.content_sha256, article.text,
        ),
    )  # fmt: skip
    connection.execute("INSERT INTO origins (origin, article) VALUES (?, ?)", (article.origin, number))


def _put_passage(
    connection: sqlite3.Connection, row: int, number: int, title: str, passage: Passage, vectors: PassageVectors
) -> None:
    connection.execute(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row, number, len(passage.sentences), passage.start, passage.end, passage.heading,
            json.dumps([[span.start, span.end] for span in passage.sentences]),
            vectors.passage.astype("<f4").tobytes(), vectors.sentences.astype("<f2").tobytes(),
        ),
    )  # fmt: skip
    connection.execute(
        "INSERT INTO words (rowid, title, heading, text) VALUES (?, ?, ?, ?)",
        (row, plain(title), plain(passage.heading), plain(passage.text)),
    )


def each_once(real: Sequence[Stored]) -> Iterator[Stored]:
    """Yield the articles with unique ids and origins, if several collections have the same."""
    for number, (article, passages, vectors) in enumerate(real):
        own = replace(article, id=f"real-{number}-{article.id}", origin=f"/real/{number}")
        yield own, passages, vectors


def unit(vectors: Vector) -> Vector:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def _cut(text: str, counts: Counter[str]) -> tuple[str, ...]:
    parts, end = list[str](), 0
    for match in WORD.finditer(text):
        if counts[match.group().lower()] <= RARE:
            parts += [text[end : match.start()], match.group()]
            end = match.end()
    return (*parts, text[end:])


def _nearest(vectors: Vector) -> np.ndarray:
    """Return the indices of the nearest other vectors of each vector, (n, NEAR)."""
    near = []
    for begin in range(0, len(vectors), 1000):
        cosines = vectors[begin : begin + 1000] @ vectors.T
        cosines[np.arange(len(cosines)), np.arange(begin, begin + len(cosines))] = -1
        near.append(np.argpartition(-cosines, NEAR, axis=1)[:, :NEAR])
    return np.concatenate(near)
