"""A server of chat completions on 127.0.0.1 that remembers what it was asked, and answers well or badly, as told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.helpers.local_server import serving

TEXT = ("The ferry", " was", " sold", ".")
Behaviour = Callable[["Handler", dict[str, Any]], None]


@dataclass
class ChatServer:
    """``behaviours`` answer by path; what has none is answered with 404."""

    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    """Path, JSON and headers of each request, the latest last."""
    gone: list[float] = field(default_factory=list)
    """When it was noticed, by the monotonic clock, that a client had closed its connection."""
    url: str = ""

    def bodies(self, path: str = "/v1/chat/completions") -> list[dict[str, Any]]:
        return [body for asked, body, _ in self.asked if asked == path]

    def says(self, behaviour: Behaviour, path: str = "/v1/chat/completions") -> None:
        self.behaviours[path] = behaviour


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shop: ChatServer

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: dict[str, Any]) -> None:
        self.shop.asked.append((self.path, body, dict(self.headers)))
        try:
            self.shop.behaviours.get(self.path, status(404, {"detail": "Not Found"}))(self, body)
        except OSError:
            self.shop.gone.append(time.monotonic())
            self.close_connection = True

    def begin(self, code: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.send_response(code)
        for name, value in {"Content-Type": kind, "Connection": "close", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.close_connection = True

    def event(self, data: object) -> None:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()

    def wait_until_gone(self) -> None:
        """Send nothing, and notice when the client closes its connection."""
        self.connection.settimeout(90)
        if not self.connection.recv(1):
            self.shop.gone.append(time.monotonic())


def chunk(
    text: str | None, log_probability: float | None = None, finish: str | None = None, **delta: str
) -> dict[str, Any]:
    logprobs = None if log_probability is None else {"content": [{"token": text, "logprob": log_probability}]}
    return {"choices": [{"delta": {"content": text, **delta}, "logprobs": logprobs, "finish_reason": finish}]}


USAGE = {
    "choices": [],
    "usage": {"prompt_tokens": 61, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 32}},
}


def status(code: int, body: object = "", **headers: str) -> Behaviour:
    """Refuse with a status and, in JSON, a body."""

    def behave(handler: Handler, _: dict[str, Any]) -> None:
        handler.begin(code, "application/json", **headers)
        handler.wfile.write((body if isinstance(body, str) else json.dumps(body)).encode())

    return behave


def streams(*found: object, pause: float = 0.0) -> Behaviour:
    """Send events, in JSON or as they are; the connection is closed after the last."""

    def behave(handler: Handler, _: dict[str, Any]) -> None:
        handler.begin()
        for event in found:
            handler.event(event)
            time.sleep(pause)

    return behave


def writes(*pieces: str, log_probability: float | None = -0.25) -> Behaviour:
    """Stream an answer as a server does that knows everything."""
    return streams(*(chunk(piece, log_probability) for piece in pieces), chunk(None, None, "stop"), USAGE, "[DONE]")


def hangs(handler: Handler, _: dict[str, Any]) -> None:
    handler.wait_until_gone()


def models(*names: str) -> Behaviour:
    return status(200, {"object": "list", "data": [{"id": name} for name in names]})


def likely(tokens: Sequence[tuple[str, float]]) -> Behaviour:
    """Answer with one token, and tell which ones were likely."""
    top = [{"token": token, "logprob": value} for token, value in tokens]
    choice = {"message": {"content": tokens[0][0]}, "logprobs": {"content": [{"top_logprobs": top}]}}
    return status(200, {"choices": [choice]})


@contextmanager
def serve() -> Iterator[ChatServer]:
    shop = ChatServer(
        {
            "/v1/models": models("large", "small"),
            "/v1/chat/completions": writes(*TEXT),
        }
    )
    with serving(Handler, shop) as shop.url:
        yield shop
