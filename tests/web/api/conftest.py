"""Servers of the API: one for those who change nothing, or the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from rag.chatbot import Chatbot
from rag.core.protocols import Generator
from rag.core.settings import Settings
from rag.retrieval.opening import open_retriever
from rag.store import FILE, SqliteLibrary
from rag.testing import FakeEmbedder, FakeGenerator
from rag.web.embed.store import EmbedStore
from tests.web.api.api_site import ApiSite
from tests.web.serving import copy_articles, served


@contextmanager
def served_api(settings: Settings, generator: Generator) -> Iterator[ApiSite]:
    embedder = FakeEmbedder()
    library = SqliteLibrary.open(settings.index / FILE, embedder.name)
    chatbot = Chatbot(library, open_retriever(library, embedder, settings), generator, settings)
    with served(chatbot, settings, page=False) as address:
        yield ApiSite(address, settings, EmbedStore(settings.index), chatbot)


@pytest.fixture
def open_api(library_settings: Settings) -> Iterator[Callable[..., ApiSite]]:
    """A function that serves a library of the test's own, with these settings and this generator."""
    with ExitStack() as stack:

        def open_with(generator: Generator | None = None, **changes: Any) -> ApiSite:
            settings = library_settings.model_copy(update=changes)
            return stack.enter_context(served_api(settings, generator or FakeGenerator()))

        yield open_with


@pytest.fixture(scope="module")
def shared_api(web_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiSite]:
    """A server for the tests of a module that ask and change nothing; its limits are too high to be met."""
    index = tmp_path_factory.mktemp("api") / "index"
    copy_articles(web_settings, index)
    limits = dict.fromkeys(("subject_limit", "address_limit", "embed_limit"), "1000000/minute")
    with served_api(web_settings.model_copy(update={"index": index, **limits}), FakeGenerator()) as site:
        yield site
