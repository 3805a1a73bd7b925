"""The queue of the API: first come, first served, and whoever leaves makes room."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal

from rag.web.api.queue import MAX_PER_CALLER, QuestionQueue
from rag.web.problems import ProblemError


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    """In an event loop of its own: that of this thread may be the browser's."""
    with start_blocking_portal() as portal:
        return portal.call(work)


def test_those_who_wait_are_told_each_change() -> None:
    async def told() -> list[list[int]]:
        queue = QuestionQueue(served=1)
        first, second, third = (queue.join(name) for name in "abc")
        seen: list[list[int]] = [[], []]

        async def wait(at: int, place: object) -> None:
            async for ahead in place.positions_async():  # type: ignore[attr-defined]
                seen[at].append(ahead)

        waiting = [asyncio.create_task(wait(0, second)), asyncio.create_task(wait(1, third))]
        for place in (first, second):
            await asyncio.sleep(0.01)
            place.leave()
        await asyncio.gather(*waiting)
        third.leave()
        return seen

    assert run(told) == [[1], [2, 1]]


def test_who_gives_up_makes_room_for_those_behind() -> None:
    async def told() -> int:
        queue = QuestionQueue(served=1)
        first, second, third = (queue.join(name) for name in "abc")
        second.leave()
        second.leave()
        assert third.ahead == 1
        first.leave()
        return third.ahead

    assert run(told) == 0


def test_a_caller_and_the_queue_have_limits() -> None:
    async def fill() -> None:
        queue = QuestionQueue(served=1, waiting=MAX_PER_CALLER)
        places = [queue.join("ada") for _ in range(MAX_PER_CALLER)]
        with pytest.raises(ProblemError) as refused:
            queue.join("ada")
        assert refused.value.kind == "too-many-requests"
        queue.join("bob")
        with pytest.raises(ProblemError) as full:
            queue.join("cy")
        assert full.value.kind == "busy" and full.value.headers["Retry-After"] == "60"
        places[0].leave()
        queue.join("ada")

    run(fill)
