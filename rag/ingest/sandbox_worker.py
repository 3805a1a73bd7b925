"""The process that rag/ingest/sandbox.py starts to read articles.

It receives pickled tasks on stdin and sends pickled results on stdout. A task ends with True, or with False if this
process ends with it. The process limits its own memory and ends when stdin does or when nobody is left to stop it.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
from pathlib import Path
from typing import BinaryIO

from rag.ingest.parsing import Parsed, Task, parse
from rag.ingest.readers import Unreadable

MEMORY = 1 << 30  # Bytes that reading may take, on top of those at the start of the process.
TIMEOUT_FACTOR = 10
"""This process ends itself after this many times the time of a task; the sandbox stops it long before."""
MEMORY_EXCEEDED = (
    f"Reading it takes more than {MEMORY >> 30} GiB of memory. Split it into smaller files, or leave it out."
)


def main() -> None:
    """Serve tasks until stdin ends."""
    tasks = os.fdopen(os.dup(0), "rb")
    results = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):  # What a library prints must not mix with the results.
        os.dup2(nothing, stream)
    _limit_memory()
    with contextlib.suppress(EOFError, BrokenPipeError):
        while _serve(pickle.load(tasks), results):
            pass


def _serve(task: Task, results: BinaryIO) -> bool:
    """Send what is in a task, any failure as a reason. Return whether another task may be read."""
    reason, fit = "", True
    try:
        _end_after(task.seconds * TIMEOUT_FACTOR)
        for found in parse(task):
            _end_after(0)  # Sending may wait for the embedder.
            _send(found, results)
            _end_after(task.seconds * TIMEOUT_FACTOR)
    except MemoryError:
        reason, fit = MEMORY_EXCEEDED, False
    except BrokenPipeError:
        raise
    except Exception as error:  # A bug in a reader costs one file, not the ingest.
        reason = f"Its reader failed ({type(error).__name__}: {error}). Save it in another format, or leave it out."
    _end_after(0)
    if reason:
        _send(Unreadable(task.source, reason), results)
    _send(fit, results)
    return fit


def _send(found: Parsed | Unreadable | bool, results: BinaryIO) -> None:
    pickle.dump(found, results, pickle.HIGHEST_PROTOCOL)
    results.flush()


def _end_after(seconds: float) -> None:
    """Let the system end this process then, if it can; 0 cancels that."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _limit_memory() -> None:
    """Let allocations beyond MEMORY fail, except on Windows, which has no such limit."""
    try:
        import resource
    except ImportError:
        return
    pages = Path("/proc/self/statm")
    held = int(pages.read_text().split()[0]) * resource.getpagesize() if pages.exists() else MEMORY
    with contextlib.suppress(ValueError, OSError):  # A lower limit is already set.
        resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
