"""Markdown with optional YAML front matter → one article of plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.articles.text import TITLE_CHARACTERS, one_line, read_text
from rag.errors import ArticleError
from rag.types import Article

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
LINE_BREAK = re.compile(r"<br\b", re.IGNORECASE)


def load(path: Path, suggested_id: str) -> Iterator[Article]:
    """One article from a Markdown file. Raises ArticleError where it is empty or its front matter is broken.

    Front matter may name ``id, title, date, author, source, url, tags, language``. Without a title there, the first
    heading is it, or the file's name.
    """
    words = read_text(path)
    match = FRONT_MATTER.match(words)
    fields = _fields(match.group(1)) if match else {}
    title, body = plain_text(words[match.end() :] if match else words)
    if not body:
        raise ArticleError("The article has no text below its front matter. Write some, or leave the file out.")
    yield Article(
        id=one_line(fields.get("id")) or suggested_id,
        title=(one_line(fields.get("title")) or title or path.stem)[:TITLE_CHARACTERS],
        text=body,
        origin=str(path.resolve()),
        source=one_line(fields.get("source")),
        url=one_line(fields.get("url")),
        author=one_line(fields.get("author")),
        date=parse_date(fields.get("date")),
        tags=parse_tags(fields.get("tags")),
        language=one_line(fields.get("language")) or "en",
    )


def plain_text(markdown: str) -> tuple[str, str]:
    """(first heading of level 1 or "", the words without their markup, blocks apart by a blank line)."""
    blocks: list[str] = []
    title = ""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for position, token in enumerate(tokens):
        if token.type == "inline":
            words = _inline(token)
            opening = tokens[position - 1]
            if opening.type == "heading_open" and opening.tag == "h1" and not title and not blocks:
                title = words
            elif opening.type in {"td_open", "th_open"} and tokens[position - 2].type != "tr_open":
                blocks[-1] += f" | {words}"
            else:
                blocks.append(words)
        elif token.type in {"fence", "code_block"} and token.content.strip():
            blocks.append(token.content.rstrip("\n"))
    return title, "\n\n".join(block for block in blocks if block).strip()


def parse_date(value: Any) -> date | None:
    """A date from what YAML or JSON holds; None where there is none. Raises ArticleError where it is no date."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(str(value).strip().replace("Z", "+00:00")).date()
    except ValueError:
        raise ArticleError(f"The date '{value}' is not understood. Write it as YYYY-MM-DD.") from None


def _fields(front_matter: str) -> dict[str, Any]:
    try:
        fields = yaml.safe_load(front_matter)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a day that no month has.
        problem = str(error).splitlines()[0]
        raise ArticleError(f"The front matter is not valid YAML ({problem}). Correct it or remove it.") from None
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise ArticleError("The front matter is not a list of 'name: value' lines. Correct it or remove it.")
    return {str(name).lower(): value for name, value in fields.items()}


def parse_tags(value: Any) -> tuple[str, ...]:
    """Tags from a list, or from one string with commas between them."""
    if not isinstance(value, list):
        value = one_line(value).split(",")
    return tuple(tag for tag in map(one_line, value) if tag)


def _inline(token: Token) -> str:
    parts: list[str] = []
    for child in token.children or []:
        if child.type in {"softbreak", "hardbreak"} or (
            child.type == "html_inline" and LINE_BREAK.match(child.content)
        ):
            parts.append(" ")
        elif child.type in {"text", "code_inline", "image"}:
            parts.append(child.content)
    return "".join(parts).strip()
