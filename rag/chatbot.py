"""READ FIRST. The way from a question to an answer with its sources.

question → retrieve → select context → answerable? → prompt → stream, each sentence checked → verify → answer or abstain

The way of an article, files → articles → passages → vectors → library, is in rag/ingest/pipeline.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from rag.answering.abstention import explain_decline
from rag.answering.draft_answer import Draft
from rag.answering.prompting import fit_messages
from rag.answering.streaming import Check, quote_instead, write_answer
from rag.core.errors import IndexEmptyError, QuestionError, RagError
from rag.core.events import Answered, Declined, Event, Failed, QuoteFound, SourcesFound
from rag.core.filters import EVERYTHING, Filters
from rag.core.protocols import Embedder, Generator, Library
from rag.core.settings import Settings
from rag.core.types import Answer, Message, RankedPassage, Source, Turn
from rag.models import loading
from rag.retrieval.context_selection import EvidencePassage, continue_context, select_context
from rag.retrieval.opening import open_retriever
from rag.retrieval.retriever import Retrieved, Retriever
from rag.store.opening import EMPTY_INDEX, open_library
from rag.verification import citations
from rag.verification.answerability import Calibration, load_calibration, shipped_calibration
from rag.verification.confidence import AnswerVerifier

NEAREST = 3
"""Passages that are shown with a question that is not answered."""


class Chatbot:
    """Answers questions from a library. One object serves any number of conversations and threads."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        generator: Generator,
        settings: Settings,
        calibration: Calibration | None = None,
    ) -> None:
        """Take the parts as they are; ``open`` makes them from settings.

        Args:
            calibration: how likely the articles hold an answer; None is the calibration that comes with Footnote.
        """
        self.library = library
        self.retriever = retriever
        self._generator = generator
        self.settings = settings
        self._calibration = calibration or shipped_calibration()
        answers = self._calibration.answer
        threshold = _chosen(settings.answer_floor, answers.decline_below if answers else 0.0)
        self._verifier = AnswerVerifier(generator, answers, threshold, settings.second_thought)

    @classmethod
    def open(cls, settings: Settings, embedder: Embedder | None = None, *, may_be_empty: bool = False) -> Chatbot:
        """Open the index and load the models.

        Args:
            embedder: one that is loaded already.
            may_be_empty: accept a library without articles, to which some may be added later.

        Raises:
            IndexEmptyError: if there is no library, or no article in it and it may not be empty.
            CalibrationError: if the calibration of the index is damaged or belongs to another embedder.
            RagError: what opening the library and loading the models raises.
        """
        library = open_library(settings, may_be_empty=may_be_empty)
        calibration = load_calibration(settings.index, settings.embedder)
        generator = loading.open_generator(settings)
        retriever = open_retriever(library, embedder or loading.open_embedder(settings), settings)
        return cls(library, retriever, generator, settings, calibration)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        filters: Filters = EVERYTHING,
        as_of: date | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Event]:
        """Answer a question, event by event; the last event is Answered, Declined, or Failed if the model fails.

        Args:
            history: the turns before, oldest first.
            filters: only articles that they let through are used.
            as_of: the day of asking, from which "last week" is counted and which the model is told; None is today,
                which it is not told.
            cancelled: once it returns true the stream ends with what was written so far.

        Raises:
            QuestionError: if the question is empty or too long.
            IndexEmptyError: if the library has no articles.
        """
        draft = Draft(question := checked_question(question, self.settings), self.model)
        if not self.library.passage_count():
            raise IndexEmptyError(EMPTY_INDEX)

        retrieved = self.retriever.retrieve(question, self.settings.candidates, history, filters=filters, as_of=as_of)
        draft.stopwatch.mark("retrieved")
        if not retrieved.passages and filters:
            yield SourcesFound(())
            yield Declined(draft.answer(explain_decline("nothing_fits", question, retrieved, (), as_of)))
            return

        history = history if retrieved.depends_on_history else ()
        evidence = self._select_context(retrieved, history) if self._is_answerable(retrieved) else ()
        if not evidence:
            nearest = tuple(_as_source(found) for found in retrieved.passages[:NEAREST])
            yield SourcesFound(nearest, retrieved.passages)
            yield Declined(draft.answer(explain_decline("not_in_articles", question, retrieved, nearest, as_of)))
            return

        draft.use_evidence(evidence)
        yield SourcesFound(draft.best_sources(), retrieved.passages)
        draft.stopwatch.mark("quoted")
        yield QuoteFound(draft.best_quote())

        messages = self._build_prompt(question, evidence, history, as_of)
        try:
            yield from self._write(messages, draft, self._checking(retrieved, evidence), cancelled)
            if not cancelled():
                self._verify(retrieved, history, draft, cancelled)
        except RagError as error:
            yield Failed(error)
            return

        if not cancelled():
            if not self._verifier.accepts(draft.confidence, draft.sentences):
                nearest = draft.best_sources()[:NEAREST]
                yield Declined(draft.answer(explain_decline("not_supported", question, retrieved, nearest, as_of)))
                return
            if not draft.cited():
                yield from quote_instead(draft)
        yield Answered(draft.answer())

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        filters: Filters = EVERYTHING,
        as_of: date | None = None,
    ) -> Answer:
        """Return the end of the stream, for callers that need no events. Raises what ``Failed`` holds too."""
        *_, last = self.stream(question, history, filters=filters, as_of=as_of)
        if isinstance(last, Failed):
            raise last.error
        assert isinstance(last, Answered | Declined)
        return last.answer

    @property
    def model(self) -> str:
        """The answering model's name."""
        return self._generator.name

    # The steps, in their order

    def _is_answerable(self, retrieved: Retrieved) -> bool:
        """Return whether the passages are likely to hold the answer."""
        threshold = _chosen(self.settings.decline_below, self._calibration.decline_below)
        return self._calibration.probability(retrieved) >= threshold

    def _select_context(self, retrieved: Retrieved, history: Sequence[Turn]) -> tuple[EvidencePassage, ...]:
        """Select the sentences for the prompt; after a previous turn, what the model has read then comes first."""
        chosen = select_context(retrieved.passages, self.settings.evidence_tokens, self._generator.count_tokens)
        return continue_context(history[-1].context if history else (), chosen, retrieved.passages)

    def _build_prompt(
        self, question: str, evidence: Sequence[EvidencePassage], history: Sequence[Turn], as_of: date | None
    ) -> list[Message]:
        return fit_messages(
            question,
            evidence,
            history,
            as_of,
            numbered=self._generator.cites_itself,
            room=self.settings.context_tokens - self._answer_tokens,
            count_tokens=self._generator.count_tokens,
        )

    def _write(
        self, messages: Sequence[Message], draft: Draft, check: Check, cancelled: Callable[[], bool]
    ) -> Iterator[Event]:
        drop = self.settings.unsupported == "drop"
        yield from write_answer(
            self._generator, messages, self._answer_tokens, draft, check, drop_unsupported=drop, cancelled=cancelled
        )

    def _checking(self, retrieved: Retrieved, evidence: Sequence[EvidencePassage]) -> Check:
        """Return the function that looks for the citations of a sentence of the answer."""

        def check(sentence: str, named: Sequence[int]) -> citations.Checked:
            (vector,) = self.retriever.embedder.embed_sentences([sentence])
            floor = self.settings.support_floor
            return citations.check(sentence, retrieved.query, evidence, floor, vector=vector, named=named)

        return check

    def _verify(
        self, retrieved: Retrieved, history: Sequence[Turn], draft: Draft, cancelled: Callable[[], bool]
    ) -> None:
        """Note the confidence of a written answer."""
        if not draft.text:
            return
        asked = " ".join([*(turn.question for turn in history[-1:]), draft.question])
        quotes = draft.cited() or (draft.best_quote(),)
        confidence = self._verifier.verify(asked, retrieved, quotes, draft.sentences, cancelled)
        if confidence:
            draft.confidence, draft.signals = confidence.probability, confidence.signals

    @property
    def _answer_tokens(self) -> int:
        return min(self.settings.answer_tokens, self.settings.context_tokens // 2)


def checked_question(question: str, settings: Settings) -> str:
    """Return the question without the white space around it.

    Raises:
        QuestionError: if the question is empty or longer than ``question_characters``.
    """
    question = question.strip()
    if not question:
        raise QuestionError("The question is empty. Type a question about the articles.")
    limit = settings.question_characters
    if len(question) > limit:
        raise QuestionError(
            f"The question has {len(question):,} characters; at most {limit:,} are read. Shorten it, or raise "
            "question_characters."
        )
    return question


def _chosen(setting: float | None, fitted: float) -> float:
    """Return a threshold that was set, or else the fitted one."""
    return fitted if setting is None else setting


def _as_source(found: RankedPassage) -> Source:
    return Source(found.rank, found.header, found.passage, found.best.span, found.score)
