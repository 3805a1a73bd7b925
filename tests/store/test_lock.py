from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rag.core.errors import IndexBusyError, IndexDamagedError
from rag.store.lock import HOLDER, index_lock

HOLD = """
import sys
from pathlib import Path
from rag.store.lock import index_lock

with index_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
print("freed", flush=True)
"""


@pytest.fixture
def holder(tmp_path: Path):
    """Another process that holds the lock until it reads a line."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "index")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_lock_is_free_again_after_use_and_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), index_lock(tmp_path / "index"):
        assert (tmp_path / "index" / HOLDER).exists()
        raise ValueError("inside")
    with index_lock(tmp_path / "index", wait=False):
        pass
    assert not (tmp_path / "index" / HOLDER).exists()


def test_a_second_one_is_told_who_holds_the_lock(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    expected = (
        rf"Another process is changing the index.*process {holder.pid}, since \d\d:\d\d:\d\d on .*Run the command"
    )
    with pytest.raises(IndexBusyError, match=expected), index_lock(tmp_path / "index", wait=False):
        pass


def test_a_second_one_waits_after_saying_so(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    said: list[str] = []
    told, in_turn = threading.Event(), threading.Event()

    def say(sentence: str) -> None:
        said.append(sentence)
        told.set()

    def wait() -> None:
        with index_lock(tmp_path / "index", say=say):
            in_turn.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert told.wait(10)
    assert f"process {holder.pid}" in said[0] and "goes on when it has ended" in said[0]
    assert not in_turn.wait(0.4)
    holder.communicate("go\n")
    assert in_turn.wait(10)
    waiting.join(10)
    assert len(said) == 1


def test_lock_of_a_killed_process_is_free(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    holder.kill()
    holder.wait()
    assert (tmp_path / "index" / HOLDER).exists()
    with index_lock(tmp_path / "index", wait=False):
        assert str(os.getpid()) in (tmp_path / "index" / HOLDER).read_text()


def test_what_the_holder_wrote_may_be_unreadable(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    for content in ("", "[]", '{"process": "x", "since": "never"}'):
        (tmp_path / "index" / HOLDER).write_text(content)
        with (
            pytest.raises(IndexBusyError, match=r"changing the index in [^:]*\. Run"),
            index_lock(tmp_path / "index", wait=False),
        ):
            pass


def test_place_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(IndexDamagedError, match="--index"), index_lock(tmp_path / "taken"):
        pass
