"""What the articles of a library can be filtered by, and filters that ask for what none of them has. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.core.errors import FilterError
from rag.core.filters import DateRange, Filters
from rag.text.tokenization import plain

OFFERED = 5
"""Values that are offered in place of one that no article has."""


@dataclass(frozen=True, slots=True)
class Facets:
    """The sources, tags and languages of the articles with how many articles have each, the most first.

    ``published`` is their first and last day; open on both sides where no article has a date.
    """

    sources: Mapping[str, int]
    tags: Mapping[str, int]
    languages: Mapping[str, int]
    published: DateRange


def require_known(filters: Filters, facets: Facets) -> None:
    """Raises FilterError where a value is asked for that no article has, or days before the first or after the last.

    Filters that pass may leave nothing all the same, where no article has all that they ask for.
    """
    _require_values("source", filters.sources, list(facets.sources))
    _require_values("tag", filters.tags, list(facets.tags))
    _require_values("language", filters.languages, list(facets.languages))
    _require_days(filters.published, facets.published)


def _require_values(kind: str, wanted: Sequence[str], present: Sequence[str]) -> None:
    known = {plain(value): value for value in reversed(present)}  # Of several spellings the most frequent is offered.
    for value in wanted:
        if plain(value) in known:
            continue
        if not known:
            raise FilterError(f"No article has the {kind} '{value}', nor any other. Leave this filter out.")
        near = _near(plain(value), known)
        hint = f"Did you mean {_listed(near)}?" if near else f"There are, among others: {_listed(present[:OFFERED])}."
        if not near and len(present) <= OFFERED:
            hint = f"Choose of those that there are: {_listed(present)}."
        raise FilterError(f"No article has the {kind} '{value}'. {hint}")


def _near(wanted: str, known: Mapping[str, str]) -> list[str]:
    """The values that look like the wanted one, then those that have it in them."""
    close = difflib.get_close_matches(wanted, known, OFFERED)
    close += [one for one in known if wanted in one]
    return [known[one] for one in list(dict.fromkeys(close))[:OFFERED]]


def _listed(values: Sequence[str]) -> str:
    quoted = [f"'{value}'" for value in values]
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))


def _require_days(wanted: DateRange, present: DateRange) -> None:
    if wanted == DateRange():
        return
    first, last = present.start, present.end
    if first is None or last is None:
        raise FilterError("No article has a date, so none is in a range of days. Leave the range out.")
    if (wanted.start and wanted.start > last) or (wanted.end and wanted.end < first):
        raise FilterError(f"No article is from these days: the first is of {first}, the last of {last}. Choose others.")
