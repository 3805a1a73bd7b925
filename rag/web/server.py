"""Serve the web application until it is interrupted."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import uvicorn

from rag.core.errors import ServeError
from rag.core.settings import Settings
from rag.web.auth.permissions import require_login

if sys.platform != "win32":
    import resource
if TYPE_CHECKING:
    from fastapi import FastAPI

OPEN_FILES = 65_536
GOODBYE_SECONDS = 2
"""How long to wait for open connections at the end."""
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Open the chatbot and serve its page until Ctrl-C; ``ready`` gets the address as soon as it can be opened.

    Raises:
        ServeError: if the port is not available, before any model is loaded; and the errors of open_app.
    """
    _raise_open_files_limit()
    with suppress(KeyboardInterrupt), bind(settings.host, settings.port) as listening:
        app = open_app(settings)
        config = uvicorn.Config(
            app,
            log_level=settings.log_level,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # Trusted proxies are a setting of ours (proxies.py).
            timeout_graceful_shutdown=GOODBYE_SECONDS,
        )
        Server(config, lambda: ready(address(settings.host, settings.port)), app.state.close).run([listening])


def open_app(settings: Settings) -> FastAPI:
    """Create the application with its models loaded.

    If the page may add articles, it is also served without any: then an empty library is created.
    Raises the errors of require_login and of Chatbot.open.
    """
    from rag.chatbot import Chatbot
    from rag.ingest.pipeline import ingest
    from rag.models.loading import open_embedder
    from rag.store import FILE, SqliteLibrary
    from rag.web.app import create_app  # Gradio takes seconds to import, so the port is bound first.

    require_login(settings)
    embedder = open_embedder(settings)
    editable = settings.library_editing != "off"
    if editable and not (settings.index / FILE).exists():
        SqliteLibrary.create(settings.index / FILE, embedder.name, embedder.dimensions).close()
    chatbot = Chatbot.open(settings, embedder, may_be_empty=editable)
    return create_app(chatbot, settings, partial(ingest, settings=settings, embedder=embedder))


def address(host: str, port: int) -> str:
    """Return the URL for a browser on this machine."""
    shown = ANY_ADDRESS.get(host) or (f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def bind(host: str, port: int) -> socket.socket:
    """Bind the port and return its socket. Raises ServeError if it is not available."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise ServeError(
            f"The host '{host}' is unknown ({error.strerror}). Choose an address of this machine with --host."
        ) from None
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(where)
        # Two programs can bind one port until one of them listens, so this one does at once.
        bound.listen()
    except OSError as error:
        bound.close()
        raise ServeError(_refusal(error, host, port)) from None
    bound.set_inheritable(True)
    return bound


def _raise_open_files_limit() -> None:
    """Raise the limit of open files: each connection is one, and the default of 1,024 is low."""
    if sys.platform != "win32":
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, OPEN_FILES), most))


def _refusal(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use by another program. Choose another one with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} on {host} requires permissions that this user lacks. Choose one above 1023 with --port."
    return f"Could not open port {port} on {host} ({error.strerror}). Choose others with --host and --port."


class Server(uvicorn.Server):
    """A server with callbacks for when it accepts connections, and when it is about to close them."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None], ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = started
        self._on_ending = ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_ending()
        await super().shutdown(sockets)
