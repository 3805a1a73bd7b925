"""Read EPUB books into one article, chapters in reading order."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from rag.core.errors import ArticleError
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.hidden_text import remove_hidden
from rag.ingest.readers.html_blocks import BOILERPLATE, SKIPPED, add_tree
from rag.ingest.readers.metadata import Metadata
from rag.ingest.readers.xml import MAX_ELEMENTS, parse_html, xml_tree
from rag.ingest.readers.zip_reader import ZipReader

if TYPE_CHECKING:
    from lxml.etree import _Element

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
PAGES = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml"}
FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Encryption of fonts alone, which does not matter here."""


def read(document: Document) -> Iterator[Found]:
    """Read one article; the publisher is its source, the subjects are its tags.

    Raises ArticleError if the book is damaged, encrypted, or has no text.
    """
    package = ZipReader(document.content)
    _refuse_encrypted(package)
    rootfile = next(xml_tree(package.read(CONTAINER)).iter("{*}rootfile"), None)
    if rootfile is None:
        raise ArticleError("The book has no table of contents. Download it again.")
    contents = str(rootfile.get("full-path", ""))
    book = xml_tree(package.read(contents))
    metadata = Metadata.from_properties(book.iter("{http://purl.org/dc/elements/1.1/}*"), "subject")
    builder = DocumentBuilder(metadata.title)
    elements = 0
    for chapter in dict.fromkeys(_chapters(book, posixpath.dirname(contents))):
        if chapter not in package:
            continue
        root = parse_html(document.within(package.read(chapter), chapter, ""))
        elements += sum(1 for _ in root.iter())
        if elements > MAX_ELEMENTS:
            raise ArticleError(f"The book has more than {MAX_ELEMENTS:,} elements. Split it.")
        remove_hidden(root)
        add_tree(root, builder, SKIPPED | BOILERPLATE | {"head"})
    if builder.empty:
        raise ArticleError("The book has no text, only pictures. Leave it out.")
    yield builder.article(document, metadata.title, metadata)


def _chapters(book: _Element, folder: str) -> Iterator[str]:
    """Yield the names of the pages in reading order, without those outside it, such as covers."""
    pages = {
        str(item.get("id")): posixpath.normpath(posixpath.join(folder, unquote(str(item.get("href", "")))))
        for item in book.iter("{*}item")
        if item.get("media-type") in PAGES and "nav" not in str(item.get("properties", "")).split()
    }
    for reference in book.iter("{*}itemref"):
        page = pages.get(str(reference.get("idref")))
        if page and reference.get("linear") != "no":
            yield page


def _refuse_encrypted(package: ZipReader) -> None:
    content = package.read_optional(ENCRYPTION)
    methods = [str(item.get("Algorithm")) for item in xml_tree(content).iter("{*}EncryptionMethod")] if content else []
    if any(not method.startswith(FONTS) for method in methods):
        raise ArticleError("The book has copy protection (DRM). Give a copy without it.")
