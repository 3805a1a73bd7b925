"""Text with some of its words marked → HTML. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rag.core.types import Span
from rag.web.rendering.escaping import plain


def marked(text: str, start: int, spans: Sequence[Span]) -> str:
    """A stretch of an article that begins at ``start``, with exactly the characters of the spans marked."""
    parts: list[str] = []
    at, end = start, start + len(text)
    for span in _merged(spans, start, end):
        parts.append(plain(text[at - start : span.start - start]))
        parts.append(f"<mark>{plain(text[span.start - start : span.end - start])}</mark>")
        at = span.end
    parts.append(plain(text[at - start :]))
    return "".join(parts)


def _merged(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """The spans in order, cut to the stretch, overlapping ones as one."""
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
