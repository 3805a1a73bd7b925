"""A citation of an article's words that can be found again when the article has changed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rag.core.types import ArticleHeader, Source, Span

LONGEST = 1 << 16
"""Most characters of a serialized citation: more than any passage has."""

State = Literal["unchanged", "changed", "gone"]
"""What has become of an article since it was quoted."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of an article, and the offset of their first character when they were quoted."""

    start: int
    words: str

    def found_in(self, text: str) -> Span | None:
        """Find the words in a text, ignoring differences in white space: at their old offset, or nearest to it."""
        if not self.words.strip():
            return None
        end = self.start + len(self.words)
        if text[self.start : end] == self.words:
            return Span(self.start, end)
        words = re.compile(r"\s+".join(map(re.escape, self.words.split())))
        places = [Span(*match.span()) for match in words.finditer(text)]
        return min(places, key=lambda place: abs(place.start - self.start), default=None)


@dataclass(frozen=True, slots=True)
class Citation:
    """The quotes of an article that an answer rests on, in the order of its text."""

    article_id: str
    text_sha256: str
    quotes: tuple[Quote, ...]

    def state(self, stored: ArticleHeader | None) -> State:
        """Compare with the article that the library has under its id now, if any."""
        if stored is None:
            return "gone"
        return "unchanged" if stored.text_sha256 == self.text_sha256 else "changed"

    def found_in(self, text: str) -> tuple[Span, ...]:
        """Find the quotes that a text still has."""
        return tuple(filter(None, (quote.found_in(text) for quote in self.quotes)))

    def written(self) -> str:
        """Serialize as ASCII JSON; ``read_citation`` parses it."""
        return json.dumps([self.article_id, self.text_sha256, [[quote.start, quote.words] for quote in self.quotes]])


def citation_of(source: Source, spans: Sequence[Span]) -> Citation:
    """Return the citation of these spans of a source's passage."""
    in_order = sorted(set(spans), key=lambda span: span.start)
    quotes = (Quote(span.start, source.passage.words_of(span)) for span in in_order)
    return Citation(source.header.id, source.header.text_sha256, tuple(quotes))


def read_citation(written: str) -> Citation | None:
    """Parse what ``Citation.written`` returned; None for anything else."""
    if len(written) > LONGEST:
        return None
    try:
        match json.loads(written):
            case [str(article_id), str(text_sha256), list(quotes)]:
                return Citation(article_id, text_sha256, tuple(Quote(*_quote(*quote)) for quote in quotes))
    except (ValueError, TypeError, RecursionError):
        pass
    return None


def _quote(start: object, words: object) -> tuple[int, str]:
    if not (isinstance(start, int) and start >= 0 and isinstance(words, str)):
        raise ValueError("no quote")
    return start, words
