"""The report's tables of figures: metrics, cost, types, definitions. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rag.evaluation.metrics.definitions import BUDGETS, COUNTS, FILLED
from rag.evaluation.report import formatting, labels, per_question
from rag.evaluation.report.formatting import Json
from rag.evaluation.report.plots import whisker

RIGHT = {"Citations", "Retrieval"}
"""Groups of metrics that stand in the right one of two columns."""
EVIDENCE = {
    "evidence_tokens": "tokens read",
    "evidence_recall": "gold in them",
    "evidence_all_recall": "all gold articles",
    f"{FILLED}evidence_tokens": "tokens if filled",
    f"{FILLED}evidence_recall": "gold if filled",
}
"""The columns of the evidence's table."""


def metrics_note(result: Json) -> str:
    if not result.get("intervals"):
        return ""
    return (
        "The band around each dot, on a line from 0 to 1, is the 95% bootstrap interval over the questions; more "
        "questions make it narrower. A metric's name leads to what it means."
    )


def metric_groups(result: Json) -> str:
    grouped = {heading: _group(result, heading, names) for heading, names in labels.groups(result["metrics"]).items()}
    cost = _cost(result)
    right = "".join(table for heading, table in grouped.items() if heading in RIGHT)
    left = "".join(table for heading, table in grouped.items() if heading not in RIGHT) + cost
    return f"<div>{left}</div><div>{right}</div>"


def _group(result: Json, heading: str, metrics: Sequence[str]) -> str:
    reasons = {formatting.reason(result, metric) for metric in metrics}
    if len(reasons) == 1 and all(formatting.value(result, metric) is None for metric in metrics):
        return _not_measured(heading, [metric for metric in metrics if labels.is_brief(metric)], reasons.pop())
    if heading == "Evidence":
        return _evidence(result)
    rows = "".join(_metric_row(result, metric) for metric in metrics)
    return f'<div class="group"><table><caption>{heading}</caption><tbody>{rows}</tbody></table></div>'


def _not_measured(heading: str, metrics: Sequence[str], reason: str) -> str:
    """A group of metrics none of which applies, all for the same reason."""
    names = ", ".join(formatting.term(metric) for metric in metrics)
    said = f"{formatting.muted(labels.NOT_APPLICABLE)} – {formatting.plain(reason)}"
    return f'<div class="group"><h3>{heading}</h3><p class="names">{names}</p><p class="whole-reason">{said}</p></div>'


