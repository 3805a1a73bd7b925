"""Read Excel files (.xlsx) into one article, with a heading for each sheet and a line for each row.

openpyxl and calamine are not used: they allocate every cell between the first and the last, of which a file of one
kilobyte may have billions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from rag.core.errors import ArticleError
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import MAX_CHARACTERS, DocumentBuilder
from rag.ingest.readers.ooxml import OoxmlPackage, relationship_id
from rag.ingest.readers.xml import XmlHandler, read_xml, xml_tree

WIDEST_GAP = 50  # Consecutive empty cells of a row that are kept; more are left out.
DATES = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
TIMES = {18, 19, 20, 21, 45, 46, 47}
PERCENTAGES = {9, 10}
LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
LAST_DAY = 2_957_000  # Days up to the year 9996, and from 1904 up to 9999.


def read(document: Document) -> Iterator[Found]:
    """Read one article of what the cells show, dates as YYYY-MM-DD; hidden sheets are left out.

    Raises ArticleError if the file is damaged or its cells are empty.
    """
    package = OoxmlPackage(document.content, "xl/workbook.xml")
    metadata = package.metadata()
    workbook = xml_tree(package.read(package.main))
    related = package.related(package.main)
    first_day = _first_day(next((item.get("date1904") for item in workbook.iter("{*}workbookPr")), None))
    strings, formats = _Strings(), _Formats()
    if related.get("sharedStrings", "") in package:
        read_xml(package.read(related["sharedStrings"]), strings)
    if related.get("styles", "") in package:
        read_xml(package.read(related["styles"]), formats)
    sheets = [sheet for sheet in workbook.iter("{*}sheet") if sheet.get("state", "visible") == "visible"]
    builder = DocumentBuilder(metadata.title)
    for sheet in sheets:
        part = related.get(relationship_id(sheet), "")
        if part not in package:
            continue
        heading = str(sheet.get("name", "")) if len(sheets) > 1 else ""
        read_xml(package.read(part), _Sheet(heading, builder, strings.values, formats, first_day))
        builder.end_block()
    if builder.empty:
        raise ArticleError("The sheets are empty. Leave the file out, or fill them in.")
    yield builder.article(document, metadata.title, metadata)


class _Strings(XmlHandler):
    """Reads sharedStrings.xml: the texts that cells refer to by number."""

    text_elements = frozenset({"t"})

    def __init__(self) -> None:
        self.values: list[str] = []
        self._words: list[str] = []

    def is_skipped(self, name: str, attributes: Mapping[str, str]) -> bool:
        return name == "rPh"  # How Japanese words are read aloud.

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "si":
            self._words = []

    def data(self, text: str) -> None:
        self._words.append(text)

    def end(self, name: str) -> None:
        if name == "si":
            self.values.append("".join(self._words))


class _Formats(XmlHandler):
    """Reads styles.xml: how the numbers of cells are formatted."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._cells: list[str] = []
        self._in_cells = False
        self.kind_of = cache(self._kind_of)

    def _kind_of(self, style: str) -> str:
        """Return how a cell's style shows numbers: "date", "time", "percentage", or "" for plain numbers."""
        index = _number(style)
        number = self._cells[index] if 0 <= index < len(self._cells) else "0"
        code = LITERALS.sub("", self._codes.get(number, "")).lower()
        built_in = _number(number)
        if built_in in PERCENTAGES or code.endswith("%"):
            return "percentage"
        if built_in in DATES or re.search("[yd]|mmm", code):
            return "date"
        return "time" if built_in in TIMES or re.search("[hs]", code) else ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self._cells.append(attributes.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False


class _Sheet(XmlHandler):
    """Reads a sheet and adds its rows as they come, below the heading if there are any."""

    text_elements = frozenset({"v", "t"})

    def __init__(
        self, heading: str, builder: DocumentBuilder, strings: Sequence[str], formats: _Formats, first_day: datetime
    ) -> None:
        self._heading = heading
        self._builder = builder
        self._strings = strings
        self._formats = formats
        self._first_day = first_day
        self._row: list[str] = []
        self._row_length = 0
        self._cell: Mapping[str, str] = {}
        self._value: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            self._row, self._row_length = [], 0
        elif name == "c":
            self._cell, self._value = attributes, []

    def data(self, text: str) -> None:
        self._value.append(text)

    def end(self, name: str) -> None:
        if name == "c":
            words = self._shown("".join(self._value).strip())
            if words:
                gap = min(max(_column(self._cell.get("r", "")) - len(self._row), 0), WIDEST_GAP)
                self._row += ["" for _ in range(gap)] + [words]
                self._row_length += len(words)
                if self._row_length > MAX_CHARACTERS:  # Cells may share one long text.
                    raise ArticleError(f"A row has more than {MAX_CHARACTERS:,} characters. Split it.")
        elif name == "row":
            if self._row and self._heading:
                self._builder.add_heading(self._heading, 1)
                self._heading = ""
            self._builder.add_row(self._row)

    def _shown(self, value: str) -> str:
        kind = self._cell.get("t", "n")
        if kind == "s":
            index = _number(value)
            return self._strings[index] if 0 <= index < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind == "d":
            return value.removesuffix("T00:00:00")
        if kind == "e":
            return ""
        return value if kind in {"str", "inlineStr"} else self._number(value)

    def _number(self, value: str) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        kind = self._formats.kind_of(self._cell.get("s", ""))
        if kind == "percentage":
            return f"{number * 100:.10g}%"
        if kind and 0 <= number < LAST_DAY:
            moment = self._first_day + timedelta(days=number, microseconds=500)
            day = "" if kind == "time" else f"{moment:%Y-%m-%d}"
            clock = "" if kind == "date" and not number % 1 else f"{moment:%H:%M}"
            return f"{day} {clock}".strip()
        return f"{number:.15g}"


def _first_day(date1904: object) -> datetime:
    return datetime(1904, 1, 1) if date1904 in {"1", "true"} else datetime(1899, 12, 30)


def _column(reference: str) -> int:
    """Return the column of a cell reference such as C7, from 0; 0 for anything else."""
    column = 0
    for letter in reference[:3]:
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - ord("A") + 1
    return max(column - 1, 0)


def _number(digits: str) -> int:
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1
