"""The lock of an index folder: one process changes it at a time, and others are told which."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from rag.core.errors import IndexBusyError, IndexDamagedError

LOCK, HOLDER = "ingest.lock", "ingest.json"
POLL_SECONDS = 0.2
"""Seconds between two attempts to take a lock that another process holds."""


@contextmanager
def index_lock(folder: Path, *, wait: bool = True, say: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold the lock of an index folder, which is created if it is missing.

    The system releases the lock of a process that was killed.

    Args:
        folder: The index folder.
        wait: Whether to wait for another process that holds the lock.
        say: Called with a sentence that names that process, before waiting for it.

    Raises:
        IndexBusyError: if another process holds the lock and ``wait`` is false.
        IndexDamagedError: if the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            busy = f"Another process is changing the index in {folder}{_holder(folder)}."
            if not wait:
                raise IndexBusyError(f"{busy} Run the command again when it has ended, or let it wait.") from None
            say(f"{busy} This one goes on when it has ended.")
            lock.acquire(poll_interval=POLL_SECONDS)
    except OSError as error:
        raise IndexDamagedError(
            f"The index folder {folder} cannot be written ({error.strerror or error}). Check its permissions and the "
            "free disk space, or choose another one with --index."
        ) from error
    holder = folder / HOLDER
    try:
        with contextlib.suppress(OSError):  # Without it others are not told who holds the lock.
            since = datetime.now().astimezone().isoformat(timespec="seconds")
            holder.write_text(json.dumps({"process": os.getpid(), "since": since}), encoding="utf-8")
        yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _holder(folder: Path) -> str:
    """Return who holds the lock, as the end of a sentence; "" if that is unknown."""
    try:
        held = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        since = datetime.fromisoformat(held["since"])
        return f": process {int(held['process'])}, since {since:%H:%M:%S on %Y-%m-%d}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
