"""Confidence intervals and significance tests of evaluation metrics, by scipy.

Every random draw comes from a NumPy generator with the given seed: the same seed gives the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Interval = tuple[float, float]
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

RESAMPLES = 1_000
PERMUTATIONS = 10_000
LARGEST_EXACT = 12
"""Most differences for which the permutation test tries every combination of signs: 2¹² of them."""
LEVEL = 0.95
BLOCK = 4_000_000
"""Numbers drawn at a time, to bound the memory used for many questions."""


def bootstrap_interval(values: Sequence[float], seed: int, resamples: int = RESAMPLES) -> Interval:
    """Return the 95 % percentile bootstrap interval of a mean over questions.

    Raises:
        ValueError: if there are no values, or one is not finite.
    """
    sample = _floats(values)
    return bootstrap(len(sample), lambda drawn: sample[drawn].mean(axis=1), seed, resamples)


def paired_bootstrap_interval(
    a: Sequence[float], b: Sequence[float], seed: int, resamples: int = RESAMPLES
) -> Interval:
    """Return the 95 % interval of the mean of ``b`` minus that of ``a``, the same questions in the same order.

    Both values of a question are drawn together, so that its difficulty cancels out.
    """
    return bootstrap_interval(list(_differences(a, b)), seed, resamples)


def bootstrap(count: int, statistic: Callable[[Indices], Floats], seed: int, resamples: int = RESAMPLES) -> Interval:
    """Return the 95 % percentile bootstrap interval of a statistic of ``count`` questions.

    Args:
        count: number of questions, at least 1.
        statistic: maps drawn questions, int64 (m, count) of indices from 0, to float64 (m,).
        seed: of the generator.
        resamples: number of bootstrap samples, at least 1.

    Source: Efron and Tibshirani 1993, chapter 13.
    """
    if count < 1 or resamples < 1:
        raise ValueError("A bootstrap needs at least one value and one resample.")
    if count == 1:  # scipy refuses a single observation.
        (only,) = statistic(np.zeros((1, 1), dtype=np.int64))
        return float(only), float(only)
    low, high = stats.bootstrap(
        (np.arange(count),),
        lambda drawn, axis: statistic(drawn),
        n_resamples=resamples,
        batch=max(1, BLOCK // count),
        vectorized=True,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(low), float(high)


def permutation_p(a: Sequence[float], b: Sequence[float], seed: int, permutations: int = PERMUTATIONS) -> float:
    """Return the two-sided p-value of the paired permutation test of equal means, 1 if nothing differs.

    Under the null hypothesis each difference may as well have the other sign. The p-value is the share of sign
    combinations with a sum at least as far from 0: of all of them for up to 12 differences other than 0, else of
    ``permutations`` random ones, ``(1 + as far) / (1 + drawn)`` (Phipson and Smyth 2010).

    Source: Fisher's randomisation test; for retrieval, Smucker et al. 2007.
    """
    differences = _differences(a, b)
    differences = differences[differences != 0]
    if len(differences) < 2:
        return 1.0
    scale = float(np.abs(differences).sum())

    def distance(signed: Floats, axis: int) -> Any:
        # Rounded: sums of the same numbers in another order differ by floating point error, and must count as equal.
        return np.round(np.abs(signed.sum(axis=axis)) / scale, 9)

    if len(differences) <= LARGEST_EXACT:
        exact = stats.permutation_test(
            (differences,), distance, permutation_type="samples", vectorized=True, n_resamples=np.inf,
            alternative="greater",
        )  # fmt: skip
        return float(exact.pvalue)
    generator = np.random.default_rng(seed)

    def signings(size: tuple[int, ...]) -> Floats:
        signed: Floats = differences * (1.0 - 2.0 * generator.integers(0, 2, size=size, dtype=np.int8))
        return signed

    # Not permutation_test: it sorts to draw its permutations, which takes 13 times as long.
    drawn = stats.monte_carlo_test(
        differences, signings, distance, vectorized=True, n_resamples=permutations,
        batch=max(1, BLOCK // len(differences)), alternative="greater",
    )  # fmt: skip
    return float(drawn.pvalue)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which ``percent`` of the values lie, 0 to 100, interpolated between neighbours."""
    return float(np.percentile(_floats(values), percent))


def _differences(a: Sequence[float], b: Sequence[float]) -> Floats:
    """Return ``b`` minus ``a``, question by question."""
    if len(a) != len(b):
        raise ValueError(f"Pairs need as many values on both sides, not {len(a)} and {len(b)}.")
    difference: Floats = _floats(b) - _floats(a)
    return difference


def _floats(values: Sequence[float]) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if not array.size or not np.isfinite(array).all():
        raise ValueError("Statistics need at least one value, and finite ones.")
    return array
