"""Run questions through the chatbot's stream, and assemble their outcomes into a result.

An interrupted run resumes from its journal.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rag.chatbot import Chatbot
from rag.core.errors import RagError
from rag.core.events import Answered, Declined, Failed, SourcesFound
from rag.core.protocols import Library
from rag.core.serialization import Json, answer_as_json
from rag.core.settings import Settings
from rag.core.types import Answer, RankedPassage
from rag.evaluation.datasets.loading import load_questions
from rag.evaluation.datasets.questions import Question
from rag.evaluation.metrics.answer_metrics import holds_gold
from rag.evaluation.metrics.citation_metrics import TextOf
from rag.evaluation.metrics.context_metrics import CountTokens, evidence_read
from rag.evaluation.metrics.outcome import Outcome, RankedHit, verdict
from rag.evaluation.metrics.selective_answering import confidence_of
from rag.evaluation.metrics.summary import scores, summarise
from rag.models.catalog import load_catalog
from rag.retrieval.retriever import Retriever

DEPTH = 20
"""Passages of the ranking that an outcome stores."""
ANSWERING = (
    "chunk_words", "candidates", "evidence_tokens", "answer_tokens", "context_tokens", "decline_below",
    "answer_floor", "support_floor", "unsupported",
)  # fmt: skip
"""The settings that answers depend on."""

Ask = Callable[[Question], Outcome]


def evaluate(questions: Path | Sequence[Question], chatbot: Chatbot, *, seed: int = 0, workers: int = 1) -> Json:
    """Ask a chatbot questions whose answers are known, and measure its answers.

    Args:
        questions: a file in one of the formats of docs/evaluation.md, or its questions.
        seed: of the confidence intervals.
        workers: questions that are asked at a time.

    Returns:
        What ``rag eval --json`` prints: ``metrics``, their ``intervals``, and a row for each question in ``rows``.

    Raises:
        DatasetError: if the file cannot be read as questions.
    """
    chosen = load_questions(questions) if isinstance(questions, Path) else questions
    started = time.monotonic()
    with TemporaryDirectory() as folder:
        outcomes = run(chosen, asking(chatbot), Path(folder) / "run.jsonl", lambda _: None, workers)
    return assemble(
        outcomes,
        cache(partial(text_of, chatbot.library)),
        chatbot.settings,
        seed=seed,
        seconds=time.monotonic() - started,
        retrieval_only=False,
    )


def text_of(library: Library, article_id: str) -> str | None:
    """Return the text of an article; None if it is not in the library."""
    article = library.article(article_id)
    return article.text if article else None


def run(
    questions: Sequence[Question], ask: Ask, journal: Path, tell: Callable[[int], None], workers: int = 1
) -> list[Outcome]:
    """Ask every question that is not in the journal yet, and return all outcomes in the order of the questions.

    Args:
        questions: their ids are unique.
        ask: runs one question.
        journal: a file of one outcome a line, flushed after each; questions of incomplete lines are asked again.
        tell: receives the number of questions done.
        workers: number of questions asked at the same time.
    """
    known = dict(_read(journal, {question.id: question for question in questions}))
    journal.parent.mkdir(parents=True, exist_ok=True)
    cut_short = journal.exists() and not journal.read_bytes().endswith(b"\n")
    with journal.open("a", encoding="utf-8") as file, ThreadPoolExecutor(workers) as pool:
        if cut_short:
            file.write("\n")
        tell(len(known))
        asked = [pool.submit(ask, question) for question in questions if question.id not in known]
        try:
            for done, future in enumerate(as_completed(asked), start=len(known) + 1):
                outcome = future.result()
                known[outcome.question.id] = outcome
                file.write(json.dumps(outcome.to_json(), ensure_ascii=False) + "\n")
                file.flush()
                tell(done)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [known[question.id] for question in questions]


def asking(chatbot: Chatbot, count_tokens: CountTokens | None = None) -> Ask:
    """Return a function that asks the chatbot; a question that fails becomes an outcome with its error.

    ``count_tokens`` is that of the answering model; without it the evidence at each budget is not measured.
    """

    def ask(question: Question) -> Outcome:
        ranked: tuple[RankedPassage, ...] = ()
        answer: Answer | None = None
        try:
            for event in chatbot.stream(question.question, question.history, as_of=question.as_of):
                match event:
                    case SourcesFound(_, ranked):
                        pass
                    case Answered(answer) | Declined(answer):
                        pass
                    case Failed(error):
                        raise error
        except RagError as error:
            return _outcome(question, ranked, count_tokens, error=str(error))
        return _outcome(question, ranked, count_tokens, answer=answer_as_json(answer) if answer else None)

    return ask


def searching(retriever: Retriever, candidates: int = DEPTH, count_tokens: CountTokens | None = None) -> Ask:
    """Return a function that only retrieves ``candidates`` passages, without the answering model."""

    def ask(question: Question) -> Outcome:
        try:
            found = retriever.retrieve(question.question, candidates, question.history, as_of=question.as_of)
        except RagError as error:
            return _outcome(question, (), count_tokens, error=str(error))
        return _outcome(question, found.passages, count_tokens)

    return ask


def fingerprint(*parts: object) -> str:
    """Return a name for a journal: a run resumes only with the same questions, articles, settings and models."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _outcome(
    question: Question,
    ranked: Sequence[RankedPassage],
    count_tokens: CountTokens | None,
    *,
    answer: dict[str, Any] | None = None,
    error: str | None = None,
) -> Outcome:
    read = evidence_read(question, ranked, count_tokens) if count_tokens else ()
    hits = [
        RankedHit(found.header.id, holds_gold(question, found.header.id, found.passage.text))
        for found in ranked[:DEPTH]
    ]
    return Outcome(question, tuple(hits), answer, error, read)


def _read(journal: Path, questions: dict[str, Question]) -> Iterator[tuple[str, Outcome]]:
    if not journal.exists():
        return
    for line in journal.read_text(encoding="utf-8").splitlines():
        try:
            outcome = Outcome.from_json(json.loads(line))
        except ValueError:
            continue  # The run was interrupted while writing this line, or an older version wrote it.
        if outcome.question.id in questions and outcome.error is None:
            yield outcome.question.id, outcome


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
