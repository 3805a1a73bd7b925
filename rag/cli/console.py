"""What the commands share: options, settings, progress on stderr, JSON on stdout."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from rag.core.protocols import Embedder
from rag.core.settings import Settings, load_settings
from rag.core.types import ArticleHeader, IngestProgress

if TYPE_CHECKING:
    from rag.models.download import PullProgress

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object to stdout.")]
Index = Annotated[Path | None, typer.Option("--index", help="Folder of the index, instead of the one in the settings.")]

messages = Console(stderr=True, highlight=False)
LINE_SECONDS = 10.0
"""How often a line tells of progress where there can be no bar."""


def settings_of(index: Path | None = None, **overrides: Any) -> Settings:
    """The settings with a command's options over them; also sets how much is logged."""
    settings = load_settings({"index": index, **overrides})
    logging.basicConfig(
        level=settings.log_level.upper(), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    return settings


def open_embedder(settings: Settings) -> Embedder:
    """Load the embedding model, and say so meanwhile."""
    from rag.models import loading

    with status("Loading the embedding model …"):
        return loading.open_embedder(settings)


def print_json(value: Any) -> None:
    """The one JSON object of a command, to stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


@contextmanager
def status(text: str) -> Iterator[None]:
    """Say on stderr what is being waited for."""
    with messages.status(text):
        yield


def bar(*columns: ProgressColumn) -> Progress:
    """A progress bar for people who watch; nothing where stderr is a file."""
    return Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal)


@contextmanager
def article_progress() -> Iterator[Callable[[IngestProgress], None]]:
    """A bar for ``ingest``, with the time left; where stderr is a file, a line now and then."""
    columns = (TextColumn("Reading articles"), BarColumn(), TextColumn("{task.fields[figures]}", markup=False))
    said = time.monotonic()
    with bar(*columns, TextColumn("{task.fields[article]}", markup=False)) as shown:
        task = shown.add_task("", total=1.0, figures="", article="")

        def show(progress: IngestProgress) -> None:
            nonlocal said
            figures = _figures(progress)
            going_on = progress.done < progress.total
            shown.update(
                task, completed=progress.share, figures=figures, article=progress.article[:40], visible=going_on
            )
            if shown.disable and time.monotonic() - said >= LINE_SECONDS:
                said = time.monotonic()
                messages.print(f"Reading articles: {progress.share:.0%}, {figures}", markup=False)

        yield show


def _figures(progress: IngestProgress) -> str:
    figures = f"{progress.articles:,} articles, {progress.passages:,} passages"
    left = progress.seconds_left
    if left is None:
        return figures
    return f"{figures}, about {left:.0f} s left" if left < 90 else f"{figures}, about {left / 60:.0f} min left"


@contextmanager
def download_progress(name: str) -> Iterator[Callable[[PullProgress], None]]:
    """A bar for a download, in bytes."""
    columns = (TextColumn("{task.fields[activity]} " + name), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with bar(*columns) as shown:
        task = shown.add_task("", total=None, activity="Fetching")

        def show(progress: PullProgress) -> None:
            shown.update(
                task, completed=progress.done_bytes, total=progress.total_bytes, activity=progress.activity.capitalize()
            )

        yield show


@contextmanager
def question_progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar for an evaluation, in questions."""
    columns = (TextColumn("Asking questions"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with bar(*columns) as shown:
        task = shown.add_task("", total=total)
        yield lambda done: shown.update(task, completed=done)


def title(header: ArticleHeader) -> str:
    """An article's title, source and day on one line."""
    return " · ".join(str(part) for part in (header.title, header.source, header.date) if part)


def quoted(words: str) -> str:
    """Words of an article in quotation marks, on one line."""
    return f"“{' '.join(words.split())}”"
