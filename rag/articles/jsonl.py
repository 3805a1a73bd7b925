"""JSONL → one article a line: ``id`` and ``text``, and any of ``title, date, author, source, url, tags, language``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from rag.articles.markdown import parse_date, parse_tags
from rag.articles.text import TITLE_CHARACTERS, one_line, storable
from rag.errors import ArticleError
from rag.types import Article


def load(path: Path, suggested_id: str) -> Iterator[Article | ArticleError]:
    """The articles of a file, in its order. An ArticleError stands for a line that is wrong, and names it."""
    ids: set[str] = set()
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                article = _article(line, number, path, suggested_id)
            except ArticleError as error:
                yield error
                continue
            if article.id in ids:
                yield ArticleError(f"Line {number} has the id '{article.id}' of an earlier line. Give it its own.")
                continue
            ids.add(article.id)
            yield article


def _article(line: bytes, number: int, path: Path, suggested_id: str) -> Article:
    try:
        row = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except (ValueError, RecursionError) as error:
        raise ArticleError(f"Line {number} is not JSON in UTF-8 ({error}). Correct that line.") from None
    words = storable(row["text"]) if isinstance(row, dict) and isinstance(row.get("text"), str) else ""
    if not words:
        raise ArticleError(f"Line {number} has no 'text'. Every line needs an object with a text.")
    article_id = one_line(row.get("id")) or f"{suggested_id}-{number}"
    return Article(
        id=article_id,
        title=one_line(row.get("title"))[:TITLE_CHARACTERS] or words.partition("\n")[0][:80],
        text=words,
        origin=f"{path.resolve()}#{article_id}",
        source=one_line(row.get("source")),
        url=one_line(row.get("url")),
        author=one_line(row.get("author")),
        date=parse_date(row.get("date")),
        tags=parse_tags(row.get("tags")),
        language=one_line(row.get("language")) or "en",
    )
