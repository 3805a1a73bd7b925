"""A portal: a small website of another origin that shows the widget, under a policy as strict as there is."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

POLICY = "default-src 'none'; script-src {footnote} 'self'; connect-src {footnote} 'self'; frame-src {footnote}"
"""No inline script, no evaluated one, and no style at all."""
OWN_STYLES = POLICY + "; style-src 'self'"


@dataclass
class Portal:
    """A website at ``address`` that shows the widget of the Footnote at ``footnote``.

    ``token`` makes what POST /token gives, and ``given`` counts how often it did.
    """

    address: str
    footnote: str = ""
    token: Callable[[], str] = lambda: ""
    given: int = 0
    files: dict[str, str] = field(default_factory=dict)
    policy: str = POLICY

    def show(self, body: str, script: str = "", styles: str = "", modules: int = 1) -> str:
        """The address of a page with the widget's module, and a script and styles of its own."""
        module = "".join(
            f'<script type="module" src="{self.footnote}/widget/v1/footnote.js?{number}"></script>'
            for number in range(modules)
        )
        self.policy = OWN_STYLES if styles else POLICY
        self.files["/page.js"], self.files["/page.css"] = script, styles
        sheet = '<link rel="stylesheet" href="/page.css">' if styles else ""
        self.files["/"] = (
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The portal</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{sheet}'
            f'<script src="/page.js"></script>{module}</head><body>{body}</body></html>'
        )
        return self.address + "/"


@contextmanager
def served_portal() -> Iterator[Portal]:
    """A portal in a thread of this process."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = portal.files.get(self.path)
            kind = {"js": "text/javascript", "css": "text/css"}.get(self.path.rpartition(".")[2], "text/html")
            if self.path == "/favicon.ico":
                content = ""
            self._answer(200 if content is not None else 404, kind, content or "")

        def do_POST(self) -> None:
            portal.given += 1
            self._answer(200, "application/json", json.dumps({"token": portal.token()}))

        def _answer(self, status: int, kind: str, content: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", portal.policy.format(footnote=portal.footnote))
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    portal = Portal(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield portal
    server.shutdown()
    server.server_close()
    thread.join(10)
