"""``rag ingest``: read articles into the index, once or whenever they change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.console import AsJson, Index, article_progress, messages, open_embedder, print_json, settings_of

if TYPE_CHECKING:
    from rag.core.types import IngestReport


def ingest(
    sources: Annotated[
        list[str], typer.Argument(metavar="PATH-OR-ADDRESS...", help="Files, folders, and http(s) addresses.")
    ],
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove articles whose files are gone from these folders.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Keep running and ingest changes until Ctrl-C.")] = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Fail instead of waiting if another ingest is changing this index.")
    ] = False,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Read articles into the index; unchanged articles are skipped, unreadable files are named."""
    from rag.ingest import pipeline
    from rag.ingest.sandbox import SandboxedParser

    settings = settings_of(index)
    pipeline.check_sources(sources)  # A wrong path fails at once, not after the model is loaded.
    with SandboxedParser() as parser:
        parser.start()  # Starts while the model is loaded.
        embedder = open_embedder(settings)
        if not watch:
            with article_progress() as progress:
                report = pipeline.ingest(
                    sources, settings, embedder, progress, prune=prune, parser=parser, wait=not no_wait, say=_say
                )
            _print_report(report, as_json)
            if report.failed:
                raise typer.Exit(1)
            return

        from rag.ingest.watch import watch as reports_of

        try:
            with article_progress() as progress:
                for report in reports_of(
                    sources, settings, embedder, progress, prune=prune, parser=parser, wait=not no_wait, say=_say
                ):
                    _print_report(report, as_json, lines=True)
                    _say("Waiting for changes (Ctrl-C to stop)")
        except KeyboardInterrupt:
            _say("Stopped. Everything reported is in the index.")


def _print_report(report: IngestReport, as_json: bool, lines: bool = False) -> None:
    """Print what an ingest did; with ``lines``, as JSON on one line."""
    from rag.core.serialization import report_as_json

    if as_json and lines:
        typer.echo(json.dumps(report_as_json(report), ensure_ascii=False))
    elif as_json:
        print_json(report_as_json(report))
    else:
        removed = f"{report.removed} removed, " if report.removed else ""
        typer.echo(
            f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, {removed}"
            f"{len(report.failed)} failed; {report.embedded_passages} passages embedded in {report.seconds:.1f} s."
        )
    for source, reason in report.failed:
        typer.echo(f"Not read: {source}: {reason}", err=True)


def _say(sentence: str) -> None:
    messages.print(sentence, markup=False, style="dim", soft_wrap=True)
