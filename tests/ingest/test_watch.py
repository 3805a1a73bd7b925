"""Ingest that goes on: what changes in the files is in the library within seconds."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.core.settings import Settings
from rag.core.types import IngestReport
from rag.ingest.sandbox import SandboxedParser
from rag.ingest.watch import watch
from rag.store.opening import open_library
from rag.testing import FakeEmbedder

pytestmark = pytest.mark.slow
SECONDS = 20.0
"""For a machine with much else to do; on an idle one a round takes less than one."""


@pytest.fixture
def watching(settings: Settings) -> Iterator[Callable[..., queue.Queue[IngestReport]]]:
    """A function that starts to watch, and returns the queue of the reports."""
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def start(*sources: Path, **options: bool) -> queue.Queue[IngestReport]:
        reports: queue.Queue[IngestReport] = queue.Queue()

        def run() -> None:
            with SandboxedParser() as parser:
                for report in watch(list(sources), settings, FakeEmbedder(), stop=stop, parser=parser, **options):
                    reports.put(report)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return reports

    yield start
    stop.set()
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive()


def test_changes_are_taken_in_one_after_the_other(articles_folder: Path, settings: Settings, watching) -> None:
    reports = watching(articles_folder)
    assert reports.get(timeout=SECONDS).added == 5

    (articles_folder / "new.md").write_text("A new ferry was named in Dunmore.")
    new = reports.get(timeout=SECONDS)
    (articles_folder / "bakery.txt").write_text("The bakery has closed.")
    changed = reports.get(timeout=SECONDS)

    assert (new.added, new.changed, new.unchanged) == (1, 0, 0)
    assert (changed.added, changed.changed, changed.embedded_passages) == (0, 1, 1)
    assert open_library(settings).article("new") is not None


@pytest.mark.parametrize("prune", [True, False])
def test_what_is_removed_goes_only_where_that_is_wanted(
    articles_folder: Path, settings: Settings, watching, prune: bool
) -> None:
    reports = watching(articles_folder, prune=prune)
    reports.get(timeout=SECONDS)
    (articles_folder / "ferry.md").unlink()
    if not prune:
        (articles_folder / "new.md").write_text("A new ferry was named in Dunmore.")

    assert reports.get(timeout=SECONDS).removed == prune
    assert (open_library(settings).article("ferry") is None) == prune


def test_a_file_that_cannot_be_read_is_named_and_watching_goes_on(articles_folder: Path, watching) -> None:
    reports = watching(articles_folder)
    reports.get(timeout=SECONDS)
    (articles_folder / "broken.txt").write_bytes(b"\x89PNG\x00\x00")
    assert [Path(source).name for source, _ in reports.get(timeout=SECONDS).failed] == ["broken.txt"]
    (articles_folder / "broken.txt").write_text("It was mended.")
    assert reports.get(timeout=SECONDS).added == 1


def test_a_single_file_is_watched_also_where_another_takes_its_place(tmp_path: Path, watching) -> None:
    file = tmp_path / "note.txt"
    file.write_text("The first version.")
    reports = watching(file)
    reports.get(timeout=SECONDS)
    (tmp_path / "neighbour.txt").write_text("Nobody asked for this one.")
    (tmp_path / "draft").write_text("The second version.")
    (tmp_path / "draft").replace(file)
    report = reports.get(timeout=SECONDS)
    assert (report.added, report.changed) == (0, 1)


def test_the_index_within_the_folder_is_not_taken_for_a_change(tmp_path: Path, settings: Settings, watching) -> None:
    (tmp_path / "note.txt").write_text("The first version.")
    assert settings.index.is_relative_to(tmp_path)
    reports = watching(tmp_path)
    reports.get(timeout=SECONDS)
    time.sleep(2)
    assert reports.empty()
