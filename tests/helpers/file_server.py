"""A file server on 127.0.0.1 that understands Range, remembers what it was asked, and fails on demand.

With it come two tiny models, the files of which it can serve as a model hub does.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote

from rag.models.catalog import CatalogModel, ModelFile
from rag.models.download import RetryPolicy
from rag.models.weight_source import HubSource, WeightSource
from tests.helpers.local_server import serving


@dataclass
class Asked:
    path: str
    range: str | None


@dataclass
class FileServer:
    """``files`` by path. Faults are used up in the order given, one for each request of their path."""

    files: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, list[str | int]] = field(default_factory=dict)
    ignores_range: bool = False
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def fail(self, path: str, *faults: str | int) -> None:
        """``int``: cut after so many bytes of the body; ``"503"``: that status; ``"stall"``: send half, then wait."""
        self.faults.setdefault(path, []).extend(faults)

    def requests(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shop: FileServer

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path, shop = unquote(self.path.partition("?")[0]), self.shop
        shop.asked.append(Asked(path, self.headers.get("Range")))
        waiting = shop.faults.get(path, [])
        fault = waiting.pop(0) if waiting else None
        if isinstance(fault, str) and fault.isdigit():
            return self._answer(int(fault), b"a fault")
        body = shop.files.get(path)
        if body is None:
            return self._answer(404, b"not here")
        wanted = self.headers.get("Range")
        if wanted and not shop.ignores_range:
            start = int(wanted.removeprefix("bytes=").partition("-")[0])
            if start >= len(body):
                return self._answer(416, b"", {"Content-Range": f"bytes */{len(body)}"})
            span = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
            return self._answer(206, body[start:], span, fault)
        return self._answer(200, body, {}, fault)

    def _answer(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        fault: str | int | None = None,
    ) -> None:
        self.send_response(status)
        kind = "text/html" if self.path.startswith("/simple/") else "application/octet-stream"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if fault is None:
            self.wfile.write(body)
            return
        self.wfile.write(body[: fault if isinstance(fault, int) else len(body) // 2])
        self.wfile.flush()
        if fault == "stall":
            time.sleep(0.6)
        self.close_connection = True


@contextmanager
def serve() -> Iterator[FileServer]:
    shop = FileServer()
    with serving(_Handler, shop) as shop.url:
        yield shop


QUICK = RetryPolicy(connect_seconds=2.0, stall_seconds=0.25, tries=2, backoff_seconds=0.01)
GGUF = b"GGUF\x03\0\0\0" + bytes(range(256)) * 1200
FOLDER = {"config.json": b"{}", "model.safetensors": b"weights" * 999, "1_Pooling/config.json": b'{"mean": true}'}


def pinned(path: str, body: bytes) -> ModelFile:
    return ModelFile(path, len(body), hashlib.sha256(body).hexdigest())


def answering(*sources: WeightSource) -> CatalogModel:
    return CatalogModel("tiny", "answering", "MIT", "d.", (pinned("tiny-q4.gguf", GGUF),), sources or (HUB,))


def embedder(*sources: WeightSource) -> CatalogModel:
    files = tuple(pinned(path, body) for path, body in FOLDER.items())
    return CatalogModel("mini", "embedding", "MIT", "d.", files, sources or (HUB,))


HUB = HubSource("org/model", "rev")
MIRROR = HubSource("mirror/model", "main")
AT = "/org/model/resolve/rev"


@contextmanager
def serve_models() -> Iterator[FileServer]:
    """The files of both models, as the hub source has them."""
    with serve() as server:
        server.files[f"{AT}/tiny-q4.gguf"] = GGUF
        server.files |= {f"{AT}/{path}": body for path, body in FOLDER.items()}
        yield server
