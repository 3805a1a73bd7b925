"""Filters as conditions of SQL, and what there is to filter by."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from rag.core.filters import DateRange, Filters
from rag.store.facets import Facets
from rag.text.tokenization import plain

Rows = Callable[..., list[Any]]
"""What runs a query with its parameters and returns all rows."""

SOURCES = "SELECT source, count(*) FROM articles WHERE source <> '' GROUP BY source"
LANGUAGES = "SELECT language, count(*) FROM articles WHERE language <> '' GROUP BY language"
TAGS = "SELECT tag.value, count(DISTINCT number) FROM articles, json_each(tags) tag WHERE tag.value <> '' GROUP BY 1"
MOST_FIRST = " ORDER BY 2 DESC, 1"
ONE_OF = "(SELECT value FROM json_each(?))"
PASSAGES = "SELECT id FROM passages INDEXED BY passages_of_article"
"""All passages' ids, from an index that is a twentieth of the table's size."""


def passages_among(filters: Filters, rows: Rows) -> tuple[str, tuple[str, ...]]:
    """A query for the ids of the passages that the filters let through, with its parameters."""
    if not filters:
        return PASSAGES, ()
    conditions, parameters = _conditions(filters, rows)
    return f"{PASSAGES} WHERE article IN (SELECT number FROM articles a WHERE {conditions})", parameters


def facets(rows: Rows) -> Facets:
    """What the articles can be filtered by. Reads the header of every article."""
    sources, tags, languages = (dict(rows(query + MOST_FIRST)) for query in (SOURCES, TAGS, LANGUAGES))
    first, last = (
        date.fromisoformat(day) if day else None for day in rows("SELECT min(date), max(date) FROM articles")[0]
    )
    return Facets(sources, tags, languages, DateRange(first, last))


def _conditions(filters: Filters, rows: Rows) -> tuple[str, tuple[str, ...]]:
    """The conditions on ``articles a``. Values are compared once for each spelling, not once for each article."""
    parts: list[tuple[str, tuple[str, ...]]] = []
    if filters.sources:
        parts.append((f"a.source IN {ONE_OF}", _spellings(filters.sources, rows(SOURCES))))
    if filters.languages:
        parts.append((f"a.language IN {ONE_OF}", _spellings(filters.languages, rows(LANGUAGES))))
    if filters.tags:
        has_tag = f"EXISTS (SELECT 1 FROM json_each(a.tags) tag WHERE tag.value IN {ONE_OF})"
        parts.append((has_tag, _spellings(filters.tags, rows(TAGS))))
    start, end = filters.published.start, filters.published.end
    if start or end:
        days = ((start or date.min).isoformat(), (end or date.max).isoformat())
        parts.append(("(a.date IS NULL) = 0 AND a.date BETWEEN ? AND ?", days))  # As the index articles_by_date has it.
    return " AND ".join(sql for sql, _ in parts), tuple(value for _, values in parts for value in values)


def _spellings(wanted: Sequence[str], counted: Sequence[tuple[str, int]]) -> tuple[str]:
    """Those of the values that are wanted but for case and accents, as a JSON array."""
    forms = {plain(value) for value in wanted}
    return (json.dumps([value for value, _ in counted if plain(value) in forms]),)
