"""Read OpenDocument text (.odt), slides (.odp) and spreadsheets (.ods) into one article.

odfpy is not used: it builds the whole document in memory, at several hundred times its size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rag.core.errors import ArticleError
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.metadata import Metadata
from rag.ingest.readers.xml import XmlHandler, read_xml, xml_tree
from rag.ingest.readers.zip_reader import ZipReader

SKIPPED = set(
    "annotation tracked-changes note-citation forms table-of-content alphabetical-index illustration-index table-index "
    "bibliography hidden-text hidden-paragraph shapes title desc settings scripts font-face-decls".split()
)
PARAGRAPHS = {"p", "h"}


def read(document: Document) -> Iterator[Found]:
    """Read one article; each slide or sheet has a heading, and each slide is a page. The title is found as in Word.

    Raises ArticleError if the file is damaged, encrypted, or has no text.
    """
    package = ZipReader(document.content)
    if b"encryption-data" in package.read_optional("META-INF/manifest.xml"):
        raise ArticleError("It has a password. Save it without one.")
    meta = package.read_optional("meta.xml")
    metadata = Metadata.from_properties(xml_tree(meta).iter("*"), "keyword") if meta else Metadata()
    body = _Body(metadata.title)
    read_xml(package.read("content.xml"), body)
    if body.builder.empty:
        raise ArticleError("The document has no text. Leave it out, or write some.")
    yield body.builder.article(document, body.builder.found_title or metadata.title, metadata)


class _Body(XmlHandler):
    """Reads content.xml. Paragraphs nest: notes are paragraphs within paragraphs."""

    def __init__(self, title: str) -> None:
        self.builder = DocumentBuilder(title)
        self._known_title = title
        self._parents: dict[str, str] = {}
        self._paragraphs: list[tuple[Mapping[str, str], list[str]]] = []
        self._lists = 0
        self._first_in_item = False
        self._in_sheets = False
        self._in_slide_title = False
        self._tables = 0
        self._row: list[list[str]] = []

    def is_skipped(self, name: str, attributes: Mapping[str, str]) -> bool:
        return name in SKIPPED or attributes.get("display") == "none"

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "style":
            self._parents[attributes.get("name", "")] = attributes.get("parent-style-name", "")
        elif name in PARAGRAPHS:
            self._paragraphs.append((attributes, []))
        elif name in {"s", "tab"}:
            self.data(" ")
        elif name == "line-break":
            self.data("\n")
        elif name == "list":
            self._lists += 1
        elif name == "list-item":
            self._first_in_item = True
        elif name == "spreadsheet":
            self._in_sheets = True
        elif name == "table":
            self._start_table(attributes)
        elif name == "table-cell" and self._tables == 1:
            self._row.append([])
        elif name == "page":
            self.builder.begin_page()
        elif name == "frame":
            self._in_slide_title = attributes.get("class") == "title"

    def data(self, text: str) -> None:
        if self._paragraphs:
            self._paragraphs[-1][1].append(text)

    def end(self, name: str) -> None:
        if name in PARAGRAPHS and self._paragraphs:
            attributes, words = self._paragraphs.pop()
            self._end_paragraph(name, attributes, "".join(words))
        elif name == "frame":
            self._in_slide_title = False
        elif name == "list":
            self._lists -= 1
            if not self._lists:
                self.builder.end_block()
        elif name == "table-row" and self._tables == 1:
            self._end_row()
        elif name == "table":
            self._tables -= 1
            if not self._tables:
                self.builder.end_block()

    def _start_table(self, attributes: Mapping[str, str]) -> None:
        self._tables += 1
        self._row = []
        if self._tables == 1 and self._in_sheets:
            self.builder.add_heading(attributes.get("name", ""), 1)

    def _end_paragraph(self, name: str, attributes: Mapping[str, str], words: str) -> None:
        style = attributes.get("style-name", "")
        style = (self._parents.get(style) or style).casefold()
        if self._tables and self._row:
            self._row[-1].append(words)
        elif name == "h" or style == "title" or self._in_slide_title:
            outline = attributes.get("outline-level", "")
            is_title = style == "title" or (name == "h" and outline == "1" and not self._known_title)
            self.builder.add_heading(words, _level(outline), may_be_title=is_title)
        elif self._lists and self._first_in_item:
            self.builder.add_item(words)
            self._first_in_item = False
        else:
            self.builder.add_paragraph(words)

    def _end_row(self) -> None:
        """Add a row of several cells as a row; a single cell is only a frame around its paragraphs."""
        row, self._row = self._row, []
        if len(row) > 1:
            self.builder.add_row(" ".join(cell) for cell in row)
        else:
            for words in (words for cell in row for words in cell):
                self.builder.add_paragraph(words)


def _level(outline: str) -> int:
    return int(outline) if outline.isascii() and outline.isdigit() and len(outline) == 1 else 1
