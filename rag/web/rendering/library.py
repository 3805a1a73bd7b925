"""The library view as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from rag.core.types import Article, Span
from rag.web.i18n import strings
from rag.web.library.articles import PAGE, Listing, Opened
from rag.web.library.ingest_job import IngestStatus
from rag.web.rendering.environment import render
from rag.web.rendering.escaping import plain
from rag.web.rendering.source_cards import marked

FAILED_SHOWN = 50
HEADINGS = {1: "h3", 2: "h4"}


# Adding


def ingest_status(now: IngestStatus) -> Markup:
    """Render the progress of an ingest, or its result; nothing if nobody added anything."""
    if now.stage == "idle":
        return Markup()
    if not now.is_running:
        return render("library.ended", now, _summary(now), FAILED_SHOWN)
    percent = round(100 * now.progress.share) if now.progress else 0
    return render("library.running", now.stage, _doing(now), now.progress, percent)


def announcement(now: IngestStatus) -> Markup:
    """Render what a screen reader is told of an ingest: not every step, but each quarter of the way."""
    if now.stage == "idle":
        return Markup()
    if not now.is_running:
        return plain(_summary(now))
    quarter = int(now.progress.share * 4) * 25 if now.progress else 0
    return plain(f"{_doing(now)} {quarter} %" if now.stage == "reading" and quarter else _doing(now))


def _doing(now: IngestStatus) -> str:
    if now.stage == "waiting":
        return strings.WAITING
    return strings.STOPPING if now.stage == "stopping" else strings.adding(now.names)


def _summary(now: IngestStatus) -> str:
    outcome = strings.outcome(now.added, now.changed, now.unchanged, now.removed) or strings.NOTHING_ADDED
    failed = f" {strings.failed(len(now.failed))}" if now.failed else ""
    return f"{strings.CANCELLED + ' ' if now.stage == 'stopped' else ''}{outcome}.{failed}"


# The list and one article


def listing(found: Listing, may_edit: bool, chosen: str = "") -> Markup:
    """Render a page of the list; ``chosen`` is the id of the article that is open."""
    if found.rows:
        return render("library.listing", found, found.offset + len(found.rows), chosen, PAGE)
    if found.text:
        return render("shared.note", strings.NOTHING_FOUND.format(text=found.text))
    return render("shared.note", strings.EMPTY_LIBRARY if may_edit else strings.EMPTY_READ_ONLY)


def removed(title: str) -> Markup:
    return render("library.message", strings.REMOVED.format(title=title or strings.UNTITLED))


def opened(found: Opened, may_edit: bool) -> Markup:
    """Render an article to read, what is known of it, and how to remove it."""
    return render("library.opened", found, list(blocks(found)), may_edit)


def prose(found: Opened) -> Markup:
    """Render the text of an article as it was stored, with its headings, and where its pages begin."""
    return render("library.prose", found.article, list(blocks(found)))


def blocks(found: Opened, quoted: Sequence[Span] = ()) -> Iterator[tuple[str, str]]:
    """Cut a part of an article into blocks: (tag, its words, in which those of the spans ``quoted`` are marked).

    The tag is "p", that of a heading, or "page" for the number of a page that begins there.
    """
    at = found.start
    for start, end, block in sorted(_headings_and_pages(found.article, quoted)):
        if found.start <= start < found.end and start >= at:
            yield from _paragraph(found.article, at, start, quoted)
            yield block
            at = end
    yield from _paragraph(found.article, at, found.end, quoted)


def _headings_and_pages(article: Article, quoted: Sequence[Span]) -> Iterator[tuple[int, int, tuple[str, str]]]:
    """Yield (start, end, block) of each stretch of the text that is no paragraph."""
    for number, offset in enumerate(article.pages, start=1):
        yield offset, offset, ("page", strings.page(number))
    for heading in article.headings:
        words = marked(article.text[heading.start : heading.end], heading.start, quoted)
        yield heading.start, heading.end, (HEADINGS.get(heading.level, "h5"), words)


def _paragraph(article: Article, start: int, end: int, quoted: Sequence[Span]) -> Iterator[tuple[str, str]]:
    words = marked(article.text[start:end], start, quoted).strip("\n")
    if words.strip():
        yield "p", words
