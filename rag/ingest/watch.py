"""Ingest continuously: read files again when they change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from rag.core.protocols import Embedder
from rag.core.settings import Settings
from rag.core.types import IngestProgress, IngestReport
from rag.ingest.parsing import Parser
from rag.ingest.pipeline import ingest, open_parser, paths_of

QUIET, LONGEST = 300, 3000
"""Milliseconds without a change after which changes are ingested, and how long to wait for that at most."""
POLL = 500  # Milliseconds between two checks whether to stop.


def watch(
    sources: Sequence[Path | str],
    settings: Settings,
    embedder: Embedder,
    progress: Callable[[IngestProgress], None] = lambda _: None,
    *,
    prune: bool = False,
    wait: bool = True,
    say: Callable[[str], None] = lambda _: None,
    stop: threading.Event | None = None,
    parser: Parser | None = None,
) -> Iterator[IngestReport]:
    """Ingest the sources, then changes of their files within seconds, until ``stop`` is set.

    Yields the report of the first round and of each further one that changed something or failed. Addresses are read
    in the first round only. Arguments and errors are those of ``ingest``; ``wait`` applies to the first round.
    """
    stop = stop or threading.Event()
    changes = _changes(paths_of(sources), settings.index.resolve(), stop)
    with nullcontext(parser) if parser else open_parser() as reading:
        again = partial(
            ingest, sources, settings, embedder, progress,
            prune=prune, cancelled=stop.is_set, parser=reading, say=say,
        )  # fmt: skip
        next(changes, None)  # Starts watching, so that changes during the first round are seen after it.
        yield again(wait=wait)
        for changed in changes:
            if changed:
                report = again(only=changed)
                if report.added or report.changed or report.removed or report.failed:
                    yield report


def _changes(paths: Sequence[Path], index: Path, stop: threading.Event) -> Iterator[set[Path]]:
    """Yield the paths that have changed since the last time, twice a second, even if there are none."""
    import watchfiles

    def is_wanted(_: watchfiles.Change, changed: str) -> bool:
        path = Path(changed)
        return not path.is_relative_to(index) and any(path.is_relative_to(wanted) for wanted in wanted_paths)

    wanted_paths = [path.absolute() for path in paths] + [path.resolve() for path in paths]
    folders = [path for path in paths if path.is_dir()]
    # Many editors replace a file by a new one, which is only seen in its folder.
    parents = {path.absolute().parent for path in paths if not path.is_dir()}
    watchers = [
        watchfiles.watch(
            *watched, watch_filter=is_wanted, recursive=recursive, stop_event=stop, yield_on_timeout=True,
            step=QUIET, debounce=LONGEST, rust_timeout=POLL,
        )
        for watched, recursive in ((folders, True), (parents, False))
        if watched
    ]  # fmt: skip
    if not watchers:  # There are only addresses, which are not watched.
        return
    while not stop.is_set():
        yield {Path(path) for watcher in watchers for _, path in next(watcher, set())}
