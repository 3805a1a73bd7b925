"""Serves the page with fake models as a process of its own, for the tests that kill it: INDEX PORT."""

from __future__ import annotations

import sys
from pathlib import Path

from uvicorn import Config

from rag.chatbot import Chatbot
from rag.core.settings import Settings
from rag.retrieval.opening import open_retriever
from rag.store import FILE, SqliteLibrary
from rag.testing import FakeEmbedder, FakeGenerator
from rag.web.app import create_app
from rag.web.server import Server, bind


def serve(index: Path, port: int) -> None:
    settings = Settings(index=index, embedder="fake-embedder", generator="fake-generator", decline_below=0.03)
    embedder = FakeEmbedder()
    library = SqliteLibrary.open(settings.index / FILE, embedder.name)
    chatbot = Chatbot(library, open_retriever(library, embedder, settings), FakeGenerator(), settings)
    app = create_app(chatbot, settings)
    with bind("127.0.0.1", port) as listening:
        config = Config(app, log_level="warning", access_log=False, proxy_headers=False)
        Server(config, lambda: None, app.state.close).run([listening])


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
