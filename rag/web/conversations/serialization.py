"""The stored form of an exchange: its fields as JSON, so that an opened conversation looks as it did.

A field that is added to an Exchange or to what it holds needs a default, so that older conversations can still be read;
a stored field that no longer exists is ignored.
"""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from rag.web.conversations.exchange import Exchange, failed, stopped
from rag.web.i18n import strings

VERSION = 1
"""Raise it if conversations stored before can no longer be read."""
STORED = TypeAdapter(Exchange)
NOT_STORED = {"number", "ahead", "reading"}
"""The store keeps the number; the others only matter while an answer is awaited."""


def as_json(exchange: Exchange) -> str:
    """Return an exchange as the JSON that is stored."""
    fields = STORED.dump_python(exchange, mode="json", exclude=NOT_STORED)
    stored = json.dumps({"version": VERSION, "exchange": fields}, ensure_ascii=False)
    return stored.encode("utf-8", "replace").decode("utf-8")  # SQLite holds no lone surrogates.


def of_json(number: int, question: str, stored: str) -> Exchange:
    """Read a stored exchange; one that was never finished counts as stopped.

    What cannot be read comes back as a failed exchange whose message says so.
    """
    try:
        found = json.loads(stored)
        if found["version"] > VERSION:
            return failed(Exchange(number, question), strings.KEPT_BY_NEWER)
        exchange = STORED.validate_python({**found["exchange"], "number": number})
    except (ValueError, TypeError, KeyError, RecursionError):
        return failed(Exchange(number, question), strings.KEPT_DAMAGED)
    return exchange if exchange.finished else stopped(exchange)
