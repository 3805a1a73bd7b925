"""Split a text into blocks: paragraphs, lines of verse and code, list items and table rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rag.core.types import Span
from rag.text.language_detection import NO_SPACES

LONGEST_LINE = 120
"""Characters of the longest line that is one sentence only because it is a line."""
LONGEST_ITEM = 240
"""Characters of the longest item of a list that is one sentence, whatever full stops it has."""
ROOM = 0.9
"""Share of the longest line that a line with its neighbour's first word may take without looking wrapped."""
MANY = 0.25
"""Share of such lines from which on they were broken on purpose: a wrapped paragraph has next to none."""

TABLE_ROW = re.compile(r"(?<!\S)\|(?!\S)|\A\|.*\|\Z")
BULLET = re.compile(r"[-*+•‣◦▪·][^\S\n]+\S")
NUMBER = re.compile(r"(?:\d{1,3}[.)]|\(?[\da-zA-Z]{1,2}\))[^\S\n]+\S")
FIRST_WORD = re.compile(rf"[{NO_SPACES}]|\S+")
END = re.compile(r"[.!?…:;。！？।؟۔։。：；]\W*\Z")

Kind = Literal["prose", "line", "row"]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text that no sentence crosses, without white space around it.

    ``prose`` is to be cut into sentences; a ``line`` (of verse or code) and a ``row`` (of a table or a list) are one
    sentence each. ``begins_paragraph`` is false for a line or a row that is not the first of its kind.
    """

    span: Span
    kind: Kind
    begins_paragraph: bool


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    text: str
    """Without white space around it."""
    begins_paragraph: bool
    indented: bool
    kind: Literal["", "row", "item", "continued"] = ""


def find_blocks(text: str, start: int, end: int) -> Iterator[Block]:
    """The blocks of ``text[start:end]``, in order; all that is no white space lies in exactly one."""
    lines = _lines(text, start, end)
    _mark_rows_and_items(lines)
    at = 0
    while at < len(lines):
        line, after = lines[at], at + 1
        if line.kind:
            while after < len(lines) and lines[after].kind == "continued":
                after += 1
            yield _row(lines[at:after], first=at == 0 or not lines[at - 1].kind)
        else:
            while after < len(lines) and not lines[after].kind and not lines[after].begins_paragraph:
                after += 1
            yield from _paragraph(lines[at:after])
        at = after


def _lines(text: str, start: int, end: int) -> list[_Line]:
    """The lines that are not blank."""
    lines: list[_Line] = []
    blank_before = True
    for whole in text[start:end].split("\n"):
        line = whole.strip()
        if line:
            begin = start + len(whole) - len(whole.lstrip())
            lines.append(_Line(begin, begin + len(line), line, blank_before, whole[0] in " \t"))
        blank_before = not line
        start += len(whole) + 1
    return lines


def _mark_rows_and_items(lines: Sequence[_Line]) -> None:
    """One bar makes no table, nor one number a list: they come in twos, and items where something can begin."""
    bars = [bool(TABLE_ROW.search(line.text)) for line in lines]
    numbers = [bool(NUMBER.match(line.text)) for line in lines]
    numbered = sum(numbers) > 1
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else None
        in_list = before is not None and before.kind in {"item", "continued"} and not line.begins_paragraph
        may_begin = line.begins_paragraph or in_list or (before is not None and _ends(before))
        if bars[at] and any(bars[max(at - 1, 0) : at] + bars[at + 1 : at + 2]):
            line.kind = "row"
        elif may_begin and (BULLET.match(line.text) or (numbered and numbers[at])):
            line.kind = "item"
        elif in_list and (line.indented or line.text[0].islower()):
            line.kind = "continued"


def _row(lines: Sequence[_Line], first: bool) -> Block:
    span = Span(lines[0].start, lines[-1].end)
    whole = lines[0].kind == "row" or span.end - span.start <= LONGEST_ITEM
    return Block(span, "row" if whole else "prose", first)


def _paragraph(lines: Sequence[_Line]) -> Iterator[Block]:
    """A wrapped paragraph as one block, or each line as one where they were broken on purpose."""
    if not _broken_on_purpose(lines):
        yield Block(Span(lines[0].start, lines[-1].end), "prose", True)
        return
    for line in lines:
        if len(line.text) <= LONGEST_LINE and not _ends(line):
            yield Block(Span(line.start, line.end), "line", line is lines[0])
        else:
            yield Block(Span(line.start, line.end), "prose", True)


def _ends(line: _Line) -> bool:
    """Whether a sentence, or what introduces a list, ends with the line."""
    return bool(END.search(line.text[-8:]))


def _broken_on_purpose(lines: Sequence[_Line]) -> bool:
    """Whether many lines had room for the next word, or all begin with a capital as lines of verse do."""
    if len(lines) == 1:
        return False
    if len(lines) > 2 and all(line.text[0].isupper() for line in lines):
        return True
    # A line of one word, such as an address, may be longer than the others could become.
    room = ROOM * max(len(line.text) for line in [one for one in lines if " " in one.text] or lines)
    fitting = 0
    for line, following in pairwise(lines):
        word = FIRST_WORD.match(following.text)
        fitting += len(line.text) + 1 + (len(word[0]) if word else 0) <= room
    return fitting >= MANY * (len(lines) - 1)
