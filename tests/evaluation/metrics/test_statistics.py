"""Intervals, permutation tests and percentiles against what can be counted by hand."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.metrics import statistics
from rag.evaluation.metrics.statistics import (
    bootstrap,
    bootstrap_interval,
    paired_bootstrap_interval,
    percentile,
    permutation_p,
)

shares = st.floats(0, 1, allow_nan=False)


def test_values_that_are_all_alike_have_an_interval_of_no_width() -> None:
    assert bootstrap_interval([0.7] * 40, seed=1) == pytest.approx((0.7, 0.7), abs=1e-12)
    assert bootstrap_interval([1.0], seed=1) == (1.0, 1.0)
    assert paired_bootstrap_interval([0.25, 0.5, 1.0], [0.5, 0.75, 1.25], seed=1) == (0.25, 0.25)


def test_the_interval_of_a_share_is_about_that_of_the_normal_approximation() -> None:
    # 100 of 400: 0.25 ± 1.96 · √(0.25 · 0.75 / 400) = 0.25 ± 0.0424.
    low, high = bootstrap_interval([1.0] * 100 + [0.0] * 300, seed=7)
    assert low == pytest.approx(0.25 - 0.0424, abs=0.006)
    assert high == pytest.approx(0.25 + 0.0424, abs=0.006)


def test_about_95_of_100_intervals_hold_the_true_mean() -> None:
    generator = np.random.default_rng(5)
    held = 0
    for seed in range(200):
        low, high = bootstrap_interval(list(generator.normal(3, 1, size=50)), seed, resamples=400)
        held += low <= 3 <= high
    # A binomial share of 0.95 in 200 trials has a standard deviation of 0.015; percentile intervals are a bit narrow.
    assert 0.89 <= held / 200 <= 0.99


@given(st.lists(shares, min_size=1, max_size=30), st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_interval_within_the_values(values: list[float], seed: int) -> None:
    low, high = bootstrap_interval(values, seed, resamples=50)
    assert (low, high) == bootstrap_interval(values, seed, resamples=50)
    assert min(values) - 1e-12 <= low <= high <= max(values) + 1e-12


def test_another_seed_gives_another_interval() -> None:
    values = list(np.linspace(0, 1, 50) ** 2)
    assert bootstrap_interval(values, seed=1) != bootstrap_interval(values, seed=2)


def test_pairs_are_drawn_together() -> None:
    """What makes questions hard is the same on both sides: the difference is known much better than either mean."""
    a = list(np.linspace(0, 0.9, 60))
    b = [value + (0.1 if at % 2 else 0.0) for at, value in enumerate(a)]
    low, high = paired_bootstrap_interval(a, b, seed=1)
    alone = bootstrap_interval(a, seed=1)
    # Differences are 0 and 0.1 in equal number: 0.05 ± 1.96 · 0.05 / √60 = 0.05 ± 0.0127.
    assert (low, high) == (pytest.approx(0.0373, abs=0.003), pytest.approx(0.0627, abs=0.003))
    assert high - low < (alone[1] - alone[0]) / 4


def test_bootstrap_of_any_statistic_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.array([0.0, 1.0, 5.0])
    largest = bootstrap(3, lambda drawn: values[drawn].max(axis=1), seed=1)
    # The smallest of the resampled maxima: 1/27 of the resamples are all 0, more than 2.5 %.
    assert largest == (0.0, 5.0)
    sizes = []
    monkeypatch.setattr(statistics, "BLOCK", 30)
    bootstrap(3, lambda drawn: sizes.append(len(drawn)) or values[drawn].mean(axis=1), seed=1, resamples=25)
    assert sizes == [10, 10, 5]


def test_permutation_test_by_hand() -> None:
    # Differences 0.5, 0.25, 0.25, 0.25 (and two of 0, which no sign changes). Their sum is 1.25; of the 16 signings
    # only all + and all − reach it: 2/16.
    a, b = [0.0, 0.25, 0.5, 0.5, 1.0, 0.0], [0.5, 0.5, 0.75, 0.75, 1.0, 0.0]
    assert permutation_p(a, b, seed=1) == 2 / 16
    # Differences 1, 1, 1, −1: the sum is 2. As far from 0: all alike (2), and one that differs (2 · 4): 10/16.
    assert permutation_p([0, 0, 0, 1], [1, 1, 1, 0], seed=1) == 10 / 16


def test_nothing_differs() -> None:
    assert permutation_p([0.5, 1.0], [0.5, 1.0], seed=1) == 1.0


def test_exact_for_twelve_differences_and_random_beyond() -> None:
    assert permutation_p([0.0] * 12, [1.0] * 12, seed=1) == 2 / 2**12
    # None of the random signings is likely to be all alike (2 in 2¹⁰⁰), and the p-value is still not 0.
    assert permutation_p([0.0] * 100, [1.0] * 100, seed=1) == 1 / 10_001


def test_random_signings_come_near_the_exact_p_value() -> None:
    # 13 differences of 1, of which 10 are positive: sign test, 2 · Σ C(13, k ≤ 3) / 2¹³ = 2 · 378 / 8192.
    a, b = [0.0] * 10 + [1.0] * 3, [1.0] * 10 + [0.0] * 3
    exact = 2 * sum(math.comb(13, k) for k in range(4)) / 2**13
    assert permutation_p(a, b, seed=1) == pytest.approx(exact, abs=0.01)
    assert permutation_p(a, b, seed=1) == permutation_p(a, b, seed=1)


@given(st.lists(st.tuples(shares, shares), min_size=1, max_size=8))
def test_the_exact_p_value_counts_every_signing(pairs: list[tuple[float, float]]) -> None:
    differences = [b - a for a, b in pairs]
    sums = [
        abs(math.fsum(map(math.prod, zip(differences, signs, strict=True))))
        for signs in product([1, -1], repeat=len(pairs))
    ]
    as_far = sum(one >= abs(math.fsum(differences)) - 1e-9 * math.fsum(map(abs, differences)) for one in sums)
    assert permutation_p([a for a, _ in pairs], [b for _, b in pairs], seed=1) == as_far / len(sums)


@given(st.lists(st.tuples(shares, shares), min_size=1, max_size=20), st.integers(0, 100))
def test_p_values_do_not_depend_on_which_side_is_first(pairs: list[tuple[float, float]], seed: int) -> None:
    a, b = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    p = permutation_p(a, b, seed, permutations=100)
    assert p == permutation_p(b, a, seed, permutations=100)
    assert 0 < p <= 1


def test_percentiles() -> None:
    assert percentile([4, 1, 3, 2], 50) == 2.5
    # Between the 20th and the 21st of 21 values: 0.95 · 20 = 19.
    assert percentile(range(21), 95) == 19.0
    assert percentile([7], 95) == 7.0


@pytest.mark.parametrize("values", [[], [float("nan")], [1.0, float("inf")]])
def test_what_has_no_mean_is_refused(values: list[float]) -> None:
    for call in (lambda: bootstrap_interval(values, 1), lambda: percentile(values, 50)):
        with pytest.raises(ValueError, match="at least one value, and finite ones"):
            call()


def test_pairs_of_different_number_are_refused() -> None:
    with pytest.raises(ValueError, match="as many values on both sides, not 1 and 2"):
        permutation_p([1.0], [1.0, 0.0], seed=1)
    with pytest.raises(ValueError, match="at least one value and one resample"):
        bootstrap(0, lambda drawn: drawn.mean(axis=1), seed=1)
