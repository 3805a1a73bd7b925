"""READ FIRST. The way from a question to an answer with its sources.

question → passages → evidence → answer → citations, as one stream of events

The way before it, sources → articles → passages → vectors → library, is in rag/ingestion.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from rag import grounding
from rag.calibration import Calibration, load_calibration, shipped_calibration
from rag.embedding import SentenceTransformerEmbedder
from rag.errors import IndexEmptyError, QuestionError
from rag.evidence import EvidencePassage, choose
from rag.filters import EVERYTHING, Filters
from rag.generation import LlamaGenerator
from rag.library import SqliteLibrary
from rag.prompting import build_messages
from rag.protocols import Embedder, Generator, Library, Reranker
from rag.reranking import CrossEncoderReranker, locate_cross_encoder
from rag.retrieval import Retrieved, Retriever
from rag.settings import Settings
from rag.types import (
    Answer,
    Answered,
    AnswerSentence,
    Decline,
    Declined,
    DeclineReason,
    Event,
    QuoteFound,
    RankedPassage,
    SentenceChecked,
    Source,
    SourcesFound,
    TextAdded,
    Timings,
    Turn,
    Usage,
)
from rag.vector_index import FaissIndex
from rag.weights import locate

NEAREST = 3
"""Passages that are shown where a question is declined."""
EMPTY_INDEX = "The index holds no articles yet. Run: rag ingest PATH"


def library_file(settings: Settings) -> Path:
    return settings.index / "library.db"


def open_embedder(settings: Settings) -> Embedder:
    """Load the embedding model. Raises ModelMissingError or ModelDamagedError."""
    folder = locate(settings.embedder, settings)
    return SentenceTransformerEmbedder(folder, settings.embedder, settings.embedding_precision)


def open_reranker(settings: Settings) -> Reranker | None:
    """Load the cross-encoder, where one is named. Raises ModelMissingError or ModelDamagedError."""
    if settings.reranker is None:
        return None
    folder = locate_cross_encoder(settings.reranker, settings)
    return CrossEncoderReranker(folder, settings.reranker, settings.embedding_precision)


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
        weights = locate(settings.generator, settings)
        retriever = open_retriever(library, embedder or open_embedder(settings), settings)
        generator = LlamaGenerator(
            weights, settings.generator, threads=settings.threads, context_tokens=settings.context_tokens
        )
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
        """Answer a question, event by event; the last event is Answered or Declined.

        Only articles that the ``filters`` let through are used. ``as_of`` is the day on which the question is asked,
        from which "last week" is counted and which the model is told; None is today, which it is not told.
        Where ``cancelled()`` turns true the stream ends early with what was written so far. Raises QuestionError for
        an empty or endless question, and GenerationError where the model fails.
        """
        clock = _Clock()
        question = checked_question(question, self._settings)
        if not self.library.passage_count():
            raise IndexEmptyError(EMPTY_INDEX)
        retrieved = self.retriever.retrieve(question, self._settings.candidates, history, filters=filters, as_of=as_of)
        clock.retrieved()
        nearest = tuple(_source(found) for found in retrieved.passages[:NEAREST])

        if filters and not retrieved.passages:
            yield SourcesFound(())
            yield self._declined("nothing_fits", question, (), clock)
            return
        if not retrieved.passages or self._calibration.probability(retrieved) < self._decline_below:
            yield SourcesFound(nearest, retrieved.passages)
            yield self._declined("not_in_articles", question, nearest, clock)
            return

        evidence = choose(retrieved.passages, self._settings.evidence_tokens, self._generator.count_tokens)
        sources = {passage.number: passage.as_source() for passage in evidence}
        yield SourcesFound(tuple(sources.values()), retrieved.passages)
        clock.quoted()
        best = max(evidence, key=lambda passage: passage.best.score)
        yield QuoteFound(sources[best.number])

        draft = _Draft(sources)
        for event in self._written(question, retrieved, evidence, history, as_of, cancelled, draft):
            if isinstance(event, TextAdded):
                clock.written()
            draft.take(event)
            yield event

        if not draft.cites() and not cancelled():
            yield self._declined("not_supported", question, draft.best_sources(NEAREST), clock, draft.usage)
            return
        yield Answered(
            Answer(
                question=question,
                text=draft.text.strip(),
                sentences=tuple(draft.sentences),
                sources=draft.best_sources(),
                declined=None,
                timings=clock.timings(),
                usage=draft.usage,
                model=self._generator.name,
            )
        )

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
        """The end of the stream alone, for those who do not need its events."""
        *_, last = self.stream(question, history, filters=filters, as_of=as_of)
        assert isinstance(last, Answered | Declined)
        return last.answer

    def _written(
        self,
        question: str,
        retrieved: Retrieved,
        evidence: Sequence[EvidencePassage],
        history: Sequence[Turn],
        as_of: date | None,
        cancelled: Callable[[], bool],
        draft: _Draft,
    ) -> Iterator[TextAdded | SentenceChecked]:
        """The model's text as it is written, each sentence checked as soon as it is complete."""
        messages = build_messages(question, evidence, history if retrieved.leans else (), as_of)
        rest = ""
        for piece in self._generator.stream(messages, self._settings.answer_tokens, cancelled):
            draft.usage = piece.usage
            if not piece.text:
                continue
            yield TextAdded(piece.text)
            complete, rest = grounding.complete_sentences(rest + piece.text)
            for sentence in complete:
                yield self._check(sentence, retrieved.query, evidence)
        for sentence in grounding.complete_sentences(rest, finished=True)[0]:
            yield self._check(sentence, retrieved.query, evidence)

    def _check(self, sentence: str, query: str, evidence: Sequence[EvidencePassage]) -> SentenceChecked:
        checked = grounding.check(sentence, query, evidence, self._settings.support_floor)
        return SentenceChecked(checked.sentence, checked.sources)

    def _declined(
        self,
        reason: DeclineReason,
        question: str,
        nearest: tuple[Source, ...],
        clock: _Clock,
        usage: Usage | None = None,
    ) -> Declined:
        decline = Decline(reason, DECLINE_MESSAGES[reason], nearest)
        timings = clock.timings()
        return Declined(Answer(question, "", (), nearest, decline, timings, usage or Usage(), self._generator.name))


