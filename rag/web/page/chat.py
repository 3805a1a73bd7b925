"""The chat view: its components and the handlers of their events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from rag.chatbot import Chatbot
from rag.core.errors import FilterError, RagError, UnknownChatError
from rag.core.serialization import displayable
from rag.text.suggestions import SUGGESTIONS, follow_up_questions
from rag.web.auth.identity import reader_of
from rag.web.conversations.cancellation import RunningAnswers
from rag.web.conversations.exchange import Exchange
from rag.web.conversations.session import PATIENCE, Conversation, Memory, stream_answer
from rag.web.i18n import strings
from rag.web.library.articles import ArticleService
from rag.web.page.components import UNCHANGED, UNQUEUED, Updates, html
from rag.web.page.feedback import FeedbackControls
from rag.web.page.filters import FilterControls
from rag.web.page.history import HistoryPanel
from rag.web.rendering import chat as rendering
from rag.web.rendering import source_cards
from rag.web.rendering.environment import render

READERS = 8
"""Questions that are processed at once; the answering model takes them in turn."""
LOG = '<div class="fn-log">${value}</div>'
ANSWERS = "window.footnote.answers(element, trigger)"
NAMED = "(chat) => { window.footnote.named(chat); return []; }"
IN_ADDRESS = "() => [new URLSearchParams(location.search).get('chat') ?? '']"
"""Reads the id of the conversation from the page's address."""


