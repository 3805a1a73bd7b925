"""Measure the speed of ingesting, on an idle machine: ``.venv/bin/python benchmarks/ingest.py [PATH...]``.

PATH is any collection that ``rag ingest`` takes; the seeds if none is given. Compared sides take turns; their medians
and ratio are printed. ``--only`` runs one part: embedding, ingest, reading or storing.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from rag.core.settings import load_settings
from rag.core.types import Article, Passage, PassageVectors, Span
from rag.ingest import readers
from rag.ingest.parsing import InProcessParser, Parsed, Task
from rag.ingest.pipeline import ingest
from rag.ingest.sandbox import SandboxedParser
from rag.models.embedding import SentenceTransformerEmbedder
from rag.models.loading import open_embedder
from rag.models.weights import locate
from rag.store import FILE, SqliteLibrary
from rag.store.vector_index import FaissIndex

SEEDS = Path(__file__).parents[1] / "seeds"
DIMENSIONS = 384
NEAR = 0.999
QUESTION = "Which of the two harbour towns decided last year to buy the old car ferry?"


def main(
    paths: Annotated[list[Path] | None, typer.Argument(help="Articles to measure with.")] = None,
    only: Annotated[str, typer.Option(help="embedding, ingest, reading or storing.")] = "",
    most: Annotated[int, typer.Option(help="Passages to embed in each round.")] = 600,
    rounds: Annotated[int, typer.Option(help="Turns of each side.")] = 5,
    largest: Annotated[int, typer.Option(help="Passages of the largest library to store into.")] = 100_000,
) -> None:
    """Measure, and print figures."""
    sources = paths or [SEEDS]
    parts = {
        "embedding": lambda: embedding(sources, most, rounds),
        "ingest": lambda: whole_ingest(sources, rounds),
        "reading": lambda: reading(rounds),
        "storing": lambda: storing(largest),
    }
    for name, part in parts.items():
        if only in ("", name):
            typer.echo(f"== {name}")
            part()


def embedding(sources: Sequence[Path], most: int, rounds: int) -> None:
    """Compare with SentenceTransformer.encode in float32 over the same texts, which returns no sentence vectors."""
    from sentence_transformers import SentenceTransformer

    settings = load_settings()
    folder = locate(settings.embedder, settings)
    plain = SentenceTransformer(str(folder), device="cpu")
    ours = SentenceTransformerEmbedder(folder, settings.embedder, settings.embedding_precision)
    exact = SentenceTransformerEmbedder(folder, settings.embedder, "float32")
    found = passages_of(sources, settings.chunk_words)[:most]
    passages, titles = [passage for passage, _ in found], [title for _, title in found]
    texts = [f"{' › '.join(filter(None, (title, passage.heading)))}\n{passage.text}" for passage, title in found]
    ours.embed_question(QUESTION)

    results: dict[str, Any] = {}
    sides: dict[str, Callable[[], Any]] = {
        "SentenceTransformer.encode, float32": lambda: plain.encode(texts, batch_size=32, show_progress_bar=False),
        f"Footnote, {ours.precision}, with sentences": lambda: ours.embed_passages(passages, titles),
        "Footnote, float32, with sentences": lambda: exact.embed_passages(passages, titles),
    }
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            started = time.perf_counter()
            results[name] = run()
            rates[name].append(len(passages) / (time.perf_counter() - started))
    base = next(iter(sides))
    for name, measured in rates.items():
        ratios = [rate / other for rate, other in zip(measured, rates[base], strict=True)]
        typer.echo(
            f"{name:45} {statistics.median(measured):7.1f} passages/s   {statistics.median(ratios):.2f} x "
            f"(turn by turn {min(ratios):.2f} to {max(ratios):.2f})"
        )

    reference, fast, slow = results.values()
    reference = reference / np.linalg.norm(reference, axis=1, keepdims=True)
    said("passages", np.array([float(one.passage @ other) for one, other in zip(fast, reference, strict=True)]))
    said(
        "sentences",
        np.concatenate([(one.sentences * other.sentences).sum(axis=1) for one, other in zip(fast, slow, strict=True)]),
    )
    times = []
    for _ in range(50):
        started = time.perf_counter()
        ours.embed_question(QUESTION)
        times.append((time.perf_counter() - started) * 1000)
    typer.echo(f"a question: {statistics.median(times):.1f} ms (median of {len(times)}, slowest {max(times):.1f} ms)")


def said(of: str, cosines: np.ndarray) -> None:
    typer.echo(
        f"cosine to float32, {len(cosines):,} {of}: least {cosines.min():.6f}, mean {cosines.mean():.6f}, "
        f"{(cosines < NEAR).sum()} below {NEAR}"
    )


def whole_ingest(sources: Sequence[Path], rounds: int) -> None:
    """Ingest files, then ingest them again unchanged."""
    settings = load_settings()
    embedder = open_embedder(settings)
    first, again = [], []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds):
            own = settings.model_copy(update={"index": Path(folder) / str(turn)})
            report = ingest(sources, own, embedder)
            first.append(report.embedded_passages / report.seconds)
            again.append(ingest(sources, own, embedder).seconds)
    typer.echo(
        f"{report.added:,} articles, {report.embedded_passages:,} passages: {statistics.median(first):.1f} passages/s; "
        f"again, unchanged: {statistics.median(again):.2f} s"
    )


def reading(rounds: int) -> None:
    """Measure what parsing in separate processes costs and gains, for many small files and for few."""
    text = " ".join(f"Boat {number} carried {number * 37} crates to harbour {number * 11}." for number in range(60))
    with tempfile.TemporaryDirectory() as name:
        for count in (1, 7, 50, 1000):
            files = [Path(name) / f"{number}.txt" for number in range(count)]
            for number, file in enumerate(files):
                file.write_text(f"Log {number}\n\n{text}\n")
            tasks = [Task(str(file), file.stem, 110, file.stat().st_size) for file in files]
            here, apart = [], []
            for _ in range(rounds):
                here.append(seconds_of(lambda tasks=tasks: read_all(InProcessParser(), tasks)))
                apart.append(seconds_of(lambda tasks=tasks: read_apart(tasks)))
            typer.echo(
                f"{count:5} files: in this process {statistics.median(here):.3f} s, in others, started for them, "
                f"{statistics.median(apart):.3f} s"
            )


def read_all(parser: SandboxedParser | InProcessParser, tasks: Sequence[Task]) -> None:
    for _, found in parser.parse(tasks):
        assert all(isinstance(one, Parsed) for one in found)


def read_apart(tasks: Sequence[Task]) -> None:
    with SandboxedParser() as parser:
        read_all(parser, tasks)


def seconds_of(run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def storing(largest: int) -> None:
    """Store articles of five passages with synthetic vectors in a growing library, and time the next search."""
    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        library = SqliteLibrary.create(Path(name) / FILE, "made", DIMENSIONS)
        reader = SqliteLibrary.open(Path(name) / FILE)
        index = FaissIndex(reader, Path(name), DIMENSIONS)
        with closing(library), closing(reader):
            number = 0
            for size in [size for size in (1_000, 10_000, 30_000, 100_000) if size <= largest]:
                while number * 5 < size - 100:
                    library.store(*made_article(number, random))
                    number += 1
                stored, followed = [], []
                index.search(unit(random, 1)[0], 10)
                while number * 5 < size:
                    made = made_article(number, random)
                    stored.append(seconds_of(lambda made=made: library.store(*made) and None) * 1000)
                    followed.append(seconds_of(lambda: index.search(unit(random, 1)[0], 10) and None) * 1000)
                    number += 1
                plain = [seconds_of(lambda: index.search(unit(random, 1)[0], 10) and None) * 1000 for _ in range(20)]
                typer.echo(
                    f"{size:7,} passages: an article stored in {statistics.median(stored):.1f} ms (slowest "
                    f"{max(stored):.1f}); the next search takes {statistics.median(followed):.1f} ms, others "
                    f"{statistics.median(plain):.1f} ms"
                )


def made_article(number: int, random: np.random.Generator) -> tuple[Article, list[Passage], list[PassageVectors]]:
    """Generate an article of five passages of four sentences from a shared vocabulary."""
    words = [f"w{at}" for at in random.zipf(1.3, 5 * 100) % 50_000]
    passages, text = [], ""
    for at in range(0, len(words), 100):
        start, spans = len(text), []
        for begin in range(at, at + 100, 25):
            sentence = " ".join(words[begin : begin + 25]) + ". "
            spans.append(Span(len(text), len(text) + len(sentence) - 1))
            text += sentence
        passages.append((start, spans))
    article = Article(f"made-{number}", f"Made {number}", text, origin=f"/made/{number}")
    cut = [Passage(article.id, at, spans[-1].end, text[at : spans[-1].end], tuple(spans)) for at, spans in passages]
    return article, cut, [PassageVectors(unit(random, 1)[0], unit(random, 4)) for _ in cut]


def unit(random: np.random.Generator, count: int) -> np.ndarray:
    vectors = random.standard_normal((count, DIMENSIONS)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def passages_of(sources: Sequence[Path], words: int) -> list[tuple[Passage, str]]:
    """Return the passages of a collection with their titles, shuffled."""
    tasks = [Task(str(file), name, words) for file, name in readers.find_files(sources)]
    found = [
        (passage, one.article.title)
        for _, read in InProcessParser().parse(tasks)
        for one in read
        if isinstance(one, Parsed)
        for passage in one.passages
    ]
    return [found[at] for at in np.random.default_rng(0).permutation(len(found))]


if __name__ == "__main__":
    typer.run(main)
