"""The way from files and addresses to the library: sources → articles → passages → vectors → library.

Articles are read in other processes (rag/ingest/sandbox.py) while passages of several articles are embedded together in
this one. Each article is stored, in one transaction, as soon as its vectors are there, and can be found from then on.
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
from rag.ingest.parsing import Parsed, Parser, Task
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
MIN_ETA_SECONDS = 1.0
"""Seconds of progress before a time left is estimated."""


def open_parser() -> AbstractContextManager[Parser]:
    """What reads the articles where ``ingest`` is not given anything else: processes of their own."""
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
    """Read files, folders and http(s) addresses into the library; what is there unchanged is not embedded again.

    What cannot be read is named in the report, and the rest goes in. ``prune`` takes out what came earlier from these
    files and folders and is no longer there; what is there and cannot be read stays, and so does all of an empty
    folder. ``only`` leaves out all but the files at or below these paths. Once ``cancelled()`` is true it ends, with
    what was stored by then. ``parser`` reads in place of processes that are started for this ingest.

    One ingest at a time: where another one is at the same index, ``say`` is told who, and it is waited for, or with
    ``wait=False`` IndexBusyError is raised. Raises PathError, ArticleError where there is no article at all, and the
    errors of SqliteLibrary.create and of its writing; what was stored before stays.
    """
    started = time.monotonic()
    embedder = embedder or loading.open_embedder(settings)
    tasks = _tasks(sources, settings, only)
    with index_lock(settings.index, wait=wait, say=say), nullcontext(parser) if parser else open_parser() as reading:
        library = SqliteLibrary.create(settings.index / FILE, embedder.name, embedder.dimensions)
        try:
            run = _Run(library, embedder, settings.chunk_words, progress, cancelled, tasks)
            run.take(reading.parse(tasks))
            if prune and not cancelled():
                run.prune(only if only is not None else _places(sources, tasks))
            if only is None:  # A change is found without it, too; the file only saves the next start some time.
                FaissIndex(library, settings.index, embedder.dimensions).refresh()
        finally:
            library.close()
    return run.report(time.monotonic() - started)


def check_sources(sources: Sequence[Path | str]) -> None:
    """Raise PathError or ArticleError at once where ``ingest`` would, before anything is loaded for it."""
    paths = paths_of(sources)
    if paths or not sources:
        readers.find_files(paths)


def paths_of(sources: Sequence[Path | str]) -> list[Path]:
    """The sources that are files and folders, and not addresses."""
    return [Path(source) for source in sources if not _is_address(source)]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An article whose passages are still to be embedded."""

    article: Article
    passages: list[Passage]
    revision: str
    is_new: bool


