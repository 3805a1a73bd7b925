"""Measure search in large libraries: ``.venv/bin/python benchmarks/retrieval.py QUESTIONS ARTICLES...``.

QUESTIONS and ARTICLES are what ``rag eval`` takes; made_library.py generates the libraries from the articles.
Their folder, about 7 GB for a million passages, is deleted at the end; ``--keep`` keeps it, and the next run reuses it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, cast

import numpy as np
import typer
from made_library import Maker, Stored, each_once, fill, real_articles

from rag.core.filters import EVERYTHING, Filters
from rag.core.protocols import Embedder
from rag.core.settings import load_settings
from rag.core.types import Vector
from rag.evaluation.datasets.corpus import index_of
from rag.evaluation.datasets.loading import load_questions
from rag.models.loading import open_embedder
from rag.retrieval.retriever import POOL, Retriever
from rag.store import FILE, SqliteLibrary
from rag.store.vector_index import FaissIndex
from rag.store.vector_index_type import BACKLOG

DEPTH = 10
ADDED = 100
"""Articles added at each size."""
WARMING = 5
"""Questions asked as a warm-up."""
FILTERS = {
    "a language of two": Filters(languages=("de",)),
    "a source of twenty": Filters(sources=("Source 3",)),
    "a tag of a hundred": Filters(tags=("tag-7",)),
}
OPENING = """
import json, resource, sys, time
from pathlib import Path
import faiss, numpy
from rag.store import FILE, SqliteLibrary
from rag.store.vector_index import FaissIndex
def held(): return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1]) * 1024
folder = Path(sys.argv[1])
library = SqliteLibrary.open(folder / FILE)
before, started = held(), time.perf_counter()
index = FaissIndex(library, folder, library.dimensions)
index.search(numpy.eye(1, library.dimensions, dtype=numpy.float32)[0], 10)
print(json.dumps([time.perf_counter() - started, held() - before, held()]))
"""


class Remembering:
    """An embedder that caches the vector of each question."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vector] = {}

    def __getattr__(self, name: str) -> object:
        return getattr(self._embedder, name)

    def embed_question(self, question: str) -> Vector:
        if question not in self._known:
            self._known[question] = self._embedder.embed_question(question)
        return self._known[question]


def main(
    questions: Annotated[Path, typer.Argument(help="Questions, as for rag eval.")],
    articles: Annotated[list[Path], typer.Argument(help="Collections of articles, as for rag eval.")],
    sizes: Annotated[str, typer.Option(help="Passages of each library.")] = "10000,100000,1000000",
    most: Annotated[int, typer.Option(help="Questions to ask.")] = 200,
    keep: Annotated[Path | None, typer.Option(help="Folder to leave the libraries in.")] = None,
) -> None:
    """Measure, and print figures."""
    settings = load_settings()
    embedder = open_embedder(settings)
    real = [
        stored
        for path in articles
        for stored in real_articles(index_of(path, settings, embedder, lambda _: None).index / FILE)
    ]
    asked = [question.question for question in load_questions(questions)][:most]
    passages = sum(len(cut) for _, cut, _ in real)
    typer.echo(
        f"{len(asked)} questions. {passages:,} passages are real; all beyond are made of their sentences, and of the "
        "vectors of these with noise."
    )
    folder = keep or Path(tempfile.mkdtemp(prefix="footnote-"))
    try:
        for size in map(int, sizes.split(",")):
            measure(folder / str(size), size, real, asked, embedder, settings.candidates)
    finally:
        if keep is None:
            shutil.rmtree(folder)


def measure(
    folder: Path, size: int, real: Sequence[Stored], asked: Sequence[str], embedder: Embedder, limit: int
) -> None:
    """Print the figures of one size; each question retrieves ``limit`` passages."""
    library = SqliteLibrary.create(folder / FILE, embedder.name, embedder.dimensions)
    if 0 < library.passage_count() < size:  # Filling it was interrupted.
        library.close()
        shutil.rmtree(folder)
        library = SqliteLibrary.create(folder / FILE, embedder.name, embedder.dimensions)
    started = time.perf_counter()
    count = fill(library, made(real), size)
    typer.echo(f"\n== {count:,} passages, written in {time.perf_counter() - started:.0f} s")
    started = time.perf_counter()
    FaissIndex(library, folder, embedder.dimensions).refresh()
    file = next(folder.glob("vectors-*.faiss"))
    typer.echo(f"index built in {time.perf_counter() - started:.1f} s, {file.stat().st_size / 2**20:,.0f} MiB")
    opening, grown, whole = opened(folder)
    typer.echo(
        f"opened, and searched once, in {opening:.2f} s by a new process, which grew by {grown / 2**20:,.0f} MiB "
        f"to {whole / 2**20:,.0f} MiB"
    )

    known = cast(Embedder, Remembering(embedder))
    queries = np.stack([known.embed_question(one) for one in asked])
    asking(library, folder, known, asked, limit)  # Questions may be embedded in other words than they are asked.
    said("retrieval, the question embedded before", asking(library, folder, known, asked, limit))
    said("retrieval with embedding the question", asking(library, folder, embedder, asked, limit))
    index = FaissIndex(library, folder, embedder.dimensions)
    said("  of this, the vector search", times(lambda one: index.search(known.embed_question(one), POOL), asked))
    said("  of this, embedding", times(embedder.embed_question, asked))
    for name, filters in {"all": EVERYTHING, **FILTERS}.items():
        recall(name, library, index, filters, queries)
        if filters:
            said("  retrieval", asking(library, folder, known, asked, limit, filters))
    adding(library, folder, real, embedder)
    library.close()


