"""Plots of the report as inline SVG: this module computes coordinates, templates/plots.html draws them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rag.core.serialization import displayable
from rag.evaluation.report.formatting import call_macro, milliseconds, value_text

WIDTH, HEIGHT = 400, 300
LEFT, RIGHT, TOP, BOTTOM = 54, WIDTH - 16, 14, HEIGHT - 46
BAR_LEFT, BAR_RIGHT, BAR_ROW = 10, WIDTH - 26, 46
LATENCY_STEPS = (1, 2, 5)
QUARTERS = (0, 0.25, 0.5, 0.75, 1)
LOWEST_SHARES = (0.8, 0.6, 0.4)
"""Where the axis of a share may begin instead of at 0, to show the curve."""
TOKEN_STEPS = (25, 50, 100, 200, 500, 1000, 5000)

Point = tuple[float, float]
Scale = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Bar:
    """A share, 0 to 1, of a number of questions, with its 95 % interval if there is one."""

    name: str
    share: float | None
    interval: tuple[float, float] | None
    questions: int


@dataclass(frozen=True, slots=True)
class EvidenceCurve:
    """Token budgets of evidence, and at each the mean tokens read and the share of questions with gold in them."""

    name: str
    budgets: tuple[int, ...]
    points: tuple[Point, ...]


def risk_coverage_plot(points: Sequence[Point], answered: float) -> Markup:
    """Plot the share of wrong answers over the share of questions answered, the most confident first.

    ``answered`` is the coverage of the run; the curve beyond it, of questions without an answer, is dashed.
    """
    highest = _round_up(max(risk for _, risk in points))
    x, y = _linear(0, 1, LEFT, RIGHT), _linear(0, highest, BOTTOM, TOP)
    given = [point for point in points if point[0] <= answered + 1e-9]
    beyond = [*given[-1:], *(point for point in points if point[0] > answered + 1e-9)]
    lines, dots, risk = [], [], 0.0
    if len(beyond) > 1:
        lines.append(("line beyond", _path(_placed(x, y, beyond)), ""))
    if given:
        risk = given[-1][1]
        path = _path(_placed(x, y, [(0.0, given[0][1]), *given]))
        lines += [("area", f"{path}V{y(0):.1f}H{x(0):.1f}Z", ""), ("line s1", path, "")]
        dots.append((1, x(given[-1][0]), y(risk), 4.5))
    return _draw(
        f"Risk–coverage curve: {_percent(answered)} of the questions were answered, {_percent(risk)} of those wrongly.",
        "questions answered, surest first (share)",
        "wrong among them (share)",
        _ticks(x, QUARTERS, _percent),
        _ticks(y, [highest * step / 4 for step in range(5)], _percent),
        lines,
        dots,
    )


def evidence_plot(curves: Sequence[EvidenceCurve]) -> Markup:
    """Plot the share of questions with gold in the evidence over the mean tokens read."""
    points = [point for curve in curves for point in curve.points]
    lowest = next((low for low in LOWEST_SHARES if low <= min(share for _, share in points)), 0.0)
    step = next((step for step in TOKEN_STEPS if 4 * step >= max(tokens for tokens, _ in points)), TOKEN_STEPS[-1])
    widest = max(4.0 * step, *(tokens for tokens, _ in points))
    x, y = _linear(0, widest, LEFT, RIGHT), _linear(lowest, 1, BOTTOM, TOP)
    described = "; ".join(
        f"{curve.name}: " + ", ".join(f"{100 * share:.1f}% with {tokens:,.0f}" for tokens, share in curve.points)
        for curve in curves
    )
    return _draw(
        f"Tokens of evidence against gold in it. {described}.",
        "tokens of evidence read (mean)",
        "questions with gold in it (share)",
        _ticks(x, [step * at for at in range(5)], lambda tokens: f"{tokens:,.0f}"),
        _ticks(y, [lowest + (1 - lowest) * at / 4 for at in range(5)], _percent),
        [(f"line s{at}", _path(_placed(x, y, one.points)), one.name) for at, one in enumerate(curves, start=1)],
        [(at, x(tokens), y(share), 3.6) for at, one in enumerate(curves, start=1) for tokens, share in one.points],
        [
            (x(tokens) - 5, y(share) - 7, str(budget))
            for budget, (tokens, share) in zip(curves[0].budgets, curves[0].points, strict=True)
        ],
    )


def latency_plot(series: Mapping[str, Sequence[float]]) -> Markup:
    """Plot the share of questions that had reached each stage over time in milliseconds, on a logarithmic axis."""
    everything = [value for values in series.values() for value in values]
    low, high = _latency_bounds(min(everything), max(everything))
    x, y = _logarithmic(low, high, LEFT, RIGHT), _linear(0, 1, BOTTOM, TOP)
    medians = "; ".join(
        f"{name}, half within {milliseconds(sorted(values)[(len(values) - 1) // 2])}" for name, values in series.items()
    )
    return _draw(
        f"Cumulative latency. {medians}.",
        "time since the question (log scale)",
        "of the questions (share)",
        _ticks(x, _latency_ticks(low, high), lambda value: f"{value:g} ms" if value < 1000 else f"{value / 1000:g} s"),
        _ticks(y, QUARTERS, _percent),
        [(f"line s{at}", _steps(x, y, values), name) for at, (name, values) in enumerate(series.items(), start=1)],
    )


def bars_plot(bars: Sequence[Bar], axis: str) -> Markup:
    """Plot a horizontal bar for each type of question, its label above it, with a whisker for the interval."""
    described = "; ".join(f"{displayable(bar.name)} {value_text('share', bar.share)}" for bar in bars)
    return call_macro(
        "plots.html", "bars", bars, axis, f"{axis}: {described}.", _ticks(_bar_x, QUARTERS, _percent),
        _bar_x, BAR_ROW, width=WIDTH,
    )  # fmt: skip


def whisker(value: float, interval: tuple[float, float] | None) -> Markup:
    """Draw a share, 0 to 1, as a dot on a line, with its interval; decoration beside the figure in text."""
    return call_macro("plots.html", "whisker", value, interval, _share_scale(5, 115))


def key(names: Iterable[str]) -> Markup:
    """Draw the key of a plot's series."""
    return call_macro("plots.html", "key", names)


