"""What became of a question: its ranking, its answer, and the verdict on it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rag.evaluation.datasets.questions import Question
from rag.evaluation.metrics.answer_metrics import is_right

Verdict = Literal["right", "wrong", "declined_right", "declined_wrong", "answered_unanswerable", "failed", "retrieved"]


@dataclass(frozen=True, slots=True)
class RankedHit:
    """A passage of the ranking. ``gold``: it is of a gold article and contains a gold answer or gold sentence."""

    article_id: str
    gold: bool


@dataclass(frozen=True, slots=True)
class EvidenceRead:
    """What the answering model would read of a question's evidence within ``budget`` tokens.

    ``filled``: the budget was filled, instead of stopping early where the search is sure. ``tokens`` are those of the
    evidence as it stands in the prompt, headings included. ``gold``: sentences of a gold article hold the gold words.
    ``articles``: there is a sentence of every gold article.
    """

    budget: int
    filled: bool
    tokens: int
    gold: bool
    articles: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found out about one question.

    ``ranked`` are the passages, best first. ``answer`` is the object of ``serialization.answer_as_json``; None
    where only the ranking was asked for, or where it failed and ``error`` says why. ``evidence`` is empty where no
    tokenizer was there to count its tokens.
    """

    question: Question
    ranked: tuple[RankedHit, ...]
    answer: dict[str, Any] | None
    error: str | None
    evidence: tuple[EvidenceRead, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether an answer was asked for, be it that it came or that it failed."""
        return self.answer is not None or self.error is not None

    @property
    def declined(self) -> bool:
        return self.answer is not None and not self.answer["answered"]

    @property
    def answered(self) -> dict[str, Any] | None:
        """The answer's object where there is an answer in it; None where it was declined or failed."""
        return self.answer if self.answer is not None and self.answer["answered"] else None

    @property
    def text(self) -> str:
        """The answer's words; "" where there are none."""
        return str(self.answered["answer"]) if self.answered else ""

    def to_json(self) -> dict[str, Any]:
        """Everything as a JSON object, so that an interrupted run can go on."""
        return {
            "question": self.question.to_json(),
            "ranked": [{"article_id": hit.article_id, "gold": hit.gold} for hit in self.ranked],
            "answer": self.answer,
            "error": self.error,
            "evidence": [asdict(one) for one in self.evidence],
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Outcome:
        """The inverse of ``to_json``."""
        return cls(
            question=Question.from_json(row["question"]),
            ranked=tuple(RankedHit(hit["article_id"], hit["gold"]) for hit in row["ranked"]),
            answer=row["answer"],
            error=row["error"],
            # Runs of older versions did not look at the evidence.
            evidence=tuple(EvidenceRead(**one) for one in row.get("evidence", ())),
        )


def verdict(outcome: Outcome) -> Verdict:
    """One word on the outcome; "retrieved" where there is no answer to judge, or nothing to judge it by."""
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
