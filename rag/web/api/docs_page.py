"""The page that lists what can be asked of the API, drawn from its schema. Pure; it needs no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from rag.web.static import theme

Schema = Mapping[str, Any]
STYLE = Path(__file__).with_name("docs_page.css")


def page(schema: Schema) -> str:
    """The page of an OpenAPI schema."""
    operations = "".join(
        _operation(method, path, operation, schema)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    )
    models = "".join(_model(name, model) for name, model in sorted(schema["components"]["schemas"].items()))
    info = schema["info"]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{info["title"]} API</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_style()}</style></head>'
        f'<body><main><h1>{info["title"]} API</h1><p class="version">Version {info["version"]}</p>'
        f"<p>{_prose(info['description'])}</p>"
        '<p>The same for programs: <a href="openapi.json">openapi.json</a>. '
        "Send <code>Authorization: Bearer TOKEN</code> where a token is needed.</p>"
        f"<h2>Addresses</h2>{operations}<h2>Fields</h2>{models}</main></body></html>"
    )


@cache
def _style() -> str:
    return theme.read("colours.css") + STYLE.read_text(encoding="utf-8")


def _operation(method: str, path: str, operation: Mapping[str, Any], schema: Schema) -> str:
    parts = [f'<section><h3><span class="method">{method.upper()}</span> <code>{escape(path)}</code></h3>']
    parts.append(f"<p>{_prose(operation.get('description') or operation.get('summary', ''))}</p>")
    rows = [
        (one["name"], _kind(one["schema"]), one["schema"].get("description", ""))
        for one in operation.get("parameters", [])
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    parts.append(_table(rows))
    if body:
        parts.append(f"<p>Body: {_kind(body)}</p>")
    replies = [
        f"{status}: {_kind(content['schema'])}"
        for status, reply in operation["responses"].items()
        for kind, content in reply.get("content", {}).items()
        if kind == "application/json" and content.get("schema")
    ]
    parts.append(f"<p>Answers {', '.join(replies)}</p>" if replies else "")
    return "".join(parts) + "</section>"


def _model(name: str, model: Mapping[str, Any]) -> str:
    required = set(model.get("required", ()))
    rows = [
        (field + ("" if field in required else " (optional)"), _kind(of), of.get("description", ""))
        for field, of in model.get("properties", {}).items()
    ]
    about = f"<p>{_prose(model.get('description', ''))}</p>" if model.get("description") else ""
    return f'<section><h3 id="{escape(name)}">{escape(name)}</h3>{about}{_table(rows)}</section>'


def _table(rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    lines = "".join(
        f"<tr><th scope='row'><code>{escape(name)}</code></th><td>{kind}</td><td>{_prose(about)}</td></tr>"
        for name, kind, about in rows
    )
    return f"<table>{lines}</table>"


def _kind(of: Mapping[str, Any]) -> str:
    """A type in words, linked to where it is described."""
    if "$ref" in of:
        name = of["$ref"].rpartition("/")[2]
        return f'<a href="#{escape(name)}">{escape(name)}</a>'
    if "anyOf" in of:
        return " or ".join(map(_kind, of["anyOf"]))
    if "enum" in of or "const" in of:
        return " or ".join(f"<code>{escape(str(value))}</code>" for value in of.get("enum", [of.get("const")]))
    if of.get("type") == "array":
        return f"list of {_kind(of.get('items', {}))}"
    return escape(" ".join(filter(None, (of.get("format", of.get("type", "anything")), *_bounds(of)))))


def _bounds(of: Mapping[str, Any]) -> Iterator[str]:
    words = {"minimum": "≥", "maximum": "≤", "minLength": "characters ≥", "maxLength": "characters ≤"}
    yield from (f"{word} {of[bound]:,}" for bound, word in words.items() if bound in of)


def _prose(text: str) -> str:
    """Paragraphs of a docstring; `code` stays code."""
    pieces = escape(" ".join(text.split())).replace("``", "`").split("`")
    return "".join(piece if at % 2 == 0 else f"<code>{piece}</code>" for at, piece in enumerate(pieces))
