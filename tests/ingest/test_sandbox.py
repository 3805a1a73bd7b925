"""Reading in other processes: what a hostile file may do costs that file, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import rag.ingest.parsing
from rag.ingest.parsing import InProcessParser, Parsed, Task, parse
from rag.ingest.readers import Unreadable
from rag.ingest.sandbox import MAX_BUFFERED_ARTICLES, MAX_TASKS_AHEAD, SandboxedParser

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxedParser]:
    """Processes for which the first word of a file says what happens."""
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    monkeypatch.setattr(rag.ingest.parsing, "SECONDS", 4.0)
    with SandboxedParser(2, module="hostile_worker") as isolated:
        yield isolated


def tasks(folder: Path, **texts: str) -> list[Task]:
    files = []
    for name, text in texts.items():
        file = folder / f"{name}.txt"
        file.write_text(text)
        files.append(Task(str(file), name, 110, len(text)))
    return files


def taken(isolated: SandboxedParser | InProcessParser, work: list[Task]) -> dict[str, list[Parsed | Unreadable]]:
    return {task.suggested_id: list(found) for task, found in isolated.parse(work)}


def children() -> set[int]:
    """The processes that this one has started and that are still there."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            if f"\nPPid:\t{os.getpid()}\n" in status.read_text():
                found.add(int(status.parent.name))
    return found


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_other_processes_find_the_same_as_this_one(tmp_path: Path, articles_folder: Path) -> None:
    work = [Task(str(file), file.stem, 110, 1) for file in sorted(articles_folder.iterdir())]
    work += tasks(
        tmp_path, empty="", **{f"note{number}": f"Note {number}. " * 30 for number in range(3 * MAX_TASKS_AHEAD)}
    )
    work.append(Task(str(tmp_path / "gone.txt"), "gone", 110))

    with SandboxedParser(2) as isolated:
        assert list(taken(isolated, work).items()) == list(taken(InProcessParser(), work).items())


def test_what_is_not_taken_is_passed_over(tmp_path: Path) -> None:
    rows = "".join(f'{{"id": "{number}", "text": "Note {number}."}}\n' for number in range(5 * MAX_BUFFERED_ARTICLES))
    (tmp_path / "notes.jsonl").write_text(rows)
    work = [Task(str(tmp_path / "notes.jsonl"), "notes", 110, len(rows)), *tasks(tmp_path, one="The last.")]
    with SandboxedParser() as isolated:
        (_, skipped), (_, last) = isolated.parse(work)
        assert list(skipped) == list(last) == []


def test_a_file_of_many_articles_waits_for_whoever_takes_them(tmp_path: Path) -> None:
    rows = "".join(f'{{"id": "{number}", "text": "Note {number}."}}\n' for number in range(20 * MAX_BUFFERED_ARTICLES))
    (tmp_path / "notes.jsonl").write_text(rows)
    with SandboxedParser() as isolated:
        reading = isolated.parse([Task(str(tmp_path / "notes.jsonl"), "notes", 110, len(rows))])
        _, found = next(reading)
        first = next(found)
        time.sleep(0.5)
        assert [one.article.id for one in [first, *found]] == [
            str(number) for number in range(20 * MAX_BUFFERED_ARTICLES)
        ]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("hang", "longer than 4 s"),
        ("spin", "longer than 4 s"),
        ("swell", "more than 1 GiB of memory"),
        ("crash", "signal SIGSEGV"),
        ("leave", "exit code 3"),
        ("fail", "KeyError: 'chapter'"),
    ],
)
def test_a_hostile_file_costs_itself_and_no_other(
    hostile: SandboxedParser, tmp_path: Path, word: str, reason: str
) -> None:
    work = tasks(tmp_path, first="A good one.", bad=f"{word}!", second="Another good one.", third="And another.")

    found = taken(hostile, work)

    (unreadable,) = found.pop("bad")
    assert isinstance(unreadable, Unreadable)
    assert unreadable.source == str(tmp_path / "bad.txt")
    assert reason in unreadable.reason
    assert unreadable.reason.endswith("leave it out.")
    assert [type(one) for (one,) in found.values()] == [Parsed] * 3


def test_what_was_read_before_a_file_went_wrong_is_kept(hostile: SandboxedParser, tmp_path: Path) -> None:
    article, reason = taken(hostile, tasks(tmp_path, bad="late, but worth reading."))["bad"]
    assert isinstance(article, Parsed)
    assert isinstance(reason, Unreadable)


