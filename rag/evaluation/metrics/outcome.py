"""The outcome of a question: its ranking, its answer, and the verdict on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

from rag.evaluation.datasets.questions import Question
from rag.evaluation.metrics.answer_metrics import is_right

Verdict = Literal["right", "wrong", "declined_right", "declined_wrong", "answered_unanswerable", "failed", "retrieved"]


@dataclass(frozen=True, slots=True)
class RankedHit:
    """A ranked passage. ``gold``: it is from a gold article and contains a gold answer or gold sentence."""

    article_id: str
    gold: bool


@dataclass(frozen=True, slots=True)
class EvidenceRead:
    """The evidence that the answering model would read within a budget.

    Attributes:
        budget: in tokens.
        filled: whether the budget was filled, instead of stopping early if the search is sure.
        tokens: those of the evidence in the prompt, headings included.
        gold: whether sentences of a gold article contain the gold words.
        articles: whether there is a sentence of every gold article.
    """

    budget: int
    filled: bool
    tokens: int
    gold: bool
    articles: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of running one question.

    Attributes:
        ranked: the passages, best first.
        answer: the object of ``serialization.answer_as_json``; None if only the ranking was asked for, or on failure.
        error: why the question failed.
        evidence: at each budget; empty without a tokenizer.
    """

    question: Question
    ranked: tuple[RankedHit, ...]
    answer: dict[str, Any] | None
    error: str | None
    evidence: tuple[EvidenceRead, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether an answer was asked for, even if it failed."""
        return self.answer is not None or self.error is not None

    @property
    def declined(self) -> bool:
        return self.answer is not None and not self.answer["answered"]

    @property
    def answered(self) -> dict[str, Any] | None:
        """The answer's object; None if the question was declined or failed."""
        return self.answer if self.answer is not None and self.answer["answered"] else None

    @property
    def text(self) -> str:
        """The answer's text, or ""."""
        return str(self.answered["answer"]) if self.answered else ""

    def to_json(self) -> dict[str, Any]:
        """Return everything as a JSON object, for the journal of a run."""
        row: dict[str, Any] = TypeAdapter(Outcome).dump_python(self, mode="json")
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Outcome:
        """Read what ``to_json`` returned. Raises pydantic.ValidationError, a ValueError, if the row differs."""
        return TypeAdapter(Outcome).validate_python(row)


def verdict(outcome: Outcome) -> Verdict:
    """Judge an outcome; "retrieved" if there is no answer to judge, or no gold answer to judge it by."""
    if outcome.error is not None:
        return "failed"
    question = outcome.question
    if outcome.answer is None or (question.answerable and not question.answers and not outcome.declined):
        return "retrieved"
    if outcome.declined:
        return "declined_wrong" if question.answerable else "declined_right"
    if not question.answerable:
        return "answered_unanswerable"
    return "right" if is_right(question, outcome.text) else "wrong"
