"""How the report and the comparison write numbers, verdicts and text from outside, and their Jinja2 environment."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rag.core.serialization import displayable
from rag.evaluation.metrics.definitions import DEFINITIONS, Unit, label, unit

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


class Format(NamedTuple):
    """How a value of a unit, a difference with its sign and an amount without one are written."""

    value: str
    difference: str
    amount: str
    scale: float = 1


FORMATS: dict[Unit, Format] = {
    "share": Format("{:.1f}%", "{:+.1f}", "{:.1f} percentage points", scale=100),
    "decimal": Format("{:.3f}", "{:+.3f}", "{:.3f}"),
    "tokens": Format("{:,.1f}", "{:+,.1f}", "{:,.1f} tokens"),
    "count": Format("{:,.3f}", "{:+,.4g}", "{:,.4g}"),
    "milliseconds": Format("{:,.0f} ms", "{:+,.0f}", "{:,.0f} ms"),
}


def number(value: object) -> float | None:
    """Return the value if it is a finite number, else None; true and NaN are no measurements."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def value_text(metric: str, value: object) -> str:
    """Write a metric's value in its unit; "n/a" for what is not a number."""
    found, kind = number(value), unit(metric)
    if found is None:
        return NOT_APPLICABLE
    if kind == "milliseconds":
        return milliseconds(found)
    if kind == "count" and found == int(found):
        return f"{found:,.0f}"
    return FORMATS[kind].value.format(FORMATS[kind].scale * found)


def difference_text(metric: str, value: object, with_unit: bool = True) -> str:
    """Write a difference between two values of a metric, with its sign; shares in percentage points."""
    found, kind = number(value), unit(metric)
    if found is None:
        return NOT_APPLICABLE
    text = _signed(FORMATS[kind].difference.format(FORMATS[kind].scale * found))
    return f"{text} ms" if with_unit and kind == "milliseconds" else text


def amount_text(metric: str, value: float) -> str:
    """Write how far a metric moved, without a sign, in its unit."""
    form = FORMATS[unit(metric)]
    return form.amount.format(form.scale * value)


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
    return displayable(str(value))


def _signed(text: str) -> str:
    """Write a number with a minus sign instead of a hyphen, and no sign at all if it rounds to 0."""
    return text[1:] if not text.strip("+-0.,") else text.replace("-", "−")


FOLDER = Path(__file__).parent
LABEL_CHARACTERS = 40
LINE_CHARACTERS = 90


def _clean(value: object) -> object:
    return value if isinstance(value, Markup) or not isinstance(value, str) else displayable(value)


def _shorten(text: str, most: int = LABEL_CHARACTERS) -> str:
    text = displayable(text)
    return text if len(text) <= most else text[: most - 1] + "…"


ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=lambda name: not (name or "").endswith(".txt"),
    finalize=_clean,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters.update(
    px=lambda value: f"{value:.1f}",
    shorten=_shorten,
    one_line=lambda text: _shorten(" ".join(displayable(text).split()), LINE_CHARACTERS),
    verdict=lambda verdict: VERDICTS.get(verdict, verdict),
    label=label,
    definition=lambda metric: DEFINITIONS.get(metric, ""),
    anchor=lambda metric: "means-" + metric.replace("@", "-"),
    share=lambda share: value_text("share", share),
    counted=counted,
    duration=duration,
    setting_text=setting_text,
)


def call_macro(template: str, macro: str, *arguments: Any, **variables: Any) -> Markup:
    """Render a macro of a template; ``variables`` are globals of that template."""
    module = ENVIRONMENT.get_template(template).make_module(variables)
    rendered: Markup = getattr(module, macro)(*arguments)
    return rendered
