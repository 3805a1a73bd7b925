"""Assemble the result of a run: metrics, settings, models, and a row for each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rag.core.settings import Settings
from rag.evaluation.metrics.citation_metrics import TextOf
from rag.evaluation.metrics.outcome import Outcome, verdict
from rag.evaluation.metrics.selective_answering import confidence_of
from rag.evaluation.metrics.summary import scores, summarise
from rag.models.catalog import load_catalog

ANSWERING = (
    "chunk_words", "candidates", "evidence_tokens", "answer_tokens", "context_tokens", "decline_below",
    "answer_floor", "support_floor", "unsupported",
)  # fmt: skip
"""The settings that answers depend on."""


def assemble(
    outcomes: Sequence[Outcome],
    text_of: TextOf,
    settings: Settings,
    *,
    seed: int,
    seconds: float,
    retrieval_only: bool,
) -> dict[str, Any]:
    """Return what ``rag eval --json`` prints; ``seconds`` is the time of this run without what it resumed."""
    return {
        **summarise(outcomes, text_of, seed, retrieval_only=retrieval_only),
        "settings": {name: getattr(settings, name) for name in ANSWERING},
        "models": {
            role: _model(name) for role in ("embedder", "generator", "reranker") if (name := getattr(settings, role))
        },
        "seconds": round(seconds, 1),
        "rows": [_row(outcome, text_of, retrieval_only) for outcome in outcomes],
    }


def _row(outcome: Outcome, text_of: TextOf, retrieval_only: bool) -> dict[str, Any]:
    question = outcome.question
    return {
        "id": question.id,
        "question": question.question,
        "type": question.type,
        "answerable": question.answerable,
        "answers": list(question.answers),
        "evidence_ids": list(question.evidence_ids),
        "history": [{"question": turn.question, "answer": turn.answer} for turn in question.history],
        "as_of": question.as_of.isoformat() if question.as_of else None,
        "verdict": verdict(outcome),
        "scores": scores(outcome, text_of, retrieval_only=retrieval_only),
        "confidence": confidence_of(outcome),
        "answer": outcome.answer,
        "ranked": [{"article_id": hit.article_id, "gold": hit.gold} for hit in outcome.ranked],
        "error": outcome.error,
    }


def _model(name: str) -> Mapping[str, str | None]:
    """Return the model's name, and the sha256 of its weights if the catalogue has it."""
    model = load_catalog().get(name)
    return {"name": name, "sha256": max(model.files, key=lambda file: file.size).sha256 if model else None}
