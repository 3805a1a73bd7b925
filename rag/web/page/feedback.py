"""A reader's feedback on the latest answer: a verdict, and a comment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from rag.core.errors import RagError
from rag.store.feedback import VERDICTS, FeedbackStore, Verdict
from rag.web.auth.identity import reader_of
from rag.web.conversations.exchange import Exchange
from rag.web.conversations.serialization import feedback_on
from rag.web.conversations.session import Memory
from rag.web.i18n import strings
from rag.web.page.components import UNQUEUED, Updates, html
from rag.web.rendering.environment import render

LIVE = '<div class="fn-log" aria-live="polite" aria-relevant="additions text">${value}</div>'


class FeedbackControls:
    """The buttons of the verdicts below the latest answer. Create them within the Blocks of the page."""

    def __init__(self, feedback: FeedbackStore, memory: Memory) -> None:
        self._feedback = feedback
        self._memory = memory

    def lay_out(self) -> None:
        with gr.Row(elem_id="feedback", visible=False) as self._row:
            html(render("chat.feedback_question"), "judge")
            self._verdicts = {
                verdict: gr.Button(strings.VERDICTS[verdict], size="sm", min_width=0, elem_classes="fn-verdict")
                for verdict in VERDICTS
            }
        with gr.Row(elem_id="comment", visible=False) as self._comment_row:
            self._comment = gr.Textbox(
                label=strings.COMMENT_LABEL, placeholder=strings.COMMENT_PLACEHOLDER, lines=1, max_lines=4
            )
            self._send = gr.Button(strings.SEND, size="sm", min_width=0)
        self._verdict = gr.State("right")
        self._thanks = html("", "thanks", html_template=LIVE)
        self.parts: list[Any] = [self._row, self._comment_row, self._comment, self._thanks]
        """The outputs of a handler that shows or hides the verdicts."""

    def connect(self, chat: gr.Textbox) -> None:
        """``chat`` holds the id of the conversation that is shown."""
        for verdict, button in self._verdicts.items():
            button.click(self._handler_of(verdict), inputs=[chat], outputs=[self._verdict, *self.parts], **UNQUEUED)
        gr.on(
            [self._send.click, self._comment.submit],
            self._sent,
            inputs=[self._verdict, self._comment, chat],
            outputs=self.parts,
            **UNQUEUED,
        )

    def offered(self, one: Exchange | None) -> Updates:
        """Show the verdicts if there is an answer, and hide the feedback on an earlier one."""
        return {
            self._row: gr.Row(visible=one is not None and one.answer is not None),
            self._comment_row: gr.Row(visible=False),
            self._comment: "",
            self._thanks: "",
        }

    def _handler_of(self, verdict: Verdict) -> Callable[[str, gr.Request], Updates]:
        """Return the handler of a verdict's button. Gradio passes a request to functions, but not to partials."""

        def handle(chat: str, request: gr.Request) -> Updates:
            return self._chosen(verdict, chat, request)

        return handle

    def _chosen(self, verdict: Verdict, chat: str, request: gr.Request) -> Updates:
        """Store the verdict on the latest answer, and ask for a comment."""
        problem = self._store(verdict, chat, request)
        return {
            self._verdict: verdict,
            self._row: gr.Row(visible=bool(problem)),
            self._comment_row: gr.Row(visible=verdict != "right" and not problem),
            self._thanks: problem or render("shared.note", strings.THANKS),
        }

    def _sent(self, verdict: Verdict, comment: str, chat: str, request: gr.Request) -> Updates:
        problem = self._store(verdict, chat, request, comment.strip()) if comment.strip() else ""
        return {
            self._comment_row: gr.Row(visible=bool(problem)),
            self._comment: comment if problem else "",
            self._thanks: problem or render("shared.note", strings.THANKS),
        }

    def _store(self, verdict: Verdict, chat: str, request: gr.Request, comment: str = "") -> str:
        """Store the verdict; return the error to show if that fails."""
        try:
            exchanges = self._memory.conversation(reader_of(request), chat)
            given = feedback_on(exchanges[-1], exchanges[:-1], verdict, comment) if exchanges else None
            if given:
                self._feedback.add(given)
        except RagError as error:
            return render("shared.problem", str(error))
        return ""
