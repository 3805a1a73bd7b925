"""Read a row of a result: the question's own value of each metric, its timings, its place in the ranking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.evaluation.metrics.definitions import LATENCIES
from rag.evaluation.report.formatting import SUCCESSES, VERDICTS, number

Row = Mapping[str, Any]
JUDGED = ("trust", "right", "declined_unanswerable", "wrongly_declined")


def scores(row: Row) -> dict[str, float]:
    """Return the question's own value of each metric that it has, and its latencies in milliseconds."""
    given = {metric: number(value) for metric, value in (row.get("scores") or {}).items()}
    known = {metric: value for metric, value in given.items() if value is not None}
    judged = {} if known.keys() & set(JUDGED) else _judged(row)
    measured = {name: value for name, value in timings(row).items() if name.removesuffix("_ms") in LATENCIES}
    return judged | known | measured


def type_of(row: Row) -> str:
    return str(row.get("type") or "untyped")


def gold_rank(row: Row) -> int | None:
    """Return the rank from 1 of the first gold passage; of the first gold article if there are no gold answers."""
    ranked = row.get("ranked") or ()
    articles = () if row.get("answers") else row.get("evidence_ids") or ()
    found = (at for at, hit in enumerate(ranked, start=1) if hit.get("gold") or hit.get("article_id") in articles)
    return next(found, None)


def shown_verdict(row: Row) -> str:
    """Return the verdict of a row; of a retrieval-only row with gold articles, whether any gold was found."""
    verdict = str(row.get("verdict") or "failed")
    if verdict == "retrieved" and not row.get("answer") and row.get("evidence_ids"):
        return "found" if gold_rank(row) else "missed"
    return verdict if verdict in VERDICTS else "failed"


def timings(row: Row) -> dict[str, float]:
    """Return the measured milliseconds of a row, by the names of the answer's JSON."""
    measured = (row.get("answer") or {}).get("timings") or {}
    known = {name: number(value) for name, value in measured.items()}
    return {name: value for name, value in known.items() if value is not None}


def mean_support(row: Row) -> float | None:
    """Return the mean support of the answer's sentences, 0 to 1; None if there is no answer."""
    answer = row.get("answer") or {}
    if not answer.get("answered"):
        return None
    supports = [number(sentence.get("support")) for sentence in answer.get("sentences") or ()]
    known = [support for support in supports if support is not None]
    return sum(known) / len(known) if known else None


def confidence_pair(row: Row) -> tuple[float, bool] | None:
    """Return (confidence, whether it counts as wrong) for the risk–coverage curve; None if the row is left out.

    Wrongly declined and failed questions come after every answer, as wrong; rightly declined ones are left out.
    """
    if row["verdict"] in {"retrieved", "declined_right"} or (row.get("answerable") and not row.get("answers")):
        return None
    answered = (row.get("answer") or {}).get("answered")
    confidence = number(row.get("confidence")) if answered else None
    return float("-inf") if confidence is None else confidence, row["verdict"] != "right"


def _judged(row: Row) -> dict[str, float]:
    """Return the scores that follow from the verdict alone, for results of older versions."""
    verdict = row["verdict"]
    if verdict == "retrieved":
        return {}
    good = {"trust": float(verdict in SUCCESSES)}
    if row.get("answerable"):
        return good | {"right": float(verdict == "right"), "wrongly_declined": float(verdict == "declined_wrong")}
    return good | {"declined_unanswerable": float(verdict == "declined_right")}
