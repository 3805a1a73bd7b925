"""Questions to begin with, made from the newest articles. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.types import ArticleHeader

SUGGESTIONS = 3
TITLE_CHARACTERS = 90
PHRASES = (
    "What do the articles say about “{title}”?",
    "What is reported in “{title}”?",
    "What is “{title}” about?",
)


def suggest_questions(headers: Sequence[ArticleHeader]) -> list[str]:
    """At most three questions about articles of differing first tags. ``headers`` come newest first."""
    titled = [header for header in headers if header.title.strip()]
    return [
        phrase.format(title=_short(header.title))
        for phrase, header in zip(PHRASES, _differing(titled)[:SUGGESTIONS], strict=False)
    ]


def _differing(headers: Sequence[ArticleHeader]) -> list[ArticleHeader]:
    """The first article of each first tag, then the others, so that few tags still make three questions."""
    first: dict[str, ArticleHeader] = {}
    others: list[ArticleHeader] = []
    for header in headers:
        tag = header.tags[0].casefold() if header.tags else ""
        if tag in first:
            others.append(header)
        else:
            first[tag] = header
    return [*first.values(), *others]


def _short(title: str) -> str:
    """A title on one line and without quotation marks of its own, cut after a word where it is long."""
    line = re.sub(r"[“”„«»\"\s]+", " ", title).strip().rstrip(".?!")
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[:TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(",;:–— ") + "…"
