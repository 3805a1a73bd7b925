"""Complete the HTML document of Gradio's page on the server."""

from __future__ import annotations

import gzip
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.i18n import catalogs
from rag.web.rendering.environment import render
from rag.web.static import theme

GRADIO = b"<gradio-app"
"""Found only in the document of the page."""
PREVIEWS = re.compile(rb'\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>')
"""Gradio's own metadata for previews of links."""


class DocumentMiddleware:
    """Put styles and scripts into the document's head that must be there before it is drawn, and compress it.

    Gradio would add them by a script, after the page was drawn once.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        compress = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        held: Message | None = None
        parts: list[bytes] = []

        async def send_completed(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _is_html(message):
                held = message
                return
            if held is not None and message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if message.get("more_body"):
                    return
                body = completed(b"".join(parts))
                headers = MutableHeaders(scope=held)
                headers.add_vary_header("Accept-Encoding, Accept-Language, Cookie")
                if compress:
                    body = gzip.compress(body, compresslevel=6, mtime=0)
                    headers["Content-Encoding"] = "gzip"
                headers["Content-Length"] = str(len(body))
                await send(held)
                message = {"type": "http.response.body", "body": body}
                held = None
            await send(message)

        await self._app(scope, receive, send_completed)


def completed(document: bytes) -> bytes:
    """Return the page's document with our additions; any other document as it is."""
    head, found, body = document.partition(b"</head>")
    if not found or GRADIO not in body:
        return document
    spoken = f'lang="{catalogs.current_language()}" dir="{catalogs.direction()}"'
    head = head.replace(b'lang="en"', spoken.encode(), 1)
    without_scripts = render("page_frame.without_scripts").encode()
    body = body.replace(b"</body>", without_scripts + b"</body>")
    return PREVIEWS.sub(b"", head) + theme.early_head().encode() + found + body


def _is_html(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers
