"""The reader's conversations: a list to open, find, rename, download and delete them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from rag.core.errors import RagError, UnknownChatError
from rag.store.conversations import PAGE, ChatStore
from rag.web.auth.identity import reader_of
from rag.web.i18n import strings
from rag.web.page.components import UNQUEUED, Updates, html, number_of
from rag.web.rendering.environment import render

LISTED = (
    "window.footnote.chats(element, (pressed) => trigger('click', pressed), (pressed) => trigger('select', pressed))"
)
LIVE = '<div aria-live="polite" class="fn-sr">${value}</div>'

Opened = Callable[[str, gr.Request], Updates]
"""Shows the conversation with an id; "" is a new one."""


class HistoryPanel:
    """The list, which history.js shows in a drawer, and the bar that opens it. Create it within the Blocks."""

    def __init__(self, chats: ChatStore) -> None:
        self._chats = chats

    def lay_out_bar(self) -> None:
        html(render("conversation_list.bar"), "chat-bar")

    def lay_out_list(self) -> None:
        with gr.Column(elem_id="chats"):
            html(render("conversation_list.head", self._chats.days), "chats-head")
            self._find = gr.Textbox(
                label=strings.FIND_CHATS,
                placeholder=strings.FIND_CHATS_PLACEHOLDER,
                show_label=False,
                container=False,
                max_lines=1,
                elem_id="find-chats",
            )
            self._list = html("", "chat-list", js_on_load=LISTED)
            self._said = html("", "chats-said", html_template=LIVE)
        self._offset = gr.State(0)

    def connect(self, chat: gr.Textbox, opened: Opened, shown: Sequence[Any], asking: Sequence[Any]) -> None:
        """Connect the events.

        Args:
            chat: holds the id of the conversation that is shown.
            opened: shows another conversation in the components ``shown``.
            asking: the events of questions, which are cancelled when another conversation is opened.
        """
        self._opened = opened
        own = [self._list, self._offset, self._said]
        self._find.change(self._found, inputs=[self._find, chat], outputs=own, trigger_mode="always_last", **UNQUEUED)
        self._list.click(self._pressed, inputs=[self._find, self._offset, chat], outputs=[*own, *shown], **UNQUEUED)
        self._list.select(self._chosen, outputs=shown, cancels=list(asking), **UNQUEUED)

    def _found(self, text: str, chat: str, request: gr.Request) -> Updates:
        return self._listed(text, 0, chat, request)

    def _chosen(self, event: gr.EventData, request: gr.Request) -> Updates:
        """Open a conversation, or start a new one."""
        return self._opened(str((event._data or {}).get("chat", "")), request)

    def _pressed(self, text: str | None, offset: int, chat: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Turn a page, rename or delete, and show the list after that."""
        pressed, owner = event._data or {}, reader_of(request)
        named = str(pressed.get("chat", ""))
        said, shown = "", {}
        try:
            match pressed.get("do"):
                case "page":
                    offset = number_of(pressed, "to") or 0
                case "rename":
                    self._chats.rename(owner, named, str(pressed.get("title", "")))
                    said = strings.RENAMED
                case "delete":
                    self._chats.delete(owner, named)
                    said = strings.CHAT_DELETED
                    shown = self._opened("", request) if named == chat else {}
                case "delete-all":
                    self._chats.delete_all(owner)
                    said, shown = strings.CHATS_DELETED, self._opened("", request)
        except UnknownChatError:
            said = strings.CHAT_GONE
        except RagError as error:
            return {self._list: render("shared.problem", str(error))}
        return {**shown, **self._listed(text, offset, "" if shown else chat, request, said)}

    def _listed(self, text: str | None, offset: int, chat: str, request: gr.Request, said: str = "") -> Updates:
        try:
            found = self._chats.listing(reader_of(request), text or "", offset)
        except RagError as error:
            return {self._list: render("shared.problem", str(error))}
        return {
            self._list: render("conversation_list.listing", found, chat, PAGE),
            self._offset: found.offset,
            self._said: said,
        }
