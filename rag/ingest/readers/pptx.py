"""PowerPoint (.pptx) → one article: a heading and a page for each slide.

Read directly: python-pptx would bring Pillow and XlsxWriter along for what is a walk over a few elements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.metadata import choose_title, one_line, parse_language
from rag.ingest.readers.ooxml import main_part, properties_of
from rag.ingest.readers.xml import read_xml, xml_tree
from rag.ingest.readers.zip_reader import ZipReader

TITLES = {"title", "ctrTitle"}
ASIDE = {"dt", "ftr", "hdr", "sldNum", "sldImg"}
"""Dates, footers and numbers, which stand on every slide."""
LISTS = {"body", "obj"}


def read(document: Document) -> Iterator[Found]:
    """One article: each slide's title as a heading, its text, tables and speaker notes; hidden slides are left out.

    ``pages`` are the slides. Raises ArticleError where it is damaged or has no text.
    """
    package = ZipReader(document.content)
    properties = properties_of(package)
    main = main_part(package, "ppt/presentation.xml")
    builder: DocumentBuilder | None = None
    title = properties.title
    language = properties.language
    for part in _parts(package, main):
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
    yield Article(
        id=document.suggested_id,
        title=title or choose_title(document.stem),
        text=builder.text,
        origin=document.origin,
        author=properties.author,
        date=properties.date,
        tags=properties.tags,
        language=parse_language(language),
        headings=builder.headings,
        pages=builder.pages,
    )


def _parts(package: ZipReader, main: str) -> Iterator[str]:
    """The names of the slides in the order in which they are shown."""
    related = package.related(main)
    for slide in xml_tree(package.read(main)).iter("{*}sldId"):
        identifier = next((value for name, value in slide.items() if str(name).endswith("}id")), "")
        part = related.get(str(identifier), "")
        if part in package:
            yield part


class _Slide:
    """A slide or its notes: the title, and the shapes with their paragraphs, or the tables with their rows."""

    def __init__(self) -> None:
        self.hidden = False
        self.title = ""
        self.language = ""
        self.shapes: list[tuple[bool, list[str]]] = []
        """(whether it is a list, its paragraphs)"""
        self.tables: list[list[list[str]]] = []
        self._place: str | None = None
        self._paragraphs: list[str] = []
        self._words: list[str] = []
        self._in_text = False

    @classmethod
    def of(cls, package: ZipReader, part: str) -> tuple[_Slide, _Slide]:
        """(the slide of this name, its notes)."""
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
        elif name == "t":
            self._in_text = True
        elif name == "rPr":
            self.language = self.language or attributes.get("lang", "")

    def data(self, text: str) -> None:
        if self._in_text:
            self._words.append(text)

    def end(self, name: str) -> None:
        if name == "t":
            self._in_text = False
        elif name == "p":
            self._paragraphs.append("".join(self._words))
        elif name == "tc" and self.tables and self.tables[-1]:
            self.tables[-1][-1].append(" ".join(self._paragraphs))
            self._paragraphs = []
        elif name == "sp":
            self._end_shape()

    def _end_shape(self) -> None:
        if self._place in TITLES:
            self.title = self.title or one_line(" ".join(self._paragraphs))
        elif self._place not in ASIDE:
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
