"""Questions and answers as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from rag.core.filters import DateRange, Filters
from rag.core.types import AnswerSentence, Source
from rag.web.conversations.exchange import Exchange, sentence_pieces
from rag.web.i18n import strings
from rag.web.rendering import markdown
from rag.web.rendering.abstention import message_of
from rag.web.rendering.environment import render
from rag.web.rendering.escaping import day

QUESTION_CHARACTERS = 4000
"""What is shown of a question; longer ones are refused anyway."""


def filters(only: Filters) -> Markup:
    """Render the filters of the next question; nothing if all articles are searched."""
    days = strings.only_days(day(only.published.start), day(only.published.end))
    chosen = [
        *only.sources, *map(strings.only_tag, only.tags), *map(strings.only_language, only.languages),
        *filter(None, [days]),
    ]  # fmt: skip
    return render("chat.filters", chosen) if chosen else Markup()


def span_of_days(published: DateRange) -> Markup:
    """Render the dates of the oldest and the newest article; nothing if none has a date."""
    if not (published.start and published.end):
        return Markup()
    return render("chat.hint", strings.span_of_days(day(published.start), day(published.end)))


def conversation(exchanges: Sequence[Exchange]) -> Markup:
    """Render questions and answers before the latest, oldest first."""
    return Markup().join(exchange(one, latest=False) for one in exchanges)


def exchange(one: Exchange, *, latest: bool = True) -> Markup:
    """Render a question and as much of its answer as there is, with its buttons once it is finished."""
    can_be_copied = one.finished and (one.stage == "declined" or bool(one.text))
    return render(
        "chat.exchange",
        one,
        question=_shortened(one.question.strip()),
        pieces=list(_cited_pieces(one)),
        message=message_of(one) if one.stage == "declined" else one.message,
        status=_status(one),
        copied=markdown.exchange(one) if can_be_copied else "",
        is_latest=latest,
    )


def earlier_answer(one: Exchange, latest: int) -> Markup:
    """Render the line above the sources of an answer that is not the latest, with the way back."""
    return render("chat.earlier_answer", _shortened(one.question.strip()), latest)


def _shortened(question: str) -> str:
    return question if len(question) <= QUESTION_CHARACTERS else question[:QUESTION_CHARACTERS] + "…"


def _cited_pieces(one: Exchange) -> Iterator[tuple[str, AnswerSentence | None, list[Source]]]:
    """Cut the answer into sentences, each with the sources that it cites, and text that is not checked yet."""
    sources = {source.number: source for source in one.sources}
    for text, sentence in sentence_pieces(one):
        cited = sentence.citations if sentence else ()
        yield text, sentence, [sources[number] for number in cited if number in sources]


def _status(one: Exchange) -> str:
    """Say what is being done, or waited for, or that the answer was stopped."""
    match one.stage:
        case "searching":
            return strings.SEARCHING
        case "reading" if one.ahead:
            return strings.ahead(one.ahead)
        case "reading" if one.reading:
            return strings.reading(one.reading.tokens, one.reading.seconds)
        case "reading":
            return strings.READING
        case "writing":
            return strings.WRITING
        case "stopped":
            return strings.STOPPED if one.text else strings.STOPPED_EARLY
        case _:
            return ""