class _Run:
    """One ingest: its counts, and the articles that wait for their vectors."""

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
        self._pace = EtaEstimator()
        self._waiting: list[_Waiting] = []
        self._origins: set[str] = set()
        self._unread: list[Task] = []
        self._failed: list[tuple[str, str]] = []
        self._done = self._articles = self._embedded = 0
        self._bytes = 0.0
        self._title = ""
        self._added = self._changed = self._unchanged = self._removed = 0

    def take(self, read: Iterator[tuple[Task, Iterator[Parsed | Unreadable]]]) -> None:
        """Store all that is read, until the end or until it is cancelled."""
        for task, found in read:
            before = self._bytes
            for one in found:
                if self._cancelled():
                    return
                if isinstance(one, Unreadable):
                    self._failed.append((one.source, one.reason))
                    self._unread.append(task)
                    continue
                # Characters of an article are about as many as the bytes that they were read from.
                self._bytes = min(self._bytes + len(one.article.text), before + task.size)
                self._take(one)
            self._bytes = before + task.size
            self._done += 1
        self._embed()
        self._title = ""
        self._tell()

    def prune(self, below: Iterable[Path]) -> None:
        """Take out what came from below these paths and was not found now."""
        kept = {origin for task in self._unread for origin in self._origins_in(task)}
        self._removed = len(self._library.prune(self._origins | kept, [path.resolve() for path in below]))

    def report(self, seconds: float) -> IngestReport:
        return IngestReport(
            self._added, self._changed, self._unchanged, self._removed, tuple(self._failed), self._embedded,
            round(seconds, 3),
        )  # fmt: skip

    def _take(self, parsed: Parsed) -> None:
        article = parsed.article
        revision = self._revision(article)
        if any(one.revision == revision for one in self._waiting):
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
            self._waiting.append(_Waiting(article, parsed.passages, revision, known is None))
        self._tell()
        if sum(len(one.passages) for one in self._waiting) >= EMBEDDING_BATCH:
            self._embed()

    def _embed(self) -> None:
        """Embed what waits, passages of all articles together, and store each article once it is complete."""
        waiting = deque(self._waiting)
        self._waiting = []
        passages = [(passage, one.article.title) for one in waiting for passage in one.passages]
        ready: list[PassageVectors] = []
        for begin in range(0, max(1, len(passages)), EMBEDDING_BATCH):
            if self._cancelled():
                return
            some = passages[begin : begin + EMBEDDING_BATCH]
            ready += self._embedder.embed_passages([passage for passage, _ in some], [title for _, title in some])
            self._embedded += len(some)
            while waiting and len(waiting[0].passages) <= len(ready):
                one = waiting.popleft()
                vectors, ready = ready[: len(one.passages)], ready[len(one.passages) :]
                self._library.store(one.article, one.passages, vectors, one.revision)
                self._added, self._changed = self._added + one.is_new, self._changed + (not one.is_new)
            self._tell()

    def _revision(self, article: Article) -> str:
        """Names all that decides what is stored of an article."""
        return hashlib.sha256(f"{article.content_sha256} {self._words} {PIPELINE_VERSION}".encode()).hexdigest()

    def _origins_in(self, task: Task) -> Iterator[str]:
        """The origins in the library that lie in the file of a task."""
        file = str(Path(task.source).resolve())
        for header in self._library.find(file, limit=1_000_000):
            yield from (origin for origin in self._library.origins(header.id) if origin.startswith(file))

    def _tell(self) -> None:
        # Addresses have no size; where there is nothing else, each counts alike.
        share = self._bytes / self._total_bytes if self._total_bytes else self._done / max(1, self._total)
        self._progress(
            IngestProgress(
                self._done, self._total, self._title, self._articles, self._embedded, share,
                self._pace.seconds_left(share),
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
    """What is to be read, each file once."""
    paths = paths_of(sources)
    words = settings.chunk_words
    found = readers.find_files(paths) if only is None and (paths or not sources) else []
    if only is not None:
        found = _among(paths, [path.resolve() for path in only])
    files = {file.resolve(): Task(str(file), suggested_id, words, _size(file)) for file, suggested_id in found}
    addresses = [] if only is not None else [str(source) for source in sources if _is_address(source)]
    return [*files.values(), *(Task(address, "", words, settings=settings) for address in dict.fromkeys(addresses))]


def _places(sources: Sequence[Path | str], tasks: Sequence[Task]) -> list[Path]:
    """The files and folders that were named. A folder without any article may only not be mounted, and is left out."""
    files = [Path(task.source).resolve() for task in tasks if not task.is_address]
    held = {place for file in files for place in (file, *file.parents)}
    return [path for path in paths_of(sources) if path.resolve() in held]


def _among(paths: Sequence[Path], wanted: Sequence[Path]) -> list[tuple[Path, str]]:
    """Those of the files at or below ``wanted``; none where all are gone."""
    try:
        found = readers.find_files([path for path in paths if path.exists()])
    except ArticleError:
        return []
    inside = set(wanted)
    return [(file, name) for file, name in found if not inside.isdisjoint([file.resolve(), *file.resolve().parents])]


def _is_address(source: Path | str) -> bool:
    if isinstance(source, Path) or "://" not in source:
        return False
    from rag.ingest.readers.urls import is_address

    return is_address(source)


def _size(file: Path) -> int:
    """Bytes of a file; 0 where it cannot be told."""
    try:
        return file.stat().st_size
    except OSError:
        return 0
