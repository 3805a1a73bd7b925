"""The evaluation's result → one HTML page that opens by double click, with everything it needs inside it."""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any

from rag.evaluation.report import charts, formatting, labels, tables
from rag.evaluation.report.formatting import Json
from rag.evaluation.report.plots import whisker
from rag.evaluation.report.question_table import explorer_data

FOLDER = Path(__file__).parent
HEADLINE = ("trust", "right", "declined_unanswerable", "citation_precision")
HEADLINE_RETRIEVAL = ("recall@1", "recall@5", "passage_recall@5", "ndcg@10")


def write_report(result: Json, folder: Path) -> Path:
    """Write ``index.html`` and, beside it, ``results.json``; returns the path of the page."""
    clean = _finite(result)
    folder.mkdir(parents=True, exist_ok=True)
    data = json.dumps(clean, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "results.json").write_bytes(_utf8(data + "\n"))
    page = folder / "index.html"
    page.write_bytes(_utf8(render(clean, datetime.now().astimezone())))
    return page


def render(result: Json, written: datetime) -> str:
    """The whole page."""
    template = Template((FOLDER / "report.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=_title(result),
        style=(FOLDER / "report.css").read_text(encoding="utf-8"),
        script=(FOLDER / "report.js").read_text(encoding="utf-8"),
        navigation=_navigation(),
        lead=_lead(result, written),
        headline=_headline(result),
        verdicts=_verdict_strip(result),
        metrics_note=tables.metrics_note(result),
        groups=tables.metric_groups(result),
        plots=charts.plots(result),
        types=tables.by_type(result),
        settings=_settings(result),
        definitions=tables.definitions(result),
        footer="Made by Footnote. The same figures, for programs: results.json beside this page.",
        data=embedded(explorer_data(result)),
    )


def embedded(data: Json) -> str:
    """JSON that may stand within a script element: no text in it can end the element or open a comment."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


# The top of the page


def _title(result: Json) -> str:
    metric = next(
        (name for name in (*HEADLINE, *HEADLINE_RETRIEVAL) if formatting.value(result, name) is not None), None
    )
    found = f"{labels.label(metric)} {labels.value_text(metric, formatting.value(result, metric))} · " if metric else ""
    return formatting.plain(f"{found}{labels.counted(result['questions'], 'question')} · Footnote evaluation")


def _navigation() -> str:
    sections = ("Metrics", "Plots", "Types", "Questions", "Settings", "Definitions")
    return "".join(f'<a href="#{name.lower()}">{name}</a>' for name in sections)


def _lead(result: Json, written: datetime) -> str:
    models = result.get("models") or {}
    names = [str(models[role]["name"]) for role in ("generator", "embedder") if (models.get(role) or {}).get("name")]
    parts = [
        f"{written.day} {written:%B %Y}, {written:%H:%M}",
        labels.counted(result["questions"], "question"),
        *(["took " + labels.duration(result["seconds"])] if labels.number(result.get("seconds")) is not None else []),
        *names,
    ]
    failed = result.get("failed") or 0
    said = f"{labels.counted(failed, 'question')} failed; each counts as not right. " if failed else ""
    return f"{' · '.join(f'<bdi>{formatting.plain(part)}</bdi>' for part in parts)}{'<br>' if said else ''}{said}"


def _headline(result: Json) -> str:
    """The four figures that matter most; those of the ranking where nothing was answered."""
    answered = any(formatting.value(result, metric) is not None for metric in HEADLINE)
    return "".join(_card(result, metric) for metric in (HEADLINE if answered else HEADLINE_RETRIEVAL))


def _card(result: Json, metric: str) -> str:
    value, interval = formatting.value(result, metric), formatting.interval(result, metric)
    drawn = whisker(value, interval) if value is not None else ""
    below = f"95% interval {formatting.ends(metric, interval)}" if interval else ""
    if value is None:
        below = formatting.plain(formatting.reason(result, metric))
    return (
        f'<div class="card"><h2>{formatting.term(metric)}</h2><p class="big">{formatting.figure(metric, value)}</p>'
        f'{drawn}<p class="range-text">{below}</p></div>'
    )


def _verdict_strip(result: Json) -> str:
    counts = Counter(labels.shown_verdict(row) for row in result["rows"])
    # Here the good ones come first: the length of the strip's beginning is the share of them.
    order = sorted(counts, key=lambda key: (key in labels.FAILURES, -counts[key], key))
    if not order:
        return ""
    bars = "".join(f'<span class="v-{key}" style="flex-grow:{counts[key]}"></span>' for key in order)
    legend = "".join(
        f'<li class="v-{key}">{labels.VERDICTS[key]} <b>{counts[key]:,}</b> '
        f'<span class="soft">{100 * counts[key] / counts.total():.0f}%</span></li>'
        for key in order
    )
    return f'<div class="strip" aria-hidden="true">{bars}</div><ul class="legend" aria-label="Verdicts">{legend}</ul>'


# Models and settings


def _settings(result: Json) -> str:
    models = "".join(_model(str(role), model) for role, model in (result.get("models") or {}).items() if model)
    pairs = "".join(
        f"<div><dt>{formatting.plain(str(name).replace('_', ' '))}</dt>"
        f"<dd>{formatting.plain(labels.setting_text(value))}</dd></div>"
        for name, value in (result.get("settings") or {}).items()
    )
    shown = f'<dl class="paper pairs">{pairs}</dl>' if pairs else '<p class="note">The result names no settings.</p>'
    return (f'<div class="models">{models}</div>' if models else "") + shown


def _model(role: str, model: Json) -> str:
    digest = model.get("sha256")
    return (
        f'<div class="paper"><h3 class="soft">{formatting.plain(role.capitalize())}</h3>'
        f'<p class="name">{formatting.plain(model.get("name") or labels.NOT_APPLICABLE)}</p>'
        f'<p class="hash">{"sha256 " + formatting.plain(digest) if digest else "no sha256 was recorded"}</p></div>'
    )


def _finite(value: Any) -> Any:
    """The value with None in place of every number that JSON cannot write."""
    if isinstance(value, dict):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _utf8(text: str) -> bytes:
    """UTF-8, with a question mark for what is half a character: an answer may have been cut within one."""
    return text.encode("utf-8", "replace")
