"""Compare two results over the questions that both have: paired differences, significance, and flipped verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.core.errors import DatasetError
from rag.core.serialization import Json
from rag.evaluation.metrics.definitions import COUNTS, LATENCIES, METRICS, is_brief, lower_is_better
from rag.evaluation.metrics.selective_answering import area, curve_of, resampled_areas
from rag.evaluation.metrics.statistics import bootstrap, paired_bootstrap_interval, permutation_p
from rag.evaluation.report import per_question
from rag.evaluation.report.formatting import ENVIRONMENT, SUCCESSES, amount_text, difference_text, value_text

SCHEMA = 1
FLIPS_SHOWN = 20
ORDER = (*METRICS, *(f"{name}_ms" for name in LATENCIES))
ROUNDING = 1e-9
"""Tolerance of ``exceeds_drop`` for floating point error."""

Row = Mapping[str, Any]
Pair = tuple[Row, Row]


@dataclass(frozen=True, slots=True)
class MetricDifference:
    """A metric over the questions that have it in both results, with the 95 % interval of its difference.

    Attributes:
        a, b: shares and areas are 0 to 1, names that end in ``_ms`` are mean milliseconds, the two counts are sums.
        difference: B minus A.
        p_value: None for ``aurc``, which a single question does not have.
    """

    metric: str
    a: float
    b: float
    difference: float
    low: float
    high: float
    p_value: float | None
    questions: int

    @property
    def gain(self) -> float:
        """How much better B is; negative if it is worse."""
        return -self.difference if lower_is_better(self.metric) else self.difference


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that is a success in one result and not in the other."""

    id: str
    question: str
    type: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A setting, or a property of a model, that differs; None if a result lacks it."""

    name: str
    a: Any
    b: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from A to B; ``reworded`` are ids whose questions differ, and are not compared."""

    questions: int
    only_in_a: tuple[str, ...]
    only_in_b: tuple[str, ...]
    reworded: tuple[str, ...]
    metrics: tuple[MetricDifference, ...]
    better: tuple[Flip, ...]
    worse: tuple[Flip, ...]
    settings: tuple[Change, ...]
    models: tuple[Change, ...]


def load_result(path: Path) -> Json:
    """Read a result of ``rag eval --json``. Raises DatasetError if it is none."""
    again = "Write it with `rag eval --json`, or name the results.json of a report folder."
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DatasetError(f"There is no file {path}. {again}") from None
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}. {again}") from error
    except ValueError as error:
        raise DatasetError(f"{path} is not JSON. {again}") from error
    if not isinstance(result, dict) or "schema" not in result:
        raise DatasetError(f"{path} is not the result of an evaluation: it names no schema. {again}")
    if result["schema"] != SCHEMA:
        raise DatasetError(
            f"{path} has schema {result['schema']!r}, and this version reads {SCHEMA}. Run the evaluation again with "
            "this version, or compare with the version that wrote the file."
        )
    rows = result.get("rows")
    if not isinstance(rows, list) or not rows or not isinstance(result.get("metrics"), dict):
        raise DatasetError(f"{path} has no rows, so there are no questions to compare. Run the evaluation again.")
    if not all(isinstance(row, dict) and {"id", "verdict"} <= row.keys() for row in rows):
        raise DatasetError(f"{path} has a row without an id or a verdict. Run the evaluation again.")
    return result


def compare(a: Json, b: Json, seed: int) -> Comparison:
    """Compare the questions that both results have, by id. Raises DatasetError if there are none."""
    before, after = ({str(row["id"]): row for row in result["rows"]} for result in (a, b))
    shared = [name for name in before if name in after]
    reworded = tuple(name for name in shared if before[name].get("question") != after[name].get("question"))
    pairs = [(before[name], after[name]) for name in shared if name not in set(reworded)]
    if not pairs:
        raise DatasetError(
            "The two results have no question in common, so nothing can be compared. Run both on the same questions."
        )
    flips = _flips(pairs)
    return Comparison(
        questions=len(pairs),
        only_in_a=tuple(name for name in before if name not in after),
        only_in_b=tuple(name for name in after if name not in before),
        reworded=reworded,
        metrics=_differences(pairs, seed),
        better=tuple(flip for flip in flips if flip.after in SUCCESSES),
        worse=tuple(flip for flip in flips if flip.before in SUCCESSES),
        settings=_changes(a.get("settings") or {}, b.get("settings") or {}),
        models=_changes(_flat(a.get("models") or {}), _flat(b.get("models") or {})),
    )


def comparison_as_json(comparison: Comparison) -> Json:
    """Return what ``rag eval --compare --json`` prints."""
    return {"schema": SCHEMA, **asdict(comparison)}


def format_comparison(comparison: Comparison) -> str:
    """Format the comparison for a terminal."""
    template = ENVIRONMENT.get_template("comparison.txt")
    return template.render(comparison=comparison, table=_table(comparison.metrics), flips_shown=FLIPS_SHOWN)