class ChatView:
    """Questions and answers, with the sources beside them. Create it within the Blocks of the page."""

    def __init__(
        self,
        chatbot: Chatbot,
        running: RunningAnswers,
        memory: Memory,
        feedback: FeedbackControls,
        history: HistoryPanel,
        articles: ArticleService,
        filtering: FilterControls,
    ) -> None:
        self.filtering = filtering
        self._articles = articles
        self._chatbot = chatbot
        self._running = running
        self._memory = memory
        self._feedback = feedback
        self._history = history
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.chat = gr.Textbox("", visible="hidden", elem_id="chat")
        """The id of the conversation that is shown; "" before its first question."""
        self._editing = gr.State(False)
        with gr.Row(elem_id="columns"):
            self._history.lay_out_list()
            with gr.Column(elem_id="conversation"):
                self._history.lay_out_bar()
                self._problem = html("", "kept")
                self._before = html("", "past", html_template=LOG, js_on_load=ANSWERS)
                self._current = html(render("chat.welcome"), "current", html_template=LOG, js_on_load=ANSWERS)
                self._feedback.lay_out()
                with gr.Column(elem_id="suggestions"):
                    self.suggestions = [gr.Button(visible=False) for _ in range(SUGGESTIONS)]
                with gr.Column(elem_id="asking"):
                    self._lay_out_question()
            with gr.Column(elem_id="sources"):
                self._sources = html(render("source_cards.note_panel", strings.NO_SOURCES), "shown")
                self._earlier = html("", "earlier")

    def _lay_out_question(self) -> None:
        with gr.Row(elem_id="editing", visible=False) as self._edit_line:
            html(render("chat.editing"), "edited")
            self._leave = gr.Button(strings.LEAVE_QUESTION, size="sm", min_width=0, elem_id="leave")
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

    def _connect(self) -> None:
        shown = [
            self.chat, self._problem, self._before, self._current, self._sources, self._earlier, self._question,
            self._ask, self._stop, self._editing, self._edit_line, *self.suggestions, *self._feedback.parts,
        ]  # fmt: skip
        asking: dict[str, Any] = {
            "outputs": [*shown, *self.filtering.refusable],
            "show_progress": "hidden",
            "trigger_mode": "once",
            "concurrency_limit": READERS,
            "concurrency_id": "answers",
            "api_visibility": "private",
        }
        chosen = self.filtering.controls
        asked = [
            gr.on(
                [self._question.submit, self._ask.click],
                self._typed,
                inputs=[self._question, self.chat, self._editing, *chosen],
                **asking,
            ),
            self._current.retry(self._retried, inputs=[self.chat, *chosen], **asking),
            *(
                button.click(self._suggested, inputs=[button, self.chat, *chosen], **asking)
                for button in self.suggestions
            ),
        ]
        for one in asked:
            one.then(self._unlocked, outputs=[self._question, self._ask, self._stop], **UNQUEUED)
        self.filtering.connect()
        self._feedback.connect(self.chat)
        self._history.connect(self.chat, self.opened, shown, asked)
        self._stop.click(self._stopped, **UNQUEUED)
        edited = [self._question, self._editing, self._edit_line]
        self._current.edit(self._edited, inputs=[self.chat], outputs=edited, **UNQUEUED)
        self._leave.click(self._cancelled_edit, outputs=edited, **UNQUEUED)
        gr.on(
            [self._before.select, self._current.select],
            self._selected,
            inputs=[self.chat],
            outputs=[self._sources, self._earlier],
            trigger_mode="always_last",
            **UNQUEUED,
        )
        self.chat.change(None, inputs=[self.chat], js=NAMED)
        self.opening: dict[str, Any] = {"inputs": [self.chat], "outputs": shown, "js": IN_ADDRESS, **UNQUEUED}
        """The arguments of the event that calls ``opened`` when the page is loaded."""

    # Handlers

    def _typed(self, question: str, chat: str, editing: bool, request: gr.Request, *chosen: Any) -> Iterator[Updates]:
        yield from self._answer(question, chat, request, chosen, again=editing)

    def _suggested(self, question: str, chat: str, request: gr.Request, *chosen: Any) -> Iterator[Updates]:
        yield from self._answer(question, chat, request, chosen, again=False)

    def _retried(self, chat: str, request: gr.Request, *chosen: Any) -> Iterator[Updates]:
        exchanges = self._known(chat, request)
        if exchanges:
            yield from self._answer(exchanges[-1].question, chat, request, chosen, again=True)

    def _answer(
        self, question: str, chat: str, request: gr.Request, chosen: Sequence[Any], *, again: bool
    ) -> Iterator[Updates]:
        """Stream the answer: the quote, the text, the footnotes."""
        try:
            filters = self.filtering.filters(*chosen)
        except FilterError as error:
            yield self.filtering.refused(error)
            return
        remembered = self._memory.asking(reader_of(request), chat, question, again=again)
        with self._running.question(str(request.session_hash)) as cancelled, remembered as asking:
            yield {**self._locked(), **self._begun(asking.chat or chat, asking.earlier), **self._shown(asking.exchange)}
            for _ in stream_answer(self._chatbot, asking, cancelled.is_set, filters=filters):
                if cancelled.unseen:
                    return  # Another conversation is shown now.
                yield self._shown(asking.exchange)
        yield {
            self._problem: render("shared.problem", asking.problem),
            **self._feedback.offered(asking.exchange),
            **self._suggesting(self._following((*asking.earlier, asking.exchange))),
            **self._unlocked(),
        }

    def _stopped(self, request: gr.Request) -> None:
        self._running.stop(str(request.session_hash))

    def _edited(self, chat: str, request: gr.Request) -> Updates:
        """Put the latest question into the box to be edited."""
        exchanges = self._known(chat, request)
        if not exchanges:
            return UNCHANGED
        return {
            self._question: gr.Textbox(value=exchanges[-1].question),
            self._editing: True,
            self._edit_line: gr.Row(visible=True),
        }

    def _cancelled_edit(self) -> Updates:
        return {self._question: gr.Textbox(value=""), self._editing: False, self._edit_line: gr.Row(visible=False)}

    def _selected(self, chat: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Show the sources of the answer that was chosen in the panel."""
        exchanges = self._known(chat, request)
        number = str((event._data or {}).get("number", ""))
        one = next((one for one in exchanges if str(one.number) == number), None)
        if one is None:
            return UNCHANGED
        latest = exchanges[-1]
        above = "" if one is latest else rendering.earlier_answer(one, latest.number)
        others = [other for other in exchanges if other is not one]
        return {
            self._sources: above + self._cards(one),
            self._earlier: source_cards.earlier_sources(others, self._articles.state_of),
        }

    def left(self, request: gr.Request) -> None:
        """Stop the answer, because the browser has closed the page."""
        self._running.stop(str(request.session_hash))

    def opened(self, chat: str, request: gr.Request) -> Updates:
        """Show a stored conversation, or with "" a new one."""
        self._running.stop(str(request.session_hash), unseen=True)
        problem = ""
        exchanges: Conversation = ()
        try:
            exchanges = self._memory.conversation(reader_of(request), chat, PATIENCE)
        except UnknownChatError:
            problem = strings.CHAT_GONE
        except RagError as error:
            problem = str(error)
        latest = exchanges[-1] if exchanges else None
        following = self._following(exchanges) if exchanges else self._articles.suggestions()
        return {
            **self._unlocked(),
            **self._begun(chat if exchanges else "", exchanges[:-1]),
            self._current: rendering.exchange(latest) if latest else render("chat.welcome"),
            self._sources: self._cards(latest) if latest else render("source_cards.note_panel", strings.NO_SOURCES),
            self._problem: render("shared.problem", problem),
            **self._feedback.offered(latest),
            **self._suggesting(following),
        }

    def renewed(self, chat: str) -> Updates:
        """Show other suggestions; after a question keep those that follow from its answer."""
        return UNCHANGED if chat else self._suggesting(self._articles.suggestions())

    # Updates

    def _known(self, chat: str, request: gr.Request) -> Conversation:
        """Return the conversation that is shown; empty if it cannot be read."""
        try:
            return self._memory.conversation(reader_of(request), chat)
        except RagError:
            return ()

    def _shown(self, one: Exchange) -> Updates:
        return {
            self._current: rendering.exchange(one),
            self._sources: self._cards(one),
        }

    def _cards(self, one: Exchange) -> Markup:
        return source_cards.sources(one, self._articles.state_of)

    def _begun(self, chat: str, earlier: Conversation) -> Updates:
        """Show the exchanges before the latest question, and hide what was below the one before."""
        return {
            self.chat: chat,
            self._problem: "",
            self._before: rendering.conversation(earlier),
            self._earlier: source_cards.earlier_sources(earlier, self._articles.state_of),
            self._editing: False,
            self._edit_line: gr.Row(visible=False),
            **self._feedback.offered(None),
            **self._suggesting([]),
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

    def _following(self, exchanges: Conversation) -> list[str]:
        """Return follow-up questions of the last answer."""
        last = exchanges[-1]
        if last.answer is None:
            return []
        questions = self._articles.questions([source.header.id for source in last.sources])
        return follow_up_questions([one.question for one in exchanges], last.sources, last.quotes, questions)

    def _suggesting(self, questions: Sequence[str]) -> Updates:
        """Show a button for each question, and hide the others."""
        shown = [gr.Button(displayable(question), visible=True) for question in questions]
        hidden = [gr.Button(visible=False)] * (SUGGESTIONS - len(shown))
        return dict(zip(self.suggestions, [*shown, *hidden], strict=True))
