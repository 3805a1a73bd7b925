"""The command line: ``rag ingest | search | ask | models | serve``. Data goes to stdout, all else to stderr."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

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
from rich.table import Table
from typer.core import TyperGroup

from rag.errors import RagError, UsageError
from rag.settings import Settings, load_settings
from rag.types import Answer, Answered, Declined, IngestProgress, QuoteFound, SentenceChecked, Source


class _PlainErrors(TyperGroup):
    """Every RagError ends the command with its one sentence: exit code 2 for wrong usage, else 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except RagError as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(2 if isinstance(error, UsageError) else 1) from error


app = typer.Typer(
    name="rag",
    cls=_PlainErrors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ask your articles; every sentence of the answer is footnoted.",
)
models_app = typer.Typer(no_args_is_help=False, help="List the models, or fetch one.", invoke_without_command=True)
app.add_typer(models_app, name="models")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object to stdout.")]
Index = Annotated[Path | None, typer.Option("--index", help="Folder of the index, instead of the one in the settings.")]

messages = Console(stderr=True, highlight=False)


@app.command(epilog="Example: rag ingest seeds --index index")
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files and folders of articles.")],
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Read articles (Markdown, plain text, JSONL) into the index; what is there unchanged is left alone."""
    from rag import articles, chatbot
    from rag.wire import report_as_json

    settings = _settings(index)
    articles.find_files(paths)  # A wrong path is said at once, not after the model is loaded.
    embedder = _open_embedder(settings)
    with _article_progress() as progress:
        report = chatbot.ingest(paths, settings, embedder, progress)
    if as_json:
        _print_json(report_as_json(report))
    else:
        typer.echo(
            f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, {len(report.failed)} "
            f"failed; {report.embedded_passages} passages embedded in {report.seconds:.1f} s."
        )
    for source, reason in report.failed:
        typer.echo(f"Not read: {source}: {reason}", err=True)
    if report.failed:
        raise typer.Exit(1)


@app.command(epilog='Example: rag search "Who won the election?" --limit 3')
def search(
    question: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    limit: Annotated[int, typer.Option(min=1, max=200, help="Passages to show.")] = 5,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Show the passages that fit a question best, without asking the answering model."""
    from rag import chatbot
    from rag.wire import ranked_as_json

    settings = _settings(index)
    question = chatbot.checked_question(question, settings)
    library = chatbot.open_library(settings)
    retriever = chatbot.open_retriever(library, _open_embedder(settings), settings)
    found = retriever.retrieve(question, max(limit, settings.candidates)).passages[:limit]
    if as_json:
        _print_json({"question": question, "passages": [ranked_as_json(passage) for passage in found]})
        return
    for passage in found:
        typer.echo(
            f"{passage.rank}. {_title(passage.header)}\n   {_quoted(passage.passage.words_of(passage.best.span))}"
        )


