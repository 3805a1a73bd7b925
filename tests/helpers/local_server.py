"""A real HTTP server of this machine, in a thread, while a test needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], shop: object) -> Iterator[str]:
    """The server's address; its handlers find what they are to say in ``shop``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (handler,), {"shop": shop}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
