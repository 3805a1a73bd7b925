"""A row of a result → this question's own values, on which plots and comparisons rest. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from rag.evaluation.report import labels

Row = Mapping[str, Any]
JUDGED = ("trust", "right", "declined_unanswerable", "wrongly_declined")


def scores(row: Row) -> dict[str, float]:
    """The question's own value of each metric that it has, and its latencies in milliseconds."""
    given = {metric: labels.number(value) for metric, value in (row.get("scores") or {}).items()}
    known = {metric: value for metric, value in given.items() if value is not None}
    judged = {} if known.keys() & set(JUDGED) else _judged(row)
    measured = {name: value for name, value in timings(row).items() if name.removesuffix("_ms") in labels.LATENCIES}
    return judged | known | measured


def timings(row: Row) -> dict[str, float]:
    """The milliseconds of a row that were measured, by the names of the answer's JSON."""
    measured = (row.get("answer") or {}).get("timings") or {}
    known = {name: labels.number(value) for name, value in measured.items()}
    return {name: value for name, value in known.items() if value is not None}


def mean_support(row: Row) -> float | None:
    """Mean support of the answer's sentences, 0 to 1; None where nothing was answered."""
    answer = row.get("answer") or {}
    if not answer.get("answered"):
        return None
    supports = [labels.number(sentence.get("support")) for sentence in answer.get("sentences") or ()]
    known = [support for support in supports if support is not None]
    return sum(known) / len(known) if known else None


def sureness(row: Row) -> tuple[float, bool] | None:
    """(confidence, whether it counts as wrong), as ``aurc`` sees the row; None where it stays out of the curve.

    What was wrongly declined or failed comes after every answer and counts as wrong; what was rightly declined is out.
    """
    if row["verdict"] in {"retrieved", "declined_right"} or (row.get("answerable") and not row.get("answers")):
        return None
    answered = (row.get("answer") or {}).get("answered")
    confidence = labels.number(row.get("confidence")) if answered else None
    return float("-inf") if confidence is None else confidence, row["verdict"] != "right"


def risk_coverage(pairs: Iterable[tuple[float, bool]]) -> list[tuple[float, float]]:
    """(share answered, share of wrong ones among them), from the surest answer on; ties share their errors evenly."""
    errors: list[float] = []
    for _, group in groupby(sorted(pairs, key=lambda pair: -pair[0]), key=lambda pair: pair[0]):
        wrong = [pair[1] for pair in group]
        errors += [sum(wrong) / len(wrong)] * len(wrong)
    points, so_far = [], 0.0
    for at, error in enumerate(errors, start=1):
        so_far += error
        points.append((at / len(errors), so_far / at))
    return points


def area(points: Sequence[tuple[float, float]]) -> float:
    """Mean risk over all coverages. 0 is best."""
    return sum(risk for _, risk in points) / len(points)


def _judged(row: Row) -> dict[str, float]:
    """What the verdict alone says."""
    verdict = row["verdict"]
    if verdict == "retrieved":
        return {}
    good = {"trust": float(verdict in labels.SUCCESSES)}
    if row.get("answerable"):
        return good | {"right": float(verdict == "right"), "wrongly_declined": float(verdict == "declined_wrong")}
    return good | {"declined_unanswerable": float(verdict == "declined_right")}
