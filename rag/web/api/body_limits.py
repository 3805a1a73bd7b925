"""Limit the bodies of requests: JSON only, a maximum size, and a maximum time to arrive."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.problems import ProblemError, response

MAX_BYTES = 512 * 1024
MAX_SECONDS = 20.0
"""How long a body may take to arrive."""
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
NO_LENGTH = -1


class BodyLimitMiddleware:
    """Pass a request on when its body is complete and within the limits; refuse it otherwise."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BYTES, seconds: float = MAX_SECONDS) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in WITH_BODY:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            body = await self._body(request, receive)
        except ProblemError as problem:
            refusal = response(problem, request)
            refusal.headers["Connection"] = "close"  # Otherwise the server would keep reading.
            await refusal(scope, receive, send)
            return
        if body is None:
            return
        parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_body() -> Message:
            return parts.pop() if parts else await receive()

        await self._app(scope, receive_body, send)

    async def _body(self, request: Request, receive: Receive) -> bytes | None:
        """Return the whole body, or None if the client has disconnected. Raises ProblemError."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise ProblemError("wrong-media-type", "Send JSON, with the header Content-Type: application/json.")
        if _length(request) > self._max_bytes:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._seconds):
                return await self._received(receive)
        except TimeoutError:
            raise ProblemError(
                "too-slow", f"The body did not arrive within {self._seconds:.0f} seconds. Send it again."
            ) from None

    async def _received(self, receive: Receive) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._max_bytes:
                raise self._too_large()
            if not message.get("more_body"):
                return bytes(body)

    def _too_large(self) -> ProblemError:
        limit = self._max_bytes // 1024
        return ProblemError("too-large", f"The body is larger than {limit} KiB. Shorten the question or the history.")


def _length(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else NO_LENGTH
