"""Wrong passwords are counted by network and all together, in a moving window."""

from __future__ import annotations

import time

import pytest

from rag.web.auth.throttling import FailedLogins


def test_a_guesser_waits_until_the_first_wrong_password_is_a_quarter_of_an_hour_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    failed = FailedLogins()
    for _ in range(10):
        assert failed.wait("203.0.113.9") == 0
        failed.count("203.0.113.9")
        now[0] += 1
    assert failed.wait("203.0.113.9") == 890
    now[0] += 889
    assert failed.wait("203.0.113.9") == 1
    now[0] += 1.001
    assert failed.wait("203.0.113.9") == 0
    failed.count("203.0.113.9")
    assert failed.wait("203.0.113.9") == 1


def test_a_household_has_one_address_and_all_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    failed = FailedLogins()
    for at in range(10):
        failed.count(f"2001:db8:1:2::{at:x}")
    assert failed.wait("2001:db8:1:2:ffff::1") == 900
    assert failed.wait("2001:db8:1:3::1") == 0
    for at in range(190):
        assert failed.wait(f"198.51.100.{at}") == 0
        failed.count(f"198.51.100.{at}")
    assert failed.wait("203.0.113.9") == 900
    now[0] += 900
    assert failed.wait("203.0.113.9") == 0
