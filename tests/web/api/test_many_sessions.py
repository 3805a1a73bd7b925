"""Two hundred who ask at once: each is told its place, none fails, and the limits hold."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from httpx_sse import aconnect_sse

from rag.core.events import Reading, Waiting
from rag.core.types import GeneratedText, Message
from rag.models.request_queue import RequestQueue
from rag.testing import FakeGenerator
from rag.web.api.queue import SERVED
from tests.web.api.api_site import QUESTION, ApiSite, bearer
from tests.web.held_generator import HeldGenerator

OpenApi = Callable[..., ApiSite]
SESSIONS = 200


class OneAtATime(FakeGenerator):
    """A model that answers in turn, as the real one does."""

    def __init__(self) -> None:
        super().__init__()
        self._queue = RequestQueue()
        self.at_once = 0

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[Waiting | Reading | GeneratedText]:
        with self._queue.join() as place:
            for ahead in place.positions(cancelled):
                yield Waiting(ahead)
            yield from super().stream(messages, max_tokens, cancelled)


async def session(
    client: httpx.AsyncClient, site: ApiSite, headers: dict[str, str], told: list[tuple[str, Any]] | None = None
) -> list[tuple[str, Any]]:
    """All events of a question; they are in ``told`` as they come."""
    told = [] if told is None else told
    address = f"{site.address}/api/v1/ask"
    async with aconnect_sse(client, "POST", address, json={"question": QUESTION}, headers=headers) as source:
        if source.response.status_code != 200:
            return [("refused", source.response.status_code)]
        async for one in source.aiter_sse():
            told.append((one.event, json.loads(one.data)))
        return told


def ask_at_once(site: ApiSite, headers: Sequence[dict[str, str]]) -> list[list[tuple[str, Any]]]:
    async def all_of_them() -> list[list[tuple[str, Any]]]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(timeout=120, limits=limits) as client:
            return await asyncio.gather(*(session(client, site, one) for one in headers))

    with start_blocking_portal() as portal:  # The event loop of this thread may be the browser's.
        return portal.call(all_of_them)


@pytest.mark.slow
def test_two_hundred_sessions_at_once(open_api: OpenApi) -> None:
    site = open_api(OneAtATime())
    embed = site.embed()
    found = ask_at_once(site, [bearer(embed, f"reader-{number}") for number in range(SESSIONS)])
    assert Counter(events[-1][0] for events in found) == {"answered": SESSIONS}
    places = [[content["ahead"] for name, content in events if name == "waiting"] for events in found]
    told = [one for one in places if one]
    assert len(told) >= SESSIONS - SERVED - 1, "those who wait are not told"
    assert max(place for one in told for place in one) > SESSIONS / 2
    for one in told:
        assert all(before >= after for before, after in pairwise(one)), one


@pytest.mark.slow
def test_the_limits_hold_when_all_come_at_once(open_api: OpenApi) -> None:
    site = open_api(OneAtATime(), embed_limit="50/minute")
    embed = site.embed()
    found = ask_at_once(site, [bearer(embed, f"reader-{number}") for number in range(80)])
    ended = Counter(str(events[-1][1]) if events[-1][0] == "refused" else events[-1][0] for events in found)
    assert ended == {"answered": 50, "429": 30}
    assert site.get("conversations", **bearer(embed)).status_code == 200


def test_who_gives_up_while_waiting_lets_the_others_move_up(open_api: OpenApi) -> None:
    generator = HeldGenerator()
    site = open_api(generator)
    embed = site.embed()

    async def places_of_the_last() -> list[int]:
        events: dict[str, list[tuple[str, Any]]] = {}

        async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=None)) as client:

            async def begin(who: str) -> asyncio.Task[list[tuple[str, Any]]]:
                events[who] = []
                begun = asyncio.create_task(session(client, site, bearer(embed, who), events[who]))
                while not events[who]:
                    await asyncio.sleep(0.01)
                return begun

            served = [await begin(f"reader-{number}") for number in range(SERVED)]
            leaving, last = await begin("leaving"), await begin("last")
            leaving.cancel()
            while len(events["last"]) < 2:
                await asyncio.sleep(0.01)
            generator.go.set()
            await asyncio.gather(*served, last)
        return [content["ahead"] for name, content in events["last"] if name == "waiting"]

    with start_blocking_portal() as portal:
        places = portal.call(places_of_the_last)
    assert places[:2] == [SERVED + 1, SERVED]
