"""Where the widget is fetched from, and the page that stands in an iframe. Neither asks for a login: what is answered
is a matter of the reader's token.
"""

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
from rag.web.i18n import catalogs, strings
from rag.web.rendering.escaping import plain
from rag.web.widget.module import frame_script, module

AN_HOUR = "public, max-age=3600"
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'"
)
"""What the page of an iframe may do; which pages it may stand in is added for each embed."""


class Embeds(Protocol):
    """Who may embed the chat: ``rag.web.embed.store.EmbedStore``."""

    def find(self, embed_id: str, /) -> Embed | None: ...


def router(embeds: Embeds) -> APIRouter:
    """The widget's module, the script of the iframe's page, and that page."""
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
        with suppress(RagError):  # What is the matter with their file is told by the API to those who come in.
            embed = embeds.find(id)
        if embed is None or not embed.is_active:
            return _page(f'<main role="alert"><p>{plain(strings.WIDGET["no_embed"])}</p></main>', status=404)
        origins = json.dumps(embed.origins)
        data = f' data-embed="{plain(embed.id)}" data-origins="{plain(origins)}"'
        script = '<script type="module" src="../widget/v1/frame.js"></script>'
        body = f"<main><h1>{plain(strings.NAME)}</h1><noscript><p>{plain(strings.NO_SCRIPT)}</p></noscript></main>"
        return _page(body, data, script, ancestors=" ".join(embed.origins))

    return routes


def _script(request: Request, content: bytes) -> Response:
    """The script for pages of any origin, or that it is still the one that the browser has."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": AN_HOUR,
        "ETag": f"W/{tag}",
        "Vary": "Accept-Encoding",
    }
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = _smaller(content), "gzip"
    return Response(content, media_type="text/javascript", headers=headers)


@cache
def _smaller(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _page(body: str, data: str = "", head: str = "", *, ancestors: str = "'none'", status: int = 200) -> Response:
    """A page that only these origins may have in a frame."""
    policy = f"{POLICY}; frame-ancestors {ancestors}"
    return HTMLResponse(
        f'<!DOCTYPE html><html lang="{catalogs.current_language()}" dir="{catalogs.direction()}"{data}><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'  # Or a dark page would see white behind round corners.
        f"<title>{plain(strings.NAME)}</title>{head}</head><body>{body}</body></html>",
        status,
        {"Content-Security-Policy": policy, "Cache-Control": "no-store"},
    )
