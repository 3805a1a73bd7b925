"""The page: a header, the chat, and the library, of which the browser shows one at a time (views.js)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount

from rag.chatbot import Chatbot
from rag.chats import ChatStore
from rag.feedback import FeedbackStore
from rag.web import frame, language_choice, rendering, strings, theme
from rag.web.access import name_of
from rag.web.editing import Refusal, role_of
from rag.web.intake import Intake
from rag.web.login_pages import account
from rag.web.memory import Memory
from rag.web.page.chat import ChatView
from rag.web.page.filtering import ASIDE, FilterControls, Updates
from rag.web.page.judging import Judging
from rag.web.page.library import LibraryView
from rag.web.page.past import PastPanel
from rag.web.page.reading import SourceReader
from rag.web.page.translating import TranslatedBlocks
from rag.web.running import Running
from rag.web.shelf import Shelf


def mount_page(
    app: FastAPI,
    chatbot: Chatbot,
    running: Running,
    chats: ChatStore,
    memory: Memory,
    feedback: FeedbackStore,
    shelf: Shelf,
    intake: Intake,
    refusal: Refusal,
) -> Callable[[], None]:
    """Put the page at "/" of the application; nothing in it is fetched from anywhere else.

    Returns what ends the connections that open pages keep. It is for the server's own thread.
    """

    def lay_out(blocks: gr.Blocks) -> None:
        Page(blocks, chatbot, running, chats, memory, feedback, shelf, intake, refusal)

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
        max_file_size="1kb",  # Files come in by receiving.py, but Gradio keeps its own upload address open.
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
        running: Running,
        chats: ChatStore,
        memory: Memory,
        feedback: FeedbackStore,
        shelf: Shelf,
        intake: Intake,
        refusal: Refusal,
    ) -> None:
        self._shelf = shelf
        gr.HTML(frame.opening(), elem_id="opening", apply_default_css=False)
        with gr.Row(elem_id="top"):
            self._header = gr.HTML(rendering.header(shelf.count()), elem_id="header", apply_default_css=False)
            gr.HTML(language_choice.choice(), elem_id="languages", apply_default_css=False)
            gr.HTML(frame.appearance(), elem_id="appearance", apply_default_css=False)
            self._account = gr.HTML("", elem_id="account", apply_default_css=False)
            views = gr.HTML(rendering.views(), elem_id="views", apply_default_css=False)
        self._chat = ChatView(
            chatbot, running, memory, Judging(feedback, memory), PastPanel(chats), shelf, FilterControls(shelf)
        )
        self._library = LibraryView(shelf, intake, refusal)
        SourceReader(shelf)

        renewal = {
            "fn": self._renewed,
            "inputs": self._chat.filtering.controls,
            "outputs": [self._header, *self._chat.filtering.renewable],
            **ASIDE,
        }
        gr.on([blocks.load, self._library.generation.change], **renewal)
        blocks.load(self._chat.opened, **self._chat.opening)
        self._library.generation.change(
            self._chat.renewed, inputs=[self._chat.chat], outputs=self._chat.suggestions, **ASIDE
        )
        gr.on([blocks.load, views.click], self._library.opened, **self._library.opening, **ASIDE)
        blocks.load(self._known, outputs=[self._account], **ASIDE)
        blocks.unload(self._chat.left)

    def _known(self, request: gr.Request) -> str:
        return account(role_of(request), name_of(request))

    def _renewed(self, *chosen: Any) -> Updates:
        return {
            self._header: rendering.header(self._shelf.count()),
            **self._chat.filtering.renewed(*chosen),
        }
