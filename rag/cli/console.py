"""What the commands share: options, settings, progress on stderr, JSON on stdout.

Nothing heavy is imported at the top, so that ``rag --help`` is quick: see tests/cli/test_startup.py.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from datetime import date

    from rich.progress import Progress

    from rag.core.filters import Filters
    from rag.core.protocols import Embedder
    from rag.core.settings import Settings
    from rag.core.types import ArticleHeader, IngestProgress
    from rag.models.download import PullProgress
    from rag.store import SqliteLibrary

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object to stdout.")]
Index = Annotated[Path | None, typer.Option("--index", help="Folder of the index, instead of the one in the settings.")]
OnlySources = Annotated[
    list[str] | None, typer.Option("--source", metavar="NAME", help="Only articles of this source; repeatable.")
]
OnlyTags = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Only articles with this tag; repeatable.")
]
OnlyLanguages = Annotated[
    list[str] | None,
    typer.Option("--language", metavar="CODE", help="Only articles in this language, such as en; repeatable."),
]
Since = Annotated[str, typer.Option(metavar="DAY", help="Only articles of this day (YYYY-MM-DD) or later.")]
Until = Annotated[str, typer.Option(metavar="DAY", help="Only articles of this day (YYYY-MM-DD) or earlier.")]
AsOf = Annotated[str, typer.Option(metavar="DAY", help="Answer as of this day (YYYY-MM-DD) instead of today.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]

messages = Console(stderr=True, highlight=False)
LINE_SECONDS = 10.0
"""Seconds between two lines of progress if stderr is no terminal."""


def settings_of(index: Path | None = None, **overrides: Any) -> Settings:
    """Load the settings, with a command's options over them, and configure logging."""
    import logging

    from rag.core.settings import load_settings

    settings = load_settings({"index": index, **overrides})
    logging.basicConfig(
        level=settings.log_level.upper(), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    return settings


def open_embedder(settings: Settings) -> Embedder:
    """Load the embedding model, with a status line."""
    from rag.models import loading

    with messages.status("Loading the embedding model …"):
        return loading.open_embedder(settings)


def print_json(value: Any) -> None:
    """Print the one JSON object of a command to stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def print_result(as_json: bool, value: Any, text: str) -> None:
    """Print the result of a command to stdout: its JSON object, or the text for people."""
    if as_json:
        print_json(value)
    else:
        typer.echo(text)


def filters_and_day(
    sources: Iterable[str] | None,
    tags: Iterable[str] | None,
    languages: Iterable[str] | None,
    since: str,
    until: str,
    as_of: str = "",
) -> tuple[Filters, date | None]:
    """Read the filter options and ``--as-of``.

    Raises:
        FilterError: if a day is not a date, or the range ends before it begins.
    """
    from rag.core.filters import day_of, filters_of

    return filters_of(sources or (), tags or (), languages or (), since, until), day_of(as_of)


def require_known(filters: Filters, library: SqliteLibrary) -> None:
    """Raise FilterError, before any model is loaded, if no article has what a filter names."""
    from rag.store import facets

    if filters:
        facets.require_known(filters, library.facets())


def terms_as_json(filters: Filters, as_of: date | None) -> dict[str, Any]:
    """Return the filters and the day of a question for a command's JSON."""
    from datetime import date

    from rag.core.serialization import filters_as_json

    return {"filters": filters_as_json(filters), "as_of": (as_of or date.today()).isoformat()}


def _progress(*columns: Any) -> Progress:
    """A progress bar on stderr; nothing is drawn if stderr is no terminal."""
    from rich.progress import Progress

    return Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal)


@contextmanager
def article_progress() -> Iterator[Callable[[IngestProgress], None]]:
    """Show a bar with the time left while articles are read; if stderr is no terminal, print a line now and then."""
    from rich.progress import BarColumn, TextColumn

    columns = (TextColumn("Reading articles"), BarColumn(), TextColumn("{task.fields[figures]}", markup=False))
    printed = time.monotonic()
    with _progress(*columns, TextColumn("{task.fields[article]}", markup=False)) as shown:
        task = shown.add_task("", total=1.0, figures="", article="")

        def show(progress: IngestProgress) -> None:
            nonlocal printed
            figures = _figures(progress)
            running = progress.done < progress.total
            shown.update(
                task, completed=progress.share, figures=figures, article=progress.article[:40], visible=running
            )
            if shown.disable and time.monotonic() - printed >= LINE_SECONDS:
                printed = time.monotonic()
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
    """Show a bar for a download, in bytes."""
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.fields[activity]} " + name), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with _progress(*columns) as shown:
        task = shown.add_task("", total=None, activity="Fetching")

        def show(progress: PullProgress) -> None:
            shown.update(
                task, completed=progress.done_bytes, total=progress.total_bytes, activity=progress.activity.capitalize()
            )

        yield show


@contextmanager
def question_progress(total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar that counts questions."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Asking questions"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with _progress(*columns) as shown:
        task = shown.add_task("", total=total)
        yield lambda done: shown.update(task, completed=done)


def title(header: ArticleHeader) -> str:
    """Format an article's title, source and date on one line."""
    return " · ".join(str(part) for part in (header.title, header.source, header.date) if part)


def quoted(words: str) -> str:
    """Quote words of an article on one line."""
    return f"“{' '.join(words.split())}”"
