"""Server-sent events: from a worker thread to the event loop, and from there to the client."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, suppress
from typing import Any, TypeVar, cast

from fastapi.sse import EventSourceResponse, format_sse_event

from rag.core.serialization import encodable

T = TypeVar("T")
KEEP_ALIVE_SECONDS = 15.0
KEEP_ALIVE = b": keep-alive\n\n"
END = object()
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""The second keeps nginx from buffering events."""


async def iterate_in_thread(
    work: Callable[[Callable[[], bool]], Iterator[T]], ended: Callable[[], None]
) -> AsyncIterator[T]:
    """Run an iterator in a thread of its own and yield its items, or raise its error.

    Args:
        work: Makes the iterator, given a function that returns whether the consumer is gone.
        ended: Called in the event loop when the thread is done.
    """
    loop, gone = asyncio.get_running_loop(), threading.Event()
    found: asyncio.Queue[T | BaseException | None] = asyncio.Queue()

    def tell(item: T | BaseException | None) -> None:
        loop.call_soon_threadsafe(found.put_nowait, item)

    def run() -> None:
        with suppress(RuntimeError):  # The loop is closed if the server has ended.
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
    """Write a server-sent event with JSON as its data."""
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return format_sse_event(event=name, data_str=encodable(data), id=str(number))


def data(content: Any) -> bytes:
    """Write an event without a name, as clients of OpenAI's API read it."""
    written = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return format_sse_event(data_str=encodable(written))


class EventStream(EventSourceResponse):
    """A response that streams events and closes their source when the client disconnects."""

    def __init__(self, events: AsyncIterator[bytes]) -> None:
        super().__init__(_with_keep_alive(events), headers=HEADERS)


async def with_timeouts(events: AsyncIterator[T], seconds: float) -> AsyncGenerator[T | None, None]:
    """Yield the events, and None whenever no event came for so many seconds."""
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


async def _with_keep_alive(events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the events, and a comment when none came for a while, so that no proxy closes the connection."""
    async with aclosing(with_timeouts(events, KEEP_ALIVE_SECONDS)) as pieces:
        async for piece in pieces:
            yield KEEP_ALIVE if piece is None else piece
