"""Readers at an index that grows: no search fails, and what is stored is found at once."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

import rag.ingest.pipeline
from rag.core.settings import Settings
from rag.ingest.pipeline import ingest
from rag.ingest.sandbox import SandboxedParser
from rag.retrieval.opening import open_retriever
from rag.store.opening import open_library
from rag.testing import FakeEmbedder

pytestmark = pytest.mark.slow
ARTICLES = 150
LATEST = 1.0
"""Seconds after which a search must find an article that was stored."""


def test_a_search_never_fails_and_finds_a_new_article_within_a_second(
    articles_folder: Path, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rag.ingest.pipeline, "EMBEDDING_BATCH", 16)
    ingest([articles_folder], settings, FakeEmbedder())
    new = tmp_path / "new"
    new.mkdir()
    for number in range(ARTICLES):
        text = " ".join(
            f"Parcel {number} zq{number} was weighed at desk {at} by the clerk on duty." for at in range(30)
        )
        (new / f"parcel{number}.txt").write_text(text)
    stored: dict[str, float] = {}
    found: set[str] = set()
    late: list[tuple[str, float]] = []
    failures: list[BaseException] = []
    done = threading.Event()
    store = rag.ingest.pipeline.SqliteLibrary.store

    def noted(self, article, *rest):
        article_id = store(self, article, *rest)
        stored[article_id] = time.monotonic()
        return article_id

    monkeypatch.setattr(rag.ingest.pipeline.SqliteLibrary, "store", noted)

    def read() -> None:
        library = open_library(settings)
        retriever = open_retriever(library, FakeEmbedder(), settings)
        while not done.is_set() or len(found) < len(stored):
            for article_id in [name for name in list(stored) if name not in found] or ["parcel0"]:
                number = article_id.removeprefix("parcel")
                asked = time.monotonic()
                ranked = retriever.retrieve(f"Which clerk weighed parcel {number} zq{number}?", 20).passages
                assert ranked
                if ranked[0].header.id == article_id:
                    found.add(article_id)
                elif article_id in stored and asked - stored[article_id] > LATEST:
                    late.append((article_id, asked - stored[article_id]))

    def guarded() -> None:
        try:
            read()
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=guarded, daemon=True) for _ in range(2)]
    for reader in readers:
        reader.start()
    with SandboxedParser() as parser:
        report = ingest([new], settings, FakeEmbedder(), parser=parser)
    done.set()
    for reader in readers:
        reader.join(30)

    assert failures == []
    assert report.added == ARTICLES == len(stored) == len(found)
    assert late == []
