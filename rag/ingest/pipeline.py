"""Ingest files and addresses: sources → articles → passages → vectors → library.

Other processes read articles (rag/ingest/sandbox.py) while this one embeds passages of several articles together. Each
article is stored in one transaction as soon as it is embedded, and can be found from then on.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from rag.core.errors import ArticleError
from rag.core.protocols import Embedder, Library
from rag.core.settings import Settings
from rag.core.types import Article, IngestProgress, IngestReport, Passage, PassageVectors
from rag.ingest import readers
from rag.ingest.parsing import Parsed, Parser, Task, is_address
from rag.ingest.readers import Unreadable
from rag.ingest.sandbox import SandboxedParser
from rag.models import loading
from rag.store import FILE, SqliteLibrary
from rag.store.lock import index_lock
from rag.store.vector_index import FaissIndex

EMBEDDING_BATCH = 256
"""Passages embedded together: enough to batch by similar length, few enough to store every few seconds."""
PIPELINE_VERSION = 1
"""Increased when the same article would be chunked or embedded differently, so that it is processed again."""
ETA_WINDOW_SECONDS = 30.0
"""How far back progress counts for the time left: unchanged articles at the start say little about new ones later."""
MIN_ETA_SECONDS = 1.0  # Seconds of progress before a time left is estimated.


def open_parser() -> AbstractContextManager[Parser]:
    """Open the parser that ``ingest`` uses if it is not given one: other processes."""
    return SandboxedParser()


def ingest(
    sources: Sequence[Path | str],
    settings: Settings,
    embedder: Embedder | None = None,
    progress: Callable[[IngestProgress], None] = lambda _: None,
    *,
    prune: bool = False,
    only: Collection[Path] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    parser: Parser | None = None,
    wait: bool = True,
    say: Callable[[str], None] = lambda _: None,
) -> IngestReport:
    """Read files, folders and http(s) addresses into the library. Unchanged articles are not embedded again.

    Args:
        sources: files, folders and addresses.
        settings: ``index``, ``chunk_words`` and the settings of fetching are used.
        embedder: embeds the passages, by default the one of ``settings``; its name must be that of the index.
        progress: called after each article and each batch of passages.
        prune: remove what came from these files and folders and is gone. Files that cannot be read, and everything
            from a folder that is now empty, stay.
        only: read only the files at or below these paths.
        cancelled: once it returns True, ingest ends with what was stored so far.
        parser: reads the articles, instead of processes started for this ingest.
        wait: wait while another process ingests into the same index; ``say`` is told about it.
        say: called with messages for people.

    Returns:
        What was added, changed and removed, and the sources that could not be read, with the reason.

    Raises:
        PathError: if a path does not exist.
        ArticleError: if there is no article at all.
        IndexBusyError: if another process ingests and ``wait`` is False.
        IndexMismatchError, IndexDamagedError: if the index cannot be opened or written. What was stored before stays.
    """
    started = time.monotonic()
    embedder = embedder or loading.open_embedder(settings)
    tasks = _tasks(sources, settings, only)
    with index_lock(settings.index, wait=wait, say=say), nullcontext(parser) if parser else open_parser() as reading:
        library = SqliteLibrary.create(settings.index / FILE, embedder.name, embedder.dimensions)
        try:
            run = _IngestRun(library, embedder, settings.chunk_words, progress, cancelled, tasks)
            run.store_all(reading.parse(tasks))
            if prune and not cancelled():
                run.prune(only if only is not None else _paths_with_articles(sources, tasks))
            if only is None:  # The index file only speeds up the next start.
                FaissIndex(library, settings.index, embedder.dimensions).refresh()
        finally:
            library.close()
    return run.report(time.monotonic() - started)


def check_sources(sources: Sequence[Path | str]) -> None:
    """Raise PathError or ArticleError as ``ingest`` would, before a model is loaded for it."""
    paths = paths_of(sources)
    if paths or not sources:
        readers.find_files(paths)


def paths_of(sources: Sequence[Path | str]) -> list[Path]:
    """Return the sources that are files and folders."""
    return [Path(source) for source in sources if not is_address(source)]


@dataclass(frozen=True, slots=True)
class _PendingArticle:
    """An article whose passages are not embedded yet."""

    article: Article
    passages: list[Passage]
    revision: str
    is_new: bool


class _IngestRun:
    """One ingest: its counts, and the articles that wait to be embedded."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        words: int,
        progress: Callable[[IngestProgress], None],
        cancelled: Callable[[], bool],
        tasks: Sequence[Task],
    ) -> None:
        self._library, self._embedder, self._words = library, embedder, words
        self._progress, self._cancelled = progress, cancelled
        self._total = len(tasks)
        self._total_bytes = sum(task.size for task in tasks)
        self._eta = EtaEstimator()
        self._pending: list[_PendingArticle] = []
        self._origins: set[str] = set()
        self._unread: list[Task] = []
        self._failed: list[tuple[str, str]] = []
        self._done = self._articles = self._embedded = 0
        self._bytes = 0.0
        self._title = ""
        self._added = self._changed = self._unchanged = self._removed = 0

    def store_all(self, read: Iterator[tuple[Task, Iterator[Parsed | Unreadable]]]) -> None:
        """Embed and store everything that is read, until the end or until cancelled."""
        for task, found in read:
            before = self._bytes
            for one in found:
                if self._cancelled():
                    return
                if isinstance(one, Unreadable):
                    self._failed.append((one.source, one.reason))
                    self._unread.append(task)
                    continue
                # An article has about as many characters as bytes were read for it.
                self._bytes = min(self._bytes + len(one.article.text), before + task.size)
                self._add(one)
            self._bytes = before + task.size
            self._done += 1
        self._embed()
        self._title = ""
        self._report_progress()

    def prune(self, below: Iterable[Path]) -> None:
        """Remove what came from below these paths and was not found this time."""
        kept = {origin for task in self._unread for origin in self._origins_in(task)}
        self._removed = len(self._library.prune(self._origins | kept, [path.resolve() for path in below]))

    def report(self, seconds: float) -> IngestReport:
        return IngestReport(
            self._added, self._changed, self._unchanged, self._removed, tuple(self._failed), self._embedded,
            round(seconds, 3),
        )  # fmt: skip

    def _add(self, parsed: Parsed) -> None:
        article = parsed.article
        revision = self._revision(article)
        if any(one.revision == revision for one in self._pending):
            self._embed()
        known = self._library.known(article.origin)
        self._title = article.title
        self._articles += 1
        self._origins.add(article.origin)
        if known and known[1] == revision:
            self._unchanged += 1
        elif self._library.adopt(article.origin, revision) is not None:
            self._unchanged, self._changed = self._unchanged + (known is None), self._changed + (known is not None)
        else:
            article = replace(article, id=known[0]) if known else article
            self._pending.append(_PendingArticle(article, parsed.passages, revision, known is None))
        self._report_progress()
        if sum(len(one.passages) for one in self._pending) >= EMBEDDING_BATCH:
            self._embed()

    def _embed(self) -> None:
        """Embed the waiting passages in batches, and store each article once it is complete."""
        pending = deque(self._pending)
        self._pending = []
        passages = [(passage, one.article.title) for one in pending for passage in one.passages]
        ready: list[PassageVectors] = []
        for begin in range(0, max(1, len(passages)), EMBEDDING_BATCH):
            if self._cancelled():
                return
            some = passages[begin : begin + EMBEDDING_BATCH]
            ready += self._embedder.embed_passages([passage for passage, _ in some], [title for _, title in some])
            self._embedded += len(some)
            while pending and len(pending[0].passages) <= len(ready):
                one = pending.popleft()
                vectors, ready = ready[: len(one.passages)], ready[len(one.passages) :]
                self._library.store(one.article, one.passages, vectors, one.revision)
                self._added, self._changed = self._added + one.is_new, self._changed + (not one.is_new)
            self._report_progress()

    def _revision(self, article: Article) -> str:
        """Return a hash of everything that decides what is stored for an article."""
        return hashlib.sha256(f"{article.content_sha256} {self._words} {PIPELINE_VERSION}".encode()).hexdigest()

    def _origins_in(self, task: Task) -> Iterator[str]:
        """Yield the origins in the library that are in the file of a task."""
        file = str(Path(task.source).resolve())
        for header in self._library.find(file, limit=1_000_000):
            yield from (origin for origin in self._library.origins(header.id) if origin.startswith(file))

    def _report_progress(self) -> None:
        # Addresses have no size; if there are only addresses, each counts the same.
        share = self._bytes / self._total_bytes if self._total_bytes else self._done / max(1, self._total)
        self._progress(
            IngestProgress(
                self._done, self._total, self._title, self._articles, self._embedded, share,
                self._eta.seconds_left(share),
            )
        )  # fmt: skip


