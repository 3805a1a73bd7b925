"""Background ingest of what the page was asked to add: one at a time, in a thread, with its status."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from rag.core.errors import IndexBusyError, RagError
from rag.core.types import ArticleHeader, IngestProgress, IngestReport
from rag.store import SqliteLibrary
from rag.web.library.uploads import Uploads

log = logging.getLogger(__name__)
RETRY_SECONDS = 0.5
"""How often to try again while another process holds the lock of the index."""
SHOWN = 20
"""Most stored articles that the status names."""
GOODBYE_SECONDS = 2.0

Source = Path | str
Stage = Literal["idle", "waiting", "reading", "stopping", "done", "stopped"]


class IngestFunction(Protocol):
    """``rag.ingest.pipeline.ingest`` with its settings and its embedder."""

    def __call__(
        self,
        sources: Sequence[Source],
        *,
        progress: Callable[[IngestProgress], None],
        prune: bool,
        cancelled: Callable[[], bool],
        wait: bool,
    ) -> IngestReport: ...


@dataclass(frozen=True, slots=True)
class IngestStatus:
    """The status of an ingest. ``number`` grows with every change; counts are of all since it was last idle."""

    number: int = 0
    stage: Stage = "idle"
    names: tuple[str, ...] = ()
    """Display names of files and addresses: those being read, then those that are waiting."""
    progress: IngestProgress | None = None
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    """(name, reason) of what could not be read; the reason of an unexpected error is ""."""
    stored: tuple[ArticleHeader, ...] = ()
    """The first articles that were stored, at most SHOWN."""

    @property
    def is_running(self) -> bool:
        return self.stage in {"waiting", "reading", "stopping"}


class IngestJob:
    """Ingest files and addresses in the background; what is added meanwhile is ingested afterwards."""

    def __init__(self, ingest: IngestFunction | None, uploads: Uploads, library: SqliteLibrary) -> None:
        self._ingest = ingest
        self._uploads = uploads
        self._library = library
        self._lock = threading.Lock()
        self._status = IngestStatus()
        self._pending: list[Source] = []
        self._stop = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def status(self) -> IngestStatus:
        """Return the current status."""
        with self._lock:
            return self._status

    def add(self, sources: Sequence[Source], *, new_batch: bool = True) -> None:
        """Ingest files and addresses, now or after the ingest that is running.

        Args:
            sources: paths and addresses.
            new_batch: reset the counts of an ingest that has ended. If False, the sources are counted with it, or left
                out if it was stopped.
        """
        if not sources:
            return
        with self._lock:
            if self._closed:
                return
            if not new_batch and self._status.stage == "stopped":
                self._discard_unused(sources)
                return
            self._pending += [source for source in sources if source not in self._pending]
            if self._status.is_running:
                self._set(names=(*self._status.names, *map(self._name, sources)))
                return
            self._stop.clear()
            if new_batch:
                self._status = IngestStatus(self._status.number)
            self._set(stage="reading", names=tuple(map(self._name, sources)))
            self._thread = threading.Thread(target=self._run, name="adding articles", daemon=True)
            self._thread.start()

    def cancel(self) -> None:
        """Stop, leaving out what is not stored yet."""
        with self._lock:
            if self._status.is_running:
                self._stop.set()
                self._set(stage="stopping")

    def dismiss(self) -> None:
        """Reset the status of an ingest that has ended."""
        with self._lock:
            if not self._status.is_running:
                self._status = IngestStatus(self._status.number + 1)

    def close(self) -> None:
        """Stop, and accept nothing more."""
        with self._lock:
            self._closed = True
            self._stop.set()
            thread = self._thread
        if thread:
            thread.join(GOODBYE_SECONDS)

    def _run(self) -> None:
        try:
            while sources := self._next():
                try:
                    self._ingest_batch(sources)
                except RagError as error:
                    self._failed(sources, str(error))
                except Exception:  # Nobody else would hear of it: this is the top of a thread.
                    log.exception("Adding articles failed")
                    self._failed(sources, "")
                self._tidy(sources)
        finally:
            self._library.close()

    def _next(self) -> list[Source]:
        """Take the sources that were added meanwhile; if there are none, the ingest has ended."""
        with self._lock:
            sources, self._pending = self._pending, []
            stopped = self._stop.is_set()
            if stopped or not sources:
                self._set(stage="stopped" if stopped else "done", progress=None)
            else:
                self._set(stage="reading", names=tuple(map(self._name, sources)), progress=None)
        if stopped:
            self._tidy(sources)
            return []
        return sources

    def _ingest_batch(self, sources: Sequence[Source]) -> None:
        assert self._ingest is not None, "nobody may add anything"
        report = None
        while report is None:
            try:
                report = self._ingest(
                    sources,
                    progress=lambda progress: self._change(progress=progress),
                    prune=True,  # A file may hold fewer articles than the one of its name did before.
                    cancelled=self._stop.is_set,
                    wait=False,  # Unlike a wait inside, the one below can be cancelled.
                )
            except IndexBusyError:
                self._change(stage="stopping" if self._stop.is_set() else "waiting")
                if self._stop.wait(RETRY_SECONDS):
                    return
        failed = [(self._name(source), reason) for source, reason in report.failed]
        stored = [header for source in sources for header in self._library.find(str(source), SHOWN)]
        with self._lock:
            status = self._status
            self._set(
                added=status.added + report.added,
                changed=status.changed + report.changed,
                unchanged=status.unchanged + report.unchanged,
                removed=status.removed + report.removed,
                failed=(*status.failed, *failed),
                stored=(*status.stored, *stored)[:SHOWN],
            )

    def _failed(self, sources: Sequence[Source], reason: str) -> None:
        with self._lock:
            self._set(failed=(*self._status.failed, *((self._name(source), reason) for source in sources)))

    def _tidy(self, sources: Sequence[Source]) -> None:
        with self._lock:
            self._discard_unused([source for source in sources if source not in self._pending])

    def _discard_unused(self, sources: Sequence[Source]) -> None:
        """Delete the uploaded files from which no article came."""
        for file in sources:
            if isinstance(file, Path) and not self._library.find(str(file), 1):
                self._uploads.discard(file)

    def _name(self, source: Source) -> str:
        return self._uploads.name_of(str(source)) or str(source)

    def _change(self, **changes: Any) -> None:
        with self._lock:
            if changes.get("progress") and self._status.stage == "waiting":
                changes["stage"] = "reading"
            self._set(**changes)

    def _set(self, **changes: Any) -> None:
        self._status = replace(self._status, number=self._status.number + 1, **changes)
