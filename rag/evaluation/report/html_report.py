"""Write an evaluation's result as one HTML page that needs no server and fetches nothing."""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from markupsafe import Markup

from rag.core.serialization import Json
from rag.evaluation.metrics.definitions import label
from rag.evaluation.report import charts, tables
from rag.evaluation.report.formatting import ENVIRONMENT, FAILURES, FOLDER, VERDICTS, counted, value_text
from rag.evaluation.report.per_question import shown_verdict
from rag.evaluation.report.question_table import table_data

HEADLINE = ("trust", "right", "declined_unanswerable", "citation_precision")
HEADLINE_RETRIEVAL = ("recall@1", "recall@5", "passage_recall@5", "ndcg@10")


def write_report(result: Json, folder: Path) -> Path:
    """Write ``index.html`` and ``results.json`` into the folder and return the path of the page."""
    clean = _finite(result)
    folder.mkdir(parents=True, exist_ok=True)
    data = json.dumps(clean, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "results.json").write_bytes(_utf8(data + "\n"))
    page = folder / "index.html"
    page.write_bytes(_utf8(render(clean, datetime.now().astimezone())))
    return page


def render(result: Json, written: datetime) -> str:
    """Render the page of a result whose numbers are all finite."""
    types, type_tables = tables.type_table(result)
    return ENVIRONMENT.get_template("report.html").render(
        title=_title(result),
        style=Markup((FOLDER / "report.css").read_text(encoding="utf-8")),
        script=Markup((FOLDER / "report.js").read_text(encoding="utf-8")),
        data=Markup(_script_json(table_data(result))),
        result={"seconds": None, "failed": 0, "intervals": {}, "settings": {}, **result},
        written=written,
        headline=[tables.cell(result, metric) for metric in _headline(result)],
        verdicts=_verdicts(result),
        columns=tables.metric_columns(result),
        figures=charts.figures(result),
        types=types,
        type_tables=type_tables,
        models={
            role: {"name": None, "sha256": None, **model}
            for role, model in (result.get("models") or {}).items()
            if model
        },
        definitions=tables.definitions(result),
    )


def _script_json(data: Json) -> str:
    """Write JSON that can neither end a script element nor open a comment in it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _title(result: Json) -> str:
    known = (one for one in (*HEADLINE, *HEADLINE_RETRIEVAL) if tables.value(result, one) is not None)
    figures = [f"{label(metric)} {value_text(metric, tables.value(result, metric))}" for metric in islice(known, 1)]
    return " · ".join([*figures, counted(result["questions"], "question"), "Footnote evaluation"])


def _headline(result: Json) -> tuple[str, ...]:
    """Return the four metrics that matter most; those of the ranking if nothing was answered."""
    answered = any(tables.value(result, metric) is not None for metric in HEADLINE)
    return HEADLINE if answered else HEADLINE_RETRIEVAL


def _verdicts(result: Json) -> list[tuple[str, str, int, str]]:
    """Return (verdict, label, number of questions, share), successes first: their share is the strip's left part."""
    counts = Counter(shown_verdict(row) for row in result["rows"])
    order = sorted(counts, key=lambda verdict: (verdict in FAILURES, -counts[verdict], verdict))
    return [(one, VERDICTS[one], counts[one], f"{100 * counts[one] / counts.total():.0f}%") for one in order]


def _finite(value: Any) -> Any:
    """Return the JSON value with None for numbers that JSON does not have."""
    if isinstance(value, dict):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _utf8(text: str) -> bytes:
    """Encode as UTF-8, with a question mark for half a surrogate pair: an answer may have been cut within one."""
    return text.encode("utf-8", "replace")
