"""Word (.docx) → one article, its headings by their styles.

Read directly: python-docx leaves out tracked insertions, content controls, text boxes and footnotes, and has all of a
document in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.metadata import choose_title, parse_language, same_words
from rag.ingest.readers.ooxml import main_part, properties_of
from rag.ingest.readers.xml import read_xml
from rag.ingest.readers.zip_reader import ZipReader

SKIPPED = {"Fallback", "del", "moveFrom", "pPrChange", "rPrChange"}
"""What is shown in another form beside it, or was so before a change that is tracked."""
NOTES = ("footnotes", "endnotes")
LEVELS = 9
OFF = {"0", "false", "off"}


def read(document: Document) -> Iterator[Found]:
    """One article. A paragraph in the style Title is its title, or else its properties, or a heading that comes first.

    Footnotes stand at the end. Raises ArticleError where it is damaged or has no text.
    """
    package = ZipReader(document.content)
    properties = properties_of(package)
    main = main_part(package, "word/document.xml")
    related = package.related(main)
    styles = _Styles()
    if "styles" in related:
        read_xml(package.read_if_there(related["styles"]) or b"<none/>", styles)
    body = _Body(styles, properties.title)
    read_xml(package.read(main), body)
    for kind in NOTES:
        notes = package.read_if_there(related.get(kind, ""))
        if notes:
            read_xml(notes, body)
    if body.builder.empty:
        raise ArticleError("The Word file has no text. Leave it out, or write some.")
    yield Article(
        id=document.suggested_id,
        title=choose_title(body.title, properties.title, document.stem),
        text=body.builder.text,
        origin=document.origin,
        author=properties.author,
        date=properties.date,
        tags=properties.tags,
        language=parse_language(properties.language or styles.language),
        headings=body.builder.headings,
    )


@dataclass(slots=True)
class _Style:
    name: str = ""
    parent: str = ""
    level: int = 0
    """1 is the highest heading, 0 none."""
    is_list: bool = False


class _Styles:
    """styles.xml: which styles are headings and which are lists, also by the styles that they are based on."""

    def __init__(self) -> None:
        self.language = ""
        self._styles: dict[str, _Style] = {}
        self._style = _Style()

    def of(self, style_id: str) -> _Style:
        """The style with what it has from those that it is based on."""
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

    def end(self, name: str) -> None:
        pass

    def data(self, text: str) -> None:
        pass


@dataclass(slots=True)
class _Paragraph:
    words: list[str] = field(default_factory=list)
    run: int = 0
    """How many words there were when the run began."""
    hidden: bool = False
    style: str = ""
    level: int | None = None
    is_list: bool = False


class _Body:
    """document.xml, or the notes: paragraphs and rows in their order. Text boxes hold paragraphs within paragraphs."""

    def __init__(self, styles: _Styles, title: str) -> None:
        self.title = ""
        self.builder = DocumentBuilder(title)
        self._known_title = title
        self._styles = styles
        self._paragraphs: list[_Paragraph] = []
        self._tables = 0
        self._row: list[list[_Paragraph]] = []
        self._in_text = False
        self._skipping = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._skipping or name in SKIPPED or _separates_notes(name, attributes):
            self._skipping += 1
        elif name == "p":
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
        if self._in_text and self._paragraphs:
            self._paragraphs[-1].words.append(text)

    def end(self, name: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif name == "t":
            self._in_text = False
        elif name == "r" and self._paragraphs and self._paragraphs[-1].hidden:
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
        elif name == "t":
            self._in_text = True
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
        """A row of several cells is a row; of one, it only frames what stands in it."""
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
        is_title = style.name == "title" or (level == 1 and not self._known_title)
        if is_title and words.strip() and self.builder.empty and not self.title:
            self.title = words
        elif style.name == "title" or level:
            if not (self.builder.empty and same_words(words, self.title)):
                self.builder.add_heading(words, level or 1)
        elif paragraph.is_list or style.is_list:
            self.builder.add_item(words)
        else:
            self.builder.add_paragraph(words)


def _level(value: str) -> int:
    """Outline levels are counted from 0, and 9 is the text."""
    return int(value) + 1 if value.isascii() and value.isdigit() and len(value) == 1 and int(value) < LEVELS else 0


def _separates_notes(name: str, attributes: Mapping[str, str]) -> bool:
    return name in {"footnote", "endnote"} and "type" in attributes and attributes["type"] != "normal"
