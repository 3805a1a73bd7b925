"""The chat view: its layout, and what happens on a question."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import gradio as gr

from rag.chatbot import Chatbot
from rag.errors import FilterError, RagError
from rag.feedback import VERDICTS, Feedback, FeedbackStore, Verdict
from rag.suggestions import SUGGESTIONS, suggest_questions
from rag.types import Answered
from rag.web import cards, rendering, strings, text
from rag.web.conversation import Exchange, advance, failed, history, stopped
from rag.web.page.filtering import FilterControls, Updates
from rag.web.running import Running
from rag.wire import answer_as_json

READERS = 8
"""Questions that are worked on at once; the answering model takes them in turn."""
NEWEST = 200
"""Articles that suggested questions are chosen from."""
LOG = '<div class="fn-log">${value}</div>'
LIVE_LOG = '<div class="fn-log" aria-live="polite" aria-relevant="additions text">${value}</div>'

Conversation = tuple[Exchange, ...]


class ChatView:
    """Questions and answers, with the sources beside them. To be made within the Blocks of the page."""

    def __init__(self, chatbot: Chatbot, running: Running, feedback: FeedbackStore, filtering: FilterControls) -> None:
        self.filtering = filtering
        self._chatbot = chatbot
        self._feedback = feedback
        self._running = running
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.exchanges = gr.State(())
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="conversation"):
                self._past = gr.HTML("", elem_id="past", html_template=LOG, apply_default_css=False)
                self._current = gr.HTML(
                    rendering.welcome(), elem_id="current", html_template=LIVE_LOG, apply_default_css=False
                )
                self._lay_out_feedback()
                with gr.Column(elem_id="suggestions"):
                    self.suggestions = [gr.Button(**button) for button in self._suggested()]
                with gr.Column(elem_id="asking"):
                    self.filtering.lay_out_line()
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
                    self.filtering.lay_out_controls()
            with gr.Column(elem_id="sources"):
                self._sources = gr.HTML(cards.no_sources(), elem_id="shown", apply_default_css=False)
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
                self.exchanges, self._past, self._current, self._sources, self._earlier, self._question, self._ask,
                self._stop, *self.suggestions, *self._feedback_parts, *self.filtering.refusable,
            ],
            "show_progress": "hidden",
            "trigger_mode": "once",
            "concurrency_limit": READERS,
            "concurrency_id": "answers",
            "api_visibility": "private",
        }  # fmt: skip
        chosen = [self.exchanges, *self.filtering.controls]
        aside: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
        typed = gr.on(
            [self._question.submit, self._ask.click],
            self._answer,
            inputs=[self._question, *chosen],
            **asking,
        )
        clicked = [button.click(self._answer, inputs=[button, *chosen], **asking) for button in self.suggestions]
        for asked in (typed, *clicked):
            asked.then(self._unlocked, outputs=[self._question, self._ask, self._stop], **aside)
        self.filtering.connect()
        self._stop.click(self._stopped, **aside)
        for verdict, button in self._verdicts.items():
            button.click(
                partial(self._judged, verdict),
                inputs=[self.exchanges],
                outputs=[self._verdict, *self._feedback_parts],
                **aside,
            )
        gr.on(
            [self._send.click, self._comment.submit],
            self._commented,
            inputs=[self._verdict, self._comment, self.exchanges],
            outputs=self._feedback_parts,
            **aside,
        )

    # Handlers

    def _answer(self, question: str, earlier: Conversation, request: gr.Request, *chosen: Any) -> Iterator[Updates]:
        """Show the answer as it comes: the quote, the words, the footnotes."""
        try:
            filters = self.filtering.filters(*chosen)
        except FilterError as error:
            yield self.filtering.refused(error)
            return
        one = Exchange(number=len(earlier) + 1, question=question)
        yield {**self._locked(), **self._begun(earlier), **self._shown(one)}
        with self._running.question(str(request.session_hash)) as cancelled:
            try:
                events = self._chatbot.stream(question, history(earlier), filters=filters, cancelled=cancelled.is_set)
                for event in events:
                    one = advance(one, event)
                    if isinstance(event, Answered) and cancelled.is_set():
                        one = stopped(one)
                    yield self._shown(one)
            except RagError as error:
                one = failed(one, str(error))
                yield self._shown(one)
        yield {
            self.exchanges: (*earlier, one),
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
            self._thanks: text.note(strings.THANKS),
        }

    def _commented(self, verdict: Verdict, comment: str, exchanges: Conversation) -> Updates:
        if comment.strip():
            self._keep(verdict, exchanges, comment.strip())
        return {
            self._commenting: gr.Row(visible=False),
            self._comment: "",
            self._thanks: text.note(strings.THANKS),
        }

    def _keep(self, verdict: Verdict, exchanges: Conversation, comment: str = "") -> None:
        *earlier, last = exchanges
        if last.answer:
            turns = tuple({"question": turn.question, "answer": turn.answer} for turn in history(earlier))
            self._feedback.add(Feedback(verdict, last.question, answer_as_json(last.answer), turns, comment))

    def left(self, request: gr.Request) -> None:
        """The browser has gone: nobody waits for the answer."""
        self._running.stop(str(request.session_hash))

    def renewed(self, exchanges: Conversation) -> Updates:
        """The suggestions, which change with the articles and are for those who have not asked yet."""
        if exchanges:
            return {}
        buttons = [gr.Button(**button) for button in self._suggested()]
        return dict(zip(self.suggestions, buttons, strict=True))

    # What they show

    def _shown(self, one: Exchange) -> Updates:
        return {self._current: rendering.exchange(one), self._sources: cards.sources(one)}

    def _begun(self, earlier: Conversation) -> Updates:
        hidden = {button: gr.Button(visible=False) for button in self.suggestions}
        return {
            self._past: rendering.conversation(earlier),
            self._earlier: cards.earlier_sources(earlier),
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

    def _suggested(self) -> list[dict[str, Any]]:
        """Values of the buttons: a question each, and nothing where there are fewer questions."""
        found = suggest_questions(self._chatbot.library.headers(NEWEST))
        questions = [text.straight(question) for question in found]
        return [
            {"value": questions[at] if at < len(questions) else "", "visible": at < len(questions)}
            for at in range(SUGGESTIONS)
        ]
