"""An ingest killed two hundred times at any moment, with a reader searching all the while: nothing is lost.

Each round rewrites some articles, adds or takes away a few, and kills the process that brings the index up to date.
What it had reported as stored is there; every article that can be seen is whole; and in the end the index answers as a
fresh one does.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from rag.core.settings import Settings
from rag.core.types import Article
from rag.ingest.chunking import chunk
from rag.ingest.parsing import InProcessParser
from rag.ingest.pipeline import ingest
from rag.retrieval.retriever import Retriever
from rag.store import FILE, SqliteLibrary
from rag.store.integrity import CHECKS, check
from rag.store.vector_index import FaissIndex
from rag.testing import FakeEmbedder

ROUNDS = 200
NAMES = [f"article{number}" for number in range(18)]
CHUNK_WORDS = 30
EMBEDDER = FakeEmbedder(64)
BEGUN, DONE = ("begun", ""), ("done", "")
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["rag.ingest.pipeline", "rag.retrieval.retriever", "rag.testing", "faiss"])


def text_of(name: str, version: int) -> str:
    """Every sentence names its article and version. Every third article says nearly the same as the one before."""
    number = int(name.removeprefix("article"))
    story = random.Random(number - (number % 3 == 2))
    sentences = [f"Here is {name} of version {version}."]
    for _ in range(4 + number % 7):
        words = " ".join(story.choices(["harbour", "lantern", "ferry", "keeper", "storm", "engine", "crown"], k=9))
        sentences.append(f"In version {version} the {words}.")
    return " ".join(sentences)


def write_source(source: Path, wanted: dict[str, int]) -> None:
    rows = [
        # Of a named language, so that no time goes into finding it out.
        {"id": name, "title": f"Title of {name}", "text": text_of(name, version), "language": "nl"}
        for name, version in wanted.items()
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def bring_up_to_date(folder: Path, source: Path, report: Connection) -> None:
    """Ingest the source, and report each article once it is stored; BEGUN comes before each, DONE last."""
    store = SqliteLibrary.store

    def store_and_report(library: SqliteLibrary, article: Article, *rest: Any) -> str:
        report.send(BEGUN)
        stored = store(library, article, *rest)
        report.send((stored, article.text))
        return stored

    SqliteLibrary.store = store_and_report  # type: ignore[method-assign]
    try:
        settings = Settings(index=folder, chunk_words=CHUNK_WORDS)
        ingest([source], settings, EMBEDDER, prune=True, parser=InProcessParser())
    finally:
        SqliteLibrary.store = store  # type: ignore[method-assign]
    report.send(DONE)


def search(folder: Path, go_on: Connection, results: Connection) -> None:
    """Ask one question after the other until told to end; whatever is found is of one version. Sends any error."""
    questions = 0
    try:
        library = SqliteLibrary.open(folder / FILE, EMBEDDER.name)
        retriever = Retriever(library, FaissIndex(library, folder, EMBEDDER.dimensions), EMBEDDER)
        while not go_on.poll():
            found = retriever.retrieve(f"Which lantern, ferry or storm of article{questions % 18}?", 10).passages
            assert found
            for passage in found:
                versions = {sentence.split("version ")[1].split()[0].strip(".") for sentence in sentences_of(passage)}
                assert len(versions) == 1, passage
            questions += 1
            time.sleep(0.005)  # Leaves the processor to the one that is to be killed.
        results.send(questions)
    except BaseException as error:
        results.send(f"{type(error).__name__} at question {questions}: {error}")


def sentences_of(found) -> list[str]:
    return [found.passage.words_of(span) for span in found.passage.sentences]


def reported(pipe: Connection) -> Iterator[tuple[str, str]]:
    """What a process had sent before it was killed; half a message is none."""
    try:
        while pipe.poll():
            yield pipe.recv()
    except (EOFError, OSError):
        return


def check_everything(library: SqliteLibrary, sure: dict[str, str], wanted: dict[str, int]) -> dict[str, str]:
    """Every article is as it was known to be, or as it was just being stored, and whole; returns the texts by id."""
    texts: dict[str, str] = {}
    passages = library.passages(library.passage_ids().tolist())
    count = 0
    for name in library.ids():
        article = library.article(name)
        assert article is not None
        assert article.text in (sure.get(name), text_of(name, wanted[name]) if name in wanted else None)
        expected = chunk(article, CHUNK_WORDS)
        assert [one.passage for one in passages if one.passage.article_id == name] == expected
        count += len(expected)
        texts[name] = article.text
    assert len(passages) == count
    return texts


def answers(folder: Path) -> list[list[tuple[str, int, int]]]:
    """What is found for some questions, best first, in terms that do not depend on row ids."""
    library = SqliteLibrary.open(folder / FILE, EMBEDDER.name)
    index = FaissIndex(library, folder, EMBEDDER.dimensions)
    found = []
    for name in NAMES:
        rows = index.search(EMBEDDER.embed_question(f"the keeper of {name}"), 1000)
        passages = library.passages([row for row, _ in rows])
        scores = {row: round(score, 5) for row, score in rows}
        # Equal scores come in the order of the rows.
        ranked = sorted((-scores[one.id], one.passage.article_id, one.passage.start) for one in passages)
        assert len(ranked) == library.passage_count()
        found.append([(article, start, round(score * 1e5)) for score, article, start in ranked])
        words = library.passages(library.bm25(["keeper", name], 1000))
        found.append(sorted((one.passage.article_id, one.passage.start, one.passage.end) for one in words))
    library.close()
    return found


@pytest.mark.long
def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(7)
    folder, source = tmp_path / "index", tmp_path / "articles.jsonl"
    wanted = dict.fromkeys(NAMES[:12], 0)
    write_source(source, wanted)
    here, there = PROCESSES.Pipe(duplex=False)
    bring_up_to_date(folder, source, there)
    sure = dict(set(reported(here)) - {BEGUN, DONE})
    assert set(sure) == set(wanted)

    stopping, stop = PROCESSES.Pipe(duplex=False)
    results, sender = PROCESSES.Pipe(duplex=False)
    reader = PROCESSES.Process(target=search, args=(folder, stopping, sender))
    reader.start()
    kills = stored = 0
    longest = 0.2
    try:
        for round_number in range(1, ROUNDS + 1):
            for name in chance.sample(NAMES, 8):
                if name in wanted and chance.random() < 0.25:
                    del wanted[name]
                else:
                    wanted[name] = round_number
            write_source(source, wanted)
            here, there = PROCESSES.Pipe(duplex=False)
            process = PROCESSES.Process(target=bring_up_to_date, args=(folder, source, there))
            process.start()
            there.close()
            assert here.poll(20)
            begun = time.monotonic()
            process.join(chance.uniform(0, longest))
            if process.is_alive():
                process.kill()
                kills += 1
            else:  # The next ones are given less time.
                longest = max(0.05, 1.2 * (time.monotonic() - begun))
            process.join()
            assert process.exitcode in (0, -9)
            messages = set(reported(here))
            sure |= dict(messages - {BEGUN, DONE})
            stored += len(messages - {BEGUN, DONE})
            library = SqliteLibrary.open(folder / FILE, EMBEDDER.name)
            found = check_everything(library, sure, wanted)
            library.close()
            lost = {name for name in sure if name not in found and name in wanted}
            assert lost == set()
            if DONE in messages:
                assert set(found) == set(wanted)
            sure = found
            assert not results.poll(), results.recv()
    finally:
        stop.send("end")
        reader.join(20)
        reader.kill()
    questions = results.recv()
    assert isinstance(questions, int), questions
    assert questions > ROUNDS
    assert kills > ROUNDS / 3 and stored > ROUNDS, f"{kills} kills, {stored} articles stored, {questions} questions"

    here, there = PROCESSES.Pipe(duplex=False)
    bring_up_to_date(folder, source, there)
    _kept, there = PROCESSES.Pipe(duplex=False)
    bring_up_to_date(tmp_path / "fresh", source, there)
    library = SqliteLibrary.open(folder / FILE, EMBEDDER.name)
    assert check_everything(library, sure, wanted) == {name: text_of(name, at) for name, at in wanted.items()}
    assert {name: check(library, name) for name in CHECKS} == {name: [] for name in CHECKS}
    assert FaissIndex(library, folder, EMBEDDER.dimensions).state_of_file() == "current"
    assert answers(folder) == answers(tmp_path / "fresh")
    library.close()
