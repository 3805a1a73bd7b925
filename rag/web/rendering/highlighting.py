"""Text with its quoted words marked, as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from rag.core.types import Span
from rag.web.rendering.environment import render


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
