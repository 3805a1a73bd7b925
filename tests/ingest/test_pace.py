"""The time left."""

from __future__ import annotations

import pytest

from rag.ingest.pace import WINDOW, Pace


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_said_before_there_is_anything_to_go_by() -> None:
    clock = Clock()
    pace = Pace(100, clock)
    assert pace.seconds_left(0) is None
    clock.now = 0.5
    assert pace.seconds_left(10) is None
    clock.now = 5
    assert Pace(100, clock).seconds_left(0) is None


def test_an_even_pace_is_carried_on() -> None:
    clock = Clock()
    pace = Pace(100, clock)
    for second in range(1, 101):
        clock.now = second
        left = pace.seconds_left(second)
        assert left is None or left == pytest.approx(100 - second)
    assert left == 0


def test_what_went_fast_long_ago_does_not_count() -> None:
    clock = Clock()
    pace = Pace(1000, clock)
    clock.now = 2
    pace.seconds_left(500)
    for second in range(3, 3 + 2 * int(WINDOW)):
        clock.now = second
        left = pace.seconds_left(498 + second)
    assert left == pytest.approx(1000 - (498 + second), rel=0.01)


def test_more_than_all_leaves_nothing() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    clock.now = 3
    assert pace.seconds_left(12) == 0
