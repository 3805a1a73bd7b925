"""The request queue: in order, every position known, and nobody stuck."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.models.request_queue import RequestQueue


def never() -> bool:
    return False


def test_whoever_comes_first_is_served_first_and_the_others_know_their_place() -> None:
    queue = RequestQueue()
    first = queue.join()
    served: list[str] = []
    places: dict[str, list[int]] = {"second": [], "third": []}

    def wait(name: str, ready: threading.Event) -> None:
        with queue.join() as place:
            ready.set()
            places[name] += place.positions(never)
            served.append(name)

    threads = []
    for name in places:
        ready = threading.Event()
        threads.append(threading.Thread(target=wait, args=(name, ready)))
        threads[-1].start()
        assert ready.wait(5)
    while places != {"second": [1], "third": [2]}:
        time.sleep(0.001)
    first.leave()
    for thread in threads:
        thread.join(5)
    assert served == ["second", "third"]
    assert places["third"][0] == 2


def test_the_next_one_comes_before_those_who_wait() -> None:
    queue = RequestQueue()
    first, second = queue.join(), queue.join()
    again = queue.join(first=True)
    assert (first.ahead, again.ahead, second.ahead) == (0, 1, 2)
    assert RequestQueue().join(first=True).ahead == 0


def test_whoever_is_no_longer_wanted_stops_waiting_and_lets_the_others_up() -> None:
    queue = RequestQueue()
    with queue.join():
        given_up = queue.join()
        last = queue.join()
        with given_up:
            assert list(given_up.positions(lambda: True)) == []
            assert given_up.ahead == 1
        assert last.ahead == 1


def test_a_turn_ends_where_its_holder_fails() -> None:
    queue = RequestQueue()
    with pytest.raises(RuntimeError), queue.join():
        raise RuntimeError
    assert queue.join().ahead == 0


def test_a_waiter_in_an_event_loop_is_told_what_a_thread_leaves() -> None:
    queue = RequestQueue()
    first, second, third = queue.join(), queue.join(), queue.join()
    told: list[int] = []

    async def wait() -> None:
        async for ahead in third.positions_async():
            told.append(ahead)
            threading.Thread(target=(first if ahead == 2 else second).leave).start()

    waiting = threading.Thread(target=lambda: asyncio.run(asyncio.wait_for(wait(), 5)))
    waiting.start()
    waiting.join(6)
    assert told == [2, 1] and third.ahead == 0
    third.leave()
    assert len(queue) == 0


@given(st.integers(1, 3), st.lists(st.sampled_from(["join", "first"]) | st.integers(0, 9), max_size=30))
def test_whoever_joins_and_leaves_the_order_holds(served: int, steps: list[str | int]) -> None:
    queue, expected = RequestQueue(served), []
    for step in steps:
        if isinstance(step, int):
            for place in expected[step : step + 1]:
                place.leave()
            del expected[step : step + 1]
        else:
            place = queue.join(first=step == "first")
            expected.insert(served if step == "first" else len(expected), place)
        assert [place.ahead for place in expected] == [at if at >= served else 0 for at in range(len(expected))]
        assert len(queue) == len(expected)
