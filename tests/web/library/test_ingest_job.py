"""Adding in the background: one after the other, seen by all, and stopped when that is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rag.core.errors import IndexBusyError, IndexDamagedError
from rag.core.settings import Settings
from rag.core.types import IngestProgress, IngestReport
from rag.ingest.pipeline import ingest
from rag.store import FILE, SqliteLibrary
from rag.store.lock import index_lock
from rag.testing import FakeEmbedder
from rag.web.library.ingest_job import IngestFunction, IngestJob, IngestStatus
from rag.web.library.uploads import Uploads

NOTHING = IngestReport(0, 0, 0, 0, (), 0, 0.0)


class Bench:
    """An ingest_job with a library of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.library = SqliteLibrary.open(settings.index / FILE)
        self.uploads = Uploads(settings.index)
        self.ingest_job = self.job_with(partial(ingest, settings=settings, embedder=FakeEmbedder()))

    def job_with(self, own_ingest: IngestFunction) -> IngestJob:
        self.ingest_job = IngestJob(own_ingest, self.uploads, self.library)
        return self.ingest_job

    def upload(self, name: str, content: str | bytes) -> Path:
        part = self.uploads.new_part()
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.uploads.keep(part, name)

    def until(self, is_so: Callable[[IngestStatus], bool]) -> IngestStatus:
        for _ in range(500):
            now = self.ingest_job.status()
            if is_so(now):
                return now
            threading.Event().wait(0.02)
        raise AssertionError(f"it never came to that: {self.ingest_job.status()}")

    def ended(self) -> IngestStatus:
        return self.until(lambda now: not now.is_running)


@pytest.fixture
def bench(library_settings: Settings) -> Iterator[Bench]:
    bench = Bench(library_settings)
    yield bench
    bench.ingest_job.close()


def test_files_are_stored_and_what_fails_is_named_as_it_was_called(bench: Bench) -> None:
    good = bench.upload("Whale news.md", "# A whale\n\nA whale was seen off Vellmouth on Monday.")
    bad = bench.upload("broken.pdf", b"%PDF-1.4 nonsense")
    bench.ingest_job.add([good, bad])
    assert bench.ingest_job.status().names == ("Whale news.md", "broken.pdf")
    done = bench.ended()
    assert (done.stage, done.added, done.unchanged) == ("done", 1, 0)
    assert [header.title for header in done.stored] == ["A whale"]
    ((name, reason),) = done.failed
    assert name == "broken.pdf"
    assert "PDF" in reason
    assert good.exists()
    assert not bad.exists(), "nothing comes from it"


def test_a_file_of_the_same_name_replaces_all_that_came_of_the_one_before(bench: Bench) -> None:
    rows = '{"id": "one", "title": "One", "text": "The first row."}\n{"id": "two", "title": "Two", "text": "Another."}'
    bench.ingest_job.add([bench.upload("rows.jsonl", rows)])
    assert bench.ended().added == 2
    before = bench.library.count_found()
    bench.ingest_job.add([bench.upload("rows.jsonl", '{"id": "one", "title": "One", "text": "The first row, again."}')])
    done = bench.ended()
    assert (done.changed, done.removed) == (1, 1)
    assert bench.library.count_found() == before - 1


def test_what_fails_the_second_time_stays_as_it_was(bench: Bench) -> None:
    file = bench.upload("whale.md", "# A whale\n\nA whale was seen.")
    bench.ingest_job.add([file])
    bench.ended()
    bench.ingest_job.add([bench.upload("whale.md", b"\x00\x01\x02")])
    assert len(bench.ended().failed) == 1
    assert len(bench.library.find(str(file), 5)) == 1


