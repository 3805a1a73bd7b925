"""Plots of the report as inline SVG. Pure; colours come from the page's style sheet, so light and dark both work."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from rag.evaluation.report.labels import milliseconds, straight

WIDTH, HEIGHT = 400, 300
LEFT, RIGHT, TOP, BOTTOM = 54, 16, 14, 46
LATENCY_STEPS = (1, 2, 5)
LOWEST_SHARES = (0.8, 0.6, 0.4)
"""Where the axis of a share may begin, instead of at 0, for the curve to be seen."""
TOKEN_STEPS = (25, 50, 100, 200, 500, 1000, 5000)
BAR_ROW = 46
LABEL_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a share, 0 to 1, of so many questions, with its 95 % interval where there is one."""

    name: str
    share: float | None
    interval: tuple[float, float] | None
    questions: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The area between the axes, and how values become coordinates in it."""

    x: Callable[[float], float]
    y: Callable[[float], float]


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class EvidenceCurve:
    """Budgets of evidence, the mean tokens read at each of them, and the share of questions with gold in those."""

    name: str
    budgets: tuple[int, ...]
    points: tuple[Point, ...]


def risk_coverage_plot(points: Sequence[Point], answered: float) -> str:
    """Share of wrong answers over the share of questions answered, the surest first.

    ``answered`` is the coverage at which the run really stood; what lies beyond it had no answer, and is dashed.
    """
    highest = _round_up(max(risk for _, risk in points))
    frame = Frame(_linear(0, 1, LEFT, WIDTH - RIGHT), _linear(0, highest, HEIGHT - BOTTOM, TOP))
    grid = _grid_y(frame, [highest * step / 4 for step in range(5)], _percent)
    grid += _grid_x(frame, [0, 0.25, 0.5, 0.75, 1], _percent)
    given = [point for point in points if point[0] <= answered + 1e-9]
    beyond = [*given[-1:], *(point for point in points if point[0] > answered + 1e-9)]
    drawn = ""
    if len(beyond) > 1:
        drawn += f'<path class="line beyond" d="{_path(_placed(frame, beyond))}"/>'
    risk = given[-1][1] if given else 0.0
    if given:
        line = _path(_placed(frame, [(0.0, given[0][1]), *given]))
        drawn += f'<path class="area" d="{line}V{frame.y(0):.1f}H{frame.x(0):.1f}Z"/><path class="line s1" d="{line}"/>'
        drawn += f'<circle class="dot s1" cx="{frame.x(given[-1][0]):.1f}" cy="{frame.y(risk):.1f}" r="4.5"/>'
    labels = _axis_labels("questions answered, surest first (share)", "wrong among them (share)")
    name = (
        f"Risk–coverage curve: {_percent(answered)} of the questions were answered, {_percent(risk)} of those wrongly."
    )
    return _svg(name, HEIGHT, grid + labels + drawn)


def evidence_plot(curves: Sequence[EvidenceCurve]) -> str:
    """Share of questions with gold in the evidence over the mean tokens read; the first curve's budgets are named."""
    points = [point for curve in curves for point in curve.points]
    lowest = next((low for low in LOWEST_SHARES if low <= min(share for _, share in points)), 0.0)
    step = next((step for step in TOKEN_STEPS if 4 * step >= max(tokens for tokens, _ in points)), TOKEN_STEPS[-1])
    widest = max(4.0 * step, *(tokens for tokens, _ in points))
    frame = Frame(_linear(0, widest, LEFT, WIDTH - RIGHT), _linear(lowest, 1, HEIGHT - BOTTOM, TOP))
    grid = _grid_y(frame, [lowest + (1 - lowest) * at / 4 for at in range(5)], _percent)
    grid += _grid_x(frame, [step * at for at in range(5)], lambda tokens: f"{tokens:,.0f}")
    lines = "".join(_evidence_line(frame, curve, at) for at, curve in enumerate(curves, start=1))
    names = "".join(
        f'<text class="tick" text-anchor="end" x="{frame.x(tokens) - 5:.1f}" y="{frame.y(share) - 7:.1f}">'
        f"{budget}</text>"
        for budget, (tokens, share) in zip(curves[0].budgets, curves[0].points, strict=True)
    )
    labels = _axis_labels("tokens of evidence read (mean)", "questions with gold in it (share)")
    spoken = "; ".join(f"{straight(curve.name)}: {_spoken(curve)}" for curve in curves)
    return _svg(f"Tokens of evidence against gold in it. {spoken}.", HEIGHT, grid + labels + lines + names)


