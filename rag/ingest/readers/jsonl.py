"""Read articles from JSONL (one a line) and JSON (a list of articles, or one article).

An article has a ``text`` and any of ``id, title, date, author, source, url, tags, language``.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.plain_text import text_of
from rag.ingest.readers.records import article_from_record, articles_from_records

MAX_LINE_BYTES = 16 << 20  # Bytes of the longest line that is read; parsed, it may take forty times as much.
MAX_JSON_BYTES = 16 << 20
"""Bytes of the longest JSON that is read: unlike JSONL it is in memory as a whole, at up to forty times its size."""
JSON_LIST = "articles"


def read(document: Document) -> Iterator[Found]:
    """Read the articles of a document; an ArticleError stands for a wrong line."""
    return _articles(io.BytesIO(document.content), document)


def load(path: Path, suggested_id: str) -> Iterator[Article | ArticleError]:
    """Read the articles of a file of any length, a line at a time. Raises OSError."""
    with path.open("rb") as lines:
        yield from _articles(lines, Document(b"", path.name, suggested_id, str(path.resolve())))


def read_json(document: Document) -> Iterator[Found]:
    """Read a list of articles, an object with such a list as ``articles``, or one article.

    An ArticleError stands for a wrong one. Raises ArticleError if the document is not JSON or has no articles.
    """
    if len(document.content) > MAX_JSON_BYTES:
        raise ArticleError(
            f"The file has {len(document.content) >> 20} MiB; the limit for JSON is {MAX_JSON_BYTES >> 20} MiB. "
            "Save it as JSONL, one article a line."
        )
    try:
        data = json.loads(text_of(document))
    except (ValueError, RecursionError) as error:
        raise ArticleError(f"The file is not JSON ({error}). Correct it, or leave it out.") from None
    if isinstance(data, dict) and not isinstance(data.get(JSON_LIST), list):
        article = article_from_record(data, "The object", 1, document)
        own = article.id if "id" in data else document.suggested_id
        yield replace(article, id=own, origin=document.origin)
        return
    rows = data[JSON_LIST] if isinstance(data, dict) else data
    if not isinstance(rows, list) or not rows:
        raise ArticleError("The file has no list of articles. Give a list of objects with a 'text', or JSONL.")
    yield from articles_from_records(
        (place, partial(article_from_record, row if isinstance(row, dict) else {}, place, number, document))
        for number, row in enumerate(rows, start=1)
        for place in [f"Article {number}"]
    )


def is_jsonl(head: bytes) -> bool:
    """Return whether the first line is a JSON object."""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    try:
        return first.startswith(b"{") and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _articles(lines: BinaryIO, document: Document) -> Iterator[Article | ArticleError]:
    return articles_from_records(
        (f"Line {number}", partial(_article, line, number, document))
        for number, line in enumerate(_lines(lines), start=1)
        if line.strip()
    )


def _lines(lines: BinaryIO) -> Iterator[bytes]:
    """Yield the lines, of those that are too long the beginning."""
    while line := lines.readline(MAX_LINE_BYTES + 1):
        yield line
        while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            line = lines.readline(MAX_LINE_BYTES + 1)


def _article(line: bytes, number: int, document: Document) -> Article:
    if len(line) > MAX_LINE_BYTES:
        raise ArticleError(f"Line {number} is longer than {MAX_LINE_BYTES >> 20} MiB. Split that article.")
    try:
        row = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except (ValueError, RecursionError) as error:
        raise ArticleError(f"Line {number} is not JSON in UTF-8 ({error}). Correct that line.") from None
    return article_from_record(row if isinstance(row, dict) else {}, f"Line {number}", number, document)