@app.command(epilog='Example: rag ask "Who won the election?" --json')
def ask(
    question: Annotated[str, typer.Argument(help="A question about the articles.")],
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the articles, each sentence with its sources."""
    from rag import chatbot
    from rag.wire import answer_as_json

    settings = _settings(index)
    question = chatbot.checked_question(question, settings)
    with _status("Loading the models …"):
        bot = chatbot.Chatbot.open(settings)
    answer: Answer | None = None
    for event in bot.stream(question):
        match event:
            case QuoteFound(source) if not as_json:
                messages.print(f"Closest words: {_quoted(source.quoted)}", style="dim", markup=False)
            case SentenceChecked(sentence, _) if not as_json:
                marks = "".join(f"[{number}]" for number in sentence.citations) or " (not found in the articles)"
                typer.echo(sentence.text + marks)
            case Answered(answer) | Declined(answer):
                pass
    assert answer is not None, "every stream ends with Answered or Declined"
    if as_json:
        _print_json(answer_as_json(answer))
    elif answer.declined:
        typer.echo(answer.declined.message)
        _print_sources(answer.declined.nearest)
    else:
        cited = {number for sentence in answer.sentences for number in sentence.citations}
        _print_sources(tuple(source for source in answer.sources if source.number in cited))


@models_app.callback(epilog="Example: rag models --json")
def list_models(context: typer.Context, as_json: AsJson = False) -> None:
    """List the models of the catalogue and how each stands on this machine."""
    if context.invoked_subcommand:
        return
    from rag.catalog import load_catalog
    from rag.weights import status

    settings = _settings()
    rows = [(model, status(model, settings)) for model in load_catalog().values()]
    if as_json:
        _print_json(
            {
                "models": [
                    {
                        "name": model.name, "role": model.role, "state": state.state, "bytes": model.size,
                        "licence": model.licence, "path": str(state.path) if state.path else None,
                        "description": model.description,
                    }
                    for model, state in rows
                ]
            }
        )  # fmt: skip
        return
    table = Table("Name", "Role", "Size", "Licence", "State", "Description", box=None, pad_edge=False)
    for model, state in rows:
        size = f"{model.size / 1e6:,.0f} MB"
        table.add_row(model.name, model.role, size, model.licence, state.state, model.description)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@models_app.command(epilog="Example: rag models pull qwen2.5-coder-1.5b-instruct")
def pull(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Models to fetch; the two in use where none is named."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch models, verify them, and link them into the models folder. What is there is not fetched again."""
    from rag.catalog import find_model, load_catalog
    from rag.weights import pull as pull_weights

    settings = _settings()
    wanted = names or [name for name in (settings.embedder, settings.generator) if name in load_catalog()]
    done = []
    for model in [find_model(name) for name in wanted]:
        with _download_progress(model.name) as progress:
            path = pull_weights(model, settings, progress)
        done.append({"name": model.name, "path": str(path)})
        if not as_json:
            typer.echo(f"{model.name} is ready.", err=True)
    if as_json:
        _print_json({"models": done})


@app.command(epilog="Example: rag serve --port 8000")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Serve the chat page until Ctrl-C; its address is printed once it answers."""
    from rag.web.server import serve as serve_page

    settings = _settings(index, host=host, port=port)

    def ready(address: str) -> None:
        if as_json:
            _print_json({"address": address})
        else:
            typer.echo(f"Footnote answers at {address} (Ctrl-C ends it)")

    messages.print("Loading the models, about 10 seconds …", style="dim")
    serve_page(settings, ready)


def main() -> None:
    """The ``rag`` command."""
    app()


def _settings(index: Path | None = None, **overrides: Any) -> Settings:
    settings = load_settings({"index": index, **overrides})
    logging.basicConfig(
        level=settings.log_level.upper(), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    return settings


def _open_embedder(settings: Settings) -> Any:
    from rag.chatbot import open_embedder

    with _status("Loading the embedding model …"):
        return open_embedder(settings)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def _print_sources(sources: tuple[Source, ...]) -> None:
    for source in sources:
        typer.echo(f"[{source.number}] {_title(source.header)}\n    {_quoted(source.quoted)}")


def _title(header: Any) -> str:
    return " · ".join(str(part) for part in (header.title, header.source, header.date) if part)


def _quoted(words: str) -> str:
    return f"“{' '.join(words.split())}”"


@contextmanager
def _status(text: str) -> Iterator[None]:
    with messages.status(text):
        yield


def _bar(*columns: ProgressColumn) -> Progress:
    """A progress bar for people who watch; nothing where stderr is a file."""
    return Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal)


@contextmanager
def _article_progress() -> Iterator[Any]:
    columns = (TextColumn("Reading articles"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with _bar(*columns, TextColumn("{task.fields[article]}", markup=False)) as bar:
        task = bar.add_task("", total=None, article="")

        def show(progress: IngestProgress) -> None:
            bar.update(task, completed=progress.done, total=progress.total, article=progress.article[:60])

        yield show


@contextmanager
def _download_progress(name: str) -> Iterator[Any]:
    columns = (TextColumn("{task.fields[activity]} " + name), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with _bar(*columns) as bar:
        task = bar.add_task("", total=None, activity="Fetching")

        def show(progress: Any) -> None:
            bar.update(
                task, completed=progress.done_bytes, total=progress.total_bytes, activity=progress.activity.capitalize()
            )

        yield show
