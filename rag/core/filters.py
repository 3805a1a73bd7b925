"""Which articles a question may be answered from: by source, tag, language and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from rag.core.errors import FilterError


@dataclass(frozen=True, slots=True)
class DateRange:
    """The days from ``start`` to ``end``, both included; None where that side is open."""

    start: date | None = None
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Filters:
    """What an article must have, as its header says it; an empty field asks for nothing.

    Of several sources, tags or languages one is enough. Case and accents do not matter. An article without a date is
    in no range that has a start or an end. Raises FilterError where the range ends before it begins.
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
    """The filters that plain texts ask for; days are YYYY-MM-DD, and what is blank asks for nothing.

    Raises FilterError where a day is none or the range ends before it begins.
    """
    return Filters(_filled(sources), _filled(tags), _filled(languages), DateRange(day_of(since), day_of(until)))


def day_of(text: str) -> date | None:
    """The day that is written as YYYY-MM-DD; None where the text is blank. Raises FilterError for anything else."""
    text = text.strip()
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise FilterError(f"'{text}' is no day. Write year, month and day, such as 2024-05-17.") from None


def _filled(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
