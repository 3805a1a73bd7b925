"""A portal with the widget for each test that asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from rag.chatbot import Chatbot
from rag.core.protocols import Generator
from rag.core.settings import Settings
from rag.retrieval.opening import open_retriever
from rag.store import FILE, SqliteLibrary
from rag.testing import FakeEmbedder, FakeGenerator
from rag.web.embed.store import EmbedStore
from rag.web.embed.tokens import sign
from tests.web.serving import served
from tests.web.widget.portal_server import served_portal
from tests.web.widget.widget_site import WidgetSite


@pytest.fixture
def open_portal(library_settings: Settings) -> Iterator[Callable[..., WidgetSite]]:
    """A function that serves a library of the test's own to a portal, with these settings and this generator."""
    with ExitStack() as stack:

        def open_with(generator: Generator | None = None, **changes: Any) -> WidgetSite:
            settings = library_settings.model_copy(update=changes)
            embedder = FakeEmbedder()
            library = SqliteLibrary.open(settings.index / FILE, embedder.name)
            retriever = open_retriever(library, embedder, settings)
            chatbot = Chatbot(library, retriever, generator or FakeGenerator(), settings)
            portal = stack.enter_context(served_portal())
            portal.footnote = stack.enter_context(served(chatbot, settings, page=False))
            embeds = EmbedStore(settings.index)
            embed = embeds.create("portal", (portal.address,))
            portal.token = lambda: sign(embed, "ada", portal.address)
            return WidgetSite(portal, embed, embeds, settings)

        yield open_with


@pytest.fixture
def plain_page(context: BrowserContext) -> Page:
    """A page for what a browser complains of by itself, such as an answer that is no good one."""
    return context.new_page()
