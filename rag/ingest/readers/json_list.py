"""JSON: a list of articles, an object with such a list as ``articles``, or one article → articles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from rag.core.errors import ArticleError
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.plain_text import text_of
from rag.ingest.readers.records import article_of, each_article

MAX_BYTES = 16 << 20
"""Bytes of the longest JSON that is read, as all of it is in memory at once, in up to forty times the room."""
LIST = "articles"


def read(document: Document) -> Iterator[Found]:
    """The articles of a document, in its order, with the names that JSONL has.

    An ArticleError stands for one that is wrong. Raises ArticleError where it is not JSON or holds no articles.
    """
    if len(document.content) > MAX_BYTES:
        raise ArticleError(
            f"The file has {len(document.content) >> 20} MiB; at most {MAX_BYTES >> 20} MiB of JSON are read. Save it "
            "as JSONL, an article a line."
        )
    try:
        data = json.loads(text_of(document))
    except (ValueError, RecursionError) as error:
        raise ArticleError(f"The file is not JSON ({error}). Correct it, or leave it out.") from None
    if isinstance(data, dict) and not isinstance(data.get(LIST), list):
        article = article_of(data, "The object", 1, document)
        own = article.id if "id" in data else document.suggested_id
        yield replace(article, id=own, origin=document.origin)
        return
    rows = data[LIST] if isinstance(data, dict) else data
    if not isinstance(rows, list) or not rows:
        raise ArticleError("The file holds no list of articles. Give a list of objects with a 'text', or JSONL.")
    yield from each_article(
        (place, partial(article_of, row if isinstance(row, dict) else {}, place, number, document))
        for number, row in enumerate(rows, start=1)
        for place in [f"Article {number}"]
    )
