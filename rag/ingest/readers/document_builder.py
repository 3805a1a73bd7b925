"""Blocks of words → the text of an article, with the spans of its headings and the offsets of its pages."""

from __future__ import annotations

from collections.abc import Iterable

from rag.core.errors import ArticleError
from rag.core.types import Heading
from rag.ingest.readers.metadata import clean_text, one_line, same_words

DEEPEST_HEADING = 6
MAX_CHARACTERS = 20_000_000
"""Characters of the longest text that is put together: some ten thousand pages."""


class DocumentBuilder:
    """Puts an article's text together, block by block, so that every offset is exact as soon as it is noted.

    Paragraphs, headings, lists and tables are blocks, with a blank line between them; items and rows are lines of a
    block. A first heading that only repeats ``title`` is left out, as titles are kept apart from the text. A text of
    more than MAX_CHARACTERS is refused with an ArticleError.
    """

    def __init__(self, title: str = "") -> None:
        self._title = title
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []
        self._pages: list[int] = []
        self._pages_begun = 0
        self._block = ""

    @property
    def empty(self) -> bool:
        return not self._parts

    def add_paragraph(self, words: str) -> None:
        """Add a block; nothing happens where no words are left."""
        self._add(clean_text(words), "\n\n")

    def add_item(self, words: str, number: str = "") -> None:
        """Add an item of a list, on a line of its own."""
        words = one_line(words)
        if words:
            self._add(f"{number or '-'} {words}", self._joint("item"), "item")

    def add_row(self, cells: Iterable[str]) -> None:
        """Add a row of a table, on a line of its own."""
        words = [one_line(cell) for cell in cells]
        if any(words):
            self._add(" | ".join(words).strip(), self._joint("row"), "row")

    def end_block(self) -> None:
        """End a list or a table: what comes next is no line of it."""
        self._block = ""

    def continue_block(self, words: str, joint: str) -> None:
        """Add words to the paragraph or item before, as of its next line; ``joint`` comes between."""
        self._add(clean_text(words), joint, self._block)

    def add_heading(self, words: str, level: int) -> None:
        """Add a section heading; level 1 is the highest."""
        words = one_line(words)
        if self.empty and same_words(words, self._title):
            self._title = ""
            return
        start = self._add(words, "\n\n")
        if words:
            self._headings.append(Heading(start, start + len(words), min(max(level, 1), DEEPEST_HEADING)))

    def begin_page(self) -> None:
        """Begin a page: the block that comes next is its first."""
        self._pages_begun += 1

    @property
    def length(self) -> int:
        """Characters so far."""
        return self._length

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def headings(self) -> tuple[Heading, ...]:
        return tuple(self._headings)

    @property
    def pages(self) -> tuple[int, ...]:
        """The offset at which each page begins; a page without words begins where the next one does."""
        return (*self._pages, *[self._length] * self._pages_begun)

    def _joint(self, line: str) -> str:
        return "\n" if self._block == line else "\n\n"

    def _add(self, words: str, joint: str, block: str = "") -> int:
        """Where the words begin in the text. ``block`` is what a further line may belong to."""
        if not words:
            return self._length
        if self._length + len(words) > MAX_CHARACTERS:
            raise ArticleError(f"The text has more than {MAX_CHARACTERS:,} characters. Split it.")
        if self._parts:
            self._parts.append(joint)
            self._length += len(joint)
        start = self._length
        self._pages += [start] * self._pages_begun
        self._pages_begun = 0
        self._block = block
        self._parts.append(words)
        self._length += len(words)
        return start
