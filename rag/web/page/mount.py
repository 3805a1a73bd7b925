"""The page: a header, the chat, and the library, of which the browser shows one at a time (views.js)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount

from rag.chatbot import Chatbot
from rag.store.conversations import ChatStore
from rag.store.feedback import FeedbackStore
from rag.web.auth.identity import name_of
from rag.web.auth.login_pages import account
from rag.web.auth.permissions import Refusal, role_of
from rag.web.conversations.cancellation import RunningAnswers
from rag.web.conversations.session import Memory
from rag.web.i18n import strings
from rag.web.library.articles import ArticleService
from rag.web.library.ingest_job import IngestJob
from rag.web.page.article_reader import ArticleReader
from rag.web.page.chat import ChatView
from rag.web.page.components import UNQUEUED, Updates, html
from rag.web.page.feedback import FeedbackControls
from rag.web.page.filters import FilterControls
from rag.web.page.history import HistoryPanel
from rag.web.page.library import LibraryView
from rag.web.page.localization import LayOut, TranslatedBlocks
from rag.web.rendering.environment import render
from rag.web.static import theme


def mount_page(app: FastAPI, lay_out: LayOut) -> Callable[[], None]:
    """Put the page that ``lay_out`` fills at "/" of the application; nothing in it is fetched from anywhere else.

    Returns:
        What ends the connections that open pages keep, to be called on the server's own thread.
    """
    blocks = TranslatedBlocks(lay_out, title=strings.NAME, analytics_enabled=False, fill_width=True)
    blocks.queue(api_open=False)
    colours = gr.themes.Base(font=list(theme.SANS), font_mono=list(theme.MONO)).set(**theme.VALUES)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        max_file_size="1kb",  # Files come in by upload_routes.py, but Gradio keeps its own upload address open.
        theme=colours,
        head=theme.page_head(),
    )
    (gradio_app,) = [route.app for route in app.routes if isinstance(route, Mount)]
    assert isinstance(gradio_app, gr.routes.App)
    return gradio_app.stop_event.set


class Page:
    """The header with its two views, and what is told from one to the other: that the articles have changed."""

    def __init__(
        self,
        blocks: gr.Blocks,
        chatbot: Chatbot,
        running: RunningAnswers,
        chats: ChatStore,
        memory: Memory,
        feedback: FeedbackStore,
        articles: ArticleService,
        ingest_job: IngestJob,
        refusal: Refusal,
    ) -> None:
        self._articles = articles
        html(render("page_frame.opening"), "opening")
        with gr.Row(elem_id="top"):
            self._header = html(render("page_frame.header", articles.count()), "header")
            html(render("page_frame.languages"), "languages")
            html(render("page_frame.appearance"), "appearance")
            self._account = html("", "account")
            views = html(render("page_frame.views"), "views")
        self._chat = ChatView(
            chatbot,
            running,
            memory,
            FeedbackControls(feedback, memory),
            HistoryPanel(chats),
            articles,
            FilterControls(articles),
        )
        self._library = LibraryView(articles, ingest_job, refusal)
        ArticleReader(articles)

        renewal = {
            "fn": self._renewed,
            "inputs": self._chat.filtering.controls,
            "outputs": [self._header, *self._chat.filtering.renewable],
            **UNQUEUED,
        }
        gr.on([blocks.load, self._library.generation.change], **renewal)
        blocks.load(self._chat.opened, **self._chat.opening)
        self._library.generation.change(
            self._chat.renewed, inputs=[self._chat.chat], outputs=self._chat.suggestions, **UNQUEUED
        )
        gr.on([blocks.load, views.click], self._library.opened, **self._library.opening, **UNQUEUED)
        blocks.load(self._known, outputs=[self._account], **UNQUEUED)
        blocks.unload(self._chat.left)

    def _known(self, request: gr.Request) -> str:
        return account(role_of(request), name_of(request))

    def _renewed(self, *chosen: Any) -> Updates:
        return {
            self._header: render("page_frame.header", self._articles.count()),
            **self._chat.filtering.renewed(*chosen),
        }