def exceeds_drop(comparison: Comparison, max_drop: Mapping[str, float]) -> list[str]:
    """Return a sentence for each metric that got worse by more than allowed, in the metric's unit.

    If smaller is better, a rise counts. A metric that cannot be compared counts too: a check must not pass unseen.
    """
    found = {difference.metric: difference for difference in comparison.metrics}
    sentences = []
    for metric, allowed in max_drop.items():
        difference = found.get(metric)
        if difference is None:
            known = ", ".join(found) or "none"
            sentences.append(f"{metric} cannot be compared: no question has it in both results (compared: {known}).")
        elif -difference.gain > allowed + ROUNDING:
            sentences.append(_too_far(difference, allowed))
    return sentences


def _too_far(found: MetricDifference, allowed: float) -> str:
    way = "rose" if lower_is_better(found.metric) else "fell"
    before, after = (value_text(found.metric, value) for value in (found.a, found.b))
    by, limit = (amount_text(found.metric, amount) for amount in (-found.gain, allowed))
    return f"{found.metric} {way} from {before} to {after}, by {by}; at most {limit} is allowed."


def _differences(pairs: Sequence[Pair], seed: int) -> tuple[MetricDifference, ...]:
    table = [(per_question.scores(one), per_question.scores(other)) for one, other in pairs]
    names = {metric for one, other in table for metric in one.keys() & other.keys()}
    found = {metric: _difference(metric, table, seed) for metric in names}
    areas = _area_difference(pairs, seed)
    if areas:
        found["aurc"] = areas
    known = [metric for metric in ORDER if metric in found]
    return tuple(found[metric] for metric in (*known, *sorted(found.keys() - set(known))))


def _difference(metric: str, table: Sequence[tuple[dict[str, float], dict[str, float]]], seed: int) -> MetricDifference:
    values = [(one[metric], other[metric]) for one, other in table if metric in one and metric in other]
    before, after = ([pair[side] for pair in values] for side in (0, 1))
    scale = len(values) if metric in COUNTS else 1
    low, high = paired_bootstrap_interval(before, after, seed)
    a, b = (scale * sum(side) / len(values) for side in (before, after))
    return MetricDifference(
        metric, a, b, b - a, low * scale, high * scale, permutation_p(before, after, seed), len(values)
    )


def _area_difference(pairs: Sequence[Pair], seed: int) -> MetricDifference | None:
    """Compare the areas under the risk–coverage curve, each over the questions of its own curve."""
    if not any(before.get("answerable") and before.get("answers") for before, _ in pairs):
        return None
    curves = [[per_question.confidence_pair(pair[side]) for pair in pairs] for side in (0, 1)]
    points = [curve_of(pair for pair in curve if pair) for curve in curves]
    if not all(points):
        return None
    a, b = map(area, points)
    before, after = map(resampled_areas, curves)
    low, high = bootstrap(len(pairs), lambda drawn: after(drawn) - before(drawn), seed)
    return MetricDifference("aurc", a, b, b - a, low, high, None, len(pairs))


def _flips(pairs: Iterable[Pair]) -> list[Flip]:
    """Return the pairs of which one is a success and the other is not; a run of the search alone has no verdicts."""
    return [
        Flip(
            str(after["id"]), str(after.get("question") or ""), per_question.type_of(after),
            before["verdict"], after["verdict"],
        )
        for before, after in pairs
        if "retrieved" not in {before["verdict"], after["verdict"]}
        and (before["verdict"] in SUCCESSES) != (after["verdict"] in SUCCESSES)
    ]  # fmt: skip


def _flat(models: Mapping[str, Any]) -> Json:
    """Flatten models to one key for each property: ``generator sha256``."""
    return {f"{role} {part}": value for role, model in models.items() for part, value in (model or {}).items()}


def _changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Change, ...]:
    names = [*a, *(name for name in b if name not in a)]
    return tuple(Change(name, a.get(name), b.get(name)) for name in names if a.get(name) != b.get(name))


def _table(metrics: Iterable[MetricDifference]) -> str:
    heads = ["metric", "A", "B", "change", "95% interval", "p", "questions", ""]
    rows = [heads, *(_cells(one) for one in metrics if is_brief(one.metric))]
    widths = [max(len(row[at]) for row in rows) for at in range(len(heads))]
    return "\n".join(_aligned(row, widths) for row in rows)


def _cells(one: MetricDifference) -> list[str]:
    low, high = (difference_text(one.metric, end, with_unit=False) for end in (one.low, one.high))
    return [
        one.metric,
        value_text(one.metric, one.a),
        value_text(one.metric, one.b),
        difference_text(one.metric, one.difference),
        f"{low} … {high}",
        "" if one.p_value is None else f"{one.p_value:.3f}" if one.p_value >= 0.001 else "<0.001",
        f"{one.questions:,}",
        _judgement(one),
    ]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    """Align the first and the last cell left, figures right."""
    first, *figures, last = row
    padded = [text.rjust(width) for text, width in zip(figures, widths[1:-1], strict=True)]
    return "  ".join([first.ljust(widths[0]), *padded, last]).rstrip()


def _judgement(one: MetricDifference) -> str:
    """Say whether B is better or worse, if the change is significant."""
    sure = one.p_value < 0.05 if one.p_value is not None else one.low > 0 or one.high < 0
    if not sure or not one.gain:
        return ""
    return "better" if one.gain > 0 else "worse"