def test_what_a_library_prints_does_not_get_among_the_articles(hostile: SandboxedParser, tmp_path: Path) -> None:
    work = tasks(tmp_path, loud="print this", quiet="Quiet.")
    assert [type(one) for (one,) in taken(hostile, work).values()] == [Parsed] * 2


def test_a_process_that_was_killed_while_idle_is_replaced(tmp_path: Path) -> None:
    work = tasks(tmp_path, one="The first.")
    before = children()
    with SandboxedParser(1) as isolated:
        isolated.start()
        (pid,) = children() - before
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)
        assert isinstance(taken(isolated, work)["one"][0], Parsed)


def test_many_tasks_with_no_time_limit_in_sight_use_several_processes(tmp_path: Path) -> None:
    work = tasks(tmp_path, **{f"note{number}": f"Note {number}." for number in range(100)})
    before = children()
    with SandboxedParser(2) as isolated:
        found = isolated.parse(work)
        next(found)
        time.sleep(1)
        assert len(children() - before) == 2
    assert children() == before


def test_nothing_is_left_after_an_error(hostile: SandboxedParser, tmp_path: Path) -> None:
    before = children()
    work = tasks(tmp_path, one="A good one.", bad="hang", other="Another.")
    started = time.monotonic()
    with pytest.raises(RuntimeError, match="enough"), hostile:
        for _, found in hostile.parse(work):
            assert list(found)
            raise RuntimeError("enough")
    assert time.monotonic() - started < 2
    assert children() == before


SCRIPT = """
import sys
from pathlib import Path
from rag.ingest.sandbox import SandboxedParser
from rag.ingest.parsing import Task

if __name__ == "__main__":
    with SandboxedParser(2, module="hostile_worker") as isolated:
        isolated.start()
        (process,) = isolated._processes
        print(process._popen.pid, flush=True)
        for _, found in isolated.parse([Task(sys.argv[1], "bad", 110)]):
            list(found)
"""


# Where the file hangs and the one that waits for it cannot say goodbye, the reader ends itself, as tested below.
@pytest.mark.parametrize(
    ("word", "how"),
    [("good", signal.SIGINT), ("good", signal.SIGTERM), ("good", signal.SIGKILL), ("hang", signal.SIGINT)],
)
def test_no_process_outlives_the_one_that_started_it(tmp_path: Path, word: str, how: signal.Signals) -> None:
    (task,) = tasks(tmp_path, bad=f"{word} morning")
    environment = {**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parents[1]}"}
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, task.source], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        assert process.stdout is not None
        reader = int(process.stdout.readline())
        time.sleep(0.7)
        process.send_signal(how)
        process.wait(5)
    deadline = time.monotonic() + 3
    while alive(reader) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(reader)


def test_a_reader_that_nobody_waits_for_any_more_ends_itself(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, bad="hang")
    script = (
        "import rag.ingest.parsing, rag.ingest.sandbox_worker, hostile_worker\n"
        "rag.ingest.parsing.SECONDS = 0.1\nrag.ingest.sandbox_worker.main()"
    )
    environment = {**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parents[1]}"}
    reader = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    assert reader.stdin is not None
    pickle.dump(task, reader.stdin)
    reader.stdin.flush()
    assert reader.wait(10) == -signal.SIGALRM
    reader.communicate()


def test_a_folder_lends_no_modules_to_its_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit('taken from the folder')")
    monkeypatch.chdir(tmp_path)
    work = tasks(tmp_path, one="The first.")
    with SandboxedParser(1) as isolated:
        assert isinstance(taken(isolated, work)["one"][0], Parsed)


def test_the_reading_process_loads_none_of_the_models() -> None:
    script = (
        "import sys, rag.ingest.sandbox_worker; "
        "print([name for name in ('torch', 'faiss', 'sentence_transformers', 'llama_cpp', 'pydantic', 'httpx') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_larger_files_get_more_time() -> None:
    small, large = Task("a", "a", 110, 1_000), Task("b", "b", 110, 50_000_000)
    assert 10 <= small.seconds < 10.1
    assert large.seconds > 60


def test_an_article_keeps_the_language_its_source_names_and_gets_that_of_its_text(tmp_path: Path) -> None:
    work = tasks(tmp_path, german="Der Hafen ist seit gestern gesperrt, und niemand weiß, wann er wieder öffnet.")
    ((found,),) = taken(InProcessParser(), work).values()
    assert isinstance(found, Parsed)
    assert found.article.language == "de"
    assert list(parse(work[0])) == [found]
