"""Fit when to decline: a cross-validated logistic regression on signals of the search, or of an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.core.errors import DatasetError
from rag.evaluation.datasets.questions import Question
from rag.retrieval.retriever import Retriever
from rag.verification.answerability import (
    ANSWER_SIGNALS,
    OF_THE_MODEL,
    SIGNALS,
    AnswerCalibration,
    Calibration,
    Collection,
    signals,
)

FOLDS = 5
FEWEST = 10
"""Least number of answerable questions, and of others, to fit on; they must be near at least ``FOLDS`` articles."""
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its signals; cases of one ``group`` are always in the same fold."""

    collection: str
    type: str
    answerable: bool
    group: str
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The effect of declining below ``threshold``: shares of answerable and unanswerable questions, and by type."""

    threshold: float
    wrongly_declined: float
    declined_unanswerable: float
    by_type: Mapping[str, float]


def cases(collection: str, questions: Iterable[Question], retriever: Retriever, candidates: int) -> Iterator[Case]:
    """Retrieve for each question as answering does, reranking ``candidates`` passages.

    Questions about one article form a group; questions without gold articles join that of the first passage found.
    """
    for question in questions:
        retrieved = retriever.retrieve(question.question, candidates, question.history, as_of=question.as_of)
        nearest = (found.header.id for found in retrieved.passages[:1])
        about = question.evidence_ids[0] if question.evidence_ids else next(nearest, "")
        yield Case(collection, question.type, question.answerable, f"{collection}/{about}", dict(signals(retrieved)))


def fit(found: Sequence[Case], embedder: str, most_wrongly_declined: float) -> tuple[Calibration, list[CurvePoint]]:
    """Fit the calibration of questions, and return it with its cross-validated curve.

    Answerable and other questions weigh alike, and so do the collections within each. The threshold is the highest at
    which, cross-validated, no collection has more than the share ``most_wrongly_declined`` of its answerable questions
    declined.

    Raises:
        DatasetError: if there are too few questions of either kind, or about too few articles.
    """
    _check(found)
    values = np.array([[case.signals[name] for name in SIGNALS] for case in found])
    predicted, intercept, weights = _regression(found, values, SIGNALS, 100.0)
    figures, curve = _quality(found, predicted, most_wrongly_declined)
    return Calibration(embedder=embedder, intercept=intercept, weights=weights, **figures), curve


def answer_cases(result: Mapping[str, Any], collection: str) -> Iterator[Case]:
    """Yield the answers of a result of ``rag eval``, including those that were withdrawn after writing."""
    for row in result["rows"]:
        answer = row["answer"]
        if answer and answer.get("signals"):
            about = [*row["evidence_ids"], *(source["article_id"] for source in answer["sources"]), ""][0]
            signals = {name: float(value) for name, value in answer["signals"].items()}
            yield Case(collection, row["type"], row["answerable"], f"{collection}/{about}", signals)


def fit_answers(
    found: Sequence[Case], generator: str, most_wrongly_declined: float
) -> tuple[AnswerCalibration, list[CurvePoint]]:
    """Fit the calibration of written answers: how likely they are right. Otherwise as ``fit``.

    Signals are standardised, since there are few answers to fit on, and a missing signal counts as the mean.
    """
    _check(found)
    given = np.array([[case.signals.get(name, np.nan) for name in ANSWER_SIGNALS] for case in found])
    means = np.array([np.nanmean(column) if np.isfinite(column).any() else 0.0 for column in given.T])
    values = np.where(np.isnan(given), means, given) - means
    scales = np.where(values.std(axis=0) > 0, values.std(axis=0), 1.0)
    predicted, intercept, standardised = _regression(found, values / scales, ANSWER_SIGNALS, 0.1)
    unscaled = [round(standardised[name] / float(scale), 4) for name, scale in zip(ANSWER_SIGNALS, scales, strict=True)]
    figures, curve = _quality(found, predicted, most_wrongly_declined)
    calibration = AnswerCalibration(
        generator=generator,
        intercept=intercept,
        weights=dict(zip(ANSWER_SIGNALS, unscaled, strict=True)),
        means={name: round(float(mean), 4) for name, mean in zip(ANSWER_SIGNALS, means, strict=True)},
        ranges={name: _range(given[:, ANSWER_SIGNALS.index(name)]) for name in OF_THE_MODEL},
        **figures,
    )
    return calibration, curve


def _range(values: Floats) -> tuple[float, float]:
    """Return the 5th and 95th percentile of the known values; 0 and 0 if none is known."""
    known = values[np.isfinite(values)]
    low, high = np.percentile(known, (5, 95)) if len(known) else (0.0, 0.0)
    return round(float(low), 4), round(float(high), 4)


def _regression(
    found: Sequence[Case], values: Floats, names: Sequence[str], trust: float
) -> tuple[Floats, float, dict[str, float]]:
    """Return (cross-validated probabilities (n,), intercept, weights); a larger ``trust`` allows larger weights."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

    answerable = np.array([case.answerable for case in found])
    weights = balanced_weights([(case.answerable, case.collection) for case in found])
    model = LogisticRegression(C=trust)
    folds = StratifiedGroupKFold(FOLDS).split(values, answerable, [case.group for case in found])
    predicted: Floats = cross_val_predict(
        model, values, answerable, cv=list(folds), method="predict_proba", params={"sample_weight": weights}
    )[:, 1]
    model.fit(values, answerable, sample_weight=weights)
    fitted = {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)}
    return predicted, round(float(model.intercept_[0]), 4), fitted


