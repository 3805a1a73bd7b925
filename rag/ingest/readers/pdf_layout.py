"""Join the lines of printed pages to paragraphs and headings, across hyphens, columns and pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rag.ingest.readers.document_builder import DocumentBuilder

BULLET = re.compile(r"([•▪◦‣●○■∙·–])(?:\s+|(?=[^\W\d]))")
NUMBER = re.compile(r"(\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)")
ENDS_SENTENCE = re.compile(r"[.!?…:;。！？।؟۔][\"'”’»)\]]{0,4}\Z")
LEADERS = re.compile(r"…\s?\w{1,5}\Z")  # The end of a line in a table of contents.
# Lengths are bounded, because a search for endless words would take quadratic time.
COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,40}-[^\W\d_]{1,40}(?![^\W\d_])")
LAST_PART = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,40}\Z")
FIRST_PART = re.compile(r"[^\W\d_]{1,40}")
HEADING_CHARACTERS = 200
HEADING_RATIO = 1.15  # How many times larger than the text a heading is at least. Chosen by hand.
PARAGRAPH_GAP = 1.35  # How many times the usual line distance separates paragraphs. Chosen by hand.
EDGE_LINES = 2  # Lines at the top and bottom of a page that may be its header and footer.


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page. Lengths are in points; ``bottom`` is measured from the page bottom, ``size`` is the font size.

    ``hyphenated``: it ended in a hyphen, which is removed from ``words``.
    """

    words: str
    left: float
    right: float
    bottom: float
    size: float
    hyphenated: bool = False


@dataclass(frozen=True, slots=True)
class _Placed:
    line: Line
    page: int
    joint: str
    """What separates it from the line before: a space or a line break."""


Page = Sequence[Line]
Block = list[_Placed]


def add_pages(pages: Sequence[Page], builder: DocumentBuilder) -> None:
    """Add the text of pages: join lines to paragraphs, also across pages, and leave out page headers and footers."""
    kept = without_headers_and_footers(pages)
    pages = kept if any(kept) else pages
    blocks = list(_blocks(pages))
    sizes = _heading_sizes(pages, blocks)
    compounds = {compound.lower() for page in pages for line in page for compound in COMPOUND.findall(line.words)}
    begun = 0
    for block in blocks:
        level = sizes.get(_size(block), 0)
        is_heading = bool(level) and _may_be_heading(block)
        before: Line | None = None
        for placed in block[:1] if is_heading else block:
            while begun <= placed.page:
                builder.begin_page()
                begun += 1
            if is_heading:
                builder.add_heading(_joined(block), level)
            elif before is None:
                _begin(placed.line, builder)
            else:
                builder.continue_block(placed.line.words, _joint_after(before, placed, compounds))
            before = placed.line
    for _ in range(begun, len(pages)):
        builder.begin_page()


def without_headers_and_footers(pages: Sequence[Page]) -> list[Page]:
    """Remove the lines at the edges of pages that many pages share, except for numbers."""
    edges = [{position: _alike(page[position].words) for position in _edge_positions(page)} for page in pages]
    count = Counter(key for edge in edges for key in set(edge.values()))
    least = max(3.0, len(pages) * 0.4)
    return [
        [line for position, line in enumerate(page) if count[edge.get(position, "")] < least]
        for page, edge in zip(pages, edges, strict=True)
    ]


def _edge_positions(page: Page) -> set[int]:
    """Return the positions of the top and bottom lines; the order of lines need not be from top to bottom."""
    downwards = sorted(range(len(page)), key=lambda position: -page[position].bottom)
    return {*downwards[:EDGE_LINES], *downwards[-EDGE_LINES:]}


def _alike(words: str) -> str:
    return re.sub(r"\d+", "0", " ".join(words.casefold().split()))


def _blocks(pages: Sequence[Page]) -> Iterator[Block]:
    block: Block = []
    for number, page in enumerate(pages):
        leading, edges = _leading(page), _right_edges(page)
        for position, line in enumerate(page):
            joint: str | None = None
            if block and position:
                joint = _joint(block[-1].line, line, leading, edges[position - 1])
            elif block and _continues(block[-1].line, line):
                joint = " "
            if joint is None and block:
                yield block
                block = []
            block.append(_Placed(line, number, joint or " "))
    if block:
        yield block


