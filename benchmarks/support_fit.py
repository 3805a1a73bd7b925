"""Fit the weights of rag/verification/entailment.json, and measure their accuracy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from rag.core.settings import Settings
from rag.core.types import Vector
from rag.evaluation.calibration import Floats, balanced_weights
from rag.retrieval.context_selection import EvidencePassage
from rag.verification.citations import RIVALS, Candidate, find_quotes, support_of
from rag.verification.claims import Statement, read_claim
from rag.verification.entailment import COSINE, SIGNALS, Fit, Quote, SupportModel, signals

ROUNDS = 3
"""Number of fits, each on the quotes that the previous one would choose."""
STRENGTH = 10.0
"""Inverse strength of the L2 regularisation."""
FLOOR = float(Settings.model_fields["support_floor"].default)


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, the quotes that may support it, and whether they do."""

    collection: str
    kind: str
    supported: bool
    claim: Statement
    quotes: Sequence[Candidate]


def pair(
    collection: str,
    kind: str,
    supported: bool,
    text: str,
    question: str,
    evidence: Sequence[EvidencePassage],
    vector: Vector | None,
) -> Pair:
    claim = read_claim(text, question)
    return Pair(collection, kind, supported, claim, find_quotes(claim, evidence, vector))


def starting_fit() -> SupportModel:
    """Return a model with equal weights, which chooses the first quotes."""
    plain = dict.fromkeys(SIGNALS, -3.0)
    return SupportModel(
        with_vector=Fit(intercept=3.0, weights={**plain, COSINE: 0.0}),
        without_vector=Fit(intercept=3.0, weights=plain),
        fitted_on={},
    )


def fit(pairs: Sequence[Pair]) -> SupportModel:
    """Fit a model to the pairs; supported and unsupported ones weigh alike, and so do the kinds within each."""
    model = starting_fit()
    cached = {
        id(candidate.quote): signals(one.claim, candidate.quote) for one in pairs for candidate in one.quotes[:RIVALS]
    }
    supported = np.array([one.supported for one in pairs])
    weights = balanced_weights([(one.supported, one.kind) for one in pairs])
    for _ in range(ROUNDS):
        judge = _CachedSignals(model, cached)
        found = [_signals_of(one, judge) for one in pairs]
        model = SupportModel(
            with_vector=_regression(found, (*SIGNALS, COSINE), supported, weights),
            without_vector=_regression(found, SIGNALS, supported, weights),
            fitted_on={name: sum(one.collection == name for one in pairs) for name in _names(pairs)},
        )
    return model


class _CachedSignals:
    """A model that computes the signals of each quote once, since they do not depend on its weights."""

    def __init__(self, model: SupportModel, cached: Mapping[int, Mapping[str, float]]) -> None:
        self._model = model
        self._cached = cached

    def probability(self, claim: Statement, quote: Quote) -> float:
        found = self._cached.get(id(quote)) or signals(claim, quote)
        return self._model.of_signals(found)


def _names(pairs: Iterable[Pair]) -> list[str]:
    return list(dict.fromkeys(one.collection for one in pairs))


def _signals_of(one: Pair, judge: _CachedSignals) -> Mapping[str, float]:
    chosen, _ = support_of(one.claim, one.quotes, judge)
    if not chosen:
        return dict.fromkeys(SIGNALS, 1.0) | {COSINE: 0.0}
    quote = reduce(Quote.joined, [candidate.quote for candidate in chosen])
    return {COSINE: 0.0, **signals(one.claim, quote)}


def _regression(
    found: Sequence[Mapping[str, float]], names: Sequence[str], supported: NDArray[np.bool_], weights: Floats
) -> Fit:
    """Fit a regression without the signals of missing support that get a positive weight."""
    from sklearn.linear_model import LogisticRegression

    used = list(names)
    while True:
        values = np.array([[one[name] for name in used] for one in found])
        model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(values, supported, sample_weight=weights)
        weight = dict(zip(used, model.coef_[0].tolist(), strict=True))
        wrong = [name for name in used if name != COSINE and weight[name] > 0]
        if not wrong:
            break
        used = [name for name in used if name not in wrong]
    return Fit(
        intercept=round(float(model.intercept_[0]), 3),
        weights={name: round(weight.get(name, 0.0), 3) for name in names},
    )


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How well one kind of pairs is told from those with the other label.

    Attributes:
        right: share of the kind on the right side of the support floor.
        balanced: mean of that and the share of the other label.
        auc: area under the ROC curve.
    """

    kind: str
    supported: bool
    pairs: int
    right: float
    balanced: float
    auc: float


def accuracies(pairs: Sequence[Pair], predicted: Floats) -> list[Accuracy]:
    """Return the accuracy of all pairs (kind "all", each kind weighing alike), then of every kind."""
    from sklearn.metrics import roc_auc_score

    truth = np.array([one.supported for one in pairs])
    right = (predicted >= FLOOR) == truth
    kinds = list(dict.fromkeys((one.supported, one.kind) for one in pairs))
    within = {kind: np.array([(one.supported, one.kind) == kind for one in pairs]) for kind in kinds}
    share = {kind: float(right[within[kind]].mean()) for kind in kinds}
    side = {wanted: float(np.mean([share[kind] for kind in kinds if kind[0] == wanted])) for wanted in (True, False)}
    weights = balanced_weights([(one.supported, one.kind) for one in pairs])
    overall = float(roc_auc_score(truth, predicted, sample_weight=weights))
    balanced = (side[True] + side[False]) / 2
    rows = [Accuracy("all", True, len(pairs), balanced, balanced, overall)]
    for kind in kinds:
        chosen = within[kind] | (truth != kind[0])
        auc = float(roc_auc_score(truth[chosen], predicted[chosen], sample_weight=weights[chosen]))
        balanced = (share[kind] + side[not kind[0]]) / 2
        rows.append(Accuracy(kind[1], kind[0], int(within[kind].sum()), share[kind], balanced, auc))
    return rows


def predict(pairs: Sequence[Pair], model: SupportModel) -> Floats:
    return np.array([support_of(one.claim, one.quotes, model)[1] for one in pairs])
