"""The Jinja2 environment of the report and the comparison: HTML is escaped, and no text has control characters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rag.evaluation.metrics.definitions import DEFINITIONS, label
from rag.evaluation.report.formatting import VERDICTS, counted, duration, setting_text, value_text, without_controls

FOLDER = Path(__file__).parent
LABEL_CHARACTERS = 40
LINE_CHARACTERS = 90


def _clean(value: object) -> object:
    return value if isinstance(value, Markup) or not isinstance(value, str) else without_controls(value)


def _shorten(text: str, most: int = LABEL_CHARACTERS) -> str:
    text = without_controls(text)
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
    one_line=lambda text: _shorten(" ".join(without_controls(text).split()), LINE_CHARACTERS),
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
