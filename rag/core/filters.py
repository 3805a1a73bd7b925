"""Filters: which articles a question may be answered from, by source, tag, language and date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from rag.core.errors import FilterError


@dataclass(frozen=True, slots=True)
class DateRange:
    """The days from ``start`` to ``end``, both included; None for an open side."""

    start: date | None = None
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the header of an article must have; an empty field allows everything.

    Args:
        sources: The article must have one of these sources, ignoring case and accents.
        tags: The same for tags.
        languages: The same for languages (ISO 639-1).
        published: The range of its date. An article without a date is in no range that has a start or an end.

    Raises:
        FilterError: if the range ends before it begins.
    """

    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    published: DateRange = DateRange()

    def __post_init__(self) -> None:
        start, end = self.published.start, self.published.end
        if start and end and end < start:
            raise FilterError(f"The range of days ends ({end}) before it begins ({start}). Exchange the two.")

    def __bool__(self) -> bool:
        return self != EVERYTHING


EVERYTHING = Filters()


def filters_of(
    sources: Iterable[str] = (),
    tags: Iterable[str] = (),
    languages: Iterable[str] = (),
    since: str = "",
    until: str = "",
) -> Filters:
    """Make filters from texts; days are YYYY-MM-DD, and blank texts are ignored.

    Raises:
        FilterError: if a day is not a date, or if the range ends before it begins.
    """
    return Filters(_filled(sources), _filled(tags), _filled(languages), DateRange(day_of(since), day_of(until)))


def day_of(text: str) -> date | None:
    """Parse YYYY-MM-DD; return None for a blank text. Raises FilterError for anything else."""
    text = text.strip()
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise FilterError(f"'{text}' is not a date. Write year, month and day, such as 2024-05-17.") from None


def _filled(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
