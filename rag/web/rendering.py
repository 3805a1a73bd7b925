"""Questions and answers → HTML. Pure; every text from outside is escaped and stripped of control characters."""

from __future__ import annotations

from collections.abc import Sequence

from rag.filters import DateRange, Filters
from rag.types import Source
from rag.web import strings
from rag.web.cards import source_id
from rag.web.conversation import Exchange
from rag.web.text import day, plain

QUESTION_CHARACTERS = 4000
"""What is shown of a question; longer ones are refused anyway."""


def header(articles: int) -> str:
    """The bar at the top of the page."""
    return (
        f'<h1 class="fn-name">{strings.NAME}<sup aria-hidden="true">1</sup></h1>'
        f'<p class="fn-tagline">{strings.TAGLINE}</p>'
        f'<p class="fn-count">{strings.articles(articles)}</p>'
    )


def views() -> str:
    """The links to the two views; views.js follows them and marks the current one."""
    links = "".join(f'<a href="#{view}">{name}</a>' for view, name in strings.VIEW_NAMES.items())
    return f'<nav class="fn-views" aria-label="{strings.VIEWS}">{links}</nav>'


def welcome() -> str:
    """What stands in the conversation before the first question."""
    return f'<div class="fn-welcome"><h2>{strings.WELCOME}</h2><p>{strings.WELCOME_MORE}</p></div>'


def filters(only: Filters) -> str:
    """What the articles must have for the next question; nothing where all of them are asked."""
    days = strings.only_days(day(only.published.start), day(only.published.end))
    asked = [
        *only.sources, *map(strings.only_tag, only.tags), *map(strings.only_language, only.languages),
        *filter(None, [days]),
    ]  # fmt: skip
    chips = "".join(f'<li class="fn-chip"><bdi>{plain(one)}</bdi></li>' for one in asked)
    return f'<p class="fn-only">{strings.ONLY}</p><ul class="fn-chips">{chips}</ul>' if chips else ""


def filter_problem(sentence: str) -> str:
    """Why nothing can be asked with these filters."""
    return f'<p class="fn-problem">{plain(sentence)}</p>'


def span_of_days(published: DateRange) -> str:
    """From when to when the articles are; nothing where none has a date."""
    if not (published.start and published.end):
        return ""
    return f'<p class="fn-hint">{strings.span_of_days(day(published.start), day(published.end))}</p>'


def conversation(exchanges: Sequence[Exchange]) -> str:
    """Questions and answers, oldest first."""
    return "".join(exchange(one) for one in exchanges)


def exchange(one: Exchange) -> str:
    """A question and as much of its answer as there is."""
    return (
        f'<article class="fn-exchange" id="answer-{one.number}" aria-label="{strings.exchange_label(one.number)}">'
        f'<div class="fn-question"><span class="fn-sr">{strings.YOU_ASKED}: </span>'
        f'<p dir="auto">{plain(_shortened(one.question.strip()))}</p></div>'
        f'<div class="fn-answer fn-{one.stage}" aria-busy="{str(not one.finished).lower()}">{_answer(one)}</div>'
        "</article>"
    )


def feedback_question() -> str:
    """What stands before the verdicts that a reader may give."""
    return f'<span class="fn-judge">{strings.WAS_IT_RIGHT}</span>'


# Answers


def _shortened(question: str) -> str:
    return question if len(question) <= QUESTION_CHARACTERS else question[:QUESTION_CHARACTERS] + "…"


def _answer(one: Exchange) -> str:
    if one.stage == "failed":
        return _notice(strings.FAILED, one.message)
    if one.stage == "declined":
        return _notice(strings.DECLINED, one.message) + _nearest_link(one)
    parts = [_quotation(one.number, one.quote)] if one.quote else []
    if one.text:
        parts.append(f'<p class="fn-text" dir="auto">{_text(one)}</p>')
    return "".join(parts) + _status(one)


def _notice(label: str, message: str) -> str:
    return f'<p class="fn-label">{label}</p><p class="fn-message">{plain(message)}</p>'


def _nearest_link(one: Exchange) -> str:
    if not one.sources:
        return ""
    return f'<a class="fn-jump" href="#{source_id(one.number, one.sources[0].number)}">{strings.NEAREST}</a>'


def _quotation(number: int, source: Source) -> str:
    origin = plain(source.header.title) or strings.UNTITLED
    return (
        f'<figure class="fn-quotation"><figcaption class="fn-label">{strings.THE_ARTICLES_SAY}</figcaption>'
        f'<blockquote dir="auto"><mark>{plain(source.quoted)}</mark></blockquote>'
        f'<p class="fn-origin"><bdi>{origin}</bdi>{_mark(number, source)}</p></figure>'
    )


def _text(one: Exchange) -> str:
    """The answer's sentences where they stand in its text, each with its footnotes, then what is not checked yet."""
    parts: list[str] = []
    titled = {source.number: source for source in one.sources}
    at = 0
    for sentence in one.sentences:
        begin = one.text.find(sentence.text, at)
        if begin < 0:
            continue
        parts.append(plain(one.text[at:begin]))
        at = begin + len(sentence.text)
        if sentence.citations:
            marks = "".join(_mark(one.number, titled[number]) for number in sentence.citations if number in titled)
            parts.append(f'<span class="fn-sentence">{plain(sentence.text)}{marks}</span>')
        else:
            parts.append(
                f'<span class="fn-unsupported"><span>{plain(sentence.text)}</span>'
                f" <small>({strings.UNSUPPORTED})</small></span>"
            )
    rest = plain(one.text[at:])
    return "".join(parts) + (f'<span class="fn-unchecked">{rest}</span>' if rest else "")


def _mark(number: int, source: Source) -> str:
    """A footnote mark: a link to the card of its source."""
    label = plain(strings.footnote_label(source.number, source.header.title))
    return (
        f'<sup class="fn-mark"><a href="#{source_id(number, source.number)}" aria-label="{label}" title="{label}">'
        f"[{source.number}]</a></sup>"
    )


def _before_writing(one: Exchange) -> str:
    """What is being done, or waited for, before the first word."""
    if one.ahead:
        return strings.ahead(one.ahead)
    return strings.reading(one.reading.tokens, one.reading.seconds) if one.reading else strings.READING


def _status(one: Exchange) -> str:
    words = {
        "searching": strings.SEARCHING,
        "reading": _before_writing(one),
        "writing": strings.WRITING,
        "stopped": strings.STOPPED if one.text else strings.STOPPED_EARLY,
    }.get(one.stage)
    return f'<p class="fn-status">{words}</p>' if words else ""
