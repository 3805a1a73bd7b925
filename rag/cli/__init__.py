"""The command line: data goes to stdout, everything else to stderr; exit code 2 is wrong usage, 1 any other failure."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from rag.cli import ask, calibrate, embed, evaluate, feedback, ingest, library, models, search, serve
from rag.core.errors import RagError, UsageError


class _PlainErrors(TyperGroup):
    """Print a RagError as one sentence without a traceback, and exit with 2 for wrong usage, else 1."""

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
app.command(epilog="Example: rag ingest seeds --index index")(ingest.ingest)
app.command(epilog='Example: rag search "Who won the election?" --limit 3 --since 2024-01-01')(search.search)
app.command(epilog='Example: rag ask "Who won the election?" --source "The Coast Gazette" --json')(ask.ask)
app.command(epilog="Example: rag serve --port 8000")(serve.serve)
app.command(name="eval", epilog="Example: rag eval seeds/questions.jsonl --sample 50")(evaluate.evaluate)
app.command(name="list", epilog="Example: rag list --find harbour --limit 20")(library.list_articles)
app.command(epilog="Example: rag show heron-clock-returns --text")(library.show)
app.command(epilog="Example: rag remove heron-clock-returns --yes")(library.remove)
app.command(epilog="Example: rag stats --json")(library.stats)
app.command(epilog="Example: rag backup library-backup.db")(library.backup)
app.command(epilog="Example: rag doctor --repair")(library.doctor)
app.command(epilog="Example: rag calibrate seeds/questions.jsonl")(calibrate.calibrate)
app.add_typer(models.app, name="models")
app.add_typer(feedback.app, name="feedback")
app.add_typer(embed.app, name="embed")


def main() -> None:
    """Run the ``rag`` command."""
    app()
