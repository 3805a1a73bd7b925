"""Selective answering: how confident an answer is, the risk–coverage curve and the area under it.

A curve is made of pairs: an answer's confidence, and whether it counts as wrong. Rightly declined questions are left
out, since nobody wants them answered. Wrongly declined and failed ones have the confidence -inf and count as wrong, so
that declining everything does not give a small area.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from rag.evaluation.metrics.outcome import Outcome, verdict
from rag.evaluation.metrics.statistics import Floats, Indices, Interval, bootstrap

Confidence = Callable[[Mapping[str, Any]], float]
"""How confident an answer is, from its JSON object; larger is more confident."""
Pair = tuple[float, bool]
Curve = list[tuple[float, float]]


def mean_support(answer: Mapping[str, Any]) -> float:
    """Return the mean support of the answer's sentences, 0 to 1; 0 if it has none."""
    sentences = answer["sentences"]
    return sum(float(sentence["support"]) for sentence in sentences) / len(sentences) if sentences else 0.0


def own_confidence(answer: Mapping[str, Any]) -> float:
    """Return the answer's own confidence, 0 to 1, or its mean support if it has none."""
    own = answer.get("confidence")
    return mean_support(answer) if own is None else float(own)


def confidence_of(outcome: Outcome, confidence: Confidence = own_confidence) -> float | None:
    """Return the confidence of an outcome's answer; None if there is no answer."""
    return confidence(outcome.answered) if outcome.answered else None


def risk_coverage(outcomes: Sequence[Outcome], confidence: Confidence = own_confidence) -> Curve:
    """Return the risk–coverage curve of outcomes; empty if no question has a gold answer."""
    return curve_of(_pairs(outcomes, confidence))


def aurc(outcomes: Sequence[Outcome], confidence: Confidence = own_confidence) -> float | None:
    """Return the area under the risk–coverage curve, 0 to 1, 0 is best; None without a curve."""
    curve = risk_coverage(outcomes, confidence)
    return area(curve) if curve else None


def aurc_interval(outcomes: Sequence[Outcome], seed: int, confidence: Confidence = own_confidence) -> Interval | None:
    """Return the 95 % bootstrap interval of ``aurc``; None if that is None."""
    pairs = _pairs(outcomes, confidence)
    return bootstrap(len(pairs), resampled_areas(pairs), seed) if pairs else None


def curve_of(pairs: Iterable[Pair]) -> Curve:
    """Return (coverage, risk) points, from the most confident answer to all of them.

    The risk is the share of wrong answers among those given. Equally confident answers share their errors evenly.

    Source: El-Yaniv and Wiener 2010.
    """
    errors: list[float] = []
    for _, group in groupby(sorted(pairs, key=lambda pair: -pair[0]), key=lambda pair: pair[0]):
        wrong = [pair[1] for pair in group]
        errors += [sum(wrong) / len(wrong)] * len(wrong)
    risks = np.cumsum(errors) / np.arange(1, len(errors) + 1)
    return [(at / len(errors), float(risk)) for at, risk in enumerate(risks, start=1)]


def area(curve: Curve) -> float:
    """Return the mean risk over all coverages (Geifman and El-Yaniv 2017)."""
    return sum(risk for _, risk in curve) / len(curve)


def resampled_areas(pairs: Sequence[Pair | None]) -> Callable[[Indices], Floats]:
    """Return a function from resampled questions, indices (m, n), to areas (m,); None is a question left out."""
    places = np.array([-pair[0] if pair else np.inf for pair in pairs])
    wrong = np.array([bool(pair and pair[1]) for pair in pairs], dtype=np.float64)
    counted = np.array([pair is not None for pair in pairs], dtype=np.float64)

    def areas(drawn: Indices) -> Floats:
        # A stable sort leaves equally confident answers in the random order in which they were drawn.
        order = np.take_along_axis(drawn, np.argsort(places[drawn], axis=1, kind="stable"), axis=1)
        weights = counted[order]
        risks = np.cumsum(wrong[order], axis=1) / np.maximum(1, np.cumsum(weights, axis=1))
        found: Floats = (risks * weights).sum(axis=1) / np.maximum(1, weights.sum(axis=1))
        return found

    return areas


def _pairs(outcomes: Sequence[Outcome], confidence: Confidence) -> list[Pair]:
    """Return the pairs of the outcomes on the curve, the most confident first."""
    if not any(outcome.judged and outcome.question.answerable and outcome.question.answers for outcome in outcomes):
        return []
    pairs = []
    for outcome in outcomes:
        found = verdict(outcome)
        if found in {"retrieved", "declined_right"} or (outcome.question.answerable and not outcome.question.answers):
            continue
        own = confidence_of(outcome, confidence)
        pairs.append((float("-inf") if own is None else own, found != "right"))
    return sorted(pairs, key=lambda pair: -pair[0])
