"""The edge of the API, before the gate: each request gets an id, and pages of embeds' origins may read the answers."""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.core.errors import RagError
from rag.web.embed.store import EmbedStore
from rag.web.paths import is_api
from rag.web.problems import ProblemError, response

REQUEST_ID = "x-request-id"
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
METHODS = "GET, POST, PATCH, DELETE"
HEADERS = "Authorization, Content-Type, Accept, X-Request-Id"
READABLE = "X-Request-Id, Retry-After"
PREFLIGHT_SECONDS = 600


class Edge:
    """Middleware. A page of another origin may read the answers where an embed is for that origin, and only there."""

    def __init__(self, app: ASGIApp, embeds: EmbedStore) -> None:
        self._app = app
        self._embeds = embeds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_api(scope):
            await self._app(scope, receive, send)
            return
        given = Request(scope).headers.get(REQUEST_ID, "")
        request_id = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        scope = {**scope, "state": {**scope.get("state", {}), "request_id": request_id}}
        request = Request(scope)
        origin = request.headers.get("origin", "")
        readable = bool(origin) and self._allows(origin)

        async def send_readable(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers.setdefault("Cache-Control", "no-store")
                headers.add_vary_header("Origin")
                if readable:
                    headers["Access-Control-Allow-Origin"] = origin
                    headers["Access-Control-Expose-Headers"] = READABLE
            await send(message)

        if scope["method"] == "OPTIONS" and "access-control-request-method" in request.headers:
            await self._preflight(request, readable)(scope, receive, send_readable)
        else:
            await self._app(scope, receive, send_readable)

    def _allows(self, origin: str) -> bool:
        try:
            return self._embeds.allows(origin)
        except RagError:
            return False  # What is the matter with the file is told to those who come in.

    @staticmethod
    def _preflight(request: Request, readable: bool) -> Response:
        if not readable:
            return response(ProblemError("origin-refused", NOT_ALLOWED), request)
        allowed = {
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": HEADERS,
            "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        }
        return Response(status_code=204, headers=allowed)


NOT_ALLOWED = (
    "Pages of this origin may not ask here. Whoever runs Footnote can allow it: rag embed create NAME --origin ORIGIN."
)