def made(real: Sequence[Stored]) -> Iterator[Stored]:
    return chain(each_once(real), Maker(real).articles())


def opened(folder: Path) -> list[float]:
    """Return the seconds until a new process has searched, the bytes it grew by, and the bytes it holds."""
    done = subprocess.run([sys.executable, "-c", OPENING, str(folder)], capture_output=True, text=True, check=True)
    figures: list[float] = json.loads(done.stdout)
    return figures


def asking(
    library: SqliteLibrary,
    folder: Path,
    embedder: Embedder,
    asked: Sequence[str],
    limit: int,
    filters: Filters = EVERYTHING,
) -> Vector:
    """Return the milliseconds of each question, without warm caches."""
    again = SqliteLibrary.open(library.file)
    retriever = Retriever(again, FaissIndex(again, folder, embedder.dimensions), embedder)
    took = times(lambda one: retriever.retrieve(one, limit, filters=filters), asked)
    again.close()
    return took


def times(run: Callable[[str], object], asked: Sequence[str]) -> Vector:
    took = []
    for one in asked:
        started = time.perf_counter()
        run(one)
        took.append((time.perf_counter() - started) * 1000)
    return np.array(took[WARMING:], dtype=np.float32)


def said(what: str, took: Vector) -> None:
    typer.echo(f"{what}: p50 {np.median(took):.1f} ms, p95 {np.percentile(took, 95):.1f} ms")


def recall(name: str, library: SqliteLibrary, index: FaissIndex, filters: Filters, queries: Vector) -> None:
    """Return the share of the ten exact nearest neighbours among the ten found."""
    allowed = library.passage_ids(filters)
    best = [np.zeros(0)] * len(queries)
    rows = [np.zeros(0, dtype=np.int64)] * len(queries)
    last = 0
    while True:
        ids, vectors = library.passage_vectors(last, 50_000)
        if not len(ids):
            break
        last = int(ids[-1])
        among = np.isin(ids, allowed, assume_unique=True)
        cosines = queries @ vectors[among].T
        for at, row in enumerate(cosines):
            scores, found = np.concatenate([best[at], row]), np.concatenate([rows[at], ids[among]])
            order = np.argsort(-scores)[:DEPTH]
            best[at], rows[at] = scores[order], found[order]
    among = allowed if filters else None
    hits = [
        len({row for row, _ in index.search(query, DEPTH, among)} & set(exact.tolist())) / max(1, len(exact))
        for query, exact in zip(queries, rows, strict=True)
    ]
    typer.echo(f"recall@{DEPTH} against exact, {name} ({len(allowed):,} passages): {np.mean(hits):.4f}")


def adding(library: SqliteLibrary, folder: Path, real: Sequence[Stored], embedder: Embedder) -> None:
    """Add articles one by one, and time the next search and the end of an ingest."""
    index = FaissIndex(library, folder, embedder.dimensions)
    query = embedder.embed_question("Who signed the treaty?")
    index.search(query, DEPTH)
    maker = Maker(real, seed=library.passage_count()).articles()
    more = [next(maker) for _ in range(ADDED)]
    started = time.perf_counter()
    for number, (article, passages, vectors) in enumerate(more):
        library.store(article, passages, vectors, f"added-{library.generation()}-{number}")
    stored = time.perf_counter()
    index.search(query, DEPTH)
    followed = time.perf_counter()
    FaissIndex(library, folder, embedder.dimensions).refresh()
    refreshed = time.perf_counter()
    typer.echo(
        f"{ADDED} articles of {sum(len(cut) for _, cut, _ in more)} passages: stored in {stored - started:.2f} s, "
        f"first search {followed - stored:.3f} s, refresh by a new process {refreshed - followed:.2f} s (the file is "
        f"written anew where it is more than {BACKLOG:.0%} behind)"
    )


if __name__ == "__main__":
    typer.run(main)