def _check(found: Sequence[Case]) -> None:
    for kind, wanted in (("answerable", True), ("unanswerable", False)):
        groups = [case.group for case in found if case.answerable == wanted]
        if len(groups) < FEWEST or len(set(groups)) < FOLDS:
            raise DatasetError(
                f"There are {len(groups)} {kind} questions near {len(set(groups))} articles, and fitting needs at "
                f"least {FEWEST} of each kind, near {FOLDS} articles or more. Add some."
            )


def balanced_weights(kinds: Sequence[tuple[bool, str]]) -> Floats:
    """Return sample weights, 1 on average, by which both labels count alike, and each kind within them.

    Args:
        kinds: the label of each sample, and its kind.
    """
    sizes = Counter(kinds)
    number = Counter(label for label, _ in sizes)
    return np.array([len(kinds) / (len(number) * number[label] * sizes[label, kind]) for label, kind in kinds])


def _threshold(found: Sequence[Case], predicted: Floats, most: float) -> float:
    """Return the highest threshold, in hundredths, that declines at most the share ``most`` in every collection."""
    allowed = 1.0
    for name in {case.collection for case in found}:
        own = np.sort(
            [p for case, p in zip(found, predicted, strict=True) if case.answerable and case.collection == name]
        )
        if len(own):
            allowed = min(allowed, float(own[min(int(most * len(own)), len(own) - 1)]))
    return int(allowed * 100) / 100


def _quality(found: Sequence[Case], predicted: Floats, most: float) -> tuple[dict[str, Any], list[CurvePoint]]:
    """Return the fields that every calibration has, its threshold among them, and the cross-validated curve."""
    from sklearn.metrics import roc_auc_score

    threshold = _threshold(found, predicted, most)
    figures = {
        "decline_below": threshold,
        "auc": round(float(roc_auc_score([case.answerable for case in found], predicted)), 4),
        "wrongly_declined": round(_point(found, predicted, threshold).wrongly_declined, 4),
        "fitted_on": _collections(found),
    }
    return figures, [_point(found, predicted, at) for at in sorted({*THRESHOLDS, threshold})]


def _point(found: Sequence[Case], predicted: Floats, threshold: float) -> CurvePoint:
    declined = predicted < threshold
    answerable = np.array([case.answerable for case in found])
    kinds = np.array([f"{case.collection}: {case.type}" for case in found])
    return CurvePoint(
        threshold,
        float(declined[answerable].mean()),
        float(declined[~answerable].mean()),
        {str(kind): float(declined[kinds == kind].mean()) for kind in sorted(set(kinds))},
    )


def _collections(found: Sequence[Case]) -> tuple[Collection, ...]:
    questions = Counter(case.collection for case in found)
    answerable = Counter(case.collection for case in found if case.answerable)
    return tuple(
        Collection(name=name, questions=count, answerable=answerable[name]) for name, count in questions.items()
    )
