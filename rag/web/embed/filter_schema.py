"""Filters as JSON has them, checked: in a request, and in what is kept of an embed."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rag.core.errors import FilterError
from rag.core.filters import DateRange, Filters, filters_of
from rag.text.tokenization import plain

Value = Annotated[str, Field(min_length=1, max_length=200)]
Values = Annotated[tuple[Value, ...], Field(max_length=50)]


class FilterFields(BaseModel):
    """What an article must have; an empty field asks for nothing. Days are YYYY-MM-DD and included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: Values = ()
    tags: Values = ()
    languages: Values = ()
    since: date | None = None
    until: date | None = None

    def filters(self) -> Filters:
        """Raises FilterError where the range of days ends before it begins."""
        days = (day.isoformat() if day else "" for day in (self.since, self.until))
        return filters_of(self.sources, self.tags, self.languages, *days)


def narrowed(fixed: Filters, asked: Filters) -> Filters:
    """What both let through. Raises FilterError where ``asked`` goes beyond what is ``fixed``.

    Of sources, tags or languages that are fixed some of them may be asked for; ranges of days are cut.
    """
    first, last = fixed.published, asked.published
    return Filters(
        _chosen("source", fixed.sources, asked.sources),
        _chosen("tag", fixed.tags, asked.tags),
        _chosen("language", fixed.languages, asked.languages),
        DateRange(
            max(filter(None, (first.start, last.start)), default=None),
            min(filter(None, (first.end, last.end)), default=None),
        ),
    )


def _chosen(kind: str, fixed: tuple[str, ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    if not fixed or not asked:
        return fixed or asked
    known = {plain(value) for value in fixed}
    beyond = next((value for value in asked if plain(value) not in known), None)
    if beyond is not None:
        raise FilterError(f"The {kind} '{beyond}' cannot be asked for here. Leave this filter out.")
    return asked
