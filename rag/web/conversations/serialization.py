"""Exchanges as JSON: the complete form that is stored, and the public one of exports, feedback and the API.

A field that is added to an Exchange or to what it holds needs a default, so that older conversations can still be read;
a stored field that no longer exists is ignored.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import TypeAdapter

from rag.core.serialization import AnswerReply, Reply, Text, answer_as_json, encodable
from rag.store.feedback import Feedback, Verdict
from rag.web.conversations.exchange import Exchange, failed, history, stopped
from rag.web.i18n import strings

VERSION = 1
"""Raise it if conversations stored before can no longer be read."""
STORED = TypeAdapter(Exchange)
NOT_STORED = {"number", "ahead", "reading"}
"""The store keeps the number; the others only matter while an answer is awaited."""


class ExchangeReply(Reply):
    """A question and what came of it; ``message`` says what is the matter where it is no answer."""

    number: int
    question: Text
    stage: Literal["answered", "declined", "stopped", "failed"]
    text: Text
    message: Text
    answer: AnswerReply | None


def exchange_as_json(exchange: Exchange) -> dict[str, Any]:
    """Return a question with its answer in the form of ``rag ask --json``; without one, what came of it."""
    return ExchangeReply.model_validate(exchange).model_dump(mode="json")


def as_json(exchange: Exchange) -> str:
    """Return an exchange as the JSON that is stored."""
    fields = STORED.dump_python(exchange, mode="json", exclude=NOT_STORED)
    return encodable(json.dumps({"version": VERSION, "exchange": fields}, ensure_ascii=False))


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


def feedback_on(judged: Exchange, before: Sequence[Exchange], verdict: Verdict, comment: str) -> Feedback | None:
    """Return a verdict on an exchange, with the exchanges before as its history; None if it has no answer."""
    if judged.answer is None:
        return None
    turns = tuple({"question": turn.question, "answer": turn.answer} for turn in history(before))
    return Feedback(verdict, judged.question, answer_as_json(judged.answer), turns, comment)
