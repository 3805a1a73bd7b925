"""Split a text at its headings into sections, each with the path of its headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.core.types import Heading, Span

BELOW = " › "
BESIDE = " / "
LONGEST_RUN = 400
"""Characters of titles with nothing under them that are put before another title."""


@dataclass(frozen=True, slots=True)
class Section:
    """Text between two headings. ``heading`` is the path of its headings, the highest first."""

    span: Span
    heading: str


def find_sections(text: str, headings: Sequence[Heading]) -> list[Section]:
    """The sections that have text, in order; the headings themselves are in none of them.

    The title of a heading with nothing under it goes before the one of the next section, or after the one of the last,
    with a slash between, so that its words are not lost. A long run of such headings is a section of its own, and so
    are the headings of an article that has nothing else.
    """
    sections: list[Section] = []
    path: list[Heading] = []
    bare: list[str] = []
    at = run = 0
    for heading in [*_in_order(text, headings), None]:
        end = heading.start if heading else len(text)
        if text[at:end].strip():
            sections.append(Section(Span(at, end), _beside([*bare, _titles(text, path)])))
            bare, run = [], end
        elif path and (heading is None or heading.level <= path[-1].level):
            bare.append(_titles(text, path))
            if sum(map(len, bare)) > LONGEST_RUN or (heading is None and not sections):
                sections.append(Section(Span(run, at), ""))
                bare, run = [], end
        if heading:
            while path and path[-1].level >= heading.level:
                path.pop()
            path.append(heading)
            at = heading.end
    if bare:
        sections[-1] = replace(sections[-1], heading=_beside([sections[-1].heading, *bare]))
    return sections


def _in_order(text: str, headings: Sequence[Heading]) -> Iterator[Heading]:
    """The headings that have words, and do not begin within the one before."""
    end = 0
    for heading in sorted(headings, key=lambda one: one.start):
        if heading.start >= end and text[heading.start : heading.end].strip():
            end = min(heading.end, len(text))
            yield replace(heading, end=end)


def _titles(text: str, path: Sequence[Heading]) -> str:
    return BELOW.join(" ".join(text[heading.start : heading.end].split()) for heading in path)


def _beside(paths: Sequence[str]) -> str:
    return BESIDE.join(path for path in paths if path)
