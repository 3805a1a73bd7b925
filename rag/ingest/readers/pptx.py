"""Read PowerPoint files (.pptx) into one article, with a heading and a page for each slide.

python-pptx is not used: it needs Pillow and XlsxWriter for what is a walk over a few elements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rag.core.errors import ArticleError
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.metadata import choose_title, one_line
from rag.ingest.readers.ooxml import OoxmlPackage, relationship_id
from rag.ingest.readers.xml import XmlHandler, read_xml, xml_tree

TITLES = {"title", "ctrTitle"}
BOILERPLATE = {"dt", "ftr", "hdr", "sldNum", "sldImg"}  # Dates, footers and numbers, which every slide repeats.
LISTS = {"body", "obj"}


def read(document: Document) -> Iterator[Found]:
    """Read one article: title, text, tables and speaker notes of each slide that is not hidden; slides are its pages.

    Raises ArticleError if the file is damaged or has no text.
    """
    package = OoxmlPackage(document.content, "ppt/presentation.xml")
    metadata = package.metadata()
    builder: DocumentBuilder | None = None
    title, language = metadata.title, metadata.language
    for part in _parts(package):
        slide, notes = _Slide.of(package, part)
        if builder is None:
            title = choose_title(title, "" if slide.hidden else slide.title)
            builder = DocumentBuilder(title)
        language = language or slide.language
        builder.begin_page()
        if not slide.hidden:
            builder.add_heading(slide.title, 1)
            _add(slide, builder)
            _add(notes, builder)
    if builder is None or builder.empty:
        raise ArticleError("The slides have no text. Leave the file out, or write down what is said to them.")
    yield builder.article(document, title, replace(metadata, language=language))


def _parts(package: OoxmlPackage) -> Iterator[str]:
    """Yield the names of the slides in the order in which they are shown."""
    related = package.related(package.main)
    for slide in xml_tree(package.read(package.main)).iter("{*}sldId"):
        part = related.get(relationship_id(slide), "")
        if part in package:
            yield part


class _Slide(XmlHandler):
    """Reads a slide or its notes: the title, the shapes with their paragraphs, the tables with their rows."""

    text_elements = frozenset({"t"})

    def __init__(self) -> None:
        self.hidden = False
        self.title = ""
        self.language = ""
        self.shapes: list[tuple[bool, list[str]]] = []
        """For each shape: whether it is a list, and its paragraphs."""
        self.tables: list[list[list[str]]] = []
        self._place: str | None = None
        self._paragraphs: list[str] = []
        self._words: list[str] = []

    @classmethod
    def of(cls, package: OoxmlPackage, part: str) -> tuple[_Slide, _Slide]:
        """Return a slide and its notes."""
        slide, notes = cls(), cls()
        read_xml(package.read(part), slide)
        spoken = package.related(part).get("notesSlide", "")
        if spoken in package:
            read_xml(package.read(spoken), notes)
        return slide, notes

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sld":
            self.hidden = attributes.get("show") in {"0", "false"}
        elif name == "sp":
            self._place, self._paragraphs = None, []
        elif name == "ph":
            self._place = attributes.get("type", "body")
        elif name == "tbl":
            self.tables.append([])
        elif name == "tr" and self.tables:
            self.tables[-1].append([])
        elif name == "tc":
            self._paragraphs = []
        elif name == "p":
            self._words = []
        elif name == "br":
            self._words.append("\n")
        elif name == "rPr":
            self.language = self.language or attributes.get("lang", "")

    def data(self, text: str) -> None:
        self._words.append(text)

    def end(self, name: str) -> None:
        if name == "p":
            self._paragraphs.append("".join(self._words))
        elif name == "tc" and self.tables and self.tables[-1]:
            self.tables[-1][-1].append(" ".join(self._paragraphs))
            self._paragraphs = []
        elif name == "sp":
            self._end_shape()

    def _end_shape(self) -> None:
        if self._place in TITLES:
            self.title = self.title or one_line(" ".join(self._paragraphs))
        elif self._place not in BOILERPLATE:
            several = sum(1 for words in self._paragraphs if words.strip()) > 1
            self.shapes.append((self._place in LISTS and several, self._paragraphs))
        self._paragraphs = []


def _add(slide: _Slide, builder: DocumentBuilder) -> None:
    for is_list, paragraphs in slide.shapes:
        for words in paragraphs:
            if is_list:
                builder.add_item(words)
            else:
                builder.add_paragraph(words)
        builder.end_block()
    for table in slide.tables:
        for row in table:
            builder.add_row(row)
        builder.end_block()
