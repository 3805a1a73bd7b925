"""A small library behind the real page: fakes of the models, a real server, a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import BrowserContext, Page
from starlette.requests import Request

from rag.chatbot import Chatbot
from rag.core.protocols import Generator
from rag.core.settings import Settings
from rag.ingest.pipeline import ingest
from rag.retrieval.opening import open_retriever
from rag.store import FILE, SqliteLibrary
from rag.testing import FakeEmbedder, FakeGenerator
from rag.web.auth.identity import name_of, reader_of
from rag.web.auth.middleware import AccessMiddleware
from rag.web.auth.permissions import role_of
from rag.web.auth.sessions import Sessions
from rag.web.library.ingest_job import IngestFunction
from tests.web.gated import EDITOR, VIEWER, changed
from tests.web.serving import copy_articles, served

HOSTILE_TITLE = "<script>window.hacked = 1</script> \u202eThe pier\u202c & its <b>ferry</b>"
ARTICLES = {
    "harbour.md": """---
title: "Harbour lamp goes out for the winter"
date: 2024-11-03
source: "The Coast Gazette"
url: "https://gazette.example/harbour-lamp"
tags: [harbour]
---
The harbour lamp of Vellmouth was switched off on Sunday after ninety years. The keeper, Orla Dunmore, climbed the
hundred and four steps for the last time and locked the gallery door behind her.

A smaller electric beacon on the mole takes its place. It was paid for with 48,000 crowns from the fishing guild, and
it needs no keeper at all.
""",
    "bakery.md": """---
title: "Bakery on Tanner Street wins the rye prize"
date: 2024-09-14
source: "The Coast Gazette"
tags: [food]
---
The bakery on Tanner Street won the rye prize for the third year. Its loaf, which rests for two days, was chosen from
sixty-one entries by a jury of millers.

The owner, Pim Hallow, said that the secret was patience and a cold cellar.
""",
    "bridge.md": """---
title: "Footbridge over the Ambel opens"
date: 2024-06-21
source: "Vellmouth Courier"
tags: [transport]
---
The footbridge over the Ambel opened to walkers on Friday. It is 212 metres long and cost 3.4 million crowns, a little
less than was planned.
""",
    "pier.jsonl": json.dumps(
        {
            "title": HOSTILE_TITLE,
            "text": "The ferry to Saint Osk leaves from the western pier at seven. "
            "<img src=x onerror='window.hacked = 2'> Dogs travel free of charge in the bow.",
            "source": "Vellmouth <i>Courier</i>",
            "url": "javascript:window.hacked=3",
            "date": "2024-12-01",
            "tags": ["ferry"],
        }
    ),
}


SERVERS = frozenset({"open_api", "shared_api", "open_portal", "open_site", "open_library_site", "make_app"})
"""Fixtures that start a real server, or make the whole application."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker("server")


@dataclass(frozen=True)
class Site:
    """A served page, and what is behind it."""

    address: str
    chatbot: Chatbot


@pytest.fixture(scope="session")
def web_articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def web_settings(web_articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a library that holds the articles."""
    settings = Settings(
        index=tmp_path_factory.mktemp("index"), embedder="fake-embedder", generator="fake-generator", decline_below=0.03
    )
    report = ingest([web_articles], settings, FakeEmbedder())
    assert report.added == len(ARTICLES)
    return settings


@pytest.fixture
def open_chatbot(web_settings: Settings) -> Callable[[Generator], Chatbot]:
    def make(generator: Generator) -> Chatbot:
        embedder = FakeEmbedder()
        library = SqliteLibrary.open(web_settings.index / FILE, embedder.name)
        return Chatbot(library, open_retriever(library, embedder, web_settings), generator, web_settings)

    return make


@pytest.fixture
def open_site(open_chatbot: Callable[[Generator], Chatbot], web_settings: Settings) -> Iterator[Callable[..., Site]]:
    """A function that serves the page with the generator given, until the test ends."""
    with ExitStack() as stack:

        def open_with(generator: Generator | None = None) -> Site:
            chatbot = open_chatbot(generator or FakeGenerator())
            return Site(stack.enter_context(served(chatbot, web_settings)), chatbot)

        yield open_with


@dataclass(frozen=True)
class LibrarySite(Site):
    """A served page with a library of its own, to which articles can be added."""

    settings: Settings
    library: SqliteLibrary


@pytest.fixture
def library_settings(web_settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a library that holds the articles and may be changed."""
    copy_articles(web_settings, tmp_path / "index")
    return web_settings.model_copy(update={"index": tmp_path / "index"})


@pytest.fixture
def open_library_site(library_settings: Settings) -> Iterator[Callable[..., LibrarySite]]:
    """A function that serves the page to those who may edit, until the test ends; by an ingest of the test's own."""
    with ExitStack() as stack:

        def open_with(own_ingest: IngestFunction | None = None, **changes: object) -> LibrarySite:
            settings = library_settings.model_copy(update=changes)
            embedder = FakeEmbedder()
            library = SqliteLibrary.open(settings.index / FILE, embedder.name)
            chatbot = Chatbot(library, open_retriever(library, embedder, settings), FakeGenerator(), settings)
            adding = own_ingest or partial(ingest, settings=settings, embedder=embedder)
            return LibrarySite(stack.enter_context(served(chatbot, settings, adding)), chatbot, settings, library)

        yield open_with


@pytest.fixture
def passwords(library_settings: Settings) -> Settings:
    return changed(library_settings, viewer_password=VIEWER, editor_password=EDITOR)


@pytest.fixture
def open_gate() -> Iterator[Callable[..., TestClient]]:
    """A client of a small application behind a gate, which says who it was told is asking."""
    opened: list[Sessions] = []

    def behind(settings: Settings, peer: str = "127.0.0.1", base: str = "http://127.0.0.1") -> TestClient:
        app = FastAPI()

        @app.get("/{path:path}")
        def who(request: Request) -> dict[str, str | None]:
            return {"reader": reader_of(request), "role": role_of(request), "name": name_of(request)}

        sessions = Sessions(settings) if settings.viewer_password or settings.editor_password else None
        opened.extend([sessions] if sessions else [])
        app.state.cookie = sessions.cookie if sessions else ""
        app.add_middleware(AccessMiddleware, settings, sessions)
        return TestClient(app, base_url=base, client=(peer, 1), follow_redirects=False)

    yield behind
    for sessions in opened:
        sessions.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that has asked nothing of another origin, and has logged no error, by the end of the test."""
    page = context.new_page()
    requested: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    elsewhere = [url for url in requested if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
    assert requested, "the page was never opened"
    assert elsewhere == []
    assert complaints == []
