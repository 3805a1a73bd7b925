"""Exchanges and sources → HTML. Pure; every text from outside is escaped and stripped of control characters."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from rag.filters import DateRange, Filters
from rag.types import ArticleHeader, Source, Span
from rag.web import strings
from rag.web.conversation import Exchange

# Control characters, and those that turn the direction of the text after them: no title may reorder the page.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
VERY_CLOSE, CLOSE = 2.6, 1.6
"""Least scores for these words. Scores are sums of cosines and of shares of words, about 5 at most."""

NEARNESS = {strings.VERY_CLOSE: 3, strings.CLOSE: 2, strings.RELATED: 1}
QUESTION_CHARACTERS = 4000
"""What is shown of a question; longer ones are refused anyway."""


def plain(text: str) -> str:
    """Text from outside as HTML that shows it and does nothing else."""
    return html.escape(straight(text), quote=True)


def straight(text: str) -> str:
    """Text without what would turn or break the text around it."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub("", text)


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


def sources(one: Exchange) -> str:
    """The panel beside an answer: its sources, or the nearest passages where it was declined."""
    if not one.sources:
        return "" if one.finished else _panel(strings.SOURCES, note(strings.SEARCHING))
    heading = strings.SOURCES
    if one.stage == "declined":
        heading = strings.NEAREST
    elif one.stage == "reading":
        heading = strings.PASSAGES_READ
    if not one.finished or not one.quotes:
        return _panel(heading, _cards(one, one.sources))
    cited = [source for source in one.sources if one.cites(source)]
    others = [source for source in one.sources if not one.cites(source)]
    return _panel(heading, _cards(one, cited)) + (_panel(strings.ALSO_READ, _cards(one, others)) if others else "")


def no_sources() -> str:
    """The panel before the first question."""
    return _panel(strings.SOURCES, note(strings.NO_SOURCES))


def earlier_sources(exchanges: Sequence[Exchange]) -> str:
    """The sources of the answers before the last, folded away, the latest first."""
    shown = [one for one in reversed(exchanges) if one.sources]
    if not shown:
        return ""
    groups = "".join(
        f'<details class="fn-earlier"><summary><span dir="auto">{plain(one.question)}</span></summary>'
        f"{_cards(one, one.sources)}</details>"
        for one in shown
    )
    return _panel(strings.EARLIER_SOURCES, groups)


def feedback_question() -> str:
    """What stands before the verdicts that a reader may give."""
    return f'<span class="fn-judge">{strings.WAS_IT_RIGHT}</span>'


def marked(source: Source, spans: Sequence[Span]) -> str:
    """The passage with the spans marked: exactly the characters that the offsets name."""
    passage = source.passage
    parts: list[str] = []
    at = passage.start
    for span in _merged(spans, passage.start, passage.end):
        parts.append(plain(passage.words_of(Span(at, span.start))))
        parts.append(f"<mark>{plain(passage.words_of(span))}</mark>")
        at = span.end
    parts.append(plain(passage.words_of(Span(at, passage.end))))
    return "".join(parts)


def nearness(score: float) -> str:
    """How near a passage is to the question, in words."""
    if score >= VERY_CLOSE:
        return strings.VERY_CLOSE
    return strings.CLOSE if score >= CLOSE else strings.RELATED


def web_address(url: str) -> str:
    """The address where it is one of the web, or else nothing: no other scheme becomes a link."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in {"http", "https"} and parts.hostname else ""


def day(value: date | None) -> str:
    return f"{value.day} {value:%B %Y}" if value else ""


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
    return f'<a class="fn-jump" href="#{_source_id(one.number, one.sources[0].number)}">{strings.NEAREST}</a>'


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
        f'<sup class="fn-mark"><a href="#{_source_id(number, source.number)}" aria-label="{label}" title="{label}">'
        f"[{source.number}]</a></sup>"
    )


def _status(one: Exchange) -> str:
    words = {
        "searching": strings.SEARCHING,
        "reading": strings.READING,
        "writing": strings.WRITING,
        "stopped": strings.STOPPED if one.text else strings.STOPPED_EARLY,
    }.get(one.stage)
    return f'<p class="fn-status">{words}</p>' if words else ""


# Sources


def _panel(heading: str, content: str) -> str:
    return f'<section class="fn-panel"><h2>{heading}</h2>{content}</section>'


def note(words: str) -> str:
    return f'<p class="fn-note">{words}</p>'


def _cards(one: Exchange, shown: Sequence[Source]) -> str:
    return f'<ul class="fn-cards">{"".join(_card(one, source) for source in shown)}</ul>'


def _card(one: Exchange, source: Source) -> str:
    """A source that can be folded; those that the answer rests on lie open."""
    head = source.header
    quoted = not one.quotes and one.quote is not None and source.number == one.quote.number
    opened = " open" if one.cites(source) or quoted or one.stage == "declined" else ""
    number = f'<span class="fn-number">{source.number}</span>'
    return (
        f'<li><details class="fn-card" id="{_source_id(one.number, source.number)}"{opened}>'
        f'<summary>{number}<span class="fn-head"><span class="fn-title" dir="auto">'
        f"{plain(head.title) or strings.UNTITLED}</span>{_origin(head, source.score)}</span></summary>"
        f'<blockquote class="fn-passage" dir="auto">{marked(source, one.spans_of(source))}</blockquote>'
        f"{_shortfall(one.shortfall_of(source))}"
        f'<p class="fn-links"><a class="fn-back" href="#answer-{one.number}">{strings.BACK_TO_ANSWER}</a>'
        f"{_link(head)}</p></details></li>"
    )


def _shortfall(sentence: str) -> str:
    return f'<p class="fn-shortfall">{plain(sentence)}</p>' if sentence else ""


def _origin(head: ArticleHeader, score: float) -> str:
    """The line below a title: outlet and day, and how near the passage is."""
    parts = [f"<bdi>{plain(part)}</bdi>" for part in (head.source, day(head.date)) if part]
    near = nearness(score)
    return (
        f'<span class="fn-outlet"><span>{" · ".join(parts)}</span>'
        f'<span class="fn-nearness" data-near="{NEARNESS[near]}">{near}</span></span>'
    )


def _link(head: ArticleHeader) -> str:
    address = web_address(head.url)
    if not address:
        return ""
    return (
        f'<a class="fn-original" href="{plain(address)}" target="_blank" rel="noopener noreferrer nofollow">'
        f'{strings.READ_ORIGINAL}<span class="fn-sr"> ({strings.OPENS_NEW_TAB})</span></a>'
    )


def _source_id(number: int, source: int) -> str:
    return f"answer-{number}-source-{source}"


def _merged(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """The spans in order, cut to the passage, overlapping ones as one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        begin, stop = max(span.start, start), min(span.end, end)
        if begin >= stop:
            continue
        if merged and begin <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, stop))
        else:
            merged.append(Span(begin, stop))
    return merged
