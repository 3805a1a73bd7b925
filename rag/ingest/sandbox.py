"""Parse untrusted files in other processes, each task under a limit of time and of memory.

A file that hangs, fills memory or crashes its reader costs one process and is reported as Unreadable; another process
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
MAX_PROCESSES = 4
TASKS_PER_PROCESS = 32
BYTES_PER_PROCESS = 4_000_000
"""Tasks or bytes that are worth a further process, which takes a fifth of a second to start."""
MAX_TASKS_AHEAD = 32  # Tasks that are read before their turn.
MAX_BYTES_AHEAD = 64_000_000  # Bytes of their files together.
MAX_BUFFERED_ARTICLES = 8  # Articles of a task that wait to be taken before its reader has to wait.
POLL_SECONDS = 0.2  # Seconds between two checks whether the parser was closed.

START = "import runpy, sys; sys.path.append(sys.argv[1]); runpy.run_module(sys.argv[2], run_name='__main__')"
"""Runs a module of this package, whether it is installed or not."""
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

Found = Parsed | Unreadable
Results = queue.Queue[Found | None]
"""What is found in one task; None is the end."""


class SandboxedParser:
    """A Parser that reads tasks in other processes, in parallel. A context manager that ends them."""

    def __init__(self, processes: int | None = None, module: str = "rag.ingest.sandbox_worker") -> None:
        """Start no process yet.

        Args:
            processes: how many to use at most; None for as many as there are cores, up to MAX_PROCESSES.
            module: what the processes run.
        """
        self._most = processes or min(os.cpu_count() or 1, MAX_PROCESSES)
        self._module = module
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._processes: list[_Process] = []
        # Addresses have a process of their own, which remembers when it last asked each host.
        self._idle: dict[bool, list[_Process]] = {False: [], True: []}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def start(self) -> None:
        """Start a first process now, so that it is ready when there is something to read."""
        process = self._new_process()
        if process:
            self._idle[False].append(process)

    def close(self) -> None:
        """Stop all processes at once, whatever they are doing."""
        self._closed.set()
        with self._lock:
            for process in self._processes:
                process.stop()
            self._processes.clear()

    def parse(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Iterator[Found]]]:
        """Yield the tasks in order, each with what was found in it, to be taken before the next task."""
        rest = deque(tasks)
        running: deque[tuple[Task, Results]] = deque()
        ahead = 0
        with (
            ThreadPoolExecutor(self._useful_processes(rest), "reading") as files,
            ThreadPoolExecutor(1, "fetching") as addresses,
        ):
            try:
                while rest or running:
                    while rest and (
                        not running or (len(running) < MAX_TASKS_AHEAD and ahead + rest[0].size <= MAX_BYTES_AHEAD)
                    ):
                        task, results = rest.popleft(), Results(MAX_BUFFERED_ARTICLES)
                        (addresses if task.is_address else files).submit(self._read, task, results)
                        running.append((task, results))
                        ahead += task.size
                    task, results = running[0]
                    found = self._all(results)
                    yield task, found
                    deque(found, maxlen=0)  # Discard what was not taken, so that the reader can go on.
                    running.popleft()
                    ahead -= task.size
            finally:
                if running:  # The caller stopped early: nobody takes what is being read.
                    self.close()

    def _useful_processes(self, tasks: Sequence[Task]) -> int:
        useful = max(len(tasks) // TASKS_PER_PROCESS, sum(task.size for task in tasks) // BYTES_PER_PROCESS)
        return max(1, min(self._most, useful))

    def _read(self, task: Task, results: Results) -> None:
        """Pass on what a process finds in a task."""
        try:
            process = self._idle_process(task.is_address) or self._new_process()
            if process is None:
                return
            for found in process.read(task):
                self._put(found, results)
            with self._lock:
                if process.usable:
                    self._idle[task.is_address].append(process)
        except OSError as error:
            self._put(Unreadable(task.source, f"No process could be started to read it ({error}). Try again."), results)
        finally:
            self._put(None, results)

    def _put(self, found: Found | None, results: Results) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(queue.Full):
                results.put(found, timeout=POLL_SECONDS)
                break

    def _all(self, results: Results) -> Iterator[Found]:
        while not self._closed.is_set():
            with contextlib.suppress(queue.Empty):
                found = results.get(timeout=POLL_SECONDS)
                if found is None:
                    return
                yield found

    def _idle_process(self, is_address: bool) -> _Process | None:
        with self._lock:
            while idle := self._idle[is_address]:
                process = idle.pop()
                if process.usable:
                    return process
        return None

    def _new_process(self) -> _Process | None:
        with self._lock:
            if self._closed.is_set():
                return None
            self._processes = [process for process in self._processes if process.usable]
            process = _Process(self._module)
            self._processes.append(process)
            return process


class _Process:
    """A reading process, seen from this one. Its session is its own, so that Ctrl-C reaches only this process."""

    def __init__(self, module: str) -> None:
        """Start it. Raises OSError."""
        self._popen = subprocess.Popen(
            # -P: modules must not be imported from a folder of articles.
            [sys.executable, "-P", "-c", START, str(Path(__file__).parents[2]), module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if log.isEnabledFor(logging.DEBUG) else subprocess.DEVNULL,
            env={**os.environ, **ONE_THREAD},
            start_new_session=True,
        )
        self._stopped = self._late = False

    @property
    def usable(self) -> bool:
        """Whether it can be given a task."""
        return not self._stopped and self._popen.poll() is None

    def read(self, task: Task) -> Iterator[Found]:
        """Yield what is in a task, and why its reading failed. The process is stopped if it takes too long or fails."""
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
            stopped = self._stopped
            self.stop()
            if self._late or not stopped:
                yield Unreadable(task.source, self._reason(task))

    def stop(self) -> None:
        """End it at once. May be called from any thread, and repeatedly."""
        self._stopped = True
        self._popen.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()

    def _next(self, seconds: float) -> Found | bool:
        assert self._popen.stdout is not None
        timer = threading.Timer(max(seconds, 0), self._time_out)
        timer.daemon = True
        timer.start()
        try:
            found: Found | bool = pickle.load(self._popen.stdout)
            return found
        finally:
            timer.cancel()

    def _time_out(self) -> None:
        self._late = self._stopped = True
        self._popen.kill()

    def _reason(self, task: Task) -> str:
        """Return why the process ended while it read a task."""
        code = self._popen.returncode
        if self._late:
            return f"Reading it takes longer than {task.seconds:.0f} s. Save it in another format, or leave it out."
        if code == -getattr(signal, "SIGKILL", 9):
            return "The system stopped its reader, probably for lack of memory. Free some, or leave it out."
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return f"Its reader crashed ({how}). Save it in another format, or leave it out."