DECLINE_MESSAGES: dict[DeclineReason, str] = {
    "nothing_fits": "No article fits the filters. Take one of them away, or widen the range of days.",
    "not_in_articles": (
        "The articles do not seem to say anything about this. The passages beside this answer come nearest; ask about "
        "something in them, or add articles on the subject."
    ),
    "not_supported": (
        "The articles touch on this, but no answer was found that their words support. Read the passages beside this "
        "answer, or ask more precisely."
    ),
}


def open_library(settings: Settings, *, may_be_empty: bool = False) -> SqliteLibrary:
    """Open the library of ``settings.index`` for reading. Raises IndexEmptyError, -MismatchError, -DamagedError."""
    library = SqliteLibrary.open(library_file(settings), settings.embedder)
    if not may_be_empty and not library.passage_count():
        raise IndexEmptyError(EMPTY_INDEX)
    return library


def open_retriever(library: Library, embedder: Embedder, settings: Settings) -> Retriever:
    """The search over a library, without an answering model. Raises what ``open_reranker`` raises."""
    index = FaissIndex(library, settings.index, embedder.dimensions)
    return Retriever(library, index, embedder, open_reranker(settings))


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


@dataclass(slots=True)
class _Draft:
    """The answer as far as it is written. ``sources`` are by number, with the latest quotes."""

    sources: dict[int, Source]
    text: str = ""
    sentences: list[AnswerSentence] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)

    def take(self, event: TextAdded | SentenceChecked) -> None:
        if isinstance(event, TextAdded):
            self.text += event.text
        else:
            self.sentences.append(event.sentence)
            self.sources.update({source.number: source for source in event.sources})

    def cites(self) -> bool:
        return any(sentence.citations for sentence in self.sentences)

    def best_sources(self, limit: int | None = None) -> tuple[Source, ...]:
        return tuple(self.sources.values())[:limit]


class _Clock:
    """Milliseconds since the question arrived."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._retrieve = 0.0
        self._quote: float | None = None
        self._token: float | None = None

    def _now(self) -> float:
        return round((time.monotonic() - self._started) * 1000, 1)

    def retrieved(self) -> None:
        self._retrieve = self._now()

    def quoted(self) -> None:
        self._quote = self._now()

    def written(self) -> None:
        self._token = self._token or self._now()

    def timings(self) -> Timings:
        return Timings(self._retrieve, self._quote, self._token, self._now())
