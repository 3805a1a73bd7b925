"""Handlers of the library view, with what a browser may send at odd moments."""

from __future__ import annotations

import gradio as gr
import pytest

from rag.core.settings import Settings
from rag.store import FILE, SqliteLibrary
from rag.web.library.articles import ArticleService
from rag.web.library.ingest_job import IngestJob
from rag.web.library.uploads import Uploads
from rag.web.page.library import LibraryView


@pytest.fixture
def view(library_settings: Settings) -> LibraryView:
    library, uploads = SqliteLibrary.open(library_settings.index / FILE), Uploads(library_settings.index)
    with gr.Blocks():
        return LibraryView(
            ArticleService(library, uploads), IngestJob(None, uploads, library), lambda visitor: "not here"
        )


@pytest.mark.parametrize("text", ["", None])
def test_it_opens_with_all_articles_where_the_search_box_is_empty_or_not_drawn_yet(
    view: LibraryView, text: str | None
) -> None:
    shown = [value for value in view.opened(text, 0, "", gr.Request()).values() if isinstance(value, str)]
    assert any("Footbridge" in value for value in shown)
