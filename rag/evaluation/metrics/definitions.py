"""The figures of an evaluation as ``definitions.toml`` lists them: names, labels, units, groups and definitions."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

Unit = Literal["share", "decimal", "count", "tokens", "milliseconds"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of a result, the mean over the questions unless its unit is "count".

    Attributes:
        name: as in the result, such as ``recall@5``.
        family: the name in ``definitions.toml``, such as ``recall@{k}``.
        needs: names of the conditions that a question must meet to have a value.
        is_brief: whether tables of all figures show it.
    """

    name: str
    family: str
    label: str
    definition: str
    unit: Unit = "share"
    needs: tuple[str, ...] = ()
    lower_is_better: bool = False
    is_brief: bool = True


def _metrics(data: Mapping[str, Any]) -> Iterator[Metric]:
    for entry in data["metrics"]:
        fields = {name: value for name, value in entry.items() if name != "at"} | {"needs": tuple(entry["needs"])}
        for k in data[entry["at"]] if "at" in entry else (None,):
            texts = {name: entry[name].format(k=k) for name in ("name", "label", "definition")}
            brief = entry.get("at") != "budgets" or (
                k in data["brief_budgets"] and not entry["name"].startswith(FILLED)
            )
            yield Metric(**{**fields, **texts}, family=entry["name"], is_brief=brief)


FILLED = "filled_"
"""Prefix of the metrics of evidence that fills its budget."""

_DATA = tomllib.loads(resources.files("rag.evaluation.metrics").joinpath("definitions.toml").read_text("utf-8"))

DEPTHS: tuple[int, ...] = tuple(_DATA["depths"])
ALL_DEPTHS: tuple[int, ...] = tuple(_DATA["all_depths"])
BUDGETS: tuple[int, ...] = tuple(_DATA["budgets"])
METRICS = {metric.name: metric for metric in _metrics(_DATA)}
"""By name, in the order of a result's JSON."""
SUMMARY = [
    name for family in _DATA["summary"] for name, one in METRICS.items() if one.family == family and one.is_brief
]
"""What ``rag eval`` prints to a terminal, in this order."""
COUNTS = frozenset(name for name, metric in METRICS.items() if metric.unit == "count")

LATENCIES = ("first_quote", "first_token", "total")
TOKENS = ("prompt", "completion")
COST_LABELS: dict[str, str] = {cost["name"]: cost["label"] for cost in _DATA["costs"]}
REASONS: dict[str, str] = _DATA["reasons"]
"""By condition: why a metric does not apply if no question meets it; ``{long}`` is the words of a long answer."""
DEFINITIONS: dict[str, str] = {
    **{name: metric.definition for name, metric in METRICS.items()},
    **{cost["name"]: cost["definition"] for cost in _DATA["costs"]},
}
"""By name: the metrics, then latencies and tokens, then the throughput."""


def label(name: str) -> str:
    """Return what people read for a metric or a cost; an unknown one keeps its own name."""
    if name in METRICS:
        return METRICS[name].label
    return COST_LABELS.get(name) or name.replace("_", " ").capitalize()


def unit(name: str) -> Unit:
    """Return the unit of a metric; of an unknown one, "share"."""
    if name.endswith("_ms"):
        return "milliseconds"
    return METRICS[name].unit if name in METRICS else "share"


def lower_is_better(name: str) -> bool:
    return METRICS[name].lower_is_better if name in METRICS else name.removesuffix("_ms") in LATENCIES


def is_brief(name: str) -> bool:
    """Return whether tables of all figures show a metric: the evidence is shown at some of its budgets only."""
    return name not in METRICS or METRICS[name].is_brief


def groups(names: Iterable[str]) -> dict[str, list[str]]:
    """Group the metrics under the headings of ``definitions.toml``, unknown ones last, under "Other"."""
    given = list(names)
    grouped = {
        heading: [name for family in families for name in METRICS if METRICS[name].family == family and name in given]
        for heading, families in _DATA["groups"].items()
    }
    grouped["Other"] = [name for name in given if name not in METRICS]
    return {heading: members for heading, members in grouped.items() if members}
