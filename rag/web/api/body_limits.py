"""The bodies of requests: JSON, not too large, and not for ever on their way."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.problems import ProblemError, response

LARGEST = 512 * 1024
SECONDS = 20.0
"""How long a body may take to come."""
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
NO_LENGTH = -1


class Bodies:
    """Middleware that hands on a body only once it is whole."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST, seconds: float = SECONDS) -> None:
        self._app = app
        self._largest = largest
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
            refusal.headers["Connection"] = "close"  # Or the server would go on reading what still comes.
            await refusal(scope, receive, send)
            return
        if body is None:
            return
        parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_whole() -> Message:
            return parts.pop() if parts else await receive()

        await self._app(scope, receive_whole, send)

    async def _body(self, request: Request, receive: Receive) -> bytes | None:
        """The whole body; None where the client has gone. Raises ProblemError."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise ProblemError("wrong-media-type", "Send JSON, with the header Content-Type: application/json.")
        if _length(request) > self._largest:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._seconds):
                return await self._received(receive)
        except TimeoutError:
            raise ProblemError(
                "too-slow", f"The body did not come within {self._seconds:.0f} seconds. Send it again."
            ) from None

    async def _received(self, receive: Receive) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._largest:
                raise self._too_large()
            if not message.get("more_body"):
                return bytes(body)

    def _too_large(self) -> ProblemError:
        most = self._largest // 1024
        return ProblemError("too-large", f"The body has more than {most} KiB. Shorten the question or the history.")


def _length(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else NO_LENGTH
