"""Is it sure when it is right? The risk–coverage curve of selective answering and the area under it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from rag.evaluation.metrics.outcome import Outcome, verdict
from rag.evaluation.metrics.statistics import Floats, Indices, Interval, bootstrap

Confidence = Callable[[Mapping[str, Any]], float]
"""How sure an answer is, from its JSON object; larger is surer."""


def mean_support(answer: Mapping[str, Any]) -> float:
    """Mean support of the answer's sentences, 0 to 1; 0 where it has none."""
    sentences = answer["sentences"]
    return sum(float(sentence["support"]) for sentence in sentences) / len(sentences) if sentences else 0.0


def sureness(answer: Mapping[str, Any]) -> float:
    """How likely the answer stands by its own account, 0 to 1; the mean support where it gives none."""
    own = answer.get("confidence")
    return mean_support(answer) if own is None else float(own)


def confidence_of(outcome: Outcome, confidence: Confidence = sureness) -> float | None:
    """How sure the outcome's answer is; None where it was declined, failed or was not asked for."""
    return confidence(outcome.answered) if outcome.answered else None


def risk_coverage(outcomes: Sequence[Outcome], confidence: Confidence = sureness) -> list[tuple[float, float]]:
    """(share of the questions answered, share of wrong ones among them), from the surest answer to all of them.

    El-Yaniv and Wiener 2010. Answers that are equally sure come in any order, so their errors are spread evenly.
    Questions that were rightly declined are left out: nobody wants them answered. Those that were wrongly declined
    or failed come last and count as wrong, so that declining everything is no way to a small area. Empty where no
    question has a gold answer.
    """
    errors: list[float] = []
    for _, group in groupby(_surest_first(outcomes, confidence), key=lambda pair: pair[0]):
        wrong = [pair[1] for pair in group]
        errors += [sum(wrong) / len(wrong)] * len(wrong)
    risks = np.cumsum(errors) / np.arange(1, len(errors) + 1)
    return [(at / len(errors), float(risk)) for at, risk in enumerate(risks, start=1)]


def aurc(outcomes: Sequence[Outcome], confidence: Confidence = sureness) -> float | None:
    """Area under the risk–coverage curve: the mean risk over all coverages (Geifman and El-Yaniv 2017). 0 is best."""
    curve = risk_coverage(outcomes, confidence)
    return sum(risk for _, risk in curve) / len(curve) if curve else None


def aurc_interval(outcomes: Sequence[Outcome], seed: int, confidence: Confidence = sureness) -> Interval | None:
    """95 % bootstrap interval of ``aurc``; None where that is None."""
    ranked = _surest_first(outcomes, confidence)
    if not ranked:
        return None
    sureness = np.array([pair[0] for pair in ranked])
    wrong = np.array([pair[1] for pair in ranked], dtype=np.float64)
    places = np.cumsum(np.r_[0, sureness[1:] != sureness[:-1]])
    coverage = np.arange(1, len(ranked) + 1)

    def areas(drawn: Indices) -> Floats:
        # A stable sort leaves equally sure answers in the random order in which they were drawn.
        order = np.argsort(places[drawn], axis=1, kind="stable")
        errors = wrong[np.take_along_axis(drawn, order, axis=1)]
        found: Floats = (np.cumsum(errors, axis=1) / coverage).mean(axis=1)
        return found

    return bootstrap(len(ranked), areas, seed)


def _surest_first(outcomes: Sequence[Outcome], confidence: Confidence) -> list[tuple[float, bool]]:
    """(confidence, whether it counts as wrong) of each outcome that belongs to the curve."""
    if not any(outcome.judged and outcome.question.answerable and outcome.question.answers for outcome in outcomes):
        return []
    pairs = []
    for outcome in outcomes:
        found = verdict(outcome)
        unknown = outcome.question.answerable and not outcome.question.answers
        if unknown or found in {"retrieved", "declined_right"}:
            continue
        sure = confidence_of(outcome, confidence)
        pairs.append((float("-inf") if sure is None else sure, found != "right"))
    return sorted(pairs, key=lambda pair: -pair[0])
