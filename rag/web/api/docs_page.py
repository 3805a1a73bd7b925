"""The page that lists what can be asked of the API, drawn from its OpenAPI schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from rag.web.rendering.environment import render
from rag.web.static import theme

Schema = Mapping[str, Any]
STYLE = Path(__file__).with_name("docs_page.css")


def page(schema: Schema) -> Markup:
    """Render the page of an OpenAPI schema."""
    operations = [
        (method, path, operation, list(_replies(operation)))
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return render("api_docs.page", schema, operations, _style())


def _replies(operation: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield (status, schema) of each reply in JSON."""
    for status, reply in operation["responses"].items():
        schema = reply.get("content", {}).get("application/json", {}).get("schema")
        if schema:
            yield status, schema


@cache
def _style() -> Markup:
    return Markup(theme.read("colours.css") + STYLE.read_text(encoding="utf-8"))