class Gated:
    """An ingest that waits, in its middle, to be let on; it remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[list[Any]] = []
        self.entered = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.cancelled: list[bool] = []

    def __call__(
        self,
        sources: Sequence[Path | str],
        *,
        progress: Callable[[IngestProgress], None],
        prune: bool,
        cancelled: Callable[[], bool],
        wait: bool,
    ) -> IngestReport:
        self.given.append(list(sources))
        progress(IngestProgress(0, 2, "In hand", 1, 3, 0.25, 12.0))
        self.entered.release()
        assert self.go.acquire(timeout=10)
        self.cancelled.append(cancelled())
        return IngestReport(1, 0, 0, 0, (("https://b.example/", "It is gone."),), 3, 0.1)


def test_what_comes_meanwhile_has_its_turn_and_the_counts_add_up(bench: Bench) -> None:
    gated = Gated()
    ingest_job = bench.job_with(gated)
    ingest_job.add(["https://a.example/"])
    assert gated.entered.acquire(timeout=10)
    working = ingest_job.status()
    assert working.progress
    assert working.progress.article == "In hand"
    ingest_job.add(["https://b.example/", "https://c.example/"])
    ingest_job.add(["https://c.example/"])
    assert gated.given == [["https://a.example/"]]
    gated.go.release(2)
    done = bench.ended()
    assert gated.given == [["https://a.example/"], ["https://b.example/", "https://c.example/"]]
    assert (done.added, len(done.failed)) == (2, 2)
    assert done.number > working.number


def test_cancelling_leaves_out_what_waits_and_deletes_its_files(bench: Bench) -> None:
    gated = Gated()
    ingest_job = bench.job_with(gated)
    ingest_job.add(["https://a.example/"])
    assert gated.entered.acquire(timeout=10)
    waiting = bench.upload("later.md", "# Later\n\nThis comes later.")
    ingest_job.add([waiting])
    ingest_job.cancel()
    assert ingest_job.status().stage == "stopping"
    gated.go.release()
    assert bench.ended().stage == "stopped"
    assert gated.cancelled == [True]
    assert len(gated.given) == 1
    assert not waiting.exists()
    ingest_job.dismiss()
    assert ingest_job.status().stage == "idle"


def test_what_was_sent_together_is_counted_together(bench: Bench) -> None:
    bench.ingest_job.add([bench.upload("one.md", "# One\n\nThe first of them.")])
    bench.ended()
    bench.ingest_job.add([bench.upload("two.md", "# Two\n\nThe second of them.")], new_batch=False)
    assert [header.title for header in bench.ended().stored] == ["One", "Two"]
    bench.ingest_job.add([bench.upload("three.md", "# Three\n\nThe third of them.")])
    assert [header.title for header in bench.ended().stored] == ["Three"]


def test_the_rest_of_what_was_cancelled_is_not_taken_in(bench: Bench) -> None:
    gated = Gated()
    ingest_job = bench.job_with(gated)
    ingest_job.add(["https://a.example/"])
    assert gated.entered.acquire(timeout=10)
    ingest_job.cancel()
    gated.go.release()
    bench.ended()
    late = bench.upload("late.md", "# Late\n\nThis comes too late.")
    ingest_job.add([late], new_batch=False)
    assert ingest_job.status().stage == "stopped"
    assert not late.exists()
    assert len(gated.given) == 1


def test_another_ingest_is_waited_for_and_waiting_can_be_cancelled(bench: Bench) -> None:
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with index_lock(bench.settings.index):
            held.set()
            free.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    try:
        bench.ingest_job.add([bench.upload("first.md", "# First\n\nThe first of them.")])
        assert bench.until(lambda now: now.stage == "waiting").progress is None
        bench.ingest_job.cancel()
        assert bench.ended().stage == "stopped"
        bench.ingest_job.add([bench.upload("second.md", "# Second\n\nThe second of them.")])
        bench.until(lambda now: now.stage == "waiting")
    finally:
        free.set()
        holder.join()
    assert bench.ended().added == 1
    assert [header.title for header in bench.ingest_job.status().stored] == ["Second"]


@pytest.mark.parametrize(
    ("error", "said"), [(IndexDamagedError("The disk is full. Make room."), "Make room"), (KeyError("x"), None)]
)
def test_an_ingest_that_fails_altogether_says_why_and_the_next_one_works(
    bench: Bench, error: Exception, said: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    outcomes: list[Exception | IngestReport] = [error, NOTHING]

    def failing(*_: object, **__: object) -> IngestReport:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    ingest_job = bench.job_with(failing)
    ingest_job.add(["https://a.example/"])
    ((name, reason),) = bench.ended().failed
    assert name == "https://a.example/"
    assert (said in reason) if said else (reason == "")
    assert bool(caplog.records) == (said is None)
    ingest_job.add(["https://a.example/"])
    assert bench.ended().failed == ()


def test_nothing_is_taken_after_the_end(bench: Bench) -> None:
    gated = Gated()
    ingest_job = bench.job_with(gated)
    ingest_job.close()
    ingest_job.add(["https://a.example/"])
    assert ingest_job.status() == IngestStatus()
    assert gated.given == []


def test_closing_ends_what_waits_for_another_ingest(bench: Bench) -> None:
    def busy(*_: object, **__: object) -> IngestReport:
        raise IndexBusyError("Busy. Wait.")

    ingest_job = bench.job_with(busy)
    ingest_job.add(["https://a.example/"])
    bench.until(lambda now: now.stage == "waiting")
    ingest_job.close()
    assert not ingest_job.status().is_running
