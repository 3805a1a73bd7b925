"""What the report and the comparison call things, and how they write numbers. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from rag.evaluation.metrics.definitions import ALL_DEPTHS, BUDGETS, COUNTS, DEPTHS, FILLED, METRICS

NOT_APPLICABLE = "n/a"
BRIEF_BUDGETS = (170, 380)
"""Budgets of evidence that tables of all figures show; what is chosen within the others, the curve shows."""


def is_evidence(metric: str) -> bool:
    """Whether a figure is of the evidence at one of the budgets."""
    return metric.removeprefix(FILLED).startswith("evidence_")


def is_tokens(metric: str) -> bool:
    """Whether a figure is a number of tokens, and not a share."""
    return "_tokens@" in metric


def is_brief(metric: str) -> bool:
    """Whether tables of all figures show one: of those of the evidence, the ones in force at two of the budgets."""
    return not is_evidence(metric) or metric in {
        f"evidence_{kind}@{budget}" for kind in ("recall", "all_recall", "tokens") for budget in BRIEF_BUDGETS
    }


VERDICTS = {
    "failed": "Failed",
    "answered_unanswerable": "Should have declined",
    "wrong": "Wrong",
    "declined_wrong": "Wrongly declined",
    "missed": "Gold not found",
    "right": "Right",
    "declined_right": "Rightly declined",
    "found": "Gold found",
    "retrieved": "Not judged",
}
"""What people read for each verdict, the gravest failure first. ``missed`` and ``found`` are retrieval-only rows."""

FAILURES = frozenset({"failed", "answered_unanswerable", "wrong", "declined_wrong", "missed"})
SUCCESSES = frozenset({"right", "declined_right"})

LATENCIES = {"first_quote": "First quote", "first_token": "First token", "total": "Whole answer"}
TOKENS = {"prompt": "Prompt tokens", "completion": "Completion tokens"}

GROUPS = {
    "Answers": ("trust", "right", "exact_match", "f1", "gold_sentence_recall"),
    "Declining": ("declined_unanswerable", "wrongly_declined", "aurc"),
    "Citations": (
        "citation_precision",
        "citation_recall",
        "cited_sentences",
        "unsupported_sentences",
        "uncited_unmarked",
        "non_verbatim_quotes",
    ),
    "Retrieval": (
        *(f"{kind}@{depth}" for kind in ("recall", "passage_recall") for depth in DEPTHS),
        *(f"all_recall@{depth}" for depth in ALL_DEPTHS),
        "mrr@10",
        "ndcg@10",
    ),
    "Evidence": tuple(metric for metric in METRICS if is_evidence(metric)),
}
"""The metrics in the order in which they are shown; those that are not here come last, as "Other"."""

LABELS = {
    "trust": "Trust",
    "right": "Right answers",
    "exact_match": "Exact match",
    "f1": "F1",
    "gold_sentence_recall": "Gold sentence recall",
    "declined_unanswerable": "Unanswerable declined",
    "wrongly_declined": "Answerable declined",
    "aurc": "Area under risk–coverage",
    "citation_precision": "Citation precision",
    "citation_recall": "Citation recall",
    "cited_sentences": "Sentences cited",
    "unsupported_sentences": "Sentences unsupported",
    "uncited_unmarked": "Uncited and unmarked",
    "non_verbatim_quotes": "Quotes not verbatim",
    "mrr@10": "MRR@10",
    "ndcg@10": "nDCG@10",
    **LATENCIES,
    **TOKENS,
    "questions_per_minute": "Questions a minute",
}

EVIDENCE = {
    "evidence_recall": "Gold in the evidence",
    "evidence_all_recall": "All gold articles in it",
    "evidence_tokens": "Tokens of evidence",
}

LOWER_IS_BETTER = frozenset(
    {
        "wrongly_declined",
        "unsupported_sentences",
        "uncited_unmarked",
        "non_verbatim_quotes",
        "aurc",
        *(f"{name}_ms" for name in LATENCIES),
        *(f"{form}evidence_tokens@{budget}" for form in ("", FILLED) for budget in BUDGETS),
    }
)
DECIMALS = frozenset({"mrr@10", "ndcg@10", "aurc"})

# Control characters, and those that turn the direction of the text after them: no title may reorder the page.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")


def number(value: object) -> float | None:
    """The value where it is a finite number, else None: what JSON calls NaN or true is no measurement."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def label(metric: str) -> str:
    """What people read for a metric: ``recall@5`` is "Recall@5", and what is unknown keeps its own name."""
    if metric in LABELS:
        return LABELS[metric]
    name, at, depth = metric.partition("@")
    if is_evidence(metric):
        filled = " filled" if name.startswith(FILLED) else ""
        return f"{EVIDENCE[name.removeprefix(FILLED)]}, budget {depth}{filled}"
    return f"{name.replace('_', ' ').capitalize()}{at}{depth}"


