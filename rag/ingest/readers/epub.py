"""EPUB → one article: a book's chapters in the order in which they are read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.hidden_text import remove_hidden
from rag.ingest.readers.html_blocks import AROUND, SKIPPED, add_tree
from rag.ingest.readers.metadata import choose_title, one_line, parse_language, parse_metadata_date
from rag.ingest.readers.xml import MAX_ELEMENTS, parse_html, xml_tree
from rag.ingest.readers.zip_reader import ZipReader

if TYPE_CHECKING:
    from lxml.etree import _Element

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
PAGES = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml"}
FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways to lock fonts only, which does not matter here."""


def read(document: Document) -> Iterator[Found]:
    """One article, with the book's title, author, date, publisher as its source, subjects and language.

    Raises ArticleError where it is damaged, locked, or has no text.
    """
    package = ZipReader(document.content)
    _refuse_locked(package)
    rootfile = next(xml_tree(package.read(CONTAINER)).iter("{*}rootfile"), None)
    if rootfile is None:
        raise ArticleError("The book names no contents. Download it anew.")
    contents = str(rootfile.get("full-path", ""))
    book = xml_tree(package.read(contents))
    title = choose_title(_said(book, "title"))
    builder = DocumentBuilder(title)
    elements = 0
    for chapter in dict.fromkeys(_chapters(book, posixpath.dirname(contents))):
        if chapter not in package:
            continue
        root = parse_html(document.within(package.read(chapter), chapter, ""))
        elements += sum(1 for _ in root.iter())
        if elements > MAX_ELEMENTS:
            raise ArticleError(f"The book has more than {MAX_ELEMENTS:,} elements. Split it.")
        remove_hidden(root)
        add_tree(root, builder, SKIPPED | AROUND | {"head"})
    if builder.empty:
        raise ArticleError("The book has no text, only pictures. Leave it out.")
    yield Article(
        id=document.suggested_id,
        title=title or choose_title(document.stem),
        text=builder.text,
        origin=document.origin,
        source=_said(book, "publisher"),
        author=", ".join(_all_said(book, "creator")),
        date=parse_metadata_date(_said(book, "date")),
        tags=tuple(_all_said(book, "subject")),
        language=parse_language(_said(book, "language")),
        headings=builder.headings,
    )


def _chapters(book: _Element, folder: str) -> Iterator[str]:
    """The names of the pages in the order of reading; those aside from it, such as covers, are left out."""
    pages = {
        str(item.get("id")): posixpath.normpath(posixpath.join(folder, unquote(str(item.get("href", "")))))
        for item in book.iter("{*}item")
        if item.get("media-type") in PAGES and "nav" not in str(item.get("properties", "")).split()
    }
    for reference in book.iter("{*}itemref"):
        page = pages.get(str(reference.get("idref")))
        if page and reference.get("linear") != "no":
            yield page


def _all_said(book: _Element, name: str) -> list[str]:
    """The values of a field such as ``creator``."""
    elements = book.iter("{http://purl.org/dc/elements/1.1/}" + name)
    return [words for element in elements if (words := one_line(element.text))]


def _said(book: _Element, name: str) -> str:
    return next(iter(_all_said(book, name)), "")


def _refuse_locked(package: ZipReader) -> None:
    content = package.read_if_there(ENCRYPTION)
    methods = [str(item.get("Algorithm")) for item in xml_tree(content).iter("{*}EncryptionMethod")] if content else []
    if any(not method.startswith(FONTS) for method in methods):
        raise ArticleError("The book is locked by its seller (DRM). Give a copy that is not.")
