"""A question and its answer so far, reduced from the events of ``Chatbot.stream``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    """A question and its answer so far. ``number`` counts from 1 within the conversation.

    ``quotes`` has the supporting spans of each source that is cited, by its number.
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
    """Questions that the model answers before this one."""
    reading: Reading | None = None
    """What the model reads before it writes, once it has begun."""
    answer: Answer | None = None
    """The whole answer, once it is complete or was declined."""

    @property
    def finished(self) -> bool:
        return self.stage in {"answered", "declined", "stopped", "failed"}

    def spans_of(self, source: Source) -> tuple[Span, ...]:
        """Return the spans to highlight in a source: those that support a sentence, or else its best sentence."""
        return self.quotes.get(source.number, (source.quote,))

    def shortfall_of(self, source: Source) -> str:
        """Return why one of the nearest passages does not answer a declined question; "" if that is unknown."""
        declined = self.answer.declined if self.answer else None
        pairs = zip(declined.nearest, declined.shortfalls, strict=False) if declined else ()
        return next((shortfall for nearest, shortfall in pairs if nearest.number == source.number), "")

    def cites(self, source: Source) -> bool:
        return source.number in self.quotes


def advance(exchange: Exchange, event: Event) -> Exchange:
    """Return the exchange after an event."""
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
    """Return the exchange as stopped by the reader; its text stays as an unfinished answer."""
    return replace(exchange, stage="stopped")


def failed(exchange: Exchange, message: str) -> Exchange:
    """Return the exchange as failed; the message says what to do about it."""
    return replace(exchange, stage="failed", message=message)


def history(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """Return the answered questions as the history of a follow-up."""
    return tuple(
        Turn(done.question, done.text, done.answer.context if done.answer else ())
        for done in exchanges
        if done.stage == "answered"
    )


def _with_quotes(quotes: Mapping[int, tuple[Span, ...]], sources: Sequence[Source]) -> Mapping[int, tuple[Span, ...]]:
    added = {source.number: (*quotes.get(source.number, ()), source.quote) for source in sources}
    return {**quotes, **added}


def sentence_pieces(one: Exchange) -> Iterator[tuple[str, AnswerSentence | None]]:
    """Yield the text of an answer as (text, its sentence); None for what is between sentences or not checked yet."""
    at = 0
    for sentence in one.sentences:
        begin = one.text.find(sentence.text, at)
        if begin < 0:
            continue
        if begin > at:
            yield one.text[at:begin], None
        at = begin + len(sentence.text)
        yield sentence.text, sentence
    if at < len(one.text):
        yield one.text[at:], None
