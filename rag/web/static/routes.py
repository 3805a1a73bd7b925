"""Static files and their caching: a name never gets other content."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.static import theme

FOREVER = "max-age=31536000, immutable"


def router() -> APIRouter:
    """Return the routes of the page's icon and fonts."""
    routes = APIRouter()

    @routes.get("/favicon.ico")
    def favicon() -> Response:
        return Response(theme.favicon(), media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})

    @routes.get("/fonts/{name}")
    def font(name: str) -> Response:
        if name not in theme.fonts():
            return Response(status_code=404)
        return FileResponse(theme.FONTS / name, media_type="font/woff2", headers={"Cache-Control": FOREVER})

    return routes


class CacheControlMiddleware:
    """Let browsers cache Gradio's scripts and style sheets, whose names contain a hash of their content."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_caching(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(scope=message).setdefault("Cache-Control", FOREVER)
            await send(message)

        hashed = scope["type"] == "http" and scope["path"].removeprefix(scope["root_path"]).startswith("/assets/")
        await self._app(scope, receive, send_with_caching if hashed else send)
