"""Filters in JSON, validated: in requests and in stored embeds."""

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
    """Which articles to search. An empty field admits all; dates are YYYY-MM-DD and inclusive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: Values = ()
    tags: Values = ()
    languages: Values = ()
    since: date | None = None
    until: date | None = None

    def filters(self) -> Filters:
        """Return them as Filters. Raises FilterError if the range of days ends before it begins."""
        days = (day.isoformat() if day else "" for day in (self.since, self.until))
        return filters_of(self.sources, self.tags, self.languages, *days)


def narrowed(fixed: Filters, asked: Filters) -> Filters:
    """Return the intersection of an embed's ``fixed`` filters and those ``asked`` for.

    Raises:
        FilterError: if a source, tag or language is asked for that the fixed filters exclude.
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
