"""Readers' verdicts on answers: stored in ``chats.db``, exported as questions for the evaluation."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from rag.store.conversations import ChatsFile

Verdict = Literal["right", "wrong", "wrong_source"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reader's verdict on an answer.

    ``answer`` is its JSON form (rag.core.serialization), ``history`` the turns before it.
    """

    verdict: Verdict
    question: str
    answer: dict[str, Any]
    history: tuple[dict[str, str], ...] = ()
    comment: str = ""
    given_at: str = ""
    """Time in UTC, ISO 8601; set by the store."""
    id: int = 0
    """Number in the store, from 1; set by the store."""


class FeedbackStore:
    """Feedback in SQLite. Thread-safe; the file is opened when it is first needed."""

    def __init__(self, index: Path) -> None:
        self._file = ChatsFile(index)

    def add(self, feedback: Feedback) -> None:
        """Store one verdict. Raises IndexDamagedError if the file cannot be written."""
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        with self._file.writing() as connection:
            connection.execute(
                "INSERT INTO feedback (given_at, verdict, comment, question, history, answer)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    moment, feedback.verdict, feedback.comment, feedback.question,
                    json.dumps(feedback.history, ensure_ascii=False), json.dumps(feedback.answer, ensure_ascii=False),
                ),
            )  # fmt: skip

    def all(self, verdicts: Collection[Verdict] = VERDICTS) -> list[Feedback]:
        """Return all feedback, oldest first. Raises IndexDamagedError if the file cannot be read."""
        if not self._file.path.exists():
            return []
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT verdict, question, answer, history, comment, given_at, id FROM feedback ORDER BY id"
            ).fetchall()
        return [
            Feedback(verdict, question, json.loads(answer), tuple(json.loads(history)), *rest)
            for verdict, question, answer, history, *rest in rows
            if verdict in verdicts
        ]


def as_questions(feedback: Collection[Feedback], holds: Callable[[str], bool]) -> list[dict[str, Any]]:
    """Return rows for ``rag eval``, one per question and history, from the latest verdict on it.

    The cited articles and quotes of a right answer become its gold evidence. For a wrong one a person has to fill in
    ``answers`` from ``comment`` and ``given_answer``; until then only abstaining counts as wrong.

    Args:
        feedback: What the store returned.
        holds: Whether an article, by its id, is still in the library.
    """
    latest = {(one.question, json.dumps(one.history)): one for one in feedback}
    return [_row(one, holds) for one in sorted(latest.values(), key=lambda one: one.id)]


def _row(one: Feedback, holds: Callable[[str], bool]) -> dict[str, Any]:
    right = one.verdict == "right"
    cited = {number for sentence in one.answer["sentences"] for number in sentence["citations"]}
    sources = [source for source in one.answer["sources"] if source["number"] in cited and holds(source["article_id"])]
    return {
        "id": f"feedback-{one.id}",
        "question": one.question,
        "answers": [],
        "answerable": one.answer["answered"] if right else True,
        "evidence_ids": list(dict.fromkeys(source["article_id"] for source in sources)) if right else [],
        "gold_sentences": [_quote(source) for source in sources] if right else [],
        "type": f"feedback_{one.verdict}",
        "history": list(one.history),
        "as_of": one.given_at[:10],
        "given_answer": one.answer["answer"],
        "comment": one.comment,
    }


def _quote(source: dict[str, Any]) -> str:
    begin, quote = source["start"], source["quote"]
    return str(source["text"][quote["start"] - begin : quote["end"] - begin])
