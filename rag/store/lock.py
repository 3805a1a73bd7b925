"""One at a time: who changes an index folder holds its lock, and others wait or are told who it is."""

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
POLL = 0.2
"""Seconds between two looks at a lock that another process holds."""


@contextmanager
def index_lock(folder: Path, *, wait: bool = True, say: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold the lock of an index folder, which is made where it is missing.

    Where another process holds it, ``say`` is told in a sentence who that is, and it is waited for; with
    ``wait=False`` IndexBusyError is raised. The system frees the lock of a process that was killed. Raises
    IndexDamagedError where the folder cannot be written.
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
            lock.acquire(poll_interval=POLL)
    except OSError as error:
        raise IndexDamagedError(
            f"The index folder {folder} cannot be written ({error.strerror or error}). Check its permissions and the "
            "free disk space, or choose another one with --index."
        ) from error
    holder = folder / HOLDER
    try:
        with contextlib.suppress(OSError):  # Only others' messages are the poorer for it.
            since = datetime.now().astimezone().isoformat(timespec="seconds")
            holder.write_text(json.dumps({"process": os.getpid(), "since": since}), encoding="utf-8")
        yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _holder(folder: Path) -> str:
    """Who holds the lock, as far as it has said so."""
    try:
        held = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        since = datetime.fromisoformat(held["since"])
        return f": process {int(held['process'])}, since {since:%H:%M:%S on %Y-%m-%d}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
