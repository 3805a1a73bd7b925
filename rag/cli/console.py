"""What the commands share: options, settings, progress on stderr, JSON on stdout."""

from __future__ import annotations

import json
import logging
import sys
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

from rag.protocols import Embedder
from rag.settings import Settings, load_settings
from rag.types import IngestProgress

if TYPE_CHECKING:
    from rag.download import PullProgress

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object to stdout.")]
Index = Annotated[Path | None, typer.Option("--index", help="Folder of the index, instead of the one in the settings.")]

messages = Console(stderr=True, highlight=False)


def settings_of(index: Path | None = None, **overrides: Any) -> Settings:
    """The settings with a command's options over them; also sets how much is logged."""
    settings = load_settings({"index": index, **overrides})
    logging.basicConfig(
        level=settings.log_level.upper(), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    return settings


def open_embedder(settings: Settings) -> Embedder:
    """Load the embedding model, and say so meanwhile."""
    from rag import chatbot

    with status("Loading the embedding model …"):
        return chatbot.open_embedder(settings)


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
    """A bar for ``ingest``, in articles."""
    columns = (TextColumn("Reading articles"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with bar(*columns, TextColumn("{task.fields[article]}", markup=False)) as shown:
        task = shown.add_task("", total=None, article="")

        def show(progress: IngestProgress) -> None:
            shown.update(task, completed=progress.done, total=progress.total, article=progress.article[:60])

        yield show


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
