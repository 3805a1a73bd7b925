"""What one question has come to so far, folded from the events of the stream. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

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
from rag.core.types import Answer, AnswerSentence, Source, Span, Turn

Stage = Literal["searching", "reading", "writing", "answered", "declined", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what is known of its answer. ``number`` counts from 1 within the conversation.

    ``quotes`` holds, for each source that a sentence cites, the spans of all the sentences that cite it.
    """

    number: int
    question: str
    stage: Stage = "searching"
    sources: tuple[Source, ...] = ()
    quote: Source | None = None
    text: str = ""
    sentences: tuple[AnswerSentence, ...] = ()
    quotes: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    message: str = ""
    ahead: int = 0
    """How many questions the model answers before this one."""
    reading: Reading | None = None
    """What the model reads before it writes, once it does."""
    answer: Answer | None = None
    """The whole answer, once it is there or was declined."""

    @property
    def finished(self) -> bool:
        return self.stage in {"answered", "declined", "stopped", "failed"}

    def spans_of(self, source: Source) -> tuple[Span, ...]:
        """The words to mark in a source: those that support a sentence, or else its best sentence."""
        return self.quotes.get(source.number, (source.quote,))

    def shortfall_of(self, source: Source) -> str:
        """Why one of the nearest passages does not answer a question that was declined; or else ""."""
        declined = self.answer.declined if self.answer else None
        pairs = zip(declined.nearest, declined.shortfalls, strict=False) if declined else ()
        return next((shortfall for nearest, shortfall in pairs if nearest.number == source.number), "")

    def cites(self, source: Source) -> bool:
        return source.number in self.quotes


def advance(exchange: Exchange, event: Event) -> Exchange:
    """The exchange after one more event."""
    match event:
        case SourcesFound(sources):
            return replace(exchange, sources=sources, stage="reading")
        case QuoteFound(source):
            return replace(exchange, quote=source)
        case Waiting(ahead):
            return replace(exchange, ahead=ahead)
        case Reading():
            return replace(exchange, ahead=0, reading=event)
        case TextAdded(text):
            return replace(exchange, text=exchange.text + text, stage="writing")
        case SentenceChecked(sentence, sources):
            return replace(
                exchange, sentences=(*exchange.sentences, sentence), quotes=_with_quotes(exchange.quotes, sources)
            )
        case Answered(answer):
            # An article that says otherwise was not among those that the answer was to rest on.
            known = {source.number for source in exchange.sources}
            return replace(
                exchange,
                text=answer.text,
                sentences=answer.sentences,
                sources=(*exchange.sources, *(one for one in answer.sources if one.number not in known)),
                stage="answered",
                answer=answer,
            )
        case Failed(error):
            return failed(exchange, str(error))
        case Declined(answer):
            message = answer.declined.message if answer.declined else ""
            return replace(
                exchange,
                stage="declined",
                message=message,
                sources=answer.declined.nearest if answer.declined else answer.sources,
                quote=None,
                text="",
                sentences=(),
                quotes={},
                answer=answer,
            )


def stopped(exchange: Exchange) -> Exchange:
    """The exchange once the reader has stopped it: what was written stays, as an unfinished answer."""
    return replace(exchange, stage="stopped")


def failed(exchange: Exchange, message: str) -> Exchange:
    """The exchange after an error, with the sentence that says what to do about it."""
    return replace(exchange, stage="failed", message=message)


def history(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """The answered questions, for the next one to lean on."""
    return tuple(
        Turn(done.question, done.text, done.answer.context if done.answer else ())
        for done in exchanges
        if done.stage == "answered"
    )


def _with_quotes(quotes: Mapping[int, tuple[Span, ...]], sources: Sequence[Source]) -> Mapping[int, tuple[Span, ...]]:
    added = {source.number: (*quotes.get(source.number, ()), source.quote) for source in sources}
    return {**quotes, **added}
