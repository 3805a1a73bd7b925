"""One HTTP request, answered piece by piece, that can be given up at any moment: before the first byte as well.

A blocking read cannot be interrupted, a task can. So each request runs in an event loop on a thread of its own, and
cancelling it closes its connection. No connection stays open between two requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import queue
import ssl
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass

import httpx

LOOK_SECONDS = 0.03
"""How often it is looked whether the request was cancelled, while nothing comes."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long to wait for a connection, and for the next byte, in seconds."""

    connect: float = 10.0
    silence: float = 120.0


@dataclass(frozen=True, slots=True)
class Head:
    """How an answer begins."""

    status: int
    headers: httpx.Headers


_Found = queue.SimpleQueue[Head | bytes | asyncio.Task[None]]
"""What has come; last the task itself, when it is done."""


def exchange(
    request: httpx.Request, cancelled: Callable[[], bool], waits: Waits, *, proxies: bool
) -> Generator[Head | bytes, None, None]:
    """The head of the answer, then its body as it comes. It ends early, without an error, once ``cancelled()`` is true.

    Redirects are not followed. With ``proxies`` the environment says which one to go through. The connection is closed
    when the iterator is. Raises httpx.HTTPError.
    """
    found: _Found = queue.SimpleQueue()
    loop = asyncio.new_event_loop()
    task = loop.create_task(_read(request, waits, proxies, found))
    threading.Thread(target=_run, args=(loop, task, found), name="exchange", daemon=True).start()
    try:
        while not cancelled():
            try:
                item = found.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                continue
            if isinstance(item, asyncio.Task):
                return item.result()  # Raises what the task ended with.
            yield item
    finally:
        with contextlib.suppress(RuntimeError):  # The loop is closed where the task is done.
            loop.call_soon_threadsafe(task.cancel)


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None], found: _Found) -> None:
    loop.run_until_complete(asyncio.wait([task]))
    loop.close()
    found.put(task)


async def _read(request: httpx.Request, waits: Waits, proxies: bool, found: _Found) -> None:
    timeout = httpx.Timeout(waits.silence, connect=waits.connect)
    async with (
        httpx.AsyncClient(verify=_trusted(), trust_env=proxies, timeout=timeout) as client,
        client.stream(
            request.method, request.url, headers=request.headers, content=request.content, follow_redirects=False
        ) as response,
    ):
        found.put(Head(response.status_code, response.headers))
        async for block in response.aiter_bytes():
            found.put(block)


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are trusted, read once."""
    return httpx.create_ssl_context()
