"""Events from a thread to the event loop, and from there to a client as server-sent events."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, suppress
from typing import Any, TypeVar, cast

from fastapi.sse import EventSourceResponse, format_sse_event

T = TypeVar("T")
KEEP_ALIVE_SECONDS = 15.0
KEEP_ALIVE = b": keep-alive\n\n"
END = object()
"""Comes after the last event."""
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""The second tells nginx to pass on each event at once."""


async def from_thread(work: Callable[[Callable[[], bool]], Iterator[T]], ended: Callable[[], None]) -> AsyncIterator[T]:
    """What ``work(is_gone)`` yields in a thread of its own, or raises.

    ``is_gone()`` is true once nobody takes any more of it. ``ended`` is called in the event loop when the thread is
    done.
    """
    loop, gone = asyncio.get_running_loop(), threading.Event()
    found: asyncio.Queue[T | BaseException | None] = asyncio.Queue()

    def tell(item: T | BaseException | None) -> None:
        loop.call_soon_threadsafe(found.put_nowait, item)

    def run() -> None:
        with suppress(RuntimeError):  # The loop is closed where the server has ended.
            try:
                for item in work(gone.is_set):
                    tell(item)
            except BaseException as error:
                tell(error)
            finally:
                loop.call_soon_threadsafe(ended)
                tell(None)

    threading.Thread(target=run, name="answer", daemon=True).start()
    try:
        while (item := await found.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        gone.set()


def event(name: str, content: Any, number: int) -> bytes:
    """One server-sent event with JSON in it."""
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return format_sse_event(event=name, data_str=_storable(data), id=str(number))


def data(content: Any) -> bytes:
    """An event without a name, as clients of OpenAI's API read it."""
    written = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return format_sse_event(data_str=_storable(written))


class EventStream(EventSourceResponse):
    """A response of events that closes their source once the client has gone."""

    def __init__(self, events: AsyncIterator[bytes]) -> None:
        super().__init__(_kept_alive(events), headers=HEADERS)


async def paced(events: AsyncIterator[T], seconds: float) -> AsyncGenerator[T | None, None]:
    """The events, and None whenever so many seconds pass without one."""
    following = asyncio.ensure_future(anext(events, END))
    try:
        while True:
            done, _ = await asyncio.wait({following}, timeout=seconds)
            if not done:
                yield None
                continue
            item = following.result()
            if item is END:
                return
            following = asyncio.ensure_future(anext(events, END))
            yield cast("T", item)
    finally:
        following.cancel()


async def _kept_alive(events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The events, and comments in between where none comes for a while, so that no proxy ends the connection."""
    async with aclosing(paced(events, KEEP_ALIVE_SECONDS)) as pieces:
        async for piece in pieces:
            yield KEEP_ALIVE if piece is None else piece


def _storable(text: str) -> str:
    """Half a character, which a model may write, cannot be sent."""
    return text.encode("utf-8", "replace").decode("utf-8")