def _joint(before: Line, line: Line, leading: float, edge: float) -> str | None:
    """Return what joins a line to the one before on its page; None if a block begins with it.

    ``leading`` is the usual line distance of the page, ``edge`` the right end of the lines around ``before``.
    """
    size = max(before.size, line.size)
    step = before.bottom - line.bottom
    if _differ(before.size, line.size):
        return None
    if before.hyphenated or abs(step) < size * 0.3:
        return " "
    if step < 0:  # The top of the next column.
        return " " if _continues(before, line) else None
    ends = bool(ENDS_SENTENCE.search(before.words))
    if (
        step > PARAGRAPH_GAP * max(leading, size * 1.2)
        or BULLET.match(line.words)
        or (ends and NUMBER.match(line.words))
    ):
        return None
    width = edge - before.left
    if ends and (line.left - before.left > size * 0.8 or before.right < edge - width * 0.1):
        return None
    if LEADERS.search(before.words):
        return "\n"
    # Verse, addresses and program code: lines that are shorter than they need to be.
    return "\n" if before.right < edge - width * 0.4 and not line.words[:1].islower() else " "


def _continues(before: Line, line: Line) -> bool:
    """Return whether a paragraph seems to continue on the next page or column."""
    if before.hyphenated:
        return True
    return not (_differ(before.size, line.size) or ENDS_SENTENCE.search(before.words)) and line.words[:1].islower()


def _leading(page: Page) -> float:
    steps = [above.bottom - below.bottom for above, below in pairwise(page)]
    usual = [step for step, line in zip(steps, page, strict=False) if line.size * 0.5 < step < line.size * 3]
    return median(usual) if usual else 0.0


def _right_edges(page: Page) -> list[float]:
    """Return for each line the right edge of its column: where most lines end that begin near it."""
    columns: dict[int, list[float]] = {}
    for line in page:
        columns.setdefault(round(line.left / 60), []).append(line.right)
    edges = {column: sorted(rights)[len(rights) * 8 // 10] for column, rights in columns.items()}
    return [max(edges[round(line.left / 60)], line.right) for line in page]


def _heading_sizes(pages: Sequence[Page], blocks: Sequence[Block]) -> dict[float, int]:
    """Return the font sizes of headings with their levels; the largest is level 1."""
    characters: Counter[float] = Counter()
    for page in pages:
        for line in page:
            characters[_rounded(line.size)] += len(line.words)
    if not characters:
        return {}
    text = characters.most_common(1)[0][0]
    sizes = {_size(block) for block in blocks if _may_be_heading(block) and _size(block) > text * HEADING_RATIO}
    return {size: level for level, size in enumerate(sorted(sizes, reverse=True), start=1)}


def _may_be_heading(block: Block) -> bool:
    words = _joined(block)
    return len(words) <= HEADING_CHARACTERS and sum(map(str.isalpha, words)) > 1 and not LEADERS.search(words)


def _joined(block: Block) -> str:
    words = ""
    for placed in block:
        words += f"{placed.line.words}{'' if placed.line.hyphenated else ' '}"
        if len(words) > 2 * HEADING_CHARACTERS:
            break
    return words.strip()


def _begin(line: Line, builder: DocumentBuilder) -> None:
    marker = BULLET.match(line.words)
    if marker:
        builder.add_item(line.words[marker.end() :])
    else:
        builder.add_paragraph(line.words)


def _joint_after(before: Line, placed: _Placed, compounds: set[str]) -> str:
    """Return what joins two lines: nothing inside a broken word, a hyphen if the word has one anyway."""
    if not before.hyphenated:
        return placed.joint
    first, rest = LAST_PART.search(before.words), FIRST_PART.match(placed.line.words)
    if not first or not rest:
        return "-"
    return "-" if not rest[0][0].islower() or f"{first[0]}-{rest[0]}".lower() in compounds else ""


def _size(block: Block) -> float:
    return _rounded(block[0].line.size)


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _differ(one: float, other: float) -> bool:
    return max(one, other) > min(one, other) * HEADING_RATIO
