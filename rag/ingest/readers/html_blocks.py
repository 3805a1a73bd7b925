"""Turn an HTML tree into paragraphs, headings, list items and table rows, as a browser would show them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.hidden_text import remove_hidden
from rag.ingest.readers.xml import html_tree

if TYPE_CHECKING:
    from lxml.etree import _Element

SKIPPED = set(
    "applet area audio button canvas datalist dialog embed frame frameset iframe input map math meta noframes "
    "noscript object option script select style svg template textarea title video".split()
)
BOILERPLATE = {"nav", "footer", "menu"}  # Elements around the main text of a page.
INLINE = set(
    "a abbr acronym b bdi bdo big cite code data del dfn em font graphic i img ins kbd label mark q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr hi ref".split()
)
# trafilatura's names of elements, and elements that are treated alike.
ALIASES = {"item": "li", "row": "tr", "cell": "td", "lb": "br", "th": "td", "list": "ul", "dt": "p", "dd": "p"}
HEADING = re.compile(r"h([1-6])\Z")
LAYOUT = ("table", "h1", "h2", "h3", "h4", "h5", "h6", "head")


def add_html(html: str, builder: DocumentBuilder) -> None:
    """Add what a fragment of HTML shows. Raises ArticleError as ``html_tree``."""
    root = html_tree(html)
    remove_hidden(root)
    add_tree(root, builder)


def add_tree(root: _Element, builder: DocumentBuilder, skipped: set[str] = SKIPPED) -> None:
    """Add the text of a tree, from which ``remove_hidden`` has removed what is not shown."""
    from lxml import etree

    blocks = _BlockBuilder(builder)
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        is_skipped = element.tag in skipped and element.tag not in {"html", "body"}
        if event == "start" and is_skipped:
            walker.skip_subtree()
        elif event == "start":
            blocks.open(element)
            blocks.text(element.text)
        else:
            if not is_skipped:
                blocks.close(element)
            if element is not root:
                blocks.text(element.tail)
    blocks.end_block()


class _BlockBuilder:
    """Collects text until its block ends, and the kind of that block."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._words: list[str] = []
        self._level = 0
        self._marker = ""
        self._verbatim = 0
        self._numbers: list[int | None] = []
        self._tables: list[bool] = []  # For each open table: whether it holds data.
        self._cells: list[str] = []

    def text(self, words: str | None) -> None:
        if words:
            self._words.append(words if self._verbatim else re.sub(r"\s+", " ", words))

    def open(self, element: _Element) -> None:
        name = _name(element)
        if name == "br":
            self._words.append("\n")
        elif name in INLINE:
            return
        elif self._in_row:
            self._words.append(" ")
            if name == "td":
                self._cells.append("")
                self._words.clear()
        else:
            self.end_block()
            self._open_block(name, element)

    def close(self, element: _Element) -> None:
        name = _name(element)
        if name == "br" or name in INLINE:
            return
        if name == "table" and self._tables:
            if self._tables.pop():
                self._end_row()
                self._builder.end_block()
            self.end_block()
        elif self._in_row:
            self._words.append(" ")
            if name == "td" and self._cells:
                self._cells[-1] = "".join(self._words)
                self._words.clear()
            elif name == "tr":
                self._end_row()
            elif name == "caption":
                self.end_block()
        else:
            self.end_block()
            self._close_block(name)

    def end_block(self) -> None:
        words = "".join(self._words)
        self._words.clear()
        if not words.strip():
            return
        if self._level:
            self._builder.add_heading(words, self._level)
        elif self._marker:
            self._builder.add_item(words, self._marker)
            self._marker = ""
        elif self._verbatim:
            self._builder.add_paragraph(words.strip("\n"))
        else:
            self._builder.add_paragraph("\n".join(line.strip() for line in words.split("\n")))

    @property
    def _in_row(self) -> bool:
        return any(self._tables)

    def _open_block(self, name: str, element: _Element) -> None:
        heading = HEADING.match(str(element.get("rend", "h2")) if name == "head" else name)
        if heading:
            self._level = int(heading[1])
        elif name in {"ul", "ol"}:
            numbered = name == "ol" or element.get("rend") == "ol"
            self._numbers.append(_start(element) if numbered else None)
        elif name == "li":
            self._marker = self._next_marker()
        elif name == "pre":
            self._verbatim += 1
        elif name == "table":
            self._tables.append(_is_data(element))

    def _close_block(self, name: str) -> None:
        if HEADING.match(name) or name == "head":
            self._level = 0
        elif name in {"ul", "ol"}:
            if self._numbers:
                self._numbers.pop()
            if not self._numbers:
                self._builder.end_block()
        elif name == "li":
            self._marker = ""
        elif name == "pre":
            self._verbatim = max(self._verbatim - 1, 0)

    def _next_marker(self) -> str:
        number = self._numbers[-1] if self._numbers else None
        if number is None:
            return "-"
        self._numbers[-1] = number + 1
        return f"{number}."

    def _end_row(self) -> None:
        self._builder.add_row(self._cells)
        self._cells.clear()
        self._words.clear()


def _name(element: _Element) -> str:
    return ALIASES.get(str(element.tag), str(element.tag))


def _start(numbered: _Element) -> int:
    start = str(numbered.get("start", "1"))
    return int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1


def _is_data(table: _Element) -> bool:
    """Return whether a table holds data; one with a single column, headings or tables inside is only page layout."""
    if next(table.iterdescendants(*LAYOUT), None) is not None:
        return False
    return any(sum(1 for cell in row if cell.tag in {"td", "th", "cell"}) > 1 for row in table.iter("tr", "row"))
