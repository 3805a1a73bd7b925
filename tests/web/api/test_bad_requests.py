"""What the API says to requests that it cannot serve: the right status, a problem that says what to do, no traces."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from rag.web.api import body_limits
from tests.web.api.api_site import QUESTION, ApiSite

OpenApi = Callable[..., ApiSite]


@pytest.fixture
def site(shared_api: ApiSite) -> ApiSite:
    return shared_api


def assert_problem(found: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert found.status_code == status, found.text
    assert found.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = found.json()
    assert problem["type"] == f"urn:footnote:problem:{kind}"
    assert problem["status"] == status
    assert problem["request_id"] == found.headers["x-request-id"]
    assert problem["detail"].endswith(".")
    assert "Traceback" not in found.text
    return problem


JSON = {"Content-Type": "application/json"}
BODIES = {
    "no JSON": (b"{question", JSON, 400, "invalid-json"),
    "nothing": (b"", JSON, 422, "invalid-request"),
    "a list": (b"[]", JSON, 422, "invalid-request"),
    "no question": (b"{}", JSON, 422, "invalid-request"),
    "white space": (b'{"question": "  "}', JSON, 422, "invalid-request"),
    "a number": (b'{"question": 7}', JSON, 422, "invalid-request"),
    "an unknown field": (b'{"question": "Who?", "model": "x"}', JSON, 422, "invalid-request"),
    "half a character": (b'{"question": "Who \\ud800?"}', JSON, 422, "invalid-request"),
    "not UTF-8": (b'{"question": "\xff"}', JSON, 400, "invalid-json"),
    "very deep": (b'{"question": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", JSON, 400, "invalid-json"),
    "a form": (b"question=Who", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "wrong-media-type"),
    "plain text": (b'{"question": "Who?"}', {"Content-Type": "text/plain"}, 415, "wrong-media-type"),
    "no type": (b'{"question": "Who?"}', {}, 415, "wrong-media-type"),
    "too much": (b'{"question": "' + b"x" * body_limits.MAX_BYTES + b'"}', JSON, 413, "too-large"),
    "a long question": (json.dumps({"question": "x" * 9000}).encode(), JSON, 422, "invalid-request"),
    "two pasts": (b'{"question": "Who?", "history": [], "conversation": "abc"}', JSON, 422, "invalid-request"),
    "no such day": (b'{"question": "Who?", "as_of": "2024-02-31"}', JSON, 422, "invalid-request"),
    "days the wrong way": (
        b'{"question": "Who?", "filters": {"since": "2024-02-02", "until": "2024-02-01"}}',
        JSON, 422, "invalid-request",
    ),
    "an unknown conversation": (b'{"question": "Who?", "conversation": "abc"}', JSON, 404, "not-found"),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_makes_no_sense(site: ApiSite, name: str) -> None:
    body, headers, status, kind = BODIES[name]
    found = httpx.post(f"{site.address}/api/v1/ask", content=body, headers=headers)
    assert_problem(found, status, kind)
    assert site.ask({"question": QUESTION}).status_code == 200


def test_the_field_that_is_wrong_is_named(site: ApiSite) -> None:
    problem = assert_problem(site.ask({"question": "Who?", "filters": {"colour": "red"}}), 422, "invalid-request")
    assert problem["errors"] == [{"field": "filters.colour", "problem": "Extra inputs are not permitted"}]
    assert "'filters.colour'" in problem["detail"]


@pytest.mark.parametrize("length", ["-5", "nine", "9" * 30, ""])
def test_a_length_that_is_none_is_refused_or_passed_over(site: ApiSite, length: str) -> None:
    address = urlsplit(site.address)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(
            f"POST /api/v1/ask HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {length}\r\nConnection: close\r\n\r\n".encode()
        )
        assert connection.recv(64).startswith(b"HTTP/1.1 4")
    assert site.ask({"question": QUESTION}).status_code == 200


def test_an_endless_body_in_pieces_is_cut_off(site: ApiSite) -> None:
    address = urlsplit(site.address)
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(
            f"POST /api/v1/ask HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        with pytest.raises(OSError, match=r"reset|[Bb]roken pipe"):
            for _ in range(2000):
                connection.sendall(piece)
    large = httpx.post(f"{site.address}/api/v1/ask", content=(b"x" * 65_536 for _ in range(10)), headers=JSON)
    assert_problem(large, 413, "too-large")


def test_a_body_that_never_comes_is_not_waited_for(open_api: OpenApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limits.BodyLimitMiddleware.__init__, "__defaults__", (body_limits.MAX_BYTES, 0.3))
    site = open_api()
    address = urlsplit(site.address)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(
            f"POST /api/v1/ask HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
            'Content-Length: 500\r\n\r\n{"question":'.encode()
        )
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"urn:footnote:problem:too-slow" in answer


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("GET", "/api/v1/ask", 405, "method-not-allowed"),
        ("DELETE", "/v1/models", 405, "method-not-allowed"),
        ("GET", "/api/v1/articles/none", 404, "not-found"),
        ("GET", "/api/v1/articles/none?start=-1", 422, "invalid-request"),
        ("GET", "/api/v1/conversations?limit=1000", 422, "invalid-request"),
        ("GET", "/api/v1/conversations/none", 404, "not-found"),
    ],
)
def test_an_address_where_there_is_nothing(site: ApiSite, method: str, path: str, status: int, kind: str) -> None:
    assert_problem(httpx.request(method, site.address + path), status, kind)


def test_a_request_keeps_the_id_that_it_came_with(site: ApiSite) -> None:
    assert site.get("conversations", **{"X-Request-Id": "portal-17"}).headers["x-request-id"] == "portal-17"
    forged = site.get("conversations", **{"X-Request-Id": "a b"}).headers["x-request-id"]
    assert forged != "a b" and len(forged) == 16


def test_an_error_of_the_program_shows_no_trace(site: ApiSite, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(site.chatbot, "stream", broken)
    found = site.ask({"question": QUESTION})
    assert_problem(found, 500, "unexpected")
    assert "secret detail" not in found.text
    streamed = site.ask({"question": QUESTION}, Accept="text/event-stream")
    assert "urn:footnote:problem:unexpected" in streamed.text and "secret detail" not in streamed.text


@pytest.mark.slow
def test_a_thousand_open_connections_lose_no_service(site: ApiSite) -> None:
    address = urlsplit(site.address)
    begun = f"POST /api/v1/ask HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 99\r\n".encode()
    with ExitStack() as stack:
        for number in range(1000):
            connection = stack.enter_context(socket.create_connection((address.hostname, address.port), timeout=30))
            connection.sendall(begun[: number % len(begun)])
        began = time.monotonic()
        assert site.ask({"question": QUESTION}).status_code == 200
        assert httpx.get(site.address + "/healthz").status_code == 200
        assert time.monotonic() - began < 10


def test_a_client_that_reads_nothing_does_not_hold_the_others(site: ApiSite) -> None:
    address = urlsplit(site.address)
    body = json.dumps({"question": QUESTION}).encode()
    head = (
        f"POST /api/v1/ask HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        f"Accept: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with ExitStack() as stack:
        for _ in range(12):
            connection = stack.enter_context(socket.create_connection((address.hostname, address.port), timeout=30))
            connection.sendall(head + body)
        found: list[int] = []
        asked = threading.Thread(target=lambda: found.append(site.get("conversations").status_code))
        asked.start()
        asked.join(10)
        assert found == [200]
