"""JSONL → one article a line: ``text``, and any of ``id, title, date, author, source, url, tags, language``."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.records import article_of, each_article

MAX_LINE_BYTES = 16 << 20
"""Bytes of the longest line that is read: as objects it may take forty times that."""


def read(document: Document) -> Iterator[Found]:
    """The articles of a document, in its order. An ArticleError stands for a line that is wrong, and names it."""
    return _articles(io.BytesIO(document.content), document)


def load(path: Path, suggested_id: str) -> Iterator[Article | ArticleError]:
    """The articles of a file of any length, which is read a line at a time. Raises OSError."""
    with path.open("rb") as lines:
        yield from _articles(lines, Document(b"", path.name, suggested_id, str(path.resolve())))


def is_jsonl(head: bytes) -> bool:
    """Whether a file that begins so holds a JSON object in its first line."""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    try:
        return first.startswith(b"{") and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _articles(lines: BinaryIO, document: Document) -> Iterator[Article | ArticleError]:
    return each_article(
        (f"Line {number}", partial(_article, line, number, document))
        for number, line in enumerate(_lines(lines), start=1)
        if line.strip()
    )


def _lines(lines: BinaryIO) -> Iterator[bytes]:
    """The lines; of those that are too long, the beginning."""
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
    return article_of(row if isinstance(row, dict) else {}, f"Line {number}", number, document)
