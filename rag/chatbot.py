"""READ FIRST. The way from a question to an answer with its sources.

question → passages → evidence → answer → citations, as one stream of events

The way before it, sources → articles → passages → vectors → library, is in rag/ingest/pipeline.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rag.answering.abstention import declined
from rag.answering.draft_answer import Clock, Draft
from rag.answering.fitting import fitting_messages
from rag.answering.prompting import INSTRUCTIONS, repeats_prompt
from rag.answering.streaming import Writing
from rag.core.errors import GenerationError, IndexEmptyError, QuestionError, RagError
from rag.core.events import (
    Answered,
    Declined,
    Event,
    Failed,
    QuoteFound,
    Reading,
    SentenceChecked,
    SourcesFound,
    TextAdded,
    Waiting,
)
from rag.core.filters import EVERYTHING, Filters
from rag.core.protocols import Embedder, Generator, Library
from rag.core.settings import Settings
from rag.core.types import (
    Answer,
    AnswerSentence,
    Decline,
    DeclineReason,
    GeneratedText,
    Message,
    RankedPassage,
    Source,
    Turn,
)
from rag.models import loading
from rag.retrieval.context_selection import EvidencePassage, choose, continue_context
from rag.retrieval.opening import open_retriever
from rag.retrieval.retriever import Retrieved, Retriever
from rag.store.opening import EMPTY_INDEX, open_library
from rag.verification import citations
from rag.verification.answerability import AnswerCalibration, Calibration, load_calibration, shipped_calibration
from rag.verification.confidence import second_thought, signals

NEAREST = 3
"""Passages that are shown where a question is declined."""


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
        """``calibration`` says how likely the articles hold an answer; None is the shipped one."""
        self.library = library
        self.retriever = retriever
        self._generator = generator
        self._settings = settings
        self._calibration = calibration or shipped_calibration()

    @classmethod
    def open(cls, settings: Settings, embedder: Embedder | None = None, *, may_be_empty: bool = False) -> Chatbot:
        """Open the index and load the models, but for an ``embedder`` that is loaded already.

        Raises the errors of the library and of the models, and CalibrationError; IndexEmptyError where there is no
        article, unless the library ``may_be_empty`` for now.
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
        """Answer a question, event by event; the last event is Answered, Declined, or Failed where the model fails.

        Only articles that the ``filters`` let through are used. ``as_of`` is the day on which the question is asked,
        from which "last week" is counted and which the model is told; None is today, which it is not told.
        Where ``cancelled()`` turns true the stream ends early with what was written so far. Raises QuestionError for
        an empty or endless question.
        """
        clock = Clock()
        question = checked_question(question, self._settings)
        if not self.library.passage_count():
            raise IndexEmptyError(EMPTY_INDEX)
        retrieved = self.retriever.retrieve(question, self._settings.candidates, history, filters=filters, as_of=as_of)
        clock.retrieved()
        asked = _Asked(question, retrieved, history if retrieved.depends_on_history else (), as_of)

        if not retrieved.passages and filters:
            yield SourcesFound(())
            yield self._declined("nothing_fits", asked, (), clock)
            return
        evidence = self._evidence(asked) if self._may_be_answered(retrieved) else ()
        if not evidence:
            nearest = tuple(_source(found) for found in retrieved.passages[:NEAREST])
            yield SourcesFound(nearest, retrieved.passages)
            yield self._declined("not_in_articles", asked, nearest, clock)
            return

        draft = Draft.of(evidence)
        yield SourcesFound(draft.best_sources(), retrieved.passages)
        clock.quoted()
        quote = max(evidence, key=lambda passage: passage.best.score).as_source()
        yield QuoteFound(quote)

        messages = self._messages(asked, evidence)
        try:
            for event in self._written(messages, asked, evidence, cancelled, draft):
                if isinstance(event, TextAdded):
                    clock.written()
                draft.take(event)
                yield event
            if not cancelled():
                quote = draft.quote or quote
                self._judge(asked, quote, draft, cancelled)
        except RagError as error:
            yield Failed(error)
            return
        if not cancelled() and not self._stands(draft):
            yield self._declined("not_supported", asked, draft.best_sources(NEAREST), clock, draft)
            return
        if not cancelled() and not draft.cites():
            for event in self._quote_in_place(quote, draft):
                draft.take(event)
                yield event
        yield Answered(self._answer(asked, clock, draft))

    @property
    def model(self) -> str:
        """The answering model's name."""
        return self._generator.name

    @property
    def _decline_below(self) -> float:
        own = self._settings.decline_below
        return self._calibration.decline_below if own is None else own

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        filters: Filters = EVERYTHING,
        as_of: date | None = None,
    ) -> Answer:
        """The end of the stream alone, for those who do not need its events. Raises what ``Failed`` holds too."""
        *_, last = self.stream(question, history, filters=filters, as_of=as_of)
        if isinstance(last, Failed):
            raise last.error
        assert isinstance(last, Answered | Declined)
        return last.answer

    def _may_be_answered(self, retrieved: Retrieved) -> bool:
        """Whether it is worth asking the model."""
        return bool(retrieved.passages) and self._calibration.probability(retrieved) >= self._decline_below

    def _evidence(self, asked: _Asked) -> tuple[EvidencePassage, ...]:
        """What the model is to read; after the turn that it read last, what it has read already comes first."""
        evidence = choose(asked.retrieved.passages, self._settings.evidence_tokens, self._generator.count_tokens)
        previous = asked.history[-1].context if asked.history else ()
        return continue_context(previous, evidence, asked.retrieved.passages)

    def _messages(self, asked: _Asked, evidence: Sequence[EvidencePassage]) -> list[Message]:
        """What the model is to read, shortened where it does not fit its context."""
        return fitting_messages(
            asked.question,
            evidence,
            asked.history,
            asked.as_of,
            numbered=self._generator.cites_itself,
            room=self._settings.context_tokens - self._answer_tokens,
            count_tokens=self._generator.count_tokens,
        )

    @property
    def _answer_tokens(self) -> int:
        return min(self._settings.answer_tokens, self._settings.context_tokens // 2)

    def _written(
        self,
        messages: Sequence[Message],
        asked: _Asked,
        evidence: Sequence[EvidencePassage],
        cancelled: Callable[[], bool],
        draft: Draft,
    ) -> Iterator[Waiting | Reading | TextAdded | SentenceChecked]:
        """The model's text as it is written, each sentence checked as soon as it is complete.

        It ends where the text begins to give away the prompt.
        """

        def check(sentence: str, named: Sequence[int]) -> SentenceChecked:
            (vector,) = self.retriever.embedder.embed_sentences([sentence])
            floor = self._settings.support_floor
            checked = citations.check(sentence, asked.about, evidence, floor, vector=vector, named=named)
            draft.near(checked)
            return SentenceChecked(checked.sentence, checked.sources)

        writing = Writing(
            check,
            sources=len(draft.sources),
            markers=self._generator.cites_itself,
            drop=self._settings.unsupported == "drop",
        )
        for piece in self._generated(messages, cancelled):
            if not isinstance(piece, GeneratedText):
                yield piece
                continue
            draft.usage = piece.usage
            if repeats_prompt(draft.text + piece.text, INSTRUCTIONS):
                draft.begin_again()
                return
            yield from writing.add(piece.text)
        if not cancelled():  # Half a sentence says nothing that could be checked.
            yield from writing.finish()

    def _generated(
        self, messages: Sequence[Message], cancelled: Callable[[], bool]
    ) -> Iterator[Waiting | Reading | GeneratedText]:
        """The generator's text, and what it does before.

        Raises GenerationError whatever the generator raises: anybody's may be in its place.
        """
        try:
            yield from self._generator.stream(messages, self._answer_tokens, cancelled)
        except RagError:
            raise
        except Exception as error:
            raise GenerationError(f"The answering model failed ({error}). Ask again, or choose another one.") from error

    def _judge(self, asked: _Asked, quote: Source, draft: Draft, cancelled: Callable[[], bool]) -> None:
        """How likely what was written stands, after a second thought of the model where that decides."""
        calibration = self._calibration.answer
        if not calibration or not draft.text:
            return
        quotes = draft.cited() or (quote,)
        draft.signals = signals(asked.retrieved, quotes, draft.sentences)
        if self._settings.second_thought == "always" or not calibration.is_settled(
            draft.signals, self.model, self._answer_floor(calibration)
        ):
            agreed = self._generator.preference(second_thought(asked.in_full, quotes), "Yes", "No", cancelled)
            if agreed is not None:
                draft.signals = {**draft.signals, "second_thought": round(agreed, 4)}
        draft.confidence = round(calibration.probability(draft.signals, self.model), 4)

    def _stands(self, draft: Draft) -> bool:
        calibration = self._calibration.answer
        if draft.confidence is None or not calibration:
            return draft.cites()
        return draft.confidence >= self._answer_floor(calibration)

    def _answer_floor(self, calibration: AnswerCalibration) -> float:
        own = self._settings.answer_floor
        return calibration.decline_below if own is None else own

    def _quote_in_place(self, quote: Source, draft: Draft) -> Iterator[TextAdded | SentenceChecked]:
        """Replace an accepted answer none of whose sentences is supported by the nearest quote."""
        draft.begin_again()
        yield TextAdded(quote.quoted)
        yield SentenceChecked(AnswerSentence(quote.quoted, (quote.number,), 1.0), (quote,))

    def _declined(
        self,
        reason: DeclineReason,
        asked: _Asked,
        nearest: Sequence[Source],
        clock: Clock,
        draft: Draft | None = None,
    ) -> Declined:
        decline = declined(reason, asked.question, asked.retrieved, nearest, asked.as_of)
        return Declined(self._answer(asked, clock, draft or Draft({}), decline))

    def _answer(self, asked: _Asked, clock: Clock, draft: Draft, decline: Decline | None = None) -> Answer:
        """All that is known at the end; where it was declined no word of the draft is kept."""
        return Answer(
            question=asked.question,
            text="" if decline else draft.text.strip(),
            sentences=() if decline else tuple(draft.sentences),
            sources=decline.nearest if decline else draft.best_sources(),
            declined=decline,
            timings=clock.timings(),
            usage=draft.usage,
            model=self.model,
            confidence=draft.confidence,
            signals=draft.signals,
            context=() if decline else draft.context,
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question and what was found for it. ``history`` is empty where it does not lean on the turns before."""

    question: str
    retrieved: Retrieved
    history: Sequence[Turn]
    as_of: date | None

    @property
    def about(self) -> str:
        """What was searched for: the question with what the turns before lend it."""
        return self.retrieved.query

    @property
    def in_full(self) -> str:
        """The question, after the one before it where it leans on that."""
        return " ".join([*(turn.question for turn in self.history[-1:]), self.question])


def checked_question(question: str, settings: Settings) -> str:
    """The question without the white space around it. Raises QuestionError where it is empty or endless."""
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


def _source(found: RankedPassage) -> Source:
    return Source(found.rank, found.header, found.passage, found.best.span, found.score)
