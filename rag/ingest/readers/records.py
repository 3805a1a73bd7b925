"""Turn records of names and values, from JSON or CSV, into articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.metadata import Metadata, choose_title, clean_text, one_line

TEXT_FIELDS = ("text", "body", "content")
OTHER_FIELDS = ("id", "title", "date", "author", "source", "url", "tags", "language")
UNTITLED_CHARACTERS = 80
MAX_WRONG_RECORDS = 100  # Wrong records after which a file without a right one is given up.


def article_from_record(row: Mapping[str, Any], place: str, number: int, document: Document) -> Article:
    """Return the article of a record; ``place``, such as "Line 3", names it in errors. Raises ArticleError."""
    texts = (row[name] for name in TEXT_FIELDS if isinstance(row.get(name), str))
    words = next((text for text in map(clean_text, texts) if text), "")
    if not words:
        raise ArticleError(f"{place} has no 'text'. Every article needs one.")
    try:
        metadata = Metadata.from_fields(row)
    except ArticleError as error:
        raise ArticleError(f"{place}: {error}") from None
    article_id = one_line(row.get("id")) or f"{document.suggested_id}-{number}"
    title = choose_title(metadata.title, words.partition("\n")[0][:UNTITLED_CHARACTERS])
    return metadata.article(article_id, title, words, f"{document.origin}#{article_id}")


def articles_from_records(rows: Iterable[tuple[str, Callable[[], Article]]]) -> Iterator[Article | ArticleError]:
    """Yield the articles of records, or an ArticleError for a wrong one; ids must be unique.

    Args:
        rows: for each record its place, such as "Line 3", and a function that makes the article.
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
            if wrong == MAX_WRONG_RECORDS and not ids:
                yield ArticleError(
                    f"The first {wrong} records are not articles; the rest was not read. Correct the file."
                )
                return
            continue
        ids.add(article.id)
        yield article
