"""``rag models``: list the catalogue, download weights."""

from __future__ import annotations

import math
import sys
from typing import Annotated

import typer
from rich.console import Console

from rag.cli.console import AsJson, download_progress, messages, print_json, settings_of

BYTES_PER_SECOND = 12_500_000
"""Of a connection of 100 Mbit/s."""

app = typer.Typer(no_args_is_help=False, invoke_without_command=True, help="List the models, or download one.")


@app.callback(epilog="Example: rag models --json")
def list_models(context: typer.Context, as_json: AsJson = False) -> None:
    """List the models of the catalogue, and whether each is on this machine."""
    if context.invoked_subcommand:
        return
    from rich.table import Table

    from rag.models.catalog import load_catalog
    from rag.models.weights import status

    settings = settings_of()
    rows = [(model, status(model, settings)) for model in load_catalog().values()]
    if as_json:
        print_json(
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


@app.command(epilog="Example: rag models pull qwen2.5-coder-1.5b-instruct")
def pull(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Models to download; those in use if none is named."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Download models, verify them, and link them into the models folder; complete downloads are kept."""
    from rag.models.catalog import find_model, load_catalog
    from rag.models.weights import pull as pull_weights
    from rag.models.weights import status

    settings = settings_of()
    in_use = (settings.embedder, settings.reranker, settings.generator)
    wanted = names or [name for name in in_use if name and name in load_catalog()]
    done = []
    for model in [find_model(name) for name in wanted]:
        if status(model, settings).state not in {"ready", "unverified"} and not settings.offline:
            minutes = math.ceil(model.size / BYTES_PER_SECOND / 60)
            messages.print(f"Fetching {model.name}: {model.size / 1e6:,.0f} MB, {minutes} min at 100 Mbit/s")
        with download_progress(model.name) as progress:
            path = pull_weights(model, settings, progress)
        done.append({"name": model.name, "path": str(path)})
        if not as_json:
            typer.echo(f"{model.name} is ready.", err=True)
    if as_json:
        print_json({"models": done})
