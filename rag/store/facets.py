"""Filters as SQL conditions, and the values that the articles of a library can be filtered by."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rag.core.errors import FilterError
from rag.core.filters import DateRange, Filters
from rag.core.types import ArticleHeader
from rag.store.database import JSON_VALUES, Rows
from rag.text.tokenization import plain

OFFERED = 5
"""Values that are suggested instead of one that no article has."""


SOURCES = "SELECT source, count(*) FROM articles WHERE source <> '' GROUP BY source"
LANGUAGES = "SELECT language, count(*) FROM articles WHERE language <> '' GROUP BY language"
TAGS = "SELECT tag.value, count(DISTINCT number) FROM articles, json_each(tags) tag WHERE tag.value <> '' GROUP BY 1"
MOST_FIRST = " ORDER BY 2 DESC, 1"
PASSAGES = "SELECT id FROM passages INDEXED BY passages_of_article"
"""The ids of all passages, from an index a twentieth of the size of the table."""


@dataclass(frozen=True, slots=True)
class Facets:
    """The sources, tags and languages of the articles with their numbers of articles, largest first.

    ``published`` is the first and last day; open on both sides if no article has a date.
    """

    sources: Mapping[str, int]
    tags: Mapping[str, int]
    languages: Mapping[str, int]
    published: DateRange


def passages_among(filters: Filters, rows: Rows) -> tuple[str, tuple[str, ...]]:
    """Return a query for the ids of the passages that the filters allow, with its parameters."""
    if not filters:
        return PASSAGES, ()
    conditions, parameters = _conditions(filters, rows)
    return f"{PASSAGES} WHERE article IN (SELECT number FROM articles a WHERE {conditions})", parameters


def read_facets(rows: Rows) -> Facets:
    """Return what the articles can be filtered by. Reads the header of every article."""
    sources, tags, languages = (dict(rows(query + MOST_FIRST)) for query in (SOURCES, TAGS, LANGUAGES))
    first, last = (
        date.fromisoformat(day) if day else None for day in rows("SELECT min(date), max(date) FROM articles")[0]
    )
    return Facets(sources, tags, languages, DateRange(first, last))


def admits(filters: Filters, header: ArticleHeader) -> bool:
    """Return whether the filters let an article through; the same as their condition in SQL."""
    days = filters.published
    return (
        _has_one(filters.sources, (header.source,))
        and _has_one(filters.tags, header.tags)
        and _has_one(filters.languages, (header.language,))
        and (days == DateRange() or (header.date is not None and header.date in days))
    )


def _has_one(wanted: Sequence[str], present: Sequence[str]) -> bool:
    return not wanted or not {plain(value) for value in wanted}.isdisjoint(plain(value) for value in present if value)


def require_known(filters: Filters, facets: Facets) -> None:
    """Check each value of the filters by itself; together they may still match nothing.

    Raises:
        FilterError: if no article has a value, or if all days are before the first or after the last article.
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
            hint = f"Choose one of these: {_listed(present)}."
        raise FilterError(f"No article has the {kind} '{value}'. {hint}")


def _near(wanted: str, known: Mapping[str, str]) -> list[str]:
    """Return the values that are similar to the wanted one, then those that contain it."""
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


def _conditions(filters: Filters, rows: Rows) -> tuple[str, tuple[str, ...]]:
    """Return the conditions on ``articles a``. Values are compared once per spelling, not per article."""
    parts: list[tuple[str, tuple[str, ...]]] = []
    if filters.sources:
        parts.append((f"a.source IN {JSON_VALUES}", _spellings(filters.sources, rows(SOURCES))))
    if filters.languages:
        parts.append((f"a.language IN {JSON_VALUES}", _spellings(filters.languages, rows(LANGUAGES))))
    if filters.tags:
        has_tag = f"EXISTS (SELECT 1 FROM json_each(a.tags) tag WHERE tag.value IN {JSON_VALUES})"
        parts.append((has_tag, _spellings(filters.tags, rows(TAGS))))
    start, end = filters.published.start, filters.published.end
    if start or end:
        days = ((start or date.min).isoformat(), (end or date.max).isoformat())
        # The first expression is that of the index articles_by_date.
        parts.append(("(a.date IS NULL) = 0 AND a.date BETWEEN ? AND ?", days))
    return " AND ".join(sql for sql, _ in parts), tuple(value for _, values in parts for value in values)


def _spellings(wanted: Sequence[str], counted: Sequence[tuple[str, int]]) -> tuple[str]:
    """Return the occurring spellings of the wanted values, ignoring case and accents, as a JSON array."""
    forms = {plain(value) for value in wanted}
    return (json.dumps([value for value, _ in counted if plain(value) in forms]),)
