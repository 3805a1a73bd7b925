"""Exchanges ⇄ JSON: what is kept of a conversation, so that it looks the same when it is opened again. Pure.

What is kept are the fields of an Exchange by their names. A field that is added must have a default, so that what was
kept before can still be read; a field that is gone is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from rag.web.conversations.exchange import Exchange, failed, stopped
from rag.web.i18n import strings

VERSION = 1
"""To be raised where what was kept before cannot be read any more as it is."""


def as_json(one: Exchange) -> str:
    """All of an exchange but its number, and what only matters while its answer is waited for."""
    kept = _written(replace(one, ahead=0, reading=None))
    del kept["number"]
    written = json.dumps({"version": VERSION, "exchange": kept}, ensure_ascii=False)
    return written.encode("utf-8", "replace").decode("utf-8")  # Half a character cannot be kept.


def of_json(number: int, question: str, kept: str) -> Exchange:
    """The exchange that was kept. What was never finished counts as stopped.

    Where it cannot be read, it is one that has failed, and says so.
    """
    try:
        found = json.loads(kept)
        if found["version"] > VERSION:
            return failed(Exchange(number, question), strings.KEPT_BY_NEWER)
        one: Exchange = _read(Exchange, {**found["exchange"], "number": number})
    except (ValueError, TypeError, KeyError, RecursionError):
        return failed(Exchange(number, question), strings.KEPT_DAMAGED)
    return one if one.finished else stopped(one)


def _written(value: Any) -> Any:
    """A value of rag.core.types or of a conversation as JSON has it."""
    if is_dataclass(value):
        return {field.name: _written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_written(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _read(kind: Any, value: Any) -> Any:
    """The value of a type that was written. Raises ValueError or TypeError for what is none."""
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: _read(of, value[name]) for name, of in _fields(kind).items() if name in value})
    if origin is UnionType:
        (other,) = (one for one in arguments if one is not NoneType)
        return None if value is None else _read(other, value)
    if origin is Literal and value in arguments:
        return value
    if origin is tuple and isinstance(value, list):
        return tuple(_read(arguments[0], item) for item in value)
    if origin is Mapping:
        key_kind, item_kind = arguments
        return {key_kind(key): _read(item_kind, item) for key, item in value.items()}
    if kind is date:
        return date.fromisoformat(value)
    if kind is float and isinstance(value, int):
        return float(value)
    if origin is None and isinstance(value, kind):
        return value
    raise ValueError(f"{value!r:.80} is no {kind}")


@cache
def _fields(kind: type) -> Mapping[str, Any]:
    """The types of a dataclass's fields, by their names."""
    return get_type_hints(kind)
