"""The page: a header, the chat, and the library, of which the browser shows one at a time (views.js)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount

from rag.chatbot import Chatbot
from rag.feedback import FeedbackStore
from rag.web import rendering, strings, theme
from rag.web.editing import Refusal
from rag.web.intake import Intake
from rag.web.page.chat import ChatView, Conversation
from rag.web.page.filtering import FilterControls, Updates
from rag.web.page.library import LibraryView
from rag.web.running import Running
from rag.web.shelf import Shelf


def mount_page(
    app: FastAPI,
    chatbot: Chatbot,
    running: Running,
    feedback: FeedbackStore,
    shelf: Shelf,
    intake: Intake,
    refusal: Refusal,
) -> Callable[[], None]:
    """Put the page at "/" of the application; nothing in it is fetched from anywhere else.

    Returns what ends the connections that open pages keep. It is for the server's own thread.
    """
    with gr.Blocks(title=strings.NAME, analytics_enabled=False, fill_width=True) as blocks:
        Page(blocks, chatbot, running, feedback, shelf, intake, refusal)
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
        feedback: FeedbackStore,
        shelf: Shelf,
        intake: Intake,
        refusal: Refusal,
    ) -> None:
        self._shelf = shelf
        with gr.Row(elem_id="top"):
            self._header = gr.HTML(rendering.header(shelf.count()), elem_id="header", apply_default_css=False)
            views = gr.HTML(rendering.views(), elem_id="views", apply_default_css=False)
        self._chat = ChatView(chatbot, running, feedback, FilterControls(shelf))
        self._library = LibraryView(shelf, intake, refusal)

        aside: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
        renewal = {
            "fn": self._renewed,
            "inputs": [self._chat.exchanges, *self._chat.filtering.controls],
            "outputs": [self._header, *self._chat.suggestions, *self._chat.filtering.renewable],
            **aside,
        }
        gr.on([blocks.load, self._library.generation.change], **renewal)
        gr.on([blocks.load, views.click], self._library.opened, **self._library.opening, **aside)
        blocks.unload(self._chat.left)

    def _renewed(self, exchanges: Conversation, *chosen: Any) -> Updates:
        return {
            self._header: rendering.header(self._shelf.count()),
            **self._chat.renewed(exchanges),
            **self._chat.filtering.renewed(*chosen),
        }
