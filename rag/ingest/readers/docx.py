"""Read Word files (.docx) into one article, with headings by their styles.

python-docx is not used: it leaves out tracked insertions, content controls, text boxes and footnotes, and holds the
whole document in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from rag.core.errors import ArticleError
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.ooxml import OoxmlPackage
from rag.ingest.readers.xml import XmlHandler, read_xml

SKIPPED = {"Fallback", "del", "moveFrom", "pPrChange", "rPrChange"}
"""Alternative forms of what is shown beside them, and the state before a tracked change."""
NOTES = ("footnotes", "endnotes")
LEVELS = 9
OFF = {"0", "false", "off"}


def read(document: Document) -> Iterator[Found]:
    """Read one article. Its title is a paragraph in the style Title, else the properties' title, else a first heading.

    Footnotes come last. Raises ArticleError if the file is damaged or has no text.
    """
    package = OoxmlPackage(document.content, "word/document.xml")
    metadata = package.metadata()
    related = package.related(package.main)
    styles = _Styles()
    if "styles" in related:
        read_xml(package.read_optional(related["styles"]) or b"<none/>", styles)
    body = _Body(styles, metadata.title)
    read_xml(package.read(package.main), body)
    for kind in NOTES:
        notes = package.read_optional(related.get(kind, ""))
        if notes:
            read_xml(notes, body)
    if body.builder.empty:
        raise ArticleError("The Word file has no text. Leave it out, or write some.")
    metadata = replace(metadata, language=metadata.language or styles.language)
    yield body.builder.article(document, body.builder.found_title or metadata.title, metadata)


@dataclass(slots=True)
class _Style:
    name: str = ""
    parent: str = ""
    level: int = 0
    """1 is the highest heading, 0 none."""
    is_list: bool = False


class _Styles(XmlHandler):
    """Reads styles.xml: which styles are headings or lists, also through the styles that they are based on."""

    def __init__(self) -> None:
        self.language = ""
        self._styles: dict[str, _Style] = {}
        self._style = _Style()

    def of(self, style_id: str) -> _Style:
        """Return the style with what it inherits from the styles that it is based on."""
        style = self._styles.get(style_id, _Style())
        found = _Style(style.name.casefold(), "", style.level, style.is_list)
        for _ in range(20):
            if not style.parent:
                break
            style = self._styles.get(style.parent, _Style())
            found.level = found.level or style.level
            found.is_list = found.is_list or style.is_list
        return found

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        value = attributes.get("val", "")
        if name == "style":
            self._style = self._styles.setdefault(attributes.get("styleId", ""), _Style())
        elif name == "name":
            self._style.name = value
        elif name == "basedOn":
            self._style.parent = value
        elif name == "outlineLvl":
            self._style.level = _level(value)
        elif name == "numPr":
            self._style.is_list = True
        elif name == "lang" and not self._styles:
            self.language = value


@dataclass(slots=True)
class _Paragraph:
    words: list[str] = field(default_factory=list)
    run: int = 0
    """Length of ``words`` when the current run began."""
    hidden: bool = False
    style: str = ""
    level: int | None = None
    is_list: bool = False


class _Body(XmlHandler):
    """Reads document.xml and the notes. Paragraphs nest: text boxes hold paragraphs within paragraphs."""

    text_elements = frozenset({"t"})

    def __init__(self, styles: _Styles, title: str) -> None:
        self.builder = DocumentBuilder(title)
        self._known_title = title
        self._styles = styles
        self._paragraphs: list[_Paragraph] = []
        self._tables = 0
        self._row: list[list[_Paragraph]] = []

    def is_skipped(self, name: str, attributes: Mapping[str, str]) -> bool:
        separates_notes = name in {"footnote", "endnote"} and attributes.get("type", "normal") != "normal"
        return name in SKIPPED or separates_notes

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "p":
            self._paragraphs.append(_Paragraph())
        elif name == "tbl":
            self._tables += 1
        elif name == "tr" and self._tables == 1:
            self._row = []
        elif name == "tc" and self._tables == 1:
            self._row.append([])
        elif self._paragraphs:
            self._within(self._paragraphs[-1], name, attributes)

    def data(self, text: str) -> None:
        if self._paragraphs:
            self._paragraphs[-1].words.append(text)

    def end(self, name: str) -> None:
        if name == "r" and self._paragraphs and self._paragraphs[-1].hidden:
            del self._paragraphs[-1].words[self._paragraphs[-1].run :]
        elif name == "p" and self._paragraphs:
            self._end_paragraph(self._paragraphs.pop())
        elif name == "tr" and self._tables == 1:
            self._end_row()
        elif name == "tbl":
            self._tables -= 1
            if not self._tables:
                self.builder.end_block()

    def _within(self, paragraph: _Paragraph, name: str, attributes: Mapping[str, str]) -> None:
        value = attributes.get("val", "")
        if name == "r":
            paragraph.run, paragraph.hidden = len(paragraph.words), False
        elif name in {"vanish", "webHidden"}:
            paragraph.hidden = paragraph.hidden or value.lower() not in OFF
        elif name in {"br", "cr"}:
            paragraph.words.append("\n" if attributes.get("type", "textWrapping") == "textWrapping" else " ")
        elif name in {"tab", "ptab"}:
            paragraph.words.append(" ")
        elif name == "noBreakHyphen":
            paragraph.words.append("-")
        elif name == "pStyle":
            paragraph.style = value
        elif name == "outlineLvl":
            paragraph.level = _level(value)
        elif name == "numId":
            paragraph.is_list = value != "0"

    def _end_paragraph(self, paragraph: _Paragraph) -> None:
        if self._row and self._tables:
            self._row[-1].append(paragraph)
        else:
            self._add(paragraph)

    def _end_row(self) -> None:
        """Add a row of several cells as a row; a single cell is only a frame around its paragraphs."""
        cells, self._row = self._row, []
        if len(cells) > 1:
            self.builder.add_row(" ".join("".join(paragraph.words) for paragraph in cell) for cell in cells)
        else:
            for paragraph in (paragraph for cell in cells for paragraph in cell):
                self._add(paragraph)

    def _add(self, paragraph: _Paragraph) -> None:
        words = "".join(paragraph.words)
        style = self._styles.of(paragraph.style)
        level = style.level if paragraph.level is None else paragraph.level
        if style.name == "title" or level:
            is_title = style.name == "title" or (level == 1 and not self._known_title)
            self.builder.add_heading(words, level or 1, may_be_title=is_title)
        elif paragraph.is_list or style.is_list:
            self.builder.add_item(words)
        else:
            self.builder.add_paragraph(words)


def _level(value: str) -> int:
    """Convert an outline level, counted from 0, to a heading level; 0 for body text."""
    return int(value) + 1 if value.isascii() and value.isdigit() and len(value) == 1 and int(value) < LEVELS else 0
