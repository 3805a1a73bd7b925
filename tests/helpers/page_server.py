"""A web server on loopback that answers as it is told, politely or not, and remembers what it was asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic


@dataclass
class Page:
    body: bytes
    type: str = "text/html"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    begun: float
    """When it was asked, by the monotonic clock."""
    ended: float = 0.0


Rude = Callable[[socket.socket], None]


@dataclass
class PageServer:
    """``pages`` by path. A function in place of a page is given the bare connection, to misbehave on."""

    pages: dict[str, Page | Rude] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    url: str = ""

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def add(self, path: str, body: str | bytes, type: str = "text/html", **headers: str) -> str:
        """Put a page there; ``_`` in the names of headers stand for ``-``. Returns its address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Page(body.encode() if isinstance(body, str) else body, type, headers=named)
        return self.url + path

    def redirect(self, path: str, location: str, status: int = 302) -> str:
        self.pages[path] = Page(b"", status=status, headers={"Location": location})
        return self.url + path

    def fail(self, path: str, status: int) -> str:
        self.pages[path] = Page(b"<html>no</html>", status=status)
        return self.url + path

    def misbehave(self, path: str, rude: Rude) -> str:
        self.pages[path] = rude
        return self.url + path


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: PageServer

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        asked = Asked(self.path, dict(self.headers.items()), monotonic())
        self.site.asked.append(asked)
        self.close_connection = True
        try:
            self._answer(self.site.pages.get(self.path.partition("?")[0], Page(b"not here", "text/plain", 404)))
        except OSError:  # the client has gone, as it should where it was sent too much
            pass
        finally:
            asked.ended = monotonic()

    def _answer(self, page: Page | Rude) -> None:
        if not isinstance(page, Page):
            page(self.connection)
            return
        self.send_response(page.status)
        told = {"Content-Type": page.type, "Content-Length": str(len(page.body)), "Connection": "close"}
        for name, value in (told | page.headers).items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 50

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that hangs up early is what the tests are about


class _Server6(_Server):
    address_family = socket.AF_INET6


@contextmanager
def serve_pages(host: str = "127.0.0.1") -> Iterator[PageServer]:
    site = PageServer()
    handler = type("Handler", (_Handler,), {"site": site})
    server = (_Server6 if ":" in host else _Server)((host, 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    site.port = server.server_address[1]
    site.url = f"http://{f'[{host}]' if ':' in host else host}:{site.port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
