"""Compute the metrics of a run from its outcomes, each with its interval, or the reason why it does not apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rag.evaluation.metrics import answer_metrics, citation_metrics, retrieval_metrics
from rag.evaluation.metrics.citation_metrics import TextOf
from rag.evaluation.metrics.definitions import ALL_DEPTHS, COUNTS, DEPTHS, FILLED, METRICS, REASONS
from rag.evaluation.metrics.outcome import Outcome, verdict
from rag.evaluation.metrics.selective_answering import aurc, aurc_interval
from rag.evaluation.metrics.statistics import bootstrap_interval, percentile

SCHEMA = 1
SEARCHED = ("recall@", "passage_recall@", "all_recall@", "mrr@", "ndcg@", "evidence_")
"""Prefixes of the metrics that need no answer."""
DECIMALS = 6
TIMINGS = {"first_quote": "first_quote_ms", "first_token": "first_token_ms", "total": "total_ms"}
TOKENS = {"prompt": "prompt_tokens", "completion": "completion_tokens"}

Row = tuple[Outcome, Mapping[str, float]]
"""An outcome and its own scores."""

CONDITIONS: dict[str, Callable[[Outcome], bool]] = {
    "answerable": lambda one: one.question.answerable,
    "unanswerable": lambda one: not one.question.answerable,
    "gold articles": lambda one: bool(one.question.evidence_ids),
    "several gold articles": lambda one: len(set(one.question.evidence_ids)) > 1,
    "gold answer": lambda one: bool(one.question.answers),
    "gold text": lambda one: bool(answer_metrics.gold_texts(one.question)),
    "gold words": lambda one: bool(answer_metrics.gold_words(one.question)),
    "evidence": lambda one: bool(one.evidence),
    "long answer": lambda one: answer_metrics.is_long(one.question),
    "judgeable": lambda one: bool(one.question.answers) or not one.question.answerable,
    "not failed": lambda one: one.answer is not None,
    "answered": lambda one: one.answered is not None,
    "sentence": lambda one: bool(one.answered and one.answered["sentences"]),
    "right answer": lambda one: verdict(one) == "right",
    "citation": lambda one: bool(one.answered and any(said["citations"] for said in one.answered["sentences"])),
}
"""What a question needs to have a value of a metric, by the names in definitions.toml."""


def scores(outcome: Outcome, text_of: TextOf, *, retrieval_only: bool = False) -> dict[str, float]:
    """Compute a question's own value of each metric that applies to it, except ``aurc``, which needs many questions.

    Args:
        outcome: a question that failed counts as neither right nor declined.
        text_of: returns an article's text by its id.
        retrieval_only: whether the run asked for no answers, so that a failure says nothing about answers.
    """
    found = _ranking(outcome) | _reading(outcome)
    if not retrieval_only:
        found |= _answering(outcome) | _citing(outcome, text_of)
    return {metric: float(found[metric]) for metric in METRICS if metric in found}


def summarise(
    outcomes: Sequence[Outcome], text_of: TextOf, seed: int, *, retrieval_only: bool = False
) -> dict[str, Any]:
    """Return the JSON object of ``rag eval --json``, without settings, models, seconds and rows.

    A metric that does not apply is None, and ``reasons`` says why. Intervals are 95 % bootstrap intervals over the
    questions.
    """
    # A question that failed does not show whether the run was one of retrieval only; the others do.
    retrieval_only = retrieval_only or any(not outcome.judged for outcome in outcomes)
    rows = [(outcome, scores(outcome, text_of, retrieval_only=retrieval_only)) for outcome in outcomes]
    judged = [] if retrieval_only else list(outcomes)
    types = sorted({outcome.question.type for outcome in outcomes})
    metrics = _figures(rows, judged)
    total_ms = _values(outcomes, "timings", "total_ms")
    return {
        "schema": SCHEMA,
        "questions": len(outcomes),
        "failed": sum(outcome.error is not None for outcome in outcomes),
        "metrics": metrics,
        "by_type": {
            name: _figures(
                [row for row in rows if row[0].question.type == name],
                [outcome for outcome in judged if outcome.question.type == name],
            )
            for name in types
        },
        "intervals": _intervals(rows, judged, seed),
        "reasons": {
            name: not_applicable(name, outcomes, retrieval_only) for name, figure in metrics.items() if figure is None
        },
        "latency_ms": {name: _percentiles(outcomes, "timings", key) for name, key in TIMINGS.items()},
        "tokens": {name: _percentiles(outcomes, "usage", key) for name, key in TOKENS.items()},
        "questions_per_minute": round(60_000 * len(total_ms) / sum(total_ms), DECIMALS) if any(total_ms) else None,
    }


def not_applicable(metric: str, outcomes: Sequence[Outcome], retrieval_only: bool) -> str:
    """Return why no question has a value of the metric: the first condition that none of them meets."""
    if not outcomes:
        return "There is no question."
    if retrieval_only and not metric.removeprefix(FILLED).startswith(SEARCHED):
        return "No answer was asked for: only the search was run."
    left = list(outcomes)
    for condition in METRICS[metric].needs:
        left = [outcome for outcome in left if CONDITIONS[condition](outcome)]
        if not left:
            return REASONS[condition].format(long=answer_metrics.LONG_ANSWER_WORDS)
    raise ValueError(f"{metric} has a value.")


def _ranking(outcome: Outcome) -> dict[str, float]:
    gold = frozenset(outcome.question.evidence_ids)
    if not outcome.question.answerable or not gold:
        return {}
    articles = retrieval_metrics.by_article(outcome.ranked)
    found = {f"recall@{depth}": retrieval_metrics.recall(articles, gold, depth) for depth in DEPTHS}
    found["mrr@10"] = retrieval_metrics.reciprocal_rank(articles, gold, 10)
    found["ndcg@10"] = retrieval_metrics.ndcg(articles, gold, 10)
    found |= {f"all_recall@{depth}": retrieval_metrics.all_recall(articles, gold, depth) for depth in ALL_DEPTHS}
    if answer_metrics.gold_texts(outcome.question):
        found |= {
            f"passage_recall@{depth}": retrieval_metrics.passage_recall(outcome.ranked, gold, depth) for depth in DEPTHS
        }
    return found


def _reading(outcome: Outcome) -> dict[str, float]:
    question = outcome.question
    found: dict[str, float] = {}
    for read in outcome.evidence if question.answerable else ():
        form, budget = FILLED if read.filled else "", read.budget
        found[f"{form}evidence_tokens@{budget}"] = read.tokens
        if answer_metrics.gold_words(question):
            found[f"{form}evidence_recall@{budget}"] = read.gold
        if len(set(question.evidence_ids)) > 1:
            found[f"{form}evidence_all_recall@{budget}"] = read.articles
    return found


def _answering(outcome: Outcome) -> dict[str, float]:
    question = outcome.question
    if not outcome.judged:
        return {}
    if not question.answerable:
        found = {name: float(outcome.declined) for name in ("declined_unanswerable", "trust")}
    else:
        found = {"wrongly_declined": float(outcome.declined)}
    if question.answerable and question.answers:
        found |= dict.fromkeys(("right", "trust"), float(verdict(outcome) == "right"))
        if answer_metrics.is_long(question):
            found["gold_sentence_recall"] = answer_metrics.gold_sentence_recall(outcome.text, question)
    if question.answers or not question.answerable:
        golds = question.answers if question.answerable else ()
        # The empty text of a failure is no refusal: it must not match the empty gold answer.
        found["exact_match"] = 0.0 if outcome.error is not None else answer_metrics.exact_match(outcome.text, golds)
        found["f1"] = 0.0 if outcome.error is not None else answer_metrics.f1(outcome.text, golds)
    return found


def _citing(outcome: Outcome, text_of: TextOf) -> dict[str, float]:
    question, answer = outcome.question, outcome.answered
    found: dict[str, float | None] = {}
    if outcome.answer is not None:
        found["non_verbatim_quotes"] = citation_metrics.non_verbatim_quotes(outcome.answer, text_of)
    if answer is not None:
        found["cited_sentences"] = citation_metrics.cited_sentences(answer)
        found["unsupported_sentences"] = citation_metrics.unsupported_sentences(answer)
        found["uncited_unmarked"] = citation_metrics.uncited_unmarked(answer)
        if question.answerable and question.evidence_ids:
            found["citation_recall"] = citation_metrics.citation_recall(answer, question)
            if verdict(outcome) == "right":
                found["citation_precision"] = citation_metrics.citation_precision(answer, question)
    return {metric: value for metric, value in found.items() if value is not None}


def _figures(rows: Sequence[Row], judged: Sequence[Outcome]) -> dict[str, float | None]:
    figures: dict[str, float | None] = {}
    for metric in METRICS:
        values = _of(metric, rows)
        if metric == "aurc":
            figure = aurc(judged)
        else:
            figure = sum(values) / (1 if metric in COUNTS else len(values)) if values else None
        figures[metric] = figure if figure is None else int(figure) if metric in COUNTS else round(figure, DECIMALS)
    return figures


def _intervals(rows: Sequence[Row], judged: Sequence[Outcome], seed: int) -> dict[str, list[float] | None]:
    intervals: dict[str, list[float] | None] = {}
    for metric in METRICS:
        values = _of(metric, rows)
        if metric == "aurc":
            interval = aurc_interval(judged, seed)
        else:
            interval = bootstrap_interval(values, seed) if values else None
        scale = len(values) if metric in COUNTS else 1
        intervals[metric] = None if interval is None else [round(end * scale, DECIMALS) for end in interval]
    return intervals


def _of(metric: str, rows: Sequence[Row]) -> list[float]:
    return [values[metric] for _, values in rows if metric in values]


def _values(outcomes: Sequence[Outcome], group: str, key: str) -> list[float]:
    found = [outcome.answer[group][key] for outcome in outcomes if outcome.answer is not None]
    return [value for value in found if value is not None]


def _percentiles(outcomes: Sequence[Outcome], group: str, key: str) -> dict[str, float | None]:
    values = _values(outcomes, group, key)
    return {f"p{rank}": round(percentile(values, rank), 1) if values else None for rank in (50, 95)}