def latency_plot(series: Mapping[str, Sequence[float]]) -> str:
    """Share of the questions that had reached each point after so long; the time axis is logarithmic."""
    everything = [value for values in series.values() for value in values]
    low, high = _latency_bounds(min(everything), max(everything))
    frame = Frame(_logarithmic(low, high, LEFT, WIDTH - RIGHT), _linear(0, 1, HEIGHT - BOTTOM, TOP))
    grid = _grid_y(frame, [0, 0.25, 0.5, 0.75, 1], _percent) + _grid_x(frame, _ticks(low, high), _tick_time)
    lines = "".join(
        f'<path class="line s{at}" d="{_steps(frame, values)}"><title>{escape(straight(name))}</title></path>'
        for at, (name, values) in enumerate(series.items(), start=1)
    )
    labels = _axis_labels("time since the question (log scale)", "of the questions (share)")
    medians = "; ".join(
        f"{straight(name)}, half within {milliseconds(sorted(values)[(len(values) - 1) // 2])}"
        for name, values in series.items()
    )
    return _svg(f"Cumulative latency. {medians}.", HEIGHT, grid + labels + lines)


def bars_plot(bars: Sequence[Bar], axis: str) -> str:
    """A horizontal bar for each type, its label above it, with a whisker for the interval."""
    bottom = BAR_ROW * len(bars) + 8
    frame = Frame(_linear(0, 1, 10, WIDTH - 26), _linear(0, 1, 0, 1))
    vertical = "".join(
        f'<line class="grid" x1="{frame.x(tick):.1f}" x2="{frame.x(tick):.1f}" y1="4" y2="{bottom}"/>'
        f'<text class="tick" text-anchor="middle" x="{frame.x(tick):.1f}" y="{bottom + 17}">{_percent(tick)}</text>'
        for tick in (0, 0.25, 0.5, 0.75, 1)
    )
    drawn = "".join(_bar(frame, bar, BAR_ROW * at + 6) for at, bar in enumerate(bars))
    label = f'<text class="axis" text-anchor="middle" x="{WIDTH / 2:.1f}" y="{bottom + 38}">{escape(axis)}</text>'
    spoken = "; ".join(f"{straight(bar.name)} {_share(bar)}" for bar in bars)
    return _svg(f"{axis}: {spoken}.", bottom + 46, vertical + label + drawn)


def whisker(value: float, interval: tuple[float, float] | None) -> str:
    """A share between 0 and 1 as a dot on a line, with its interval; a picture of what the text beside it says."""
    x = _linear(0, 1, 5, 115)
    parts = ['<line class="track" x1="5" x2="115" y1="8" y2="8"/>']
    if interval:
        low, high = (x(min(1.0, max(0.0, end))) for end in interval)
        parts.append(
            f'<rect class="range" x="{low - 1.5:.1f}" width="{high - low + 3:.1f}" y="4.5" height="7" rx="3.5"/>'
        )
    parts.append(f'<circle class="point" cx="{x(min(1.0, max(0.0, value))):.1f}" cy="8" r="3.4"/>')
    return f'<svg class="whisker" viewBox="0 0 120 16" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'


# Parts


def _svg(name: str, height: float, content: str) -> str:
    spoken = escape(name, quote=True)
    return f'<svg class="plot" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{spoken}">{content}</svg>'


