"""HTTP requests that can be cancelled at any moment, also before the first byte of the response.

A blocking read cannot be interrupted, an asyncio task can: the requests run in one event loop on a thread of its own,
and cancelling one closes its connection. No connection is kept open between two requests.
"""

from __future__ import annotations

import asyncio
import functools
import queue
import ssl
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass

import httpx

POLL_SECONDS = 0.03
"""How often a request that waits checks whether it was cancelled."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for a connection, and for the next byte, in seconds."""

    connect: float = 10.0
    read: float = 120.0


@dataclass(frozen=True, slots=True)
class ResponseHead:
    status: int
    headers: httpx.Headers


def stream_response(
    request: httpx.Request, cancelled: Callable[[], bool], timeouts: Timeouts, *, proxies: bool
) -> Generator[ResponseHead | bytes, None, None]:
    """Yield the head of the response, then its body as it arrives; end early once ``cancelled()`` is true.

    Redirects are not followed. With ``proxies`` the environment names the proxy. Closing the iterator closes the
    connection.

    Raises:
        httpx.HTTPError: if the request fails.
    """
    received: queue.SimpleQueue[ResponseHead | bytes | None] = queue.SimpleQueue()
    future = asyncio.run_coroutine_threadsafe(_receive(request, timeouts, proxies, received.put), _event_loop())
    future.add_done_callback(lambda _: received.put(None))
    try:
        while not cancelled():
            try:
                item = received.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if item is None:
                return future.result()
            yield item
    finally:
        future.cancel()


async def _receive(
    request: httpx.Request, timeouts: Timeouts, proxies: bool, put: Callable[[ResponseHead | bytes], None]
) -> None:
    timeout = httpx.Timeout(timeouts.read, connect=timeouts.connect)
    async with (
        httpx.AsyncClient(verify=_ssl_context(), trust_env=proxies, timeout=timeout) as client,
        client.stream(request.method, request.url, headers=request.headers, content=request.content) as response,
    ):
        put(ResponseHead(response.status_code, response.headers))
        async for block in response.aiter_bytes():
            put(block)


@functools.cache
def _event_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="model requests", daemon=True).start()
    return loop


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    """Read the trusted certificates once; it takes a noticeable time."""
    return httpx.create_ssl_context()
