"""``rag models``: the catalogue, and fetching from it."""

from __future__ import annotations

import math
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from rag.cli.console import AsJson, download_progress, messages, print_json, settings_of

SLOW_LINE = 12_500_000
"""Bytes a second of a line of 100 Mbit/s."""


def list_models(context: typer.Context, as_json: AsJson = False) -> None:
    """List the models of the catalogue and how each stands on this machine."""
    if context.invoked_subcommand:
        return
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


def pull(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Models to fetch; those in use where none is named."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch models, verify them, and link them into the models folder. What is there is not fetched again."""
    from rag.models.catalog import find_model, load_catalog
    from rag.models.weights import pull as pull_weights
    from rag.models.weights import status

    settings = settings_of()
    in_use = (settings.embedder, settings.reranker, settings.generator)
    wanted = names or [name for name in in_use if name and name in load_catalog()]
    done = []
    for model in [find_model(name) for name in wanted]:
        if status(model, settings).state not in {"ready", "unverified"} and not settings.offline:
            minutes = math.ceil(model.size / SLOW_LINE / 60)
            messages.print(f"Fetching {model.name}: {model.size / 1e6:,.0f} MB, {minutes} min on a line of 100 Mbit/s")
        with download_progress(model.name) as progress:
            path = pull_weights(model, settings, progress)
        done.append({"name": model.name, "path": str(path)})
        if not as_json:
            typer.echo(f"{model.name} is ready.", err=True)
    if as_json:
        print_json({"models": done})
