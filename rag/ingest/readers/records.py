"""One row of names and values, as JSON and CSV hold them → one article."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.metadata import choose_title, clean_text, one_line, parse_date, parse_language, parse_tags

TEXT_FIELDS = ("text", "body", "content")
OTHER_FIELDS = ("id", "title", "date", "author", "source", "url", "tags", "language")
UNTITLED_CHARACTERS = 80
MOST_WRONG = 100
"""Wrong rows after which a file without a right one is given up."""


def has_text(row: object) -> bool:
    """Whether this is an object with a text in it."""
    return isinstance(row, dict) and any(isinstance(row.get(name), str) for name in TEXT_FIELDS)


def article_of(row: Mapping[str, Any], place: str, number: int, document: Document) -> Article:
    """The article of a row; ``place``, such as "Line 3", names it in errors. Raises ArticleError."""
    texts = (row[name] for name in TEXT_FIELDS if isinstance(row.get(name), str))
    words = next((text for text in map(clean_text, texts) if text), "")
    if not words:
        raise ArticleError(f"{place} has no 'text'. Every article needs a text.")
    article_id = one_line(row.get("id")) or f"{document.suggested_id}-{number}"
    return Article(
        id=article_id,
        title=choose_title(row.get("title"), words.partition("\n")[0][:UNTITLED_CHARACTERS]),
        text=words,
        origin=f"{document.origin}#{article_id}",
        source=one_line(row.get("source")),
        url=one_line(row.get("url")),
        author=one_line(row.get("author")),
        date=_date(row.get("date"), place),
        tags=parse_tags(row.get("tags")),
        language=parse_language(row.get("language")),
    )


def articles_from_records(rows: Iterable[tuple[str, Callable[[], Article]]]) -> Iterator[Article | ArticleError]:
    """The articles that the rows make, each with an id of its own; an ArticleError stands for a row that is wrong.

    Each row has a place, such as "Line 3". A file whose first rows are all wrong is given up.
    """
    ids: set[str] = set()
    wrong = 0
    for place, make in rows:
        try:
            article = make()
            if article.id in ids:
                kind = place.partition(" ")[0].lower()
                raise ArticleError(f"{place} has the id '{article.id}' of an earlier {kind}. Give it its own.")
        except ArticleError as error:
            wrong += 1
            yield error
            if wrong == MOST_WRONG and not ids:
                yield ArticleError(f"The first {wrong} are no articles; the rest was not read. Correct the file.")
                return
            continue
        ids.add(article.id)
        yield article


def _date(value: object, place: str) -> Any:
    try:
        return parse_date(value)
    except ArticleError as error:
        raise ArticleError(f"{place}: {error}") from None
