"""Reading in processes of their own, each task under a limit of time and of memory.

A file that hangs, swells or crashes its reader takes one process with it and comes back as Unreadable; another process
takes its place. The processes import rag.ingest.readers and rag.ingest.chunking, and none of the models.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from rag.ingest.parsing import Parsed, Task
from rag.ingest.readers import Unreadable

log = logging.getLogger(__name__)
MOST_PROCESSES = 4
TASKS_A_PROCESS = 32
BYTES_A_PROCESS = 4_000_000
"""From about so many tasks or bytes on, a further process pays: one takes a fifth of a second to start."""
AHEAD = 32
BYTES_AHEAD = 64_000_000
"""Tasks that are read before it is their turn, and the size of their files together."""
HELD = 8
"""Articles of a task that wait to be taken before its reader waits too."""
LOOK = 0.2
"""Seconds between two looks at a clock or at whether all is over."""

START = "import runpy, sys; sys.path.append(sys.argv[1]); runpy.run_module(sys.argv[2], run_name='__main__')"
"""Runs a module of this very package, installed or not."""
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

Found = Parsed | Unreadable


class SandboxedParser:
    """Reads tasks in other processes, in parallel. A context manager, at whose end they are gone."""

    def __init__(self, processes: int | None = None, module: str = "rag.ingest.sandbox_worker") -> None:
        """With ``processes`` at most; where that is not given, as many as there are cores and the work is worth.

        ``module`` is what they run.
        """
        self._most = processes or min(os.cpu_count() or 1, MOST_PROCESSES)
        self._closed = threading.Event()
        self._files = _Lane(module, self._closed)
        # One after the other and in one process, which remembers what it has asked each host for.
        self._addresses = _Lane(module, self._closed)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def start(self) -> None:
        """Start a first process now, so that it is there when there is something to read."""
        self._files.start()

    def close(self) -> None:
        """Stop all processes at once, whatever they are at."""
        self._closed.set()
        self._files.close()
        self._addresses.close()

    def parse(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Iterator[Found]]]:
        """The tasks in their order, each with what was found in it, which is to be taken before the next one."""
        rest = deque(tasks)
        running: deque[tuple[Task, _Channel]] = deque()
        ahead = 0
        with (
            ThreadPoolExecutor(self._worth(rest), "reading") as files,
            ThreadPoolExecutor(1, "fetching") as addresses,
        ):
            try:
                while rest or running:
                    while rest and (not running or (len(running) < AHEAD and ahead + rest[0].size <= BYTES_AHEAD)):
                        task, channel = rest.popleft(), _Channel(self._closed)
                        if task.is_address:
                            addresses.submit(self._addresses.read, task, channel)
                        else:
                            files.submit(self._files.read, task, channel)
                        running.append((task, channel))
                        ahead += task.size
                    task, channel = running[0]
                    found = channel.all()
                    yield task, found
                    deque(found, maxlen=0)  # What nobody has taken would stand in the way.
                    running.popleft()
                    ahead -= task.size
            finally:
                if running:  # Left early: nobody takes what is being read.
                    self.close()

    def _worth(self, tasks: Sequence[Task]) -> int:
        worth = max(len(tasks) // TASKS_A_PROCESS, sum(task.size for task in tasks) // BYTES_A_PROCESS)
        return max(1, min(self._most, worth))


class _Channel:
    """What is found in one task, on its way from the thread that reads it to the one that takes it."""

    def __init__(self, closed: threading.Event) -> None:
        self._queue: queue.Queue[Found | None] = queue.Queue(HELD)
        self._closed = closed

    def put(self, found: Found | None) -> None:
        """Wait until there is room. None is the end."""
        while not self._closed.is_set():
            with contextlib.suppress(queue.Full):
                return self._queue.put(found, timeout=LOOK)
        return None

    def all(self) -> Iterator[Found]:
        """Wait for one after the other, until the end."""
        while not self._closed.is_set():
            with contextlib.suppress(queue.Empty):
                found = self._queue.get(timeout=LOOK)
                if found is None:
                    return
                yield found


class _Lane:
    """Processes that read one task after the other, each for the thread that has taken it."""

    def __init__(self, module: str, closed: threading.Event) -> None:
        self._module, self._closed = module, closed
        self._lock = threading.Lock()
        self._idle: list[_Process] = []
        self._all: list[_Process] = []

    def start(self) -> None:
        process = self._new()
        if process:
            self._idle.append(process)

    def read(self, task: Task, channel: _Channel) -> None:
        """Pass on what is in a task, and why its reading ended where that was too soon."""
        try:
            process = self._take()
            if process is None:
                return
            for found in process.read(task):
                channel.put(found)
            with self._lock:
                if process.fit:
                    self._idle.append(process)
        except OSError as error:
            channel.put(Unreadable(task.source, f"No process could be started to read it ({error}). Try again."))
        finally:
            channel.put(None)

    def close(self) -> None:
        with self._lock:
            for process in self._all:
                process.stop()
            self._all.clear()
            self._idle.clear()

    def _take(self) -> _Process | None:
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.fit:
                    return process
        return self._new()

    def _new(self) -> _Process | None:
        with self._lock:
            if self._closed.is_set():
                return None
            self._all = [process for process in self._all if process.fit]
            process = _Process(self._module)
            self._all.append(process)
            return process


class _Process:
    """A reading process, as this one sees it. It has a session of its own: Ctrl-C is for this one to handle."""

    def __init__(self, module: str) -> None:
        """Start it. Raises OSError."""
        self._popen = subprocess.Popen(
            # -P: a folder of articles must not lend its modules to their reader.
            [sys.executable, "-P", "-c", START, str(Path(__file__).parents[2]), module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if log.isEnabledFor(logging.DEBUG) else subprocess.DEVNULL,
            env={**os.environ, **ONE_THREAD},
            start_new_session=True,
        )
        self._stopped = threading.Event()
        self._deadline: float | None = None
        self._late = False
        threading.Thread(target=self._watch, name="watching a reader", daemon=True).start()

    @property
    def fit(self) -> bool:
        """Whether it can be given a task."""
        return not self._stopped.is_set() and self._popen.poll() is None

    def read(self, task: Task) -> Iterator[Found]:
        """What is in a task. Stops the process, and says why, where it takes too long or does not survive."""
        left = task.seconds
        try:
            assert self._popen.stdin is not None
            pickle.dump(task, self._popen.stdin)
            self._popen.stdin.flush()
            while True:
                asked = time.monotonic()
                found = self._next(left)
                if isinstance(found, bool):
                    if not found:
                        self.stop()
                    return
                if not task.is_address:
                    left -= time.monotonic() - asked
                yield found
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            stopped = self._stopped.is_set()
            self.stop()
            if self._late or not stopped:
                yield Unreadable(task.source, self._reason(task))

    def stop(self) -> None:
        """End it at once. May be called from any thread, and again."""
        self._stopped.set()
        self._popen.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()

    def _next(self, seconds: float) -> Found | bool:
        assert self._popen.stdout is not None
        self._deadline = time.monotonic() + seconds
        try:
            found: Found | bool = pickle.load(self._popen.stdout)
            return found
        finally:
            self._deadline = None

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK):
            deadline = self._deadline
            if deadline is not None and time.monotonic() > deadline:
                self._late = True
                self._stopped.set()
                self._popen.kill()

    def _reason(self, task: Task) -> str:
        """Why the process came to its end over a task."""
        code = self._popen.returncode
        if self._late:
            return f"Reading it takes longer than {task.seconds:.0f} s. Save it in another format, or leave it out."
        if code == -getattr(signal, "SIGKILL", 9):
            return "The system stopped its reader, most likely for want of memory. Free some, or leave it out."
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return f"Its reader crashed ({how}). Save it in another format, or leave it out."
