"""The sources beside an answer → HTML. Pure; every text from outside is escaped and stripped of control characters."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import ArticleHeader, Source, Span
from rag.web import strings
from rag.web.conversation import Exchange
from rag.web.text import day, note, plain, web_address

VERY_CLOSE, CLOSE = 2.6, 1.6
"""Least scores for these words. Scores are sums of cosines and of shares of words, about 5 at most."""

NEARNESS = {strings.VERY_CLOSE: 3, strings.CLOSE: 2, strings.RELATED: 1}


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


def source_id(number: int, source: int) -> str:
    """The id of a source's card on the page."""
    return f"answer-{number}-source-{source}"


def _panel(heading: str, content: str) -> str:
    return f'<section class="fn-panel"><h2>{heading}</h2>{content}</section>'


def _cards(one: Exchange, shown: Sequence[Source]) -> str:
    return f'<ul class="fn-cards">{"".join(_card(one, source) for source in shown)}</ul>'


def _card(one: Exchange, source: Source) -> str:
    """A source that can be folded; those that the answer rests on lie open."""
    head = source.header
    quoted = not one.quotes and one.quote is not None and source.number == one.quote.number
    opened = " open" if one.cites(source) or quoted or one.stage == "declined" else ""
    number = f'<span class="fn-number">{source.number}</span>'
    return (
        f'<li><details class="fn-card" id="{source_id(one.number, source.number)}"{opened}>'
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
