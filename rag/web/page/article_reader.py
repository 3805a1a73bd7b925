"""The article that a source was quoted from, in a dialog over the page."""

from __future__ import annotations

from typing import Any

import gradio as gr

from rag.web.library.articles import ArticleService
from rag.web.library.citations import read_citation
from rag.web.page.components import UNCHANGED, Updates, html, number_of
from rag.web.rendering import article_reader

DIALOG = f"window.footnote.reader(element, '{article_reader.TITLE_ID}', (pressed) => trigger('click', pressed))"


class ArticleReader:
    """Open the article of any button with a citation on the page. Create it within the Blocks of the page."""

    def __init__(self, articles: ArticleService) -> None:
        self._articles = articles
        self._shown = html("", "cited", js_on_load=DIALOG)
        self._shown.click(
            self._pressed, outputs=[self._shown], show_progress="hidden", api_visibility="private", queue=False
        )

    def _pressed(self, event: gr.EventData) -> Updates:
        pressed: dict[str, Any] = event._data or {}
        citation = read_citation(str(pressed.get("read", "")))
        if citation is None:
            return UNCHANGED
        press, part = number_of(pressed, "press"), number_of(pressed, "to")
        found = self._articles.cited(citation, part)
        if found is None:
            return {self._shown: article_reader.gone(citation, press or 0)}
        return {self._shown: article_reader.opened(found, citation, press or 0)}
