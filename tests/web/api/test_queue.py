"""The line: first come, first served, and whoever leaves makes room."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal

from rag.web.api.queue import OF_ONE_CALLER, Line
from rag.web.problems import ProblemError


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    """In an event loop of its own: that of this thread may be the browser's."""
    with start_blocking_portal() as portal:
        return portal.call(work)


def test_those_who_wait_are_told_each_change() -> None:
    async def told() -> list[list[int]]:
        line = Line(served=1)
        first, second, third = (line.join(name) for name in "abc")
        seen: list[list[int]] = [[], []]

        async def wait(at: int, place: object) -> None:
            async for ahead in place.waited():  # type: ignore[attr-defined]
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
        line = Line(served=1)
        first, second, third = (line.join(name) for name in "abc")
        second.leave()
        second.leave()
        assert line.ahead_of(third) == 1
        first.leave()
        return line.ahead_of(third)

    assert run(told) == 0


def test_a_caller_and_the_line_have_their_ends() -> None:
    async def fill() -> None:
        line = Line(served=1, longest=OF_ONE_CALLER)
        places = [line.join("ada") for _ in range(OF_ONE_CALLER)]
        with pytest.raises(ProblemError) as refused:
            line.join("ada")
        assert refused.value.kind == "too-many-requests"
        line.join("bob")
        with pytest.raises(ProblemError) as full:
            line.join("cy")
        assert full.value.kind == "busy" and full.value.headers["Retry-After"] == "60"
        places[0].leave()
        line.join("ada")

    run(fill)
