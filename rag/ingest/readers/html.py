"""HTML → one article: its main text without menus and footers. The only import of trafilatura."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.hidden_text import remove_hidden
from rag.ingest.readers.html_blocks import AROUND, SKIPPED, add_tree
from rag.ingest.readers.metadata import choose_title, one_line, parse_language, parse_metadata_date, parse_tags
from rag.ingest.readers.xml import parse_html

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document as Extracted

SHORT = 250
"""Characters of a text that may be too little of its page."""
MOST_ELEMENTS = 30_000
"""Elements of a page from which on its main text is not looked for: that would take longer than ten seconds."""


def read(document: Document) -> Iterator[Found]:
    """One article: title, author, date, site, address, tags and language as the page declares them.

    The main text is what trafilatura finds; all that is shown, menus and footers apart, where it finds next to nothing.
    What is hidden is no part of it. Raises ArticleError where there is no text.
    """
    root = parse_html(document)
    language = _language(root)
    remove_hidden(root)
    extracted = _extract(root, document.url)
    title = choose_title(extracted.title if extracted else "", root.findtext(".//title"))
    builder = DocumentBuilder(title)
    if extracted is not None and extracted.body is not None:
        add_tree(extracted.body, builder, set())
    if builder.length < SHORT:
        everything = DocumentBuilder(title)
        add_tree(root, everything, SKIPPED | AROUND | {"head"})
        builder = max(builder, everything, key=lambda one: one.length)
    if builder.empty:
        raise ArticleError("The page shows no text. Leave it out, or save it anew once the browser has built it.")
    yield Article(
        id=document.suggested_id,
        title=title or choose_title(document.stem),
        text=builder.text,
        origin=document.origin,
        source=one_line(extracted.sitename) if extracted else "",
        url=document.url or (one_line(extracted.url) if extracted else ""),
        author=one_line(extracted.author) if extracted else "",
        date=parse_metadata_date(extracted.date) if extracted else None,
        tags=parse_tags(extracted.tags) if extracted else (),
        language=language,
        headings=builder.headings,
    )


def _extract(root: HtmlElement, url: str) -> Extracted | None:
    """What trafilatura makes of the page; None where it finds no text, or there are too many elements."""
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        return None
    import trafilatura
    from trafilatura.settings import DEFAULT_CONFIG

    config = copy.deepcopy(DEFAULT_CONFIG)
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "0"  # Else all of the page is one paragraph where it finds little.
    extracted = trafilatura.bare_extraction(
        root,
        config=config,
        url=url or None,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    return None if isinstance(extracted, dict) else extracted


def _language(root: HtmlElement) -> str:
    declared = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang")
    return parse_language(declared)