class EtaEstimator:
    """Estimate the time left from the progress of the last seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen = deque([(clock(), 0.0)])

    def seconds_left(self, share: float) -> float | None:
        """Return the seconds left now that ``share`` (0 to 1) is done; None if too little is known yet."""
        now = self._clock()
        self._seen.append((now, share))
        while len(self._seen) > 2 and self._seen[1][0] <= now - ETA_WINDOW_SECONDS:
            self._seen.popleft()
        since, before = self._seen[0]
        if now - since < MIN_ETA_SECONDS or share <= before:
            return None
        return max(0.0, 1 - share) * (now - since) / (share - before)


def _tasks(sources: Sequence[Path | str], settings: Settings, only: Collection[Path] | None) -> list[Task]:
    """Return what is to be read, each file once."""
    paths = paths_of(sources)
    words = settings.chunk_words
    found = readers.find_files(paths) if only is None and (paths or not sources) else []
    if only is not None:
        found = _files_below(paths, [path.resolve() for path in only])
    files = {file.resolve(): Task(str(file), suggested_id, words, _size(file)) for file, suggested_id in found}
    addresses = [] if only is not None else [str(source) for source in sources if is_address(source)]
    return [*files.values(), *(Task(address, "", words, settings=settings) for address in dict.fromkeys(addresses))]


def _paths_with_articles(sources: Sequence[Path | str], tasks: Sequence[Task]) -> list[Path]:
    """Return the given paths that have articles: an empty folder may only not be mounted."""
    files = [Path(task.source).resolve() for task in tasks if not task.is_address]
    held = {place for file in files for place in (file, *file.parents)}
    return [path for path in paths_of(sources) if path.resolve() in held]


def _files_below(paths: Sequence[Path], wanted: Sequence[Path]) -> list[tuple[Path, str]]:
    """Return the article files of ``paths`` at or below ``wanted``; none if all are gone."""
    try:
        found = readers.find_files([path for path in paths if path.exists()])
    except ArticleError:
        return []
    inside = set(wanted)
    return [(file, name) for file, name in found if not inside.isdisjoint([file.resolve(), *file.resolve().parents])]


def _size(file: Path) -> int:
    """Return the bytes of a file; 0 if they are not known."""
    try:
        return file.stat().st_size
    except OSError:
        return 0
