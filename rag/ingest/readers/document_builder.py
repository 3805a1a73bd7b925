"""Build the text of an article from blocks, with the offsets of its headings and pages."""

from __future__ import annotations

from collections.abc import Iterable

from rag.core.errors import ArticleError
from rag.core.types import Article, Heading
from rag.ingest.readers.document import Document
from rag.ingest.readers.metadata import Metadata, choose_title, clean_text, one_line, same_words

DEEPEST_HEADING = 6
MAX_CHARACTERS = 20_000_000  # Characters of the longest text that is built: about ten thousand pages.


class DocumentBuilder:
    """Appends paragraphs, headings, lists and tables to one text and records the offsets of headings and pages.

    Blocks are separated by a blank line; list items and table rows are lines of one block. A first heading that only
    repeats ``title`` is dropped, because titles are stored apart from the text. A text of more than MAX_CHARACTERS
    raises ArticleError.
    """

    def __init__(self, title: str = "") -> None:
        self._title = title
        self.found_title = ""
        self._parts: list[str] = []
        self.length = 0
        """Characters so far."""
        self._headings: list[Heading] = []
        self._pages: list[int] = []
        self._pages_begun = 0
        self._block = ""

    def add_paragraph(self, words: str) -> None:
        """Add a block of text; blank text adds nothing."""
        self._add(clean_text(words), "\n\n")

    def add_item(self, words: str, number: str = "") -> None:
        """Add a list item on a line of its own, after "-" or ``number``."""
        words = one_line(words)
        if words:
            self._add(f"{number or '-'} {words}", self._joint("item"), "item")

    def add_row(self, cells: Iterable[str]) -> None:
        """Add a table row on a line of its own, with " | " between its cells."""
        words = [one_line(cell) for cell in cells]
        if any(words):
            self._add(" | ".join(words).strip(), self._joint("row"), "row")

    def end_block(self) -> None:
        """End a list or a table, so that the next item or row begins a new one."""
        self._block = ""

    def continue_block(self, words: str, joint: str) -> None:
        """Append words to the last paragraph or item, with ``joint`` between."""
        self._add(clean_text(words), joint, self._block)

    def add_heading(self, words: str, level: int, *, may_be_title: bool = False) -> None:
        """Add a section heading; level 1 is the highest. A first one that may be the title becomes ``found_title``."""
        words = one_line(words)
        if self.empty and may_be_title and not self.found_title:
            self.found_title = words
            return
        if self.empty and same_words(words, self.found_title):
            return
        if self.empty and same_words(words, self._title):
            self._title = ""
            return
        start = self._add(words, "\n\n")
        if words:
            self._headings.append(Heading(start, start + len(words), min(max(level, 1), DEEPEST_HEADING)))

    def begin_page(self) -> None:
        """Begin a page with the next block."""
        self._pages_begun += 1

    @property
    def empty(self) -> bool:
        return not self._parts

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def headings(self) -> tuple[Heading, ...]:
        return tuple(self._headings)

    @property
    def pages(self) -> tuple[int, ...]:
        """The offset at which each page begins; a page without text begins where the next one does."""
        return (*self._pages, *[self.length] * self._pages_begun)

    def article(self, document: Document, title: str, metadata: Metadata) -> Article:
        """Return the article that was built; without a title it gets the document's name."""
        title = choose_title(title, document.stem)
        return metadata.article(document.suggested_id, title, self.text, document.origin, self.headings, self.pages)

    def _joint(self, line: str) -> str:
        return "\n" if self._block == line else "\n\n"

    def _add(self, words: str, joint: str, block: str = "") -> int:
        """Append words and return their offset. ``block`` is the kind of block that a next line may continue."""
        if not words:
            return self.length
        if self.length + len(words) > MAX_CHARACTERS:
            raise ArticleError(f"The text has more than {MAX_CHARACTERS:,} characters. Split it.")
        if self._parts:
            self._parts.append(joint)
            self.length += len(joint)
        start = self.length
        self._pages += [start] * self._pages_begun
        self._pages_begun = 0
        self._block = block
        self._parts.append(words)
        self.length += len(words)
        return start
