"""Turns at the model: in order, with everybody's place known, and nobody stuck."""

from __future__ import annotations

import threading
import time

import pytest

from rag.models.request_queue import Turns


def never() -> bool:
    return False


def test_whoever_comes_first_is_served_first_and_the_others_know_their_place() -> None:
    turns = Turns()
    first = turns.join()
    served: list[str] = []
    places: dict[str, list[int]] = {"second": [], "third": []}

    def wait(name: str, ready: threading.Event) -> None:
        with turns.join() as turn:
            ready.set()
            places[name] += turn.waited(never)
            served.append(name)

    threads = []
    for name in places:
        ready = threading.Event()
        threads.append(threading.Thread(target=wait, args=(name, ready)))
        threads[-1].start()
        assert ready.wait(5)
    while places != {"second": [1], "third": [2]}:
        time.sleep(0.001)
    turns.leave(first)
    for thread in threads:
        thread.join(5)
    assert served == ["second", "third"]
    assert places["third"][0] == 2


def test_the_next_one_comes_before_those_who_wait() -> None:
    turns = Turns()
    first, second = turns.join(), turns.join()
    again = turns.join(next_one=True)
    assert (first.ahead, again.ahead, second.ahead) == (0, 1, 2)
    assert Turns().join(next_one=True).ahead == 0


def test_whoever_is_no_longer_wanted_stops_waiting_and_lets_the_others_up() -> None:
    turns = Turns()
    with turns.join():
        given_up = turns.join()
        last = turns.join()
        with given_up:
            assert list(given_up.waited(lambda: True)) == []
            assert given_up.ahead == 1
        assert last.ahead == 1


def test_a_turn_ends_where_its_holder_fails() -> None:
    turns = Turns()
    with pytest.raises(RuntimeError), turns.join():
        raise RuntimeError
    assert turns.join().ahead == 0
