"""Suggested questions about titles and section headings, made without a model.

The questions about headings are made at ingestion and stored with their article. Libraries made by earlier versions
hold questions of other kinds; they are shown in the same way.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Literal, TypeVar

from rag.core.types import Article, ArticleHeader, Source, Span

T = TypeVar("T")

SUGGESTIONS = FOLLOW_UPS = 3
MAX_STORED = 8
"""Questions stored for one article."""
TITLE_CHARACTERS = 90

TEMPLATES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class ArticleQuestion:
    """A question that an article answers, and the span of the article that answers it."""

    text: str
    answer: Span


Questions = Mapping[str, Sequence[ArticleQuestion]]
"""Article id → its stored questions, best first."""


def heading_questions(article: Article) -> list[ArticleQuestion]:
    """Return a question for each section heading of a titled article, in order, MAX_STORED at most.

    A heading that is a question itself is returned as it is; one of a single word ("Background") is left out.
    """
    if not article.title.strip():
        return []
    headings = sorted(article.headings, key=lambda heading: heading.start)
    ends = [*(heading.start for heading in headings[1:]), len(article.text)]
    found: dict[str, Span] = {}
    for heading, end in zip(headings, ends, strict=False):
        words = article.text[heading.start : heading.end]
        if len(words.split()) > 1:
            found.setdefault(_about_heading(words, article), Span(heading.start, end))
    return [ArticleQuestion(text, span) for text, span in islice(found.items(), MAX_STORED)]


def choose_articles(headers: Iterable[ArticleHeader], turn: int = 0) -> list[ArticleHeader]:
    """Choose SUGGESTIONS titled articles with different first tags, others each turn; ``headers`` are newest first."""
    groups: dict[str, list[ArticleHeader]] = {}
    for header in headers:
        if header.title.strip():
            groups.setdefault(header.tags[0].casefold() if header.tags else "", []).append(header)
    ordered = _interleaved(groups.values())
    begin = turn * SUGGESTIONS % len(ordered) if len(ordered) > SUGGESTIONS else 0
    return [*ordered[begin:], *ordered[:begin]][:SUGGESTIONS]


def suggest_questions(chosen: Sequence[ArticleHeader], questions: Questions, turn: int = 0) -> list[str]:
    """Return one question for each article: about its title at first, then its stored questions in turn."""
    suggested = []
    for header in chosen:
        title = _template("title", header.language).format(title=_quotable(header.title))
        texts = [title, *(question.text for question in questions.get(header.id, ()))]
        suggested.append(texts[turn % len(texts)])
    return suggested


def follow_up_questions(
    asked: Collection[str], sources: Sequence[Source], quotes: Mapping[int, Sequence[Span]], questions: Questions
) -> list[str]:
    """Return at most FOLLOW_UPS questions on sections of the sources' articles that the answer does not quote.

    Args:
        asked: The questions of the conversation, which are not suggested again.
        sources: The sources of the answer.
        quotes: The quoted spans by source number. The articles of quoted sources come first.
        questions: The stored questions of the sources' articles.
    """
    quoted: dict[str, list[Span]] = {}
    for source in sorted(sources, key=lambda source: source.number not in quotes):
        quoted.setdefault(source.header.id, []).extend(quotes.get(source.number, ()))
    unanswered = (
        [question.text for question in questions.get(article_id, ()) if not _overlaps(question.answer, spans)]
        for article_id, spans in quoted.items()
    )
    following = dict.fromkeys(text for text in _interleaved(unanswered) if text not in asked)
    return list(following)[:FOLLOW_UPS]


def _overlaps(span: Span, others: Iterable[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _interleaved(lists: Iterable[Sequence[T]]) -> list[T]:
    """Return the first element of each list, then the second of each, and so on."""
    return [item for item in chain.from_iterable(zip_longest(*lists)) if item is not None]


def _template(about: Literal["title", "heading"], language: str) -> str:
    template: str = TEMPLATES.get(language.partition("-")[0].lower(), TEMPLATES["en"])[about]
    return template


def _about_heading(heading: str, article: Article) -> str:
    if heading.rstrip().endswith("?"):
        return " ".join(heading.split())
    template = _template("heading", article.language)
    return template.format(title=_quotable(article.title), heading=_quotable(heading))


def _quotable(text: str) -> str:
    """Return a title on one line without quotation marks, cut after a word if it is long."""
    line = re.sub(r"[“”„«»\"\s]+", " ", text).strip().rstrip(".?!")
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[:TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(",;:–— ") + "…"
