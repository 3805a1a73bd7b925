"""Read Markdown with optional YAML front matter into one article of plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.core.errors import ArticleError
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.html_blocks import add_html
from rag.ingest.readers.metadata import Metadata, one_line, same_words
from rag.ingest.readers.plain_text import text_of

# The worst Markdown within these limits takes seven CPU seconds and less than half a gigabyte.
MAX_CHARACTERS = 10_000_000
MAX_LINES = 100_000
MAX_MARKS = 200_000
MARKS = "*_[]`<|~&\\"
MAX_FRONT_MATTER = 64 << 10

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
LINE_BREAK = re.compile(r"<br\b", re.IGNORECASE)


def read(document: Document) -> Iterator[Found]:
    """Read one article. Front matter may have ``id, title, date, author, source, url, tags, language``.

    Without a title there, a first heading of level 1 is the title and not part of the text. Raises ArticleError if the
    article is empty or its front matter is malformed.
    """
    words = text_of(document)
    _check_limits(words)
    match = FRONT_MATTER.match(words)
    fields = _fields(match.group(1)) if match else {}
    metadata = Metadata.from_fields(fields)
    title, builder = parse_markdown(words[match.end() :] if match else words, metadata.title)
    if builder.empty:
        raise ArticleError("The article has no text below its front matter. Write some, or leave the file out.")
    article = builder.article(document, title, replace(metadata, url=metadata.url or document.url))
    yield replace(article, id=one_line(fields.get("id")) or article.id)


def _check_limits(words: str) -> None:
    amounts = (
        ("characters", len(words), MAX_CHARACTERS),
        ("lines", words.count("\n") + 1, MAX_LINES),
        ("marks such as * or [", sum(map(words.count, MARKS)), MAX_MARKS),
    )
    for what, amount, limit in amounts:
        if amount > limit:
            raise ArticleError(
                f"The file has {amount:,} {what}; the limit for Markdown is {limit:,}. Split it, or save it as .txt."
            )


def parse_markdown(markdown: str, title: str = "") -> tuple[str, DocumentBuilder]:
    """Return the title and the text without markup.

    Without ``title``, a first heading of level 1 is the title. It is left out of the text, as is one that repeats
    ``title``.
    """
    builder = DocumentBuilder(title)
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    item = ""
    for position, token in enumerate(tokens):
        if token.type == "inline":
            words, opening = _inline(token), tokens[position - 1]
            if opening.type == "heading_open":
                level = int(opening.tag[1:])
                if level == 1 and builder.empty and (not title or same_words(words, title)):
                    title = title or words
                else:
                    builder.add_heading(words, level)
            elif opening.type not in {"td_open", "th_open"}:
                builder.add_item(words, item) if item else builder.add_paragraph(words)
                item = ""
        elif token.type == "tr_open":
            builder.add_row(_cells(tokens, position))
        elif token.type == "list_item_open":
            item = f"{token.info}." if token.info else "-"
        elif token.type in {"bullet_list_close", "ordered_list_close"} and not token.level:
            builder.end_block()
        elif token.type == "list_item_close":
            item = ""
        elif token.type == "table_close":
            builder.end_block()
        elif token.type in {"fence", "code_block"}:
            builder.add_paragraph(token.content.rstrip("\n"))
        elif token.type == "html_block":
            add_html(token.content, builder)
    return title, builder


def _cells(tokens: list[Token], row: int) -> Iterator[str]:
    while tokens[row].type != "tr_close":
        if tokens[row].type == "inline":
            yield _inline(tokens[row])
        row += 1


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


class _FrontMatterLoader(yaml.SafeLoader):
    """A loader without aliases, with which a few lines can expand to billions."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it has an alias, a word that begins with *")
        return super().compose_node(parent, index)


def _fields(front_matter: str) -> dict[str, Any]:
    if len(front_matter) > MAX_FRONT_MATTER:
        raise ArticleError(f"The front matter is longer than {MAX_FRONT_MATTER:,} characters. Shorten it.")
    try:
        fields = yaml.load(front_matter, _FrontMatterLoader)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2024-02-31.
        problem = str(error).splitlines()[0]
        raise ArticleError(f"The front matter is not valid YAML ({problem}). Correct it or remove it.") from None
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise ArticleError("The front matter is not a list of 'name: value' lines. Correct it or remove it.")
    return {str(name).lower(): value for name, value in fields.items()}
