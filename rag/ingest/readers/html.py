"""Read a web page into one article: its main text, without menus and footers."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.core.errors import ArticleError
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.hidden_text import remove_hidden
from rag.ingest.readers.html_blocks import BOILERPLATE, SKIPPED, add_tree
from rag.ingest.readers.metadata import Metadata, choose_title, one_line, parse_metadata_date, parse_tags
from rag.ingest.readers.xml import parse_html

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document as Extracted

SHORT = 250  # Characters below which an extracted text may be too little of its page.
MAX_EXTRACTION_ELEMENTS = 30_000
"""Elements of the largest page whose main text is extracted; more would take over ten seconds."""


def read(document: Document) -> Iterator[Found]:
    """Read one article with the metadata that the page declares, without hidden text.

    The main text is what trafilatura extracts, or if that is next to nothing, all that is shown except menus and
    footers. Raises ArticleError if there is no text.
    """
    root = parse_html(document)
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang")
    remove_hidden(root)
    extracted = _extract(root, document.url)
    title = choose_title(extracted.title, root.findtext(".//title"))
    builder = DocumentBuilder(title)
    if extracted.body is not None:
        add_tree(extracted.body, builder, set())
    if builder.length < SHORT:
        everything = DocumentBuilder(title)
        add_tree(root, everything, SKIPPED | BOILERPLATE | {"head"})
        builder = max(builder, everything, key=lambda one: one.length)
    if builder.empty:
        raise ArticleError(
            "The page shows no text. Leave it out, or save it again once the browser has finished loading it."
        )
    metadata = Metadata(
        author=one_line(extracted.author),
        date=parse_metadata_date(extracted.date),
        source=one_line(extracted.sitename),
        url=document.url or one_line(extracted.url),
        tags=parse_tags(extracted.tags),
        language=str(language or ""),
    )
    yield builder.article(document, title, metadata)


def _extract(root: HtmlElement, url: str) -> Extracted:
    """Extract the main text and the metadata; nothing if there is no text, or the page has too many elements."""
    import trafilatura
    from trafilatura.settings import DEFAULT_CONFIG
    from trafilatura.settings import Document as Extracted

    if sum(1 for _ in root.iter()) > MAX_EXTRACTION_ELEMENTS:
        return Extracted()
    config = copy.deepcopy(DEFAULT_CONFIG)
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "0"  # Else a page with little text becomes one paragraph.
    extracted = trafilatura.bare_extraction(
        root,
        config=config,
        url=url or None,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    return extracted if isinstance(extracted, Extracted) else Extracted()
