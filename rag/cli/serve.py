"""``rag serve``: the web server."""

from __future__ import annotations

from typing import Annotated

import typer

from rag.cli.console import AsJson, Index, messages, print_result, settings_of


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Serve the chat page until Ctrl-C; its address is printed once it is ready."""
    from rag.web.server import serve as serve_page

    settings = settings_of(index, host=host, port=port)

    def ready(address: str) -> None:
        print_result(as_json, {"address": address}, f"Footnote answers at {address} (Ctrl-C to stop)")

    messages.print("Loading the models, about 10 seconds …", style="dim")
    serve_page(settings, ready)