def _draw(
    description: str,
    x_label: str,
    y_label: str,
    x_ticks: Sequence[tuple[float, str]],
    y_ticks: Sequence[tuple[float, str]],
    lines: Sequence[tuple[str, str, str]],
    dots: Sequence[tuple[int, float, float, float]] = (),
    notes: Sequence[tuple[float, float, str]] = (),
) -> Markup:
    """Draw a plot.

    Args:
        description: what a screen reader says.
        x_label, y_label: of the axes.
        x_ticks, y_ticks: (coordinate, text).
        lines: (CSS classes, path, name).
        dots: (series from 1, x, y, radius).
        notes: (x, y, text).
    """
    shapes = (description, x_label, y_label, x_ticks, y_ticks, lines, dots, notes)
    return call_macro(
        "plots.html", "plot", *shapes, width=WIDTH, height=HEIGHT, left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM
    )


def _linear(low: float, high: float, start: float, end: float) -> Scale:
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _logarithmic(low: float, high: float, start: float, end: float) -> Scale:
    scale = _linear(math.log10(low), math.log10(high), start, end)
    return lambda value: scale(math.log10(max(value, low)))


def _share_scale(start: float, end: float) -> Scale:
    """Return a scale from 0 to 1 that keeps other values within its ends."""
    scale = _linear(0, 1, start, end)
    return lambda share: scale(min(1.0, max(0.0, share)))


_bar_x = _share_scale(BAR_LEFT, BAR_RIGHT)


def _ticks(scale: Scale, values: Iterable[float], text: Callable[[float], str]) -> list[tuple[float, str]]:
    return [(scale(value), text(value)) for value in values]


def _path(points: Sequence[Point]) -> str:
    (x, y), *rest = points
    return f"M{x:.1f} {y:.1f}" + "".join(f"L{x:.1f} {y:.1f}" for x, y in rest)


def _placed(x: Scale, y: Scale, points: Sequence[Point]) -> list[Point]:
    return [(x(one), y(other)) for one, other in _thinned(points)]


def _steps(x: Scale, y: Scale, values: Sequence[float]) -> str:
    """Return the path of a cumulative share, a staircase of at most 200 steps."""
    ordered = sorted(values)
    stairs = _thinned([(value, at / len(ordered)) for at, value in enumerate(ordered, start=1)], 200)
    return f"M{x(ordered[0]):.1f} {y(0):.1f}" + "".join(f"H{x(value):.1f}V{y(share):.1f}" for value, share in stairs)


def _thinned(points: Sequence[Point], most: int = 400) -> list[Point]:
    """Choose at most ``most`` points evenly, the first and the last among them: a screen has no more pixels."""
    if len(points) <= most:
        return list(points)
    return [points[round(at * (len(points) - 1) / (most - 1))] for at in range(most)]


def _round_up(share: float) -> float:
    """Return the top of an axis: a share whose quarters are round."""
    return next((top for top in (0.04, 0.08, 0.2, 0.4, 0.6, 0.8) if share <= top), 1.0)


def _latency_bounds(low: float, high: float) -> Point:
    """Return round numbers of milliseconds that enclose the values."""
    steps = [step * 10.0**power for power in range(8) for step in LATENCY_STEPS]
    below = max((step for step in steps if step <= low), default=steps[0])
    return below, next((step for step in steps if step > max(high, below)), 2 * max(high, below))


def _latency_ticks(low: float, high: float) -> list[float]:
    """Return the round numbers from low to high, at most about six."""
    steps = [step * 10.0**power for power in range(9) for step in LATENCY_STEPS]
    within = [step for step in steps if low <= step <= high]
    tens = [step for step in within if math.log10(step).is_integer()]
    if len(within) <= 6:
        return within
    return tens if len(tens) >= 3 else within[::2]


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"
