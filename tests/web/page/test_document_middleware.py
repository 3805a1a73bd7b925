"""What is put into the page's document before it is sent."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator

import pytest
from anyio.from_thread import start_blocking_portal
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.types import ASGIApp

from rag.web.i18n import strings
from rag.web.page.document_middleware import DocumentMiddleware, completed
from rag.web.static import theme

PAGE = (
    '<html><head><meta property="og:title" content="Gradio" />\n<meta\n name="twitter:image"\n content="elsewhere"\n/>'
    '<meta name="viewport"></head><body><gradio-app></gradio-app></body></html>'
)


def sent(app: ASGIApp, accept: str = "", method: str = "GET") -> tuple[dict[str, str], bytes]:
    """The headers and the body that come out of the middleware around an application."""
    messages: list[dict] = []

    async def send(message: dict) -> None:
        messages.append(message)

    async def receive() -> dict:
        await asyncio.Event().wait()
        raise AssertionError

    scope = {
        "type": "http", "method": method, "path": "/", "headers": [(b"accept-encoding", accept.encode())],
        "extensions": {},
    }  # fmt: skip
    with start_blocking_portal() as portal:  # A thread of its own: a browser's loop may run in this one.
        portal.call(DocumentMiddleware(app), scope, receive, send)
    start, *bodies = messages
    assert [message["type"] for message in messages] == ["http.response.start"] + ["http.response.body"] * len(bodies)
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return headers, b"".join(message.get("body", b"") for message in bodies)


def in_pieces() -> Iterator[str]:
    yield PAGE[:70]
    yield PAGE[70:]


@pytest.mark.parametrize(
    "make", [lambda: HTMLResponse(PAGE), lambda: StreamingResponse(in_pieces(), media_type="text/html")]
)
def test_the_head_is_there_before_a_script_has_run(make) -> None:
    headers, body = sent(make())
    document = body.decode()
    assert int(headers["content-length"]) == len(body)
    assert document.index(theme.early_head()) < document.index("</head>")
    assert document.count(theme.early_head()) == 1
    assert document.index(strings.NO_SCRIPT) < document.index("</body>")


def test_gradio_says_nothing_of_itself_to_those_who_preview_a_link() -> None:
    head = completed(PAGE.encode()).decode().partition("<link")[0]
    assert head == '<html><head><meta name="viewport">'


def test_it_is_compressed_for_those_who_can_read_that() -> None:
    headers, body = sent(HTMLResponse(PAGE), "gzip, br")
    assert headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in headers["vary"]
    assert int(headers["content-length"]) == len(body)
    assert gzip.decompress(body) == completed(PAGE.encode())


@pytest.mark.parametrize(
    "answer",
    [HTMLResponse("<html><head></head><body>Log in</body></html>"), HTMLResponse(""), HTMLResponse("<gradio-app>")],
)
def test_other_documents_stay_as_they_are(answer: Response) -> None:
    _, body = sent(answer)
    assert body == answer.body


def test_what_is_no_document_is_passed_on_as_it_comes() -> None:
    headers, body = sent(Response(PAGE, media_type="text/event-stream"), "gzip")
    assert "content-encoding" not in headers
    assert body == PAGE.encode()
    headers, _ = sent(HTMLResponse(PAGE), "gzip", method="HEAD")
    assert headers["content-length"] == str(len(PAGE))
