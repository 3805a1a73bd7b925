"""Choose what the report plots: a result's numbers become four plots, titled and explained by report.html."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.core.serialization import Json
from rag.evaluation.metrics.definitions import BUDGETS, COST_LABELS, FILLED, LATENCIES, label
from rag.evaluation.metrics.selective_answering import curve_of
from rag.evaluation.metrics.statistics import bootstrap_interval
from rag.evaluation.report import per_question
from rag.evaluation.report.formatting import number
from rag.evaluation.report.per_question import type_of
from rag.evaluation.report.plots import (
    Bar,
    EvidenceCurve,
    bars_plot,
    evidence_plot,
    key,
    latency_plot,
    risk_coverage_plot,
)
from rag.evaluation.report.tables import reason

BAR_METRICS = ("trust", "passage_recall@5", "recall@5")
"""What the bars show: the first of these that the run measured."""
EVIDENCE_CURVES = (
    ("gold words, stopping early where sure", "", "evidence_recall"),
    ("gold words, budget filled", FILLED, "evidence_recall"),
    ("every gold article, stopping early", "", "evidence_all_recall"),
)
"""Name, prefix and metric of each curve; a curve that no question has values for is left out."""

LEAST_FOR_INTERVAL = 2
SEED = 0
"""The report shows the same intervals each time it is written."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot, or the reason why there is none; ``metric`` is that of the bars."""

    kind: Literal["risk_coverage", "evidence", "latency", "bars"]
    drawing: str = ""
    reason: str = ""
    metric: str = ""


def figures(result: Json) -> list[Figure]:
    """Return the four plots, those that could not be drawn last."""
    drawn = [_risk_coverage(result), _evidence(result), _latency(result), _bars(result)]
    return sorted(drawn, key=lambda one: not one.drawing)


def _risk_coverage(result: Json) -> Figure:
    pairs = [pair for pair in map(per_question.confidence_pair, result["rows"]) if pair]
    answered = sum(math.isfinite(confidence) for confidence, _ in pairs)
    if not answered:
        return Figure("risk_coverage", reason="No answer has a confidence, so there is no curve.")
    return Figure("risk_coverage", risk_coverage_plot(curve_of(pairs), answered / len(pairs)))


def _evidence(result: Json) -> Figure:
    rows = [per_question.scores(row) for row in result["rows"]]
    curves = [
        EvidenceCurve(name, BUDGETS, points)
        for name, form, share in EVIDENCE_CURVES
        if len(points := _evidence_points(rows, form, share)) == len(BUDGETS)
    ]
    if not curves:
        return Figure("evidence", reason=reason(result, f"evidence_recall@{BUDGETS[0]}"))
    return Figure("evidence", evidence_plot(curves) + key([curve.name for curve in curves]))


def _evidence_points(rows: Sequence[Mapping[str, float]], form: str, share: str) -> tuple[tuple[float, float], ...]:
    """Return (mean tokens, mean share) at each budget, over the questions that have both."""
    points = []
    for budget in BUDGETS:
        found, tokens = f"{form}{share}@{budget}", f"{form}evidence_tokens@{budget}"
        values = [(row[tokens], row[found]) for row in rows if found in row and tokens in row]
        if values:
            points.append((sum(one for one, _ in values) / len(values), sum(one for _, one in values) / len(values)))
    return tuple(points)


def _latency(result: Json) -> Figure:
    rows = [per_question.timings(row) for row in result["rows"]]
    measured = {COST_LABELS[name]: [row[f"{name}_ms"] for row in rows if f"{name}_ms" in row] for name in LATENCIES}
    series = {name: values for name, values in measured.items() if values}
    if not series:
        return Figure("latency", reason="No question was answered, so no time was measured.")
    return Figure("latency", latency_plot(series) + key(series))


def _bars(result: Json) -> Figure:
    by_type = result.get("by_type") or {}
    metric = next(
        (name for name in BAR_METRICS if any(number(values.get(name)) is not None for values in by_type.values())), None
    )
    if metric is None:
        return Figure("bars", reason="No type of question has a score to show.")
    counts = Counter(map(type_of, result["rows"]))
    bars = [
        Bar(name, number(values.get(metric)), _type_interval(result, name, metric), counts[name])
        for name, values in by_type.items()
    ]
    return Figure("bars", bars_plot(bars, f"{label(metric).lower()} (share)"), metric=metric)


def _type_interval(result: Json, name: str, metric: str) -> tuple[float, float] | None:
    """Return the 95 % interval of a type's mean; None if fewer than two of its questions have the metric."""
    values = [per_question.scores(row).get(metric) for row in result["rows"] if type_of(row) == name]
    known = [value for value in values if value is not None]
    return bootstrap_interval(known, SEED) if len(known) >= LEAST_FOR_INTERVAL else None
