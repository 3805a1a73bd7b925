"""How sure a figure is: bootstrap intervals, paired differences and their permutation test, percentiles. Pure.

Whatever is drawn at random comes from a NumPy generator with the seed given: the same seed, the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Interval = tuple[float, float]
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

RESAMPLES = 1_000
PERMUTATIONS = 10_000
LARGEST_EXACT = 12
"""Differences up to which every combination of signs is tried: 2¹² of them."""
LEVEL = 0.95
BLOCK = 4_000_000
"""Numbers drawn at a time, so that many questions do not fill the memory."""


def bootstrap_interval(values: Sequence[float], seed: int, resamples: int = RESAMPLES) -> Interval:
    """95 % percentile bootstrap interval of a mean over questions (Efron and Tibshirani 1993, chapter 13).

    Raises ValueError where there is no value, or one that is not finite.
    """
    sample = _floats(values)
    return bootstrap(len(sample), lambda drawn: sample[drawn].mean(axis=1), seed, resamples)


def paired_bootstrap_interval(
    a: Sequence[float], b: Sequence[float], seed: int, resamples: int = RESAMPLES
) -> Interval:
    """95 % interval of the mean of ``b`` minus that of ``a``, which hold the same questions in the same order.

    Questions are drawn with both their values, so that what makes a question hard cancels out.
    """
    return bootstrap_interval(list(_differences(a, b)), seed, resamples)


def bootstrap(count: int, statistic: Callable[[Indices], Floats], seed: int, resamples: int = RESAMPLES) -> Interval:
    """95 % percentile bootstrap interval of any statistic of ``count`` questions.

    ``statistic`` gets the questions drawn, int64 (m, count) of indices from 0, and returns float64 (m,).
    """
    if count < 1 or resamples < 1:
        raise ValueError("A bootstrap needs at least one value and one resample.")
    generator = np.random.default_rng(seed)
    rows = max(1, BLOCK // count)
    found = [
        statistic(generator.integers(0, count, size=(min(rows, resamples - done), count)))
        for done in range(0, resamples, rows)
    ]
    low, high = np.quantile(np.concatenate(found), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def permutation_p(a: Sequence[float], b: Sequence[float], seed: int, permutations: int = PERMUTATIONS) -> float:
    """Two-sided p-value of the paired permutation test of equal means (Fisher's randomisation; Smucker et al. 2007).

    Were the two alike, each difference might as well have the other sign. The p-value is the share of all signings
    with a sum at least as far from 0: of all of them for up to 12 differences other than 0, else of random ones,
    ``(1 + as far) / (1 + drawn)`` (Phipson and Smyth 2010). 1 where nothing differs.
    """
    differences = _differences(a, b)
    differences = differences[differences != 0]
    if not len(differences):
        return 1.0
    # Sums of the same numbers in another order differ by rounding; that must not make them smaller than observed.
    observed = abs(float(differences.sum())) - 1e-9 * float(np.abs(differences).sum())
    if len(differences) <= LARGEST_EXACT:
        signings = np.arange(2 ** len(differences))[:, None] >> np.arange(len(differences)) & 1
        return float(np.mean(np.abs((1 - 2 * signings) @ differences) >= observed))
    generator = np.random.default_rng(seed)
    rows = max(1, BLOCK // len(differences))
    as_far = 0
    for done in range(0, permutations, rows):
        shape = (min(rows, permutations - done), len(differences))
        signs = 1.0 - 2.0 * generator.integers(0, 2, size=shape, dtype=np.int8)
        as_far += int(np.count_nonzero(np.abs(signs @ differences) >= observed))
    return (1 + as_far) / (1 + permutations)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which ``percent`` of the values lie, 0 to 100, interpolated between neighbours."""
    return float(np.percentile(_floats(values), percent))


def _differences(a: Sequence[float], b: Sequence[float]) -> Floats:
    """``b`` minus ``a``, question by question."""
    if len(a) != len(b):
        raise ValueError(f"Pairs need as many values on both sides, not {len(a)} and {len(b)}.")
    difference: Floats = _floats(b) - _floats(a)
    return difference


def _floats(values: Sequence[float]) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if not array.size or not np.isfinite(array).all():
        raise ValueError("Statistics need at least one value, and finite ones.")
    return array
