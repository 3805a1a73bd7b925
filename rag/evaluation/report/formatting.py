"""How the report and the comparison write numbers, verdicts and text from outside."""

from __future__ import annotations

import math
import re
from typing import Any

from rag.evaluation.metrics.definitions import unit

Json = dict[str, Any]

NOT_APPLICABLE = "n/a"
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

# Control characters, and those that change the direction of the text after them: no title may reorder the page.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")


def number(value: object) -> float | None:
    """Return the value if it is a finite number, else None; true and NaN are no measurements."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def value_text(metric: str, value: object) -> str:
    """Write a metric's value in its unit; "n/a" for what is not a number."""
    found = number(value)
    if found is None:
        return NOT_APPLICABLE
    match unit(metric):
        case "milliseconds":
            return milliseconds(found)
        case "count":
            return f"{found:,.0f}" if found == int(found) else f"{found:,.3f}"
        case "tokens":
            return f"{found:,.1f}"
        case "decimal":
            return f"{found:.3f}"
        case _:
            return f"{100 * found:.1f}%"


def difference_text(metric: str, value: object, with_unit: bool = True) -> str:
    """Write a difference between two values of a metric, with its sign; shares in percentage points."""
    found = number(value)
    if found is None:
        return NOT_APPLICABLE
    match unit(metric):
        case "milliseconds":
            return _signed(f"{found:+,.0f}") + (" ms" if with_unit else "")
        case "count":
            return _signed(f"{found:+,.4g}")
        case "tokens":
            return _signed(f"{found:+,.1f}")
        case "decimal":
            return _signed(f"{found:+.3f}")
        case _:
            return _signed(f"{100 * found:+.1f}")


def amount_text(metric: str, value: float) -> str:
    """Write how far a metric moved, without a sign, in its unit."""
    match unit(metric):
        case "milliseconds":
            return f"{value:,.0f} ms"
        case "count":
            return f"{value:,.4g}"
        case "tokens":
            return f"{value:,.1f} tokens"
        case "decimal":
            return f"{value:.3f}"
        case _:
            return f"{100 * value:.1f} percentage points"


def milliseconds(value: object) -> str:
    """Write a latency: "217 ms", "6.3 s"."""
    found = number(value)
    if found is None:
        return NOT_APPLICABLE
    if found < 999.5:
        return f"{found:.0f} ms"
    return f"{found / 1000:.1f} s" if found < 99_950 else f"{found / 1000:,.0f} s"


def duration(seconds: object) -> str:
    """Write the duration of a run: "48 s", "12 min", "1 h 05 min"."""
    found = number(seconds)
    if found is None:
        return NOT_APPLICABLE
    if found < 90:
        return f"{found:.0f} s"
    minutes = round(found / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def counted(count: int, noun: str) -> str:
    """Write "1 question", "1,234 questions"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def without_controls(value: object) -> str:
    """Remove control characters, bidirectional ones included, from text from outside."""
    text = str(value).encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub("", text)


def setting_text(value: object) -> str:
    """Write a setting's value."""
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
    return without_controls(value)


def _signed(text: str) -> str:
    """Write a number with a minus sign instead of a hyphen, and no sign at all if it rounds to 0."""
    return text[1:] if not text.strip("+-0.,") else text.replace("-", "−")