def _linear(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _logarithmic(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    scale = _linear(math.log10(low), math.log10(high), start, end)
    return lambda value: scale(math.log10(max(value, low)))


def _grid_y(frame: Frame, ticks: Sequence[float], words: Callable[[float], str]) -> str:
    return "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{frame.y(tick):.1f}" y2="{frame.y(tick):.1f}"/>'
        f'<text class="tick" text-anchor="end" x="{LEFT - 7}" y="{frame.y(tick) + 4:.1f}">{words(tick)}</text>'
        for tick in ticks
    )


def _grid_x(frame: Frame, ticks: Sequence[float], words: Callable[[float], str]) -> str:
    floor = HEIGHT - BOTTOM
    return "".join(
        f'<line class="grid" x1="{frame.x(tick):.1f}" x2="{frame.x(tick):.1f}" y1="{TOP}" y2="{floor}"/>'
        f'<text class="tick" text-anchor="middle" x="{frame.x(tick):.1f}" y="{floor + 17}">{words(tick)}</text>'
        for tick in ticks
    )


def _axis_labels(below: str, beside: str) -> str:
    middle = (TOP + HEIGHT - BOTTOM) / 2
    return (
        f'<text class="axis" text-anchor="middle" x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 8}">{below}</text>'
        f'<text class="axis" text-anchor="middle" transform="translate(11 {middle:.1f}) rotate(-90)">{beside}</text>'
    )


def _evidence_line(frame: Frame, curve: EvidenceCurve, at: int) -> str:
    dots = "".join(
        f'<circle class="dot s{at}" cx="{frame.x(tokens):.1f}" cy="{frame.y(share):.1f}" r="3.6"/>'
        for tokens, share in curve.points
    )
    line = _path(_placed(frame, curve.points))
    return f'<path class="line s{at}" d="{line}"><title>{escape(straight(curve.name))}</title></path>{dots}'


def _spoken(curve: EvidenceCurve) -> str:
    return ", ".join(f"{100 * share:.1f}% with {tokens:,.0f}" for tokens, share in curve.points)


def _bar(frame: Frame, bar: Bar, top: float) -> str:
    name = straight(bar.name)
    short = name if len(name) <= LABEL_CHARACTERS else name[: LABEL_CHARACTERS - 1] + "…"
    questions = f"{bar.questions:,}"
    words = (
        f'<text class="name" x="10" y="{top + 11:.0f}"><title>{escape(name)}</title>{escape(short)}'
        f'<tspan class="soft" dx="6">{questions}</tspan></text>'
        f'<text class="value" text-anchor="end" x="{WIDTH - 26}" y="{top + 11:.0f}">{_share(bar)}</text>'
    )
    y = top + 17
    back = f'<rect class="back" x="10" width="{WIDTH - 36}" y="{y:.0f}" height="14" rx="3"/>'
    if bar.share is None:
        return words + back
    width = frame.x(min(1.0, max(0.0, bar.share))) - 10
    filled = f'<rect class="bar" x="10" width="{width:.1f}" y="{y:.0f}" height="14" rx="3"/>'
    return words + back + filled + (_interval(frame, bar.interval, y + 7) if bar.interval else "")


def _interval(frame: Frame, interval: tuple[float, float], y: float) -> str:
    low, high = (frame.x(min(1.0, max(0.0, end))) for end in interval)
    path = f"M{low:.1f} {y - 4:.0f}v8M{high:.1f} {y - 4:.0f}v8M{low:.1f} {y:.0f}H{high:.1f}"
    return f'<path class="halo" d="{path}"/><path class="whiskers" d="{path}"/>'


def _share(bar: Bar) -> str:
    return "n/a" if bar.share is None else f"{100 * bar.share:.1f}%"


def _path(points: Sequence[Point]) -> str:
    (x, y), *rest = points
    return f"M{x:.1f} {y:.1f}" + "".join(f"L{x:.1f} {y:.1f}" for x, y in rest)


def _placed(frame: Frame, points: Sequence[Point]) -> list[Point]:
    return [(frame.x(x), frame.y(y)) for x, y in _thinned(points)]


def _steps(frame: Frame, values: Sequence[float]) -> str:
    """The cumulative share as a staircase, of at most 200 steps."""
    ordered = sorted(values)
    stairs = _thinned([(value, at / len(ordered)) for at, value in enumerate(ordered, start=1)], 200)
    path = f"M{frame.x(ordered[0]):.1f} {frame.y(0):.1f}"
    return path + "".join(f"H{frame.x(value):.1f}V{frame.y(share):.1f}" for value, share in stairs)


def _thinned(points: Sequence[Point], most: int = 400) -> list[Point]:
    """Evenly chosen points, the first and the last among them: more than the screen has pixels are of no use."""
    if len(points) <= most:
        return list(points)
    return [points[round(at * (len(points) - 1) / (most - 1))] for at in range(most)]


def _round_up(share: float) -> float:
    """The top of an axis: the next of these shares, so that its quarters are round as well."""
    return next((top for top in (0.04, 0.08, 0.2, 0.4, 0.6, 0.8) if share <= top), 1.0)


def _latency_bounds(low: float, high: float) -> Point:
    """Round numbers of milliseconds that enclose the values."""
    steps = [step * 10.0**power for power in range(8) for step in LATENCY_STEPS]
    below = max((step for step in steps if step <= low), default=steps[0])
    return below, next((step for step in steps if step > max(high, below)), 2 * max(high, below))


def _ticks(low: float, high: float) -> list[float]:
    """The round numbers from low to high, fewer of them where they would crowd the axis."""
    steps = [step * 10.0**power for power in range(9) for step in LATENCY_STEPS]
    within = [step for step in steps if low <= step <= high]
    tens = [step for step in within if math.log10(step).is_integer()]
    if len(within) <= 6:
        return within
    return tens if len(tens) >= 3 else within[::2]


def _tick_time(value: float) -> str:
    return f"{value:g} ms" if value < 1000 else f"{value / 1000:g} s"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"
