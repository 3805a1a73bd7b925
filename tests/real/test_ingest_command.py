"""``rag ingest`` as people run it: what goes to stdout, exit codes, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag.store.lock import index_lock

PLAIN = "The ferry Sorrel was sold on Thursday.\n"


@pytest.fixture
def start(tmp_path: Path):
    """A function that starts ``rag ingest`` in the test's folder; what it started is gone after the test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", "from rag.cli import main; main()", "ingest", *arguments, "--index", "own"]
        started.append(
            subprocess.Popen(
                command,
                cwd=tmp_path,
                env={**kept, "RAG_OFFLINE": "1"},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def test_pruning_and_what_cannot_be_read(tmp_path: Path, start) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.txt").write_text(PLAIN + name)
    first = start("news", "--json").communicate(timeout=240)
    (folder / "one.txt").unlink()
    (folder / "bad.txt").write_bytes(b"\x89PNG\x00\x00")
    process = start("news", "--json", "--prune")
    out, errors = process.communicate(timeout=240)

    assert json.loads(first[0])["added"] == 2
    report = json.loads(out)
    assert list(report) == ["added", "changed", "unchanged", "removed", "failed", "embedded_passages", "seconds"]
    assert (report["removed"], report["unchanged"], report["embedded_passages"]) == (1, 1, 0)
    assert process.returncode == 1
    assert f"Not read: {Path('news', 'bad.txt')}: " in errors


def test_watching_reports_each_change_on_a_line_until_it_is_interrupted(tmp_path: Path, start) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "one.txt").write_text(PLAIN)
    process = start("news", "--watch", "--prune", "--json")
    rounds = [json.loads(process.stdout.readline())]
    (folder / "two.txt").write_text(PLAIN * 2)
    rounds.append(json.loads(process.stdout.readline()))
    (folder / "one.txt").unlink()
    rounds.append(json.loads(process.stdout.readline()))
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=30)

    assert [(one["added"], one["removed"]) for one in rounds] == [(1, 0), (1, 0), (0, 1)]
    assert rest == ""
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert "Stopped. Everything reported is in the index." in errors


def test_an_index_in_use_is_said_and_waited_for_unless_that_is_not_wanted(tmp_path: Path, start) -> None:
    (tmp_path / "one.txt").write_text(PLAIN)
    with index_lock(tmp_path / "own"):
        refused = start("one.txt", "--no-wait")
        out, errors = refused.communicate(timeout=240)
        waiting = start("one.txt", "--json")
        said = waiting.stderr.readline()
        while "changing the index" not in said:
            said = waiting.stderr.readline()

    assert refused.returncode == 1
    assert out == ""
    assert f"process {os.getpid()}" in errors
    assert f"process {os.getpid()}" in said
    assert json.loads(waiting.communicate(timeout=240)[0])["added"] == 1
