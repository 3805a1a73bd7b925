"""Give each request of the API an id, and let pages of the embeds' origins read the responses (CORS)."""

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
VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
ALLOWED_METHODS = "GET, POST, PATCH, DELETE"
ALLOWED_HEADERS = "Authorization, Content-Type, Accept, X-Request-Id"
EXPOSED_HEADERS = "X-Request-Id, Retry-After"
PREFLIGHT_SECONDS = 600


class CorsMiddleware:
    """Add CORS headers for the origins of active embeds, and answer preflight requests.

    Starlette's CORSMiddleware has a fixed list of origins; embeds change while the server runs.
    """

    def __init__(self, app: ASGIApp, embeds: EmbedStore) -> None:
        self._app = app
        self._embeds = embeds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_api(scope):
            await self._app(scope, receive, send)
            return
        given = Request(scope).headers.get(REQUEST_ID, "")
        request_id = given if VALID_REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        scope = {**scope, "state": {**scope.get("state", {}), "request_id": request_id}}
        request = Request(scope)
        origin = request.headers.get("origin", "")
        is_allowed = bool(origin) and self._allows(origin)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers.setdefault("Cache-Control", "no-store")
                headers.add_vary_header("Origin")
                if is_allowed:
                    headers["Access-Control-Allow-Origin"] = origin
                    headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
            await send(message)

        if scope["method"] == "OPTIONS" and "access-control-request-method" in request.headers:
            await self._preflight(request, is_allowed)(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)

    def _allows(self, origin: str) -> bool:
        try:
            return self._embeds.allows(origin)
        except RagError:
            return False  # A damaged file is reported to authenticated callers.

    @staticmethod
    def _preflight(request: Request, is_allowed: bool) -> Response:
        if not is_allowed:
            return response(ProblemError("origin-refused", NOT_ALLOWED), request)
        allowed = {
            "Access-Control-Allow-Methods": ALLOWED_METHODS,
            "Access-Control-Allow-Headers": ALLOWED_HEADERS,
            "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        }
        return Response(status_code=204, headers=allowed)


NOT_ALLOWED = "Pages of this origin may not use this API. Allow the origin with: rag embed create NAME --origin ORIGIN."
