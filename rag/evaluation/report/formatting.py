"""What the report's parts share: reading a result, and escaping what is shown of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from rag.evaluation.metrics.definitions import DEFINITIONS
from rag.evaluation.report import labels

Json = dict[str, Any]


def plain(text: object) -> str:
    """Text from outside as HTML that shows it and does nothing else."""
    return escape(labels.straight(text), quote=True)


def muted(text: str) -> str:
    """A figure's text, greyed where it does not apply."""
    return f'<span class="na">{text}</span>' if text == labels.NOT_APPLICABLE else plain(text)


def figure(metric: str, value: float | None) -> str:
    """A metric's value as HTML."""
    return muted(labels.value_text(metric, value))


def term(metric: str) -> str:
    """A metric's name, a link to its definition, which hovering and focus show at once."""
    name, meaning = plain(labels.label(metric)), definition(metric)
    if not meaning:
        return name
    return f'<a class="term" href="#{anchor(metric)}">{name}<span role="tooltip">{plain(meaning)}</span></a>'


def anchor(metric: str) -> str:
    """The id of a metric's definition on the page."""
    return plain("means-" + metric.replace("@", "-"))


def definition(metric: str) -> str:
    """What the metric means, in one sentence; empty for a metric that nobody has defined."""
    return DEFINITIONS.get(metric, "")


def value(result: Json, metric: str) -> float | None:
    return of(result["metrics"], metric)


def of(metrics: Mapping[str, Any], metric: str) -> float | None:
    return labels.number(metrics.get(metric))


def interval(result: Json, metric: str) -> tuple[float, float] | None:
    """The metric's 95 % interval where the result has one."""
    low, high = map(labels.number, (result.get("intervals") or {}).get(metric) or (None, None))
    return None if low is None or high is None else (low, high)


def ends(metric: str, between: tuple[float, float]) -> str:
    """An interval as people read it, as HTML: "78.1 – 86.0%"."""
    low, high = (labels.value_text(metric, end) for end in between)
    return f'<span class="ends">{low.removesuffix("%")}\u2009–\u2009{high}</span>'


def reason(result: Json, metric: str) -> str:
    """Why a metric does not apply."""
    return str((result.get("reasons") or {}).get(metric) or "No question of this run has it.")


def type_of(row: Json) -> str:
    return str(row.get("type") or "untyped")
