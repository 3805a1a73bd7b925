"""Questions and answers → HTML. Pure; every text from outside is escaped and stripped of control characters."""

from __future__ import annotations

from collections.abc import Sequence

from rag.core.filters import DateRange, Filters
from rag.core.types import Source
from rag.web.conversations.exchange import Exchange
from rag.web.i18n import strings
from rag.web.rendering import markdown
from rag.web.rendering.abstention import message_of
from rag.web.rendering.answer_sentences import pieces
from rag.web.rendering.escaping import day, plain
from rag.web.rendering.source_cards import source_id

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
    return f'<p class="fn-problem" dir="auto">{plain(sentence)}</p>'


def span_of_days(published: DateRange) -> str:
    """From when to when the articles are; nothing where none has a date."""
    if not (published.start and published.end):
        return ""
    return f'<p class="fn-hint">{strings.span_of_days(day(published.start), day(published.end))}</p>'


def conversation(exchanges: Sequence[Exchange]) -> str:
    """Questions and answers before the latest, oldest first."""
    return "".join(exchange(one, latest=False) for one in exchanges)


def exchange(one: Exchange, *, latest: bool = True) -> str:
    """A question and as much of its answer as there is, with what can be done with it once it is done."""
    return (
        f'<article class="fn-exchange" id="answer-{one.number}" data-number="{one.number}" '
        f'aria-label="{strings.exchange_label(one.number)}">'
        f'<div class="fn-question"><span class="fn-sr">{strings.YOU_ASKED}: </span>'
        f'<p dir="auto">{plain(_shortened(one.question.strip()))}</p></div>'
        f'<div class="fn-answer fn-{one.stage}" aria-busy="{str(not one.finished).lower()}">{_answer(one)}</div>'
        f"{_tools(one, latest)}</article>"
    )


def editing() -> str:
    """What stands above the question box while a question is edited."""
    return f'<p class="fn-only">{strings.EDITING_QUESTION}</p>'


def not_kept(reason: str) -> str:
    """Why a conversation is not kept, or not there; nothing where it is."""
    return f'<p class="fn-problem" role="alert">{plain(reason)}</p>' if reason else ""


def earlier_answer(one: Exchange, latest: int) -> str:
    """What stands above the sources of an answer that is not the latest: which one it is, and the way back."""
    return (
        f'<div class="fn-chosen"><p><span class="fn-label">{strings.EARLIER_ANSWER}</span> '
        f"<bdi>{plain(_shortened(one.question.strip()))}</bdi></p>"
        f'<button class="fn-tool" data-select="{latest}">{strings.LATEST_ANSWER}</button></div>'
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
        return _notice(strings.DECLINED, message_of(one)) + _nearest_link(one)
    parts = [_quotation(one.number, one.quote)] if one.quote else []
    if one.text:
        parts.append(f'<p class="fn-text" dir="auto">{_text(one)}</p>')
    return "".join(parts) + _status(one)


def _notice(label: str, message: str) -> str:
    return f'<p class="fn-label">{label}</p><p class="fn-message" dir="auto">{plain(message)}</p>'


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
    titled = {source.number: source for source in one.sources}
    parts: list[str] = []
    for text, sentence in (cut := list(pieces(one))):
        if sentence is None:
            parts.append(plain(text))
        elif sentence.citations:
            marks = "".join(_mark(one.number, titled[number]) for number in sentence.citations if number in titled)
            parts.append(f'<span class="fn-sentence">{plain(text)}{marks}</span>')
        else:
            parts.append(
                f'<span class="fn-unsupported"><span>{plain(text)}</span> <small>({strings.UNSUPPORTED})</small></span>'
            )
    if cut and cut[-1][1] is None:
        parts[-1] = f'<span class="fn-unchecked">{parts[-1]}</span>'
    return "".join(parts)


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


def _tools(one: Exchange, latest: bool) -> str:
    """The buttons below an answer; answering.js says what they do."""
    if not one.finished:
        return ""
    copied = one.stage == "declined" or bool(one.text)
    buttons = [_copy(one)] if copied else []
    if latest:
        buttons.append(f'<button class="fn-tool" data-do="retry">{strings.ASK_AGAIN}</button>')
        buttons.append(f'<button class="fn-tool" data-do="edit">{strings.EDIT_QUESTION}</button>')
    elif one.sources:
        buttons.append(f'<button class="fn-tool" data-select="{one.number}">{strings.SHOW_SOURCES}</button>')
    return f'<div class="fn-tools">{"".join(buttons)}</div>' if buttons else ""


def _copy(one: Exchange) -> str:
    return (
        f'<button class="fn-tool" aria-label="{strings.COPY_ANSWER}" title="{strings.COPY_ANSWER}" '
        f'data-copied="{strings.COPIED}" data-refused="{strings.NOT_COPIED}" '
        f'data-copy="{plain(markdown.exchange(one))}">{strings.COPY}</button>'
    )
