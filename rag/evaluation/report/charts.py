"""The result's numbers → the plots that the report shows. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rag.evaluation.metrics.definitions import BUDGETS, FILLED
from rag.evaluation.metrics.statistics import bootstrap_interval
from rag.evaluation.report import formatting, per_question
from rag.evaluation.report import labels as wording
from rag.evaluation.report.formatting import Json
from rag.evaluation.report.plots import Bar, EvidenceCurve, bars_plot, evidence_plot, latency_plot, risk_coverage_plot

BAR_METRICS = ("trust", "passage_recall@5", "recall@5")
"""What the bars show: the first of these that the run measured."""
EVIDENCE_CURVES = (
    ("gold words, stopping early where sure", "", "evidence_recall"),
    ("gold words, budget filled", FILLED, "evidence_recall"),
    ("every gold article, stopping early", "", "evidence_all_recall"),
)
"""Name, form and figure of each curve; where no question has several gold articles, there is no third one."""

LEAST_FOR_INTERVAL = 2
SEED = 0
"""The page shows the same whiskers each time it is written."""


def plots(result: Json) -> str:
    """The four plots, each with a title and a sentence that says how to read it; last, what could not be drawn."""
    drawn = [_risk_coverage(result), _evidence(result), _latency(result), _bars(result)]
    return "".join(sorted(drawn, key=lambda one: "<svg" not in one))


def _risk_coverage(result: Json) -> str:
    pairs = [pair for pair in map(per_question.sureness, result["rows"]) if pair]
    answered = sum(math.isfinite(confidence) for confidence, _ in pairs)
    title = "Risk–coverage"
    if not answered:
        return _figure_of(title, "No answer has a confidence, so there is no curve.", "")
    points = per_question.risk_coverage(pairs)
    words = (
        "How often answers are wrong when only the surest are given. The dot is this run; beyond it, dashed, come the "
        "questions that were wrongly declined or failed, counted as wrong."
    )
    return _figure_of(title, words, risk_coverage_plot(points, answered / len(pairs)))


def _evidence(result: Json) -> str:
    rows = [per_question.scores(row) for row in result["rows"]]
    curves = [
        EvidenceCurve(name, BUDGETS, points)
        for name, form, share in EVIDENCE_CURVES
        if len(points := _evidence_points(rows, form, share)) == len(BUDGETS)
    ]
    title = "Evidence: tokens against accuracy"
    if not curves:
        return _figure_of(title, formatting.reason(result, f"evidence_recall@{BUDGETS[0]}"), "")
    words = (
        "How many questions have the gold in the evidence that the model would read, and what it has to read for that. "
        "The numbers are budgets in tokens; of two curves, the one further to the left is the cheaper."
    )
    return _figure_of(title, words, evidence_plot(curves) + _key([curve.name for curve in curves]))


def _evidence_points(rows: Sequence[Mapping[str, float]], form: str, share: str) -> tuple[tuple[float, float], ...]:
    """(mean tokens, share) at each budget, both over the questions that have the share."""
    points = []
    for budget in BUDGETS:
        found, tokens = f"{form}{share}@{budget}", f"{form}evidence_tokens@{budget}"
        values = [(row[tokens], row[found]) for row in rows if found in row and tokens in row]
        if values:
            points.append((sum(one for one, _ in values) / len(values), sum(one for _, one in values) / len(values)))
    return tuple(points)


def _latency(result: Json) -> str:
    rows = [per_question.timings(row) for row in result["rows"]]
    series = {
        label: [row[f"{name}_ms"] for row in rows if f"{name}_ms" in row] for name, label in wording.LATENCIES.items()
    }
    series = {label: values for label, values in series.items() if values}
    if not series:
        return _figure_of("Latency", "No question was answered, so no time was measured.", "")
    words = "The share of questions that had come so far after a given time."
    return _figure_of("Latency", words, latency_plot(series) + _key(series))


def _key(labels: Iterable[str]) -> str:
    items = "".join(
        f'<li><svg aria-hidden="true" class="plot" viewBox="0 0 26 8"><path class="line s{at}" d="M0 4H26"/></svg>'
        f"{label}</li>"
        for at, label in enumerate(labels, start=1)
    )
    return f'<ul class="key">{items}</ul>'


def _bars(result: Json) -> str:
    by_type = result.get("by_type") or {}
    metric = next(
        (name for name in BAR_METRICS if any(formatting.of(by_type[one], name) is not None for one in by_type)), None
    )
    if metric is None:
        return _figure_of("Score by type", "No type of question has a score to show.", "")
    counts = Counter(formatting.type_of(row) for row in result["rows"])
    bars = [
        Bar(name, formatting.of(values, metric), _type_interval(result, name, metric), counts[name])
        for name, values in by_type.items()
    ]
    words = f"{wording.label(metric)} and number of questions of each type; whiskers are 95% intervals."
    return _figure_of("Score by type", words, bars_plot(bars, f"{wording.label(metric).lower()} (share)"))


def _type_interval(result: Json, name: str, metric: str) -> tuple[float, float] | None:
    """The 95 % interval of a type's mean, from its questions; None where fewer than two have the metric."""
    values = [per_question.scores(row).get(metric) for row in result["rows"] if formatting.type_of(row) == name]
    known = [value for value in values if value is not None]
    return bootstrap_interval(known, SEED) if len(known) >= LEAST_FOR_INTERVAL else None


def _figure_of(title: str, words: str, drawn: str) -> str:
    return f"<figure><figcaption><h3>{title}</h3><p>{formatting.plain(words)}</p></figcaption>{drawn}</figure>"
