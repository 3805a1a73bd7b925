"""The sources beside an answer as HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from rag.core.types import Source, Span
from rag.web.conversations.exchange import Exchange
from rag.web.i18n import strings
from rag.web.library.citations import State, citation_of
from rag.web.rendering.abstention import shortfall_of
from rag.web.rendering.environment import render
from rag.web.rendering.escaping import web_address

VERY_CLOSE, CLOSE = 2.6, 1.6
"""Least scores for these words, chosen by hand. Scores are sums of cosines and of shares of words, about 5 at most."""

StateOf = Callable[[Source], State]
"""Tells what has become of a source's article since it was quoted: ``ArticleService.state_of``."""


def _as_quoted(_: Source) -> State:
    return "unchanged"


def sources(one: Exchange, state_of: StateOf = _as_quoted) -> Markup:
    """Render the panel beside an answer: its sources, or the nearest passages if the question was declined.

    ``state_of`` is asked about each source of a finished answer, so that a card can say that its article has changed.
    """
    if not one.sources:
        return Markup() if one.finished else render("source_cards.note_panel", strings.SEARCHING)
    heading = {"declined": strings.NEAREST, "reading": strings.PASSAGES_READ}.get(one.stage, strings.SOURCES)
    if not one.finished or not one.quotes:
        return _panel(heading, _cards(one, one.sources, state_of))
    cited = [source for source in one.sources if one.cites(source)]
    others = [source for source in one.sources if not one.cites(source)]
    shown = _panel(heading, _cards(one, cited, state_of))
    return shown + _panel(strings.ALSO_READ, _cards(one, others, state_of)) if others else shown


def earlier_sources(exchanges: Sequence[Exchange], state_of: StateOf = _as_quoted) -> Markup:
    """Render the sources of the answers before the last, folded, the latest first; ``state_of`` as in ``sources``."""
    groups = [(one.question, _cards(one, one.sources, state_of)) for one in reversed(exchanges) if one.sources]
    return render("source_cards.earlier", groups) if groups else Markup()


def nearness(score: float) -> str:
    """Say in words how near a passage is to the question."""
    return (strings.RELATED, strings.CLOSE, strings.VERY_CLOSE)[_degree(score)]


def _degree(score: float) -> int:
    return sum(score >= least for least in (CLOSE, VERY_CLOSE))


def _panel(heading: str, content: Markup) -> Markup:
    return render("source_cards.panel", heading, content)


def _cards(one: Exchange, shown: Sequence[Source], state_of: StateOf) -> Markup:
    known = state_of if one.finished else _as_quoted
    return render("source_cards.cards", [_card(one, source, known(source)) for source in shown])


def _card(one: Exchange, source: Source, state: State) -> Markup:
    """Render a source that can be folded; those that the answer rests on are open."""
    spans, passage = one.spans_of(source), source.passage
    is_quoted = not one.quotes and one.quote is not None and source.number == one.quote.number
    return render(
        "source_cards.card",
        one.number,
        source,
        state,
        is_open=one.cites(source) or is_quoted or one.stage == "declined",
        passage=marked(passage.text, passage.start, spans),
        shortfall=shortfall_of(one, source),
        citation=citation_of(source, spans).written(),
        address=web_address(source.header.url),
        degree=_degree(source.score),
        nearness=nearness(source.score),
    )


def marked(text: str, start: int, spans: Sequence[Span]) -> Markup:
    """Mark exactly the characters of the spans in a stretch of an article that begins at ``start``."""
    return render("shared.marked", list(_pieces(text, start, spans)))


def _pieces(text: str, start: int, spans: Sequence[Span]) -> Iterator[tuple[str, bool]]:
    at = 0
    for span in _merged(spans, start, start + len(text)):
        begin, end = span.start - start, span.end - start
        yield text[at:begin], False
        yield text[begin:end], True
        at = end
    yield text[at:], False


def _merged(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """Cut the spans to the stretch, in order, and merge overlapping ones."""
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
