"""A library and the page over it, served by a server in a thread of the tests' own process."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

from starlette.types import ASGIApp
from uvicorn import Config

from rag.chatbot import Chatbot
from rag.core.settings import Settings
from rag.web.app import create_app
from rag.web.library.ingest_job import IngestFunction
from rag.web.server import Server, bind

SAID = shutil.ignore_patterns("chats.db*", "embeds.*", "sessions.db*")


def copy_articles(settings: Settings, index: Path) -> None:
    """Copy a library, without what other tests have said or made beside it."""
    shutil.copytree(settings.index, index, ignore=SAID)


@contextmanager
def served(
    chatbot: Chatbot, settings: Settings, own_ingest: IngestFunction | None = None, *, page: bool = True
) -> Iterator[str]:
    """The address of a server in a thread of this process, with the chat page or with API and widget alone."""
    app = create_app(chatbot, settings, own_ingest, page=page)
    with bind("127.0.0.1", 0) as listening, serving(app, listening, app.state.close):
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def serving(app: ASGIApp, listening: socket, ending: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Serve any application at a socket; ``ending`` is called before its connections are closed."""
    ready = threading.Event()
    config = Config(app, log_level="warning", access_log=False, proxy_headers=False, timeout_graceful_shutdown=1)
    server = Server(config, ready.set, ending)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    assert ready.wait(30), "the server did not start"
    yield
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive(), "the server did not end"
