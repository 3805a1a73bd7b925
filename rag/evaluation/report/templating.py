"""The Jinja2 environment of the report: autoescape, and no control characters from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rag.evaluation.metrics.definitions import DEFINITIONS, label
from rag.evaluation.report.formatting import counted, duration, setting_text, value_text, without_controls

FOLDER = Path(__file__).parent
LABEL_CHARACTERS = 40


def _clean(value: object) -> object:
    return value if isinstance(value, Markup) or not isinstance(value, str) else without_controls(value)


def _shorten(text: str) -> str:
    text = without_controls(text)
    return text if len(text) <= LABEL_CHARACTERS else text[: LABEL_CHARACTERS - 1] + "…"


ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    finalize=_clean,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters.update(
    px=lambda value: f"{value:.1f}",
    shorten=_shorten,
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
