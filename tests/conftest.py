"""A small invented library and the fakes of the models; nothing of the machine's own settings gets in."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from rag.core.settings import Settings
from rag.ingest.parsing import InProcessParser
from rag.testing import FakeEmbedder, FakeGenerator

# A shell that runs the tests in the background has Ctrl-C ignored, and whatever they start inherits that.
signal.signal(signal.SIGINT, signal.default_int_handler)
hypothesis.settings.register_profile("fast", max_examples=40, deadline=None, database=None, derandomize=True)
hypothesis.settings.load_profile("fast")

ARTICLES = {
    "ferry.md": """---
title: "The Sorrel ferry changes hands"
date: 2024-05-17
author: "Ina Weld"
source: "The Coast Gazette"
tags: [harbour, transport]
---
The car ferry Sorrel was sold on Thursday to the Dunmore shipping cooperative for 4,200,000 crowns. The old owner,
Tobias Henk, had run the line for thirty-one years.

The cooperative wants to double the sailings in summer. Captain Rosa Ilves stays on the bridge, and the crew of twelve
keeps its contracts until 2027.
""",
    "lighthouse.md": """---
title: "Lighthouse on Gull Rock goes dark"
date: 2023-11-03
author: "Ina Weld"
source: "The Coast Gazette"
---
The lighthouse on Gull Rock was switched off after a storm flooded its engine room. Keeper Anders Pohl carried the
brass lens up the stairs by himself.

Repairs are expected to take six weeks and to cost 90,000 crowns.
""",
    "bakery.txt": """Bakery wins the rye prize

The bakery on Tanner Street won the rye prize for the third year. Its loaf rests for two days in a cold cellar.
""",
    "notes.jsonl": "\n".join(
        json.dumps(row)
        for row in (
            {"id": "mill", "title": "A mill for Harrow", "text": "The paper mill in Harrow opens in March 2025."},
            {"id": "choir", "title": "Choir tour", "text": "The choir of Harrow sings in eleven villages this autumn."},
        )
    ),
}


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("RAG_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _articles_are_read_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting a process for a handful of files takes longer than most tests; those of the processes make their own."""
    monkeypatch.setattr("rag.ingest.pipeline.open_parser", lambda: nullcontext(InProcessParser()))


@pytest.fixture
def articles_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        index=tmp_path / "index",
        models=tmp_path / "models",
        model_cache=tmp_path / "cache",
        embedder="fake-embedder",
        generator="fake-generator",
    )


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def generator() -> FakeGenerator:
    return FakeGenerator()


@pytest.fixture
def make_chatbot(articles_folder: Path, settings: Settings, embedder: FakeEmbedder) -> Callable:
    """A function from a generator to a chatbot over the ingested articles."""
    from rag.chatbot import Chatbot
    from rag.ingest.pipeline import ingest
    from rag.retrieval.opening import open_retriever
    from rag.store.opening import open_library

    ingest([articles_folder], settings, embedder)
    library = open_library(settings)
    retriever = open_retriever(library, embedder, settings)

    def make(generator: FakeGenerator, **changes: object) -> Chatbot:
        return Chatbot(library, retriever, generator, settings.model_copy(update=changes))

    return make


@pytest.fixture
def chatbot(make_chatbot: Callable, generator: FakeGenerator):
    return make_chatbot(generator)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of the run: two of Playwright's loops cannot be open in one thread."""
    names = ("chromium", "chromium-browser", "google-chrome")
    installed = next((path for path in map(shutil.which, names) if path), None)
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(15_000)
    yield context
    context.close()
