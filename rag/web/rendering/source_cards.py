"""The sources beside an answer → HTML. Pure; every text from outside is escaped and stripped of control characters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from rag.core.types import ArticleHeader, Source
from rag.web.conversations.exchange import Exchange
from rag.web.i18n import strings
from rag.web.library.citations import Citation, State, citation_of
from rag.web.rendering.abstention import shortfall_of
from rag.web.rendering.escaping import day, note, plain, web_address
from rag.web.rendering.highlighting import marked

VERY_CLOSE, CLOSE = 2.6, 1.6
"""Least scores for these words. Scores are sums of cosines and of shares of words, about 5 at most."""

StateOf = Callable[[Source], State]
"""Tells what has become of a source's article since it was quoted: ``Shelf.state_of``."""


def _as_quoted(_: Source) -> State:
    return "unchanged"


def sources(one: Exchange, state_of: StateOf = _as_quoted) -> str:
    """The panel beside an answer: its sources, or the nearest passages where it was declined.

    ``state_of`` is asked about each source of a finished answer, so that a card can say that its article has changed.
    """
    if not one.sources:
        return "" if one.finished else _panel(strings.SOURCES, note(strings.SEARCHING))
    shown = partial(_cards, one, state_of=state_of)
    heading = strings.SOURCES
    if one.stage == "declined":
        heading = strings.NEAREST
    elif one.stage == "reading":
        heading = strings.PASSAGES_READ
    if not one.finished or not one.quotes:
        return _panel(heading, shown(one.sources))
    cited = [source for source in one.sources if one.cites(source)]
    others = [source for source in one.sources if not one.cites(source)]
    return _panel(heading, shown(cited)) + (_panel(strings.ALSO_READ, shown(others)) if others else "")


def no_sources() -> str:
    """The panel before the first question."""
    return _panel(strings.SOURCES, note(strings.NO_SOURCES))


def earlier_sources(exchanges: Sequence[Exchange], state_of: StateOf = _as_quoted) -> str:
    """The sources of the answers before the last, folded away, the latest first; ``state_of`` as in ``sources``."""
    shown = [one for one in reversed(exchanges) if one.sources]
    if not shown:
        return ""
    groups = "".join(
        f'<details class="fn-earlier"><summary><span dir="auto">{plain(one.question)}</span></summary>'
        f"{_cards(one, one.sources, state_of)}</details>"
        for one in shown
    )
    return _panel(strings.EARLIER_SOURCES, groups)


def nearness(score: float) -> str:
    """How near a passage is to the question, in words."""
    return (strings.RELATED, strings.CLOSE, strings.VERY_CLOSE)[_degree(score)]


def _degree(score: float) -> int:
    return sum(score >= least for least in (CLOSE, VERY_CLOSE))


def source_id(number: int, source: int) -> str:
    """The id of a source's card on the page."""
    return f"answer-{number}-source-{source}"


def _panel(heading: str, content: str) -> str:
    return f'<section class="fn-panel"><h2>{heading}</h2>{content}</section>'


def _cards(one: Exchange, shown: Sequence[Source], state_of: StateOf) -> str:
    known = state_of if one.finished else _as_quoted
    return f'<ul class="fn-cards">{"".join(_card(one, source, known(source)) for source in shown)}</ul>'


def _card(one: Exchange, source: Source, state: State) -> str:
    """A source that can be folded; those that the answer rests on lie open."""
    head, spans, passage = source.header, one.spans_of(source), source.passage
    quoted = not one.quotes and one.quote is not None and source.number == one.quote.number
    opened = " open" if one.cites(source) or quoted or one.stage == "declined" else ""
    number = f'<span class="fn-number">{source.number}</span>'
    return (
        f'<li><details class="fn-card" id="{source_id(one.number, source.number)}"{opened}>'
        f'<summary>{number}<span class="fn-head"><span class="fn-title"><bdi>'
        f"{plain(head.title) or strings.UNTITLED}</bdi></span>{_origin(source)}</span></summary>"
        f'<blockquote class="fn-passage" dir="auto">{marked(passage.text, passage.start, spans)}</blockquote>'
        f"{_shortfall(shortfall_of(one, source))}{_since(state)}"
        f'<p class="fn-links"><a class="fn-back" href="#answer-{one.number}">{strings.BACK_TO_ANSWER}</a>'
        f"{_reading(citation_of(source, spans), state)}{_link(head)}</p></details></li>"
    )


def _shortfall(sentence: str) -> str:
    return f'<p class="fn-shortfall" dir="auto">{plain(sentence)}</p>' if sentence else ""


def _since(state: State) -> str:
    words = {"changed": strings.ARTICLE_CHANGED, "gone": strings.ARTICLE_REMOVED}.get(state)
    return f'<p class="fn-since">{words}</p>' if words else ""


def _reading(citation: Citation, state: State) -> str:
    """The button that opens the article at the quote; reading.js tells the server."""
    if state == "gone":
        return ""
    return f'<button class="fn-open" data-read="{plain(citation.written())}">{strings.OPEN_ARTICLE}</button>'


def _origin(source: Source) -> str:
    """The line below a title: outlet, day and page, and how near the passage is."""
    head, page = source.header, source.page
    facts = (head.source, day(head.date), strings.page(page) if page else "")
    parts = [f"<bdi>{plain(fact)}</bdi>" for fact in facts if fact]
    return (
        f'<span class="fn-outlet"><span>{" · ".join(parts)}</span>'
        f'<span class="fn-nearness" data-near="{_degree(source.score) + 1}">'
        f"{nearness(source.score)}</span></span>"
    )


def _link(head: ArticleHeader) -> str:
    address = web_address(head.url)
    if not address:
        return ""
    return (
        f'<a class="fn-original" href="{plain(address)}" target="_blank" rel="noopener noreferrer nofollow">'
        f'{strings.READ_ORIGINAL}<span class="fn-sr"> ({strings.OPENS_NEW_TAB})</span></a>'
    )
