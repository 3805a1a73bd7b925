"""What was fetched from an address → articles, by the reader of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import unquote

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.fetch.http import Fetched, parse
from rag.ingest.readers.document import Document
from rag.ingest.readers.metadata import one_line
from rag.ingest.readers.reader import read_document

ID_CHARACTERS = 160
ENDING = re.compile(r"(?<=[^/])\.[A-Za-z][A-Za-z0-9]{1,4}\Z")
# For those kinds that bytes alone do not tell apart; a server's "text/plain" and the like say nothing.
SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/pdf": ".pdf",
    "message/rfc822": ".eml",
}


def read(page: Fetched, origin: str) -> Iterator[Article | ArticleError]:
    """The articles of a page or document that was fetched; ``origin`` is the address that was asked for.

    Their ``url`` is the address after all redirects, and their source the site's name or else its host, where they do
    not say otherwise themselves. An ArticleError stands for what cannot be read.
    """
    document = Document(
        content=page.content,
        name=_name(page),
        suggested_id=suggested_id(page.url),
        origin=origin,
        url=page.url,
        encoding=page.charset,
    )
    for found in read_document(document):
        if isinstance(found, Article):
            found = replace(found, url=found.url or page.url, source=found.source or host_of(page.url))
        yield found


def suggested_id(address: str) -> str:
    """An id that a person recognises: host, path and query, without the ending of the file's name."""
    url = parse(address)
    path = ENDING.sub("", unquote(url.path).strip("/"))
    query = f"?{url.query.decode()}" if url.query else ""
    return one_line(f"{host_of(address)}/{path}{query}").rstrip("/")[:ID_CHARACTERS]


def host_of(address: str) -> str:
    """The host of an address, as people say it. Raises ArticleError where it is none."""
    return parse(address).host.removeprefix("www.")


def _name(page: Fetched) -> str:
    """The last part of the path, with the ending that the server's word for its kind has."""
    path = PurePosixPath(unquote(parse(page.url).path))
    return f"{path.stem or 'page'}{SUFFIXES.get(page.content_type, path.suffix)}"
