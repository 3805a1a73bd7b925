"""What the report's tables and cards show: a result's figures, prepared for templates/report.html."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rag.core.serialization import Json
from rag.evaluation.metrics.definitions import (
    BUDGETS,
    DEFINITIONS,
    FILLED,
    LATENCIES,
    TOKENS,
    groups,
    is_brief,
    lower_is_better,
    unit,
)
from rag.evaluation.report import per_question
from rag.evaluation.report.formatting import NOT_APPLICABLE, milliseconds, number, value_text
from rag.evaluation.report.plots import whisker

RIGHT_COLUMN = {"Citations", "Retrieval"}
"""Groups of metrics in the right one of two columns."""
EVIDENCE_COLUMNS = {
    "evidence_tokens": "tokens read",
    "evidence_recall": "gold in them",
    "evidence_all_recall": "all gold articles",
    f"{FILLED}evidence_tokens": "tokens if filled",
    f"{FILLED}evidence_recall": "gold if filled",
}
COSTS = (*LATENCIES, *TOKENS, "questions_per_minute")


@dataclass(frozen=True, slots=True)
class Cell:
    """A metric's value as text, with its 95 % interval, a picture of both, and the reason if there is none."""

    metric: str
    text: str
    interval: str = ""
    whisker: str = ""
    reason: str = ""
    count: float | None = None
    is_lower_better: bool = False
    shade: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A table of metrics, or the reason that all of them lack a value. ``columns``: (metric, heading)."""

    heading: str
    cells: Sequence[Cell] = ()
    reason: str = ""
    columns: Sequence[tuple[str, str]] = ()
    rows: Sequence[tuple[object, Sequence[Cell]]] = field(default=())


def value(result: Json, metric: str) -> float | None:
    return number(result["metrics"].get(metric))


def reason(result: Json, metric: str) -> str:
    """Return why a metric does not apply."""
    return str((result.get("reasons") or {}).get(metric) or "No question of this run has it.")


def cell(result: Json, metric: str) -> Cell:
    """Prepare a metric's figure, interval and reason."""
    found, between = value(result, metric), _interval(result, metric)
    is_count = unit(metric) == "count"
    return Cell(
        metric,
        value_text(metric, found),
        interval=_interval_text(metric, between) if between else "",
        whisker=whisker(found, between) if found is not None and not is_count else "",
        reason="" if found is not None else reason(result, metric),
        count=found if is_count else None,
        is_lower_better=lower_is_better(metric) and not is_count,
    )


def metric_columns(result: Json) -> tuple[list[Group], list[Group]]:
    """Return the groups of metrics of the left and of the right column."""
    found = [_group(result, heading, names) for heading, names in groups(result["metrics"]).items()]
    left = [group for group in found if group.heading not in RIGHT_COLUMN]
    return [*left, _cost(result)], [group for group in found if group.heading in RIGHT_COLUMN]


def _group(result: Json, heading: str, metrics: Sequence[str]) -> Group:
    reasons = {reason(result, metric) for metric in metrics}
    cells = [cell(result, metric) for metric in metrics]
    if len(reasons) == 1 and all(value(result, metric) is None for metric in metrics):
        return Group(heading, [one for one in cells if is_brief(one.metric)], reasons.pop())
    return _evidence(result) if heading == "Evidence" else Group(heading, cells)


def _evidence(result: Json) -> Group:
    """Prepare a row for each budget: what is read and found within it, stopping early and filled."""
    columns = {
        name: text
        for name, text in EVIDENCE_COLUMNS.items()
        if any(value(result, f"{name}@{budget}") is not None for budget in BUDGETS)
    }
    return Group(
        "Evidence",
        columns=[(f"{name}@{BUDGETS[0]}", text) for name, text in columns.items()],
        rows=[(budget, [cell(result, f"{name}@{budget}") for name in columns]) for budget in BUDGETS],
    )


def _cost(result: Json) -> Group:
    if not any(per_question.timings(row) for row in result["rows"]):
        cells = [Cell(name, NOT_APPLICABLE) for name in COSTS]
        return Group("Cost", cells, "No question was answered, so nothing was timed.")
    texts = {
        **{name: [milliseconds(one) for one in _percentiles(result, "latency_ms", name)] for name in LATENCIES},
        **{name: [_rounded(one, 0) for one in _percentiles(result, "tokens", name)] for name in TOKENS},
        "questions_per_minute": [_rounded(result.get("questions_per_minute"), 1), ""],
    }
    return Group("Cost", rows=[(name, [Cell(name, text) for text in texts[name]]) for name in COSTS])


def type_table(result: Json) -> tuple[list[tuple[str, int]], list[Group]]:
    """Return the types with their number of questions, and for each group the rows of metrics that a type has."""
    types = result.get("by_type") or {}
    counts = Counter(map(per_question.type_of, result["rows"]))
    tables = []
    for heading, metrics in groups(result["metrics"]).items():
        shown = [
            name
            for name in metrics
            if is_brief(name) and any(number(one.get(name)) is not None for one in types.values())
        ]
        rows = [
            (name, [Cell(name, value_text(name, value(result, name))), *_type_cells(name, types.values())])
            for name in shown
        ]
        tables += [Group(heading, rows=rows)] if rows else []
    return [(name, counts[name]) for name in types], tables


def definitions(result: Json) -> list[str]:
    """Return the name of each figure of the result that has a definition."""
    metrics = [metric for members in groups(result["metrics"]).values() for metric in members]
    return [name for name in (*metrics, *COSTS) if name in DEFINITIONS]


def _type_cells(metric: str, types: Iterable[Json]) -> list[Cell]:
    """Prepare a row of the table by type; a share for which more is better is shaded by its value."""
    cells = []
    for values in types:
        found = number(values.get(metric))
        shade = "" if found is None or lower_is_better(metric) else f"{min(1.0, max(0.0, found)):.2f}"
        cells.append(Cell(metric, value_text(metric, found), shade=shade))
    return cells


def _interval(result: Json, metric: str) -> tuple[float, float] | None:
    if unit(metric) == "tokens":
        return None
    low, high = map(number, (result.get("intervals") or {}).get(metric) or (None, None))
    return None if low is None or high is None else (low, high)


def _interval_text(metric: str, between: tuple[float, float]) -> str:
    low, high = (value_text(metric, end) for end in between)
    return f"{low.removesuffix('%')}\u2009–\u2009{high}"


def _percentiles(result: Json, kind: str, name: str) -> list[object]:
    found = (result.get(kind) or {}).get(name) or {}
    return [found.get(percentile) for percentile in ("p50", "p95")]


def _rounded(value: object, decimals: int) -> str:
    found = number(value)
    return NOT_APPLICABLE if found is None else f"{found:,.{decimals}f}"
