"""Routes of the widget and of the page in an iframe. They need no login: the API checks the reader's token."""

from __future__ import annotations

import gzip
import hashlib
import json
from contextlib import suppress
from functools import cache
from typing import Protocol

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from rag.core.errors import RagError
from rag.web.embed.store import Embed
from rag.web.rendering.environment import render
from rag.web.widget.module import frame_script, module

ONE_HOUR = "public, max-age=3600"
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'"
)
"""The policy of the page in an iframe. Its ``frame-ancestors`` are those of the embed."""


class Embeds(Protocol):
    """What is needed of ``rag.web.embed.store.EmbedStore``."""

    def find(self, embed_id: str, /) -> Embed | None: ...


def router(embeds: Embeds) -> APIRouter:
    """Return the routes of the widget's module, of the iframe's page and of its script."""
    routes = APIRouter()

    @routes.api_route("/widget/v1/footnote.js", methods=["GET", "HEAD"])
    def footnote(request: Request) -> Response:
        return _script(request, module())

    @routes.api_route("/widget/v1/frame.js", methods=["GET", "HEAD"])
    def frame(request: Request) -> Response:
        return _script(request, frame_script())

    @routes.get("/embed/{id}")
    def embedded(id: str) -> Response:
        embed = None
        with suppress(RagError):  # The API reports a damaged file to those who have a token.
            embed = embeds.find(id)
        return _page(embed if embed and embed.is_active else None)

    return routes


def _script(request: Request, content: bytes) -> Response:
    """Return a script for pages of any origin, or 304 if the browser has the current one."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": ONE_HOUR,
        "ETag": f"W/{tag}",
        "Vary": "Accept-Encoding",
    }
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = _compressed(content), "gzip"
    return Response(content, media_type="text/javascript", headers=headers)


@cache
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _page(embed: Embed | None) -> Response:
    """Return the page in an iframe, which only pages of the embed's origins may frame; 404 without an embed."""
    ancestors = " ".join(embed.origins) if embed else "'none'"
    headers = {"Content-Security-Policy": f"{POLICY}; frame-ancestors {ancestors}", "Cache-Control": "no-store"}
    origins = json.dumps(embed.origins) if embed else ""
    return HTMLResponse(render("embed.page", embed, origins), 200 if embed else 404, headers)
