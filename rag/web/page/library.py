"""The library view: add, find, read and remove articles. Each handler checks who may do so."""

from __future__ import annotations

from typing import Any

import gradio as gr

from rag.core.errors import RagError
from rag.ingest.parsing import is_address
from rag.ingest.readers.document import MAX_BYTES
from rag.web.auth.permissions import Refusal
from rag.web.i18n import strings
from rag.web.library.articles import ArticleService
from rag.web.library.ingest_job import IngestJob, IngestStatus
from rag.web.page.components import UNCHANGED, UNQUEUED, Updates, html, number_of
from rag.web.rendering import library as rendering
from rag.web.rendering.environment import render
from rag.web.rendering.escaping import id_of

TICK_SECONDS = 1.0
PRESSED = "window.footnote.pressed(element, (pressed) => trigger('click', pressed))"
SENT = "window.footnote.send(element, () => trigger('change', {}))"
LIVE = '<div aria-live="polite" class="fn-sr">${value}</div>'


class LibraryView:
    """The components of the view and their handlers. Create it within the Blocks of the page."""

    def __init__(self, articles: ArticleService, ingest_job: IngestJob, refusal: Refusal) -> None:
        self._articles = articles
        self._ingest_job = ingest_job
        self._refusal = refusal
        self.generation = gr.Number(articles.generation(), visible="hidden", elem_id="generation")
        """The library's generation as the page knows it: what depends on the articles is updated when it changes."""
        self._offset = gr.State(0)
        self._chosen = gr.State("")
        self._seen = gr.State(0)
        self._timer = gr.Timer(TICK_SECONDS, active=False)
        with gr.Row(elem_id="library"):
            with gr.Column(elem_id="articles"):
                self._lay_out_adding()
                self._find = gr.Textbox(
                    label=strings.FIND_LABEL,
                    placeholder=strings.FIND_PLACEHOLDER,
                    show_label=False,
                    container=False,
                    max_lines=1,
                    elem_id="find",
                )
                self._list = html("", "list", js_on_load=PRESSED)
            with gr.Column(elem_id="reading"):
                self._reader = html(render("library.nothing_opened"), "reader", js_on_load=PRESSED)
        self._connect()

    def _lay_out_adding(self) -> None:
        with gr.Column(elem_id="adding", visible=False) as self._adding:
            self._drop = html(render("library.drop_zone", MAX_BYTES), "drop", js_on_load=SENT)
            with gr.Row(elem_id="address-row"):
                self._address = gr.Textbox(
                    label=strings.ADDRESS_LABEL,
                    placeholder=strings.ADDRESS_PLACEHOLDER,
                    show_label=False,
                    container=False,
                    max_lines=1,
                    elem_id="address",
                )
                self._add = gr.Button(strings.ADD, elem_id="add", min_width=0)
            self._problem = html("", "problem")
        self._status = html("", "work", js_on_load=PRESSED)
        self._cancel = gr.Button(strings.CANCEL, elem_id="cancel", min_width=0, visible=False)
        self._said = html("", "said", html_template=LIVE)

    def _connect(self) -> None:
        working = [self._status, self._said, self._cancel, self._timer, self._seen]
        shown = [self._list, self._offset, self._chosen, self._reader, self.generation]
        listed: dict[str, Any] = {"inputs": [self._find, self._offset, self._chosen], "outputs": shown}
        self.opening: dict[str, Any] = {
            "inputs": listed["inputs"],
            "outputs": [self._adding, *working, *shown],
        }
        """Inputs and outputs of the handler ``opened``."""
        gr.on(
            [self._find.change, self._find.submit],
            self._found,
            inputs=[self._find, self._chosen],
            outputs=shown,
            trigger_mode="always_last",
            **UNQUEUED,
        )
        gr.on([self._list.click, self._reader.click], self._pressed, **listed, **UNQUEUED)
        self._status.click(self._pressed_status, inputs=listed["inputs"], outputs=[*working, *shown], **UNQUEUED)
        self._drop.change(self._ticked, inputs=[self._seen, *listed["inputs"]], outputs=[*working, *shown], **UNQUEUED)
        self._timer.tick(self._ticked, inputs=[self._seen, *listed["inputs"]], outputs=[*working, *shown], **UNQUEUED)
        gr.on(
            [self._add.click, self._address.submit],
            self._added,
            inputs=[self._address],
            outputs=[self._address, self._problem, *working],
            **UNQUEUED,
        )
        self._cancel.click(self._cancelled, outputs=[self._problem, *working], **UNQUEUED)

    # Handlers

    def opened(self, text: str | None, offset: int, chosen: str, request: gr.Request) -> Updates:
        """Update all that may have changed since the view was shown."""
        return {
            self._adding: gr.Column(visible=self._may_edit(request)),
            **self._ingest_updates(request),
            **self._listed(text, offset, chosen, request),
        }

    def _found(self, text: str, chosen: str, request: gr.Request) -> Updates:
        return self._listed(text, 0, chosen, request)

    def _pressed(self, text: str, offset: int, chosen: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Handle a button of the list or of the article that is open."""
        pressed = event._data or {}
        article = id_of(str(pressed.get("article", "")))
        match pressed.get("do"):
            case "page":
                return self._listed(text, number_of(pressed, "to") or 0, chosen, request)
            case "open":
                return {
                    **self._listed(text, offset, article, request),
                    self._reader: self._read(article, number_of(pressed, "to") or 0, request),
                }
            case "close":
                return {**self._listed(text, offset, "", request), self._reader: render("library.nothing_opened")}
            case "remove":
                return self._removed(article, text, offset, chosen, request)
        return UNCHANGED

    def _pressed_status(self, text: str, offset: int, chosen: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Handle a button of the result of an ingest."""
        if (event._data or {}).get("do") == "dismiss":
            if self._may_edit(request):
                self._ingest_job.dismiss()
            return self._ingest_updates(request)
        return self._pressed(text, offset, chosen, event, request)

    def _removed(self, article: str, text: str, offset: int, chosen: str, request: gr.Request) -> Updates:
        refused = self._refusal(request)
        if refused:
            return {self._reader: render("library.message", refused)}
        try:
            title = self._articles.remove(article)
        except RagError as error:
            return {self._reader: render("library.message", str(error))}
        return {**self._listed(text, offset, "", request), self._reader: rendering.removed(title)}

    def _added(self, address: str, request: gr.Request) -> Updates:
        """Add the articles at one or several addresses."""
        addresses = address.split()
        problem = self._refusal(request)
        if not problem and not (addresses and all(map(is_address, addresses))):
            problem = strings.NO_ADDRESS
        if problem:
            return {self._problem: render("shared.problem", problem)}
        self._ingest_job.add(addresses)
        return {self._address: "", self._problem: "", **self._ingest_updates(request)}

    def _cancelled(self, request: gr.Request) -> Updates:
        refused = self._refusal(request)
        if not refused:
            self._ingest_job.cancel()
        return {self._problem: render("shared.problem", refused), **self._ingest_updates(request)}

    def _ticked(self, seen: int, text: str, offset: int, chosen: str, request: gr.Request) -> Updates:
        """Show the progress; the list only at the end, so that it does not move until then."""
        now = self._ingest_job.status()
        if now.number == seen:
            return {self._timer: gr.Timer(active=now.is_running)}
        listed = {} if now.is_running else self._listed(text, offset, chosen, request)
        return {**self._ingest_updates(request), **listed, self.generation: self._articles.generation()}

    # Updates

    def _may_edit(self, request: gr.Request) -> bool:
        return not self._refusal(request)

    def _ingest_updates(self, request: gr.Request) -> Updates:
        """Show the progress or the result of an ingest to those who may add articles."""
        now = self._ingest_job.status() if self._may_edit(request) else IngestStatus()
        return {
            self._status: rendering.ingest_status(now),
            self._said: rendering.announcement(now),
            self._cancel: gr.Button(visible=now.is_running and now.stage != "stopping"),
            self._timer: gr.Timer(active=now.is_running),
            self._seen: now.number,
        }

    def _listed(self, text: str | None, offset: int, chosen: str, request: gr.Request) -> Updates:
        found = self._articles.listing(text or "", offset)  # A box that is not drawn yet sends null.
        return {
            self._list: rendering.listing(found, self._may_edit(request), chosen),
            self._offset: found.offset,
            self._chosen: chosen,
            self.generation: self._articles.generation(),
        }

    def _read(self, article: str, part: int, request: gr.Request) -> str:
        may_edit = self._may_edit(request)
        found = self._articles.opened(article, part, with_paths=may_edit)
        return rendering.opened(found, may_edit) if found else render("library.message", strings.ARTICLE_GONE)
