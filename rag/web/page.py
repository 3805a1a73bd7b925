"""The chat page in Gradio, the only module that imports it: the layout, and what happens on a question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount

from rag.chatbot import Chatbot
from rag.errors import RagError
from rag.feedback import VERDICTS, Feedback, FeedbackStore, Verdict
from rag.suggestions import SUGGESTIONS, suggest_questions
from rag.types import Answered
from rag.web import rendering, strings, theme
from rag.web.conversation import Exchange, advance, failed, history, stopped
from rag.web.running import Running
from rag.wire import answer_as_json

READERS = 8
"""Questions that are worked on at once; the answering model takes them in turn."""
NEWEST = 200
"""Articles that suggested questions are chosen from."""
LOG = '<div class="fn-log">${value}</div>'
LIVE_LOG = '<div class="fn-log" aria-live="polite" aria-relevant="additions text">${value}</div>'

Updates = dict[Any, Any]
Conversation = tuple[Exchange, ...]


def mount_page(app: FastAPI, chatbot: Chatbot, running: Running, feedback: FeedbackStore) -> Callable[[], None]:
    """Put the page at "/" of the application; nothing in it is fetched from anywhere else.

    Returns what ends the connections that open pages keep. It is for the server's own thread.
    """
    page = Page(chatbot, running, feedback)
    colours = gr.themes.Base(font=list(theme.SANS), font_mono=list(theme.MONO)).set(**theme.VALUES)
    gr.mount_gradio_app(
        app,
        page.blocks,
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        max_file_size="1kb",  # Nothing is uploaded here, but Gradio keeps its upload address open.
        theme=colours,
        head=theme.page_head(),
    )
    (gradio_app,) = [route.app for route in app.routes if isinstance(route, Mount)]
    assert isinstance(gradio_app, gr.routes.App)
    return gradio_app.stop_event.set


class Page:
    """The components of the page and their handlers."""

    def __init__(self, chatbot: Chatbot, running: Running, feedback: FeedbackStore) -> None:
        self._chatbot = chatbot
        self._feedback = feedback
        self._running = running
        with gr.Blocks(title=strings.NAME, analytics_enabled=False, fill_width=True) as self.blocks:
            self._lay_out()
            self._connect()
        self.blocks.queue(api_open=False)

    def _lay_out(self) -> None:
        self._exchanges = gr.State(())
        self._header = gr.HTML(rendering.header(self._articles()), elem_id="header", apply_default_css=False)
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="conversation"):
                self._past = gr.HTML("", elem_id="past", html_template=LOG, apply_default_css=False)
                self._current = gr.HTML(
                    rendering.welcome(), elem_id="current", html_template=LIVE_LOG, apply_default_css=False
                )
                self._lay_out_feedback()
                with gr.Column(elem_id="suggestions"):
                    self._suggestions = [gr.Button(**button) for button in self._suggested()]
                with gr.Row(elem_id="composer"):
                    self._question = gr.Textbox(
                        label=strings.QUESTION_LABEL,
                        placeholder=strings.QUESTION_PLACEHOLDER,
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        elem_id="question",
                    )
                    self._ask = gr.Button(strings.ASK, variant="primary", elem_id="ask", min_width=0)
                    self._stop = gr.Button(strings.STOP, variant="stop", elem_id="stop", min_width=0, visible=False)
            with gr.Column(elem_id="sources"):
                self._sources = gr.HTML(rendering.no_sources(), elem_id="shown", apply_default_css=False)
                self._earlier = gr.HTML("", elem_id="earlier", apply_default_css=False)

    def _lay_out_feedback(self) -> None:
        with gr.Row(elem_id="feedback", visible=False) as self._judging:
            gr.HTML(rendering.feedback_question(), elem_id="judge", apply_default_css=False)
            self._verdicts = {
                verdict: gr.Button(strings.VERDICTS[verdict], size="sm", min_width=0, elem_classes="fn-verdict")
                for verdict in VERDICTS
            }
        with gr.Row(elem_id="comment", visible=False) as self._commenting:
            self._comment = gr.Textbox(
                label=strings.COMMENT_LABEL, placeholder=strings.COMMENT_PLACEHOLDER, lines=1, max_lines=4
            )
            self._send = gr.Button(strings.SEND, size="sm", min_width=0)
        self._verdict = gr.State("right")
        self._thanks = gr.HTML("", elem_id="thanks", html_template=LIVE_LOG, apply_default_css=False)

    def _connect(self) -> None:
        asking: dict[str, Any] = {
            "outputs": [
                self._exchanges, self._past, self._current, self._sources, self._earlier, self._question, self._ask,
                self._stop, *self._suggestions, *self._feedback_parts,
            ],
            "show_progress": "hidden",
            "trigger_mode": "once",
            "concurrency_limit": READERS,
            "concurrency_id": "answers",
            "api_visibility": "private",
        }  # fmt: skip
        aside: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
        typed = gr.on(
            [self._question.submit, self._ask.click],
            self._answer,
            inputs=[self._question, self._exchanges],
            **asking,
        )
        clicked = [
            button.click(self._answer, inputs=[button, self._exchanges], **asking) for button in self._suggestions
        ]
        for asked in (typed, *clicked):
            asked.then(self._unlocked, outputs=[self._question, self._ask, self._stop], **aside)
        self._stop.click(self._stopped, **aside)
        for verdict, button in self._verdicts.items():
            button.click(
                partial(self._judged, verdict),
                inputs=[self._exchanges],
                outputs=[self._verdict, *self._feedback_parts],
                **aside,
            )
        gr.on(
            [self._send.click, self._comment.submit],
            self._commented,
            inputs=[self._verdict, self._comment, self._exchanges],
            outputs=self._feedback_parts,
            **aside,
        )
        self.blocks.load(self._opened, outputs=[self._header, *self._suggestions], **aside)
        self.blocks.unload(self._left)

    # Handlers

    def _answer(self, question: str, earlier: Conversation, request: gr.Request) -> Iterator[Updates]:
        """Show the answer as it comes: the quote, the words, the footnotes."""
        one = Exchange(number=len(earlier) + 1, question=question)
        yield {**self._locked(), **self._begun(earlier), **self._shown(one)}
        with self._running.question(str(request.session_hash)) as cancelled:
            try:
                for event in self._chatbot.stream(question, history(earlier), cancelled=cancelled.is_set):
                    one = advance(one, event)
                    if isinstance(event, Answered) and cancelled.is_set():
                        one = stopped(one)
                    yield self._shown(one)
            except RagError as error:
                one = failed(one, str(error))
                yield self._shown(one)
        yield {
            self._exchanges: (*earlier, one),
            self._judging: gr.Row(visible=one.answer is not None),
            **self._unlocked(),
        }

    def _stopped(self, request: gr.Request) -> None:
        self._running.stop(str(request.session_hash))

    def _judged(self, verdict: Verdict, exchanges: Conversation) -> Updates:
        """Keep the verdict on the last answer, and ask what would have been right."""
        self._keep(verdict, exchanges)
        return {
            self._verdict: verdict,
            self._judging: gr.Row(visible=False),
            self._commenting: gr.Row(visible=verdict != "right"),
            self._thanks: rendering.note(strings.THANKS),
        }

    def _commented(self, verdict: Verdict, comment: str, exchanges: Conversation) -> Updates:
        if comment.strip():
            self._keep(verdict, exchanges, comment.strip())
        return {
            self._commenting: gr.Row(visible=False),
            self._comment: "",
            self._thanks: rendering.note(strings.THANKS),
        }

    def _keep(self, verdict: Verdict, exchanges: Conversation, comment: str = "") -> None:
        *earlier, last = exchanges
        if last.answer:
            turns = tuple({"question": turn.question, "answer": turn.answer} for turn in history(earlier))
            self._feedback.add(Feedback(verdict, last.question, answer_as_json(last.answer), turns, comment))

    def _left(self, request: gr.Request) -> None:
        """The browser has gone: nobody waits for the answer."""
        self._running.stop(str(request.session_hash))

    def _opened(self) -> Updates:
        """What may have changed since the page was made: the articles."""
        buttons = [gr.Button(**button) for button in self._suggested()]
        return {self._header: rendering.header(self._articles()), **dict(zip(self._suggestions, buttons, strict=True))}

    # What they show

    def _shown(self, one: Exchange) -> Updates:
        return {self._current: rendering.exchange(one), self._sources: rendering.sources(one)}

    def _begun(self, earlier: Conversation) -> Updates:
        hidden = {button: gr.Button(visible=False) for button in self._suggestions}
        return {
            self._past: rendering.conversation(earlier),
            self._earlier: rendering.earlier_sources(earlier),
            self._judging: gr.Row(visible=False),
            self._commenting: gr.Row(visible=False),
            self._thanks: "",
            **hidden,
        }

    def _locked(self) -> Updates:
        return {
            self._question: gr.Textbox(value="", interactive=False),
            self._ask: gr.Button(visible=False),
            self._stop: gr.Button(visible=True),
        }

    def _unlocked(self) -> Updates:
        return {
            self._question: gr.Textbox(interactive=True),
            self._ask: gr.Button(visible=True),
            self._stop: gr.Button(visible=False),
        }

    @property
    def _feedback_parts(self) -> list[Any]:
        return [self._judging, self._commenting, self._comment, self._thanks]

    def _articles(self) -> int:
        return self._chatbot.library.statistics().articles

    def _suggested(self) -> list[dict[str, Any]]:
        """Values of the buttons: a question each, and nothing where there are fewer questions."""
        found = suggest_questions(self._chatbot.library.headers(NEWEST))
        questions = [rendering.straight(question) for question in found]
        return [
            {"value": questions[at] if at < len(questions) else "", "visible": at < len(questions)}
            for at in range(SUGGESTIONS)
        ]