def _evidence(result: Json) -> str:
    """A row for each budget: what is read and found within it, stopping early and filled."""
    columns = {
        name: words
        for name, words in EVIDENCE.items()
        if any(formatting.value(result, f"{name}@{budget}") is not None for budget in BUDGETS)
    }
    rows = "".join(
        f'<tr><th scope="row">{budget}</th>{"".join(_evidence_cell(result, name, budget) for name in columns)}</tr>'
        for budget in BUDGETS
    )
    heads = "".join(f'<th scope="col">{_evidence_head(name, words)}</th>' for name, words in columns.items())
    return (
        '<div class="group evidence"><table><caption>Evidence</caption>'
        f'<thead><tr><th scope="col">budget, tokens</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _evidence_head(name: str, words: str) -> str:
    """The heading of a column, a link to what the figure means at the smallest budget."""
    return f'<a class="term" href="#{formatting.anchor(f"{name}@{BUDGETS[0]}")}">{words}</a>'


def _evidence_cell(result: Json, name: str, budget: int) -> str:
    metric = f"{name}@{budget}"
    interval = None if labels.is_tokens(metric) else formatting.interval(result, metric)
    ends = formatting.ends(metric, interval) if interval else ""
    return f"<td>{formatting.figure(metric, formatting.value(result, metric))}{ends}</td>"


def _metric_row(result: Json, metric: str) -> str:
    value = formatting.value(result, metric)
    lower = ""
    if metric in labels.LOWER_IS_BETTER - COUNTS:
        lower = ' <span class="lower">smaller is better</span>'
    head = f'<th scope="row">{formatting.term(metric)}{lower}</th>'
    if value is None:
        reason = formatting.plain(formatting.reason(result, metric))
        return (
            f'<tr>{head}<td class="value">{formatting.figure(metric, None)}</td><td class="reason">{reason}</td></tr>'
        )
    if metric in COUNTS:
        figure = formatting.figure(metric, value)
        return f'<tr>{head}<td class="value">{figure}</td><td class="interval">{_must_be_0(value)}</td></tr>'
    interval = formatting.interval(result, metric)
    ends = formatting.ends(metric, interval) if interval else ""
    return (
        f'<tr>{head}<td class="value">{formatting.figure(metric, value)}</td>'
        f'<td class="interval"><span class="drawn">{whisker(value, interval)}{ends}</span></td></tr>'
    )


def _must_be_0(value: float) -> str:
    return (
        f'<span class="badge v-{"wrong" if value else "right"}">{"must be 0" if value else "0, as it must be"}</span>'
    )


def _cost(result: Json) -> str:
    if not any(per_question.timings(row) for row in result["rows"]):
        names = (*labels.LATENCIES, *labels.TOKENS, "questions_per_minute")
        return _not_measured("Cost", names, "No question was answered, so nothing was timed.")
    rows = []
    for name in labels.LATENCIES:
        rows.append(_cost_row(name, [labels.milliseconds(one) for one in _percentiles(result, "latency_ms", name)]))
    for name in labels.TOKENS:
        rows.append(_cost_row(name, [_count(one) for one in _percentiles(result, "tokens", name)]))
    per_minute = labels.number(result.get("questions_per_minute"))
    rows.append(
        _cost_row("questions_per_minute", [labels.NOT_APPLICABLE if per_minute is None else f"{per_minute:.1f}", ""])
    )
    heads = '<th scope="col"></th><th scope="col">median</th><th scope="col">95th percentile</th>'
    return (
        '<div class="group cost"><table><caption>Cost</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cost_row(name: str, values: Iterable[str]) -> str:
    cells = "".join(f"<td>{formatting.muted(value)}</td>" for value in values)
    return f'<tr><th scope="row">{formatting.term(name)}</th>{cells}</tr>'


def _percentiles(result: Json, kind: str, name: str) -> list[object]:
    found = (result.get(kind) or {}).get(name) or {}
    return [found.get(percentile) for percentile in ("p50", "p95")]


def _count(value: object) -> str:
    found = labels.number(value)
    return labels.NOT_APPLICABLE if found is None else f"{found:,.0f}"


def by_type(result: Json) -> str:
    """A column for each type of question, a row for each metric that any of them has."""
    types = result.get("by_type") or {}
    if not types:
        return '<p class="note">The questions have no types.</p>'
    counts = Counter(formatting.type_of(row) for row in result["rows"])
    heads = "".join(_type_head(name, counts[name]) for name in types)
    bodies = "".join(
        _type_rows(
            result, heading, [metric for metric in metrics if labels.is_brief(metric) and _given(result, metric)]
        )
        for heading, metrics in labels.groups(result["metrics"]).items()
    )
    columns = _type_head("all", result["questions"]) + heads
    return (
        '<div class="scroll" tabindex="0" role="region" aria-labelledby="types-title"><table class="types">'
        f'<thead><tr><th scope="col">Metric</th>{columns}</tr></thead>{bodies}</table></div>'
    )


def definitions(result: Json) -> str:
    """Each metric of the result in one sentence, with its name in the JSON."""
    metrics = [metric for members in labels.groups(result["metrics"]).values() for metric in members]
    metrics += [*labels.LATENCIES, *labels.TOKENS, "questions_per_minute"]
    return "".join(
        f'<div id="{formatting.anchor(metric)}"><dt>{formatting.plain(labels.label(metric))}'
        f"<code>{formatting.plain(metric)}</code></dt><dd>{formatting.plain(formatting.definition(metric))}</dd></div>"
        for metric in metrics
        if formatting.definition(metric)
    )


def _given(result: Json, metric: str) -> bool:
    return any(formatting.of(values, metric) is not None for values in result["by_type"].values())


def _type_head(name: str, questions: int) -> str:
    return f'<th scope="col"><bdi>{formatting.plain(name)}</bdi><small>{questions:,}</small></th>'


def _type_rows(result: Json, heading: str, metrics: Sequence[str]) -> str:
    if not metrics:
        return ""
    columns = 2 + len(result["by_type"])
    rows = "".join(
        f'<tr><th scope="row">{formatting.plain(labels.label(metric))}</th>'
        f'<td class="all">{formatting.figure(metric, formatting.value(result, metric))}</td>'
        + "".join(_type_cell(metric, formatting.of(values, metric)) for values in result["by_type"].values())
        + "</tr>"
        for metric in metrics
    )
    return f'<tbody><tr class="heading"><th colspan="{columns}" scope="rowgroup">{heading}</th></tr>{rows}</tbody>'


def _type_cell(metric: str, value: float | None) -> str:
    """A cell, tinted by its value where that is a share for which more is better."""
    shaded = value is not None and metric not in COUNTS | labels.LOWER_IS_BETTER
    tint = f' style="--v:{min(1.0, max(0.0, value)):.2f}"' if shaded and value is not None else ""
    return f"<td{tint}>{formatting.figure(metric, value)}</td>"
