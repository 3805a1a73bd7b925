"""``rag feedback``: readers' verdicts, exported as questions for ``rag eval``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.console import AsJson, Index, messages, print_json, settings_of

app = typer.Typer(no_args_is_help=True, help="What readers said of the answers.")


@app.callback()
def _group() -> None:
    """Keep ``export`` a subcommand: Typer runs an only command without its name."""


@app.command(epilog="Example: rag feedback export > feedback.jsonl")
def export(
    output: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="File to write; stdout if not given.")] = None,
    verdicts: Annotated[
        str, typer.Option(help="Verdicts to export, separated by commas: right, wrong, wrong_source.")
    ] = "wrong,wrong_source",
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Turn readers' verdicts into questions for rag eval; fill in the right answers before running it."""
    from rag.core.errors import DatasetError
    from rag.store.feedback import VERDICTS, FeedbackStore, as_questions
    from rag.store.opening import open_library

    wanted = [name.strip() for name in verdicts.split(",")]
    chosen = [verdict for verdict in VERDICTS if verdict in wanted]
    unknown = sorted(set(wanted) - set(VERDICTS))
    if unknown:
        raise DatasetError(f"There is no verdict '{unknown[0]}'. Choose from {', '.join(VERDICTS)}.")
    settings = settings_of(index)
    ids = open_library(settings).ids()
    rows = as_questions(FeedbackStore(settings.index).all(chosen), ids.__contains__)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if output:
        output.write_text(lines, encoding="utf-8")
    if as_json:
        print_json({"rows": rows, "file": str(output) if output else None})
    elif not output:
        typer.echo(lines, nl=False)
    todo = sum(not row["answers"] and not row["gold_sentences"] for row in rows)
    questions = "1 question" if len(rows) == 1 else f"{len(rows)} questions"
    messages.print(f"{questions} exported; {todo} of them still need their right 'answers'.", markup=False)