def value_text(metric: str, value: object) -> str:
    """A metric's value as people read it; "n/a" for what is no number."""
    found = number(value)
    if found is None:
        return NOT_APPLICABLE
    if metric.endswith("_ms"):
        return milliseconds(found)
    if metric in COUNTS:
        return f"{found:,.0f}" if found == int(found) else f"{found:,.3f}"
    if is_tokens(metric):
        return f"{found:,.1f}"
    return f"{found:.3f}" if metric in DECIMALS else f"{100 * found:.1f}%"


def difference_text(metric: str, value: object, unit: bool = True) -> str:
    """A difference between two values of a metric, with its sign; shares in percentage points."""
    found = number(value)
    if found is None:
        return NOT_APPLICABLE
    if metric.endswith("_ms"):
        return _signed(f"{found:+,.0f}") + (" ms" if unit else "")
    if metric in COUNTS:
        return _signed(f"{found:+,.4g}")
    if is_tokens(metric):
        return _signed(f"{found:+,.1f}")
    return _signed(f"{found:+.3f}" if metric in DECIMALS else f"{100 * found:+.1f}")


def amount_text(metric: str, value: float) -> str:
    """How far a metric moved, without a sign and in the metric's own unit."""
    if metric.endswith("_ms"):
        return f"{value:,.0f} ms"
    if metric in COUNTS:
        return f"{value:,.4g}"
    if is_tokens(metric):
        return f"{value:,.1f} tokens"
    return f"{value:.3f}" if metric in DECIMALS else f"{100 * value:.1f} percentage points"


def milliseconds(value: object) -> str:
    """A duration as people read it: "217 ms", "6.3 s"."""
    found = number(value)
    if found is None:
        return NOT_APPLICABLE
    if found < 999.5:
        return f"{found:.0f} ms"
    return f"{found / 1000:.1f} s" if found < 99_950 else f"{found / 1000:,.0f} s"


def duration(seconds: object) -> str:
    """How long a run took: "48 s", "12 min", "1 h 05 min"."""
    found = number(seconds)
    if found is None:
        return NOT_APPLICABLE
    if found < 90:
        return f"{found:.0f} s"
    minutes = round(found / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def counted(count: int, noun: str) -> str:
    """ "1 question", "1,234 questions"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def straight(value: object) -> str:
    """Text from outside without what would turn or break the text around it."""
    text = str(value).encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub("", text)


def setting_text(value: object) -> str:
    """A setting's value as people read it."""
    if value is None or value == "":
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and not math.isfinite(value):
        return NOT_APPLICABLE
    if isinstance(value, list | tuple):
        return ", ".join(setting_text(one) for one in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {setting_text(one)}" for name, one in value.items()) or "none"
    return straight(value)


def groups(metrics: Iterable[str]) -> dict[str, list[str]]:
    """The metrics given, under the headings that they are shown under."""
    given = list(metrics)
    grouped = {heading: [metric for metric in members if metric in given] for heading, members in GROUPS.items()}
    known = {metric for members in GROUPS.values() for metric in members}
    grouped["Other"] = [metric for metric in given if metric not in known]
    return {heading: members for heading, members in grouped.items() if members}


def gold_rank(row: dict[str, Any]) -> int | None:
    """The rank of the first gold passage, from 1; of the first gold article where there are no words to look for."""
    ranked = row.get("ranked") or ()
    articles = () if row.get("answers") else row.get("evidence_ids") or ()
    found = (at for at, hit in enumerate(ranked, start=1) if hit.get("gold") or hit.get("article_id") in articles)
    return next(found, None)


def shown_verdict(row: dict[str, Any]) -> str:
    """The verdict of a row; a retrieval-only row with gold articles is told apart by whether any gold was found."""
    verdict = str(row.get("verdict") or "failed")
    if verdict == "retrieved" and not row.get("answer") and row.get("evidence_ids"):
        return "found" if gold_rank(row) else "missed"
    return verdict if verdict in VERDICTS else "failed"


def _signed(text: str) -> str:
    """A number with a real minus sign, and no sign at all where it rounds to nothing."""
    return text[1:] if not text.strip("+-0.,") else text.replace("-", "−")
