"""The command line. Data goes to stdout, all else to stderr; exit code 2 is wrong usage, 1 anything that failed."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from rag.cli import ask, calibrate, embed, evaluate, feedback, ingest, library, models
from rag.core.errors import RagError, UsageError


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
models_app = typer.Typer(no_args_is_help=False, invoke_without_command=True, help="List the models, or fetch one.")

app.command(epilog="Example: rag ingest seeds --index index")(ingest.ingest)
app.command(epilog='Example: rag search "Who won the election?" --limit 3 --since 2024-01-01')(ask.search)
app.command(epilog='Example: rag ask "Who won the election?" --source "The Coast Gazette" --json')(ask.ask)
app.command(epilog="Example: rag serve --port 8000")(ask.serve)
app.command(name="eval", epilog="Example: rag eval seeds/questions.jsonl --sample 50")(evaluate.evaluate)
app.command(name="list", epilog="Example: rag list --find harbour --limit 20")(library.list_articles)
app.command(epilog="Example: rag show heron-clock-returns --text")(library.show)
app.command(epilog="Example: rag remove heron-clock-returns --yes")(library.remove)
app.command(epilog="Example: rag stats --json")(library.stats)
app.command(epilog="Example: rag backup library-backup.db")(library.backup)
app.command(epilog="Example: rag doctor --repair")(library.doctor)
app.command(epilog="Example: rag calibrate seeds/questions.jsonl")(calibrate.calibrate)
app.add_typer(models_app, name="models")
feedback_app = typer.Typer(no_args_is_help=True, help="What readers said of the answers.")
app.add_typer(feedback_app, name="feedback")
feedback_app.callback()(feedback.group)
feedback_app.command(epilog="Example: rag feedback export > feedback.jsonl")(feedback.export)
embed_app = typer.Typer(no_args_is_help=True, help="Which pages of other origins may show the chat.")
app.add_typer(embed_app, name="embed")
embed_app.callback()(embed.group)
embed_app.command(
    epilog="Example: rag embed create portal --origin https://portal.example --source 'The Coast Gazette'"
)(embed.create)
embed_app.command(name="list", epilog="Example: rag embed list --json")(embed.list_embeds)
embed_app.command(epilog="Example: rag embed show portal")(embed.show)
embed_app.command(epilog="Example: rag embed snippet portal --server https://footnote.example")(embed.snippet)
embed_app.command(epilog="Example: rag embed token portal --subject ada")(embed.token)
embed_app.command(epilog="Example: rag embed change portal --origin https://portal.example --tag harbour")(embed.change)
embed_app.command(epilog="Example: rag embed rotate portal --keep 10")(embed.rotate)
embed_app.command(epilog="Example: rag embed revoke portal --subject ada")(embed.revoke)
embed_app.command(epilog="Example: rag embed delete portal --yes")(embed.delete)
models_app.callback(epilog="Example: rag models --json")(models.list_models)
models_app.command(epilog="Example: rag models pull qwen2.5-coder-1.5b-instruct")(models.pull)


def main() -> None:
    """The ``rag`` command."""
    app()
