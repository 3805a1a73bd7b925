"""A reader's verdict on an answer of a conversation, as it is kept for the evaluation. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rag.core.serialization import answer_as_json
from rag.store.feedback import Feedback, Verdict
from rag.web.conversations.exchange import Exchange, history


def feedback_on(judged: Exchange, before: Sequence[Exchange], verdict: Verdict, comment: str) -> Feedback | None:
    """What is to be kept, with the exchanges ``before`` it as its history; None where there is no answer to judge."""
    if judged.answer is None:
        return None
    turns = tuple({"question": turn.question, "answer": turn.answer} for turn in history(before))
    return Feedback(verdict, judged.question, answer_as_json(judged.answer), turns, comment)
