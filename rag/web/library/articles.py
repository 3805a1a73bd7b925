"""The articles as the web shows them: listed, opened, cited, suggested and removed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.core.errors import IndexBusyError
from rag.core.types import Article, ArticleHeader, Source, Span
from rag.store import SqliteLibrary
from rag.store.cache import GenerationCache
from rag.store.facets import Facets
from rag.store.lock import index_lock
from rag.text.suggestions import (
    ArticleQuestion,
    Questions,
    choose_articles,
    heading_questions,
    suggest_questions,
)
from rag.web.i18n import strings
from rag.web.library.citations import Citation, State, citation_of
from rag.web.library.uploads import Uploads

PAGE = 50
"""Most articles on a page of the list."""
NEWEST = 200
"""The newest articles, from which suggested questions are chosen."""
PART = 60_000
"""About the most characters of an article shown at a time: a browser lays out more of them slowly."""


@dataclass(frozen=True, slots=True)
class Row:
    """One article of the list. ``same_as`` is the title of its near-duplicate, or ""."""

    header: ArticleHeader
    passages: int
    same_as: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list: ``rows`` begin after the first ``offset`` of ``total`` articles that contain ``text``."""

    rows: tuple[Row, ...]
    offset: int
    total: int
    text: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The display name of a file or address that an article was read from."""

    name: str
    is_upload: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """An article to read: characters ``start`` to ``end`` of its text, part ``part`` (from 0) of ``parts``.

    ``same_as`` is its near-duplicate that was stored first; ``copies`` are those that were stored later.
    """

    article: Article
    passages: int
    origins: tuple[Origin, ...]
    same_as: ArticleHeader | None
    copies: tuple[ArticleHeader, ...]
    part: int
    parts: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cited:
    """The part of a cited article with its first quote, or another part.

    ``spans`` are the quotes that the article still has. ``page`` is that of the first one, None without pages.
    """

    opened: Opened
    spans: tuple[Span, ...]
    page: int | None
    state: State


class ArticleService:
    """The articles of a library with their uploaded files."""

    def __init__(self, library: SqliteLibrary, uploads: Uploads) -> None:
        self._library = library
        self._uploads = uploads
        self._remembered = GenerationCache(library.generation, most=NEWEST)

    def count(self) -> int:
        """Count the articles."""
        return self._library.count_found()

    def generation(self) -> int:
        return self._library.generation()

    def facets(self) -> Facets:
        """Return the values that the articles can be filtered by."""
        return self._library.facets()

    def listing(self, text: str = "", offset: int = 0) -> Listing:
        """List the newest articles with ``text`` in title, source, author, address or origin, at most PAGE.

        An offset past the end gives the last page.
        """
        text = text.strip()
        total = self._library.count_found(text)
        offset = max(0, min(offset, (total - 1) // PAGE * PAGE))
        headers = self._library.find(text, PAGE, offset)
        return Listing(tuple(self._row(header) for header in headers), offset, total, text)

    def opened(self, article_id: str, part: int = 0, *, with_paths: bool) -> Opened | None:
        """Open an article; None if it does not exist. Without ``with_paths``, paths are shortened to file names."""
        article, header = self._library.article(article_id), self._library.header(article_id)
        if article is None or header is None:
            return None
        parts = max(1, -(-len(article.text) // PART))
        part = max(0, min(part, parts - 1))
        same_as = self._library.header(header.duplicate_of) if header.duplicate_of else None
        copies = (self._library.header(copy) for copy in self._library.duplicates(article_id))
        return Opened(
            article,
            self._library.passages_of(article_id),
            tuple(self._origin(origin, with_paths) for origin in self._library.origins(article_id)),
            same_as,
            tuple(copy for copy in copies if copy),
            part,
            parts,
            _part_edge(article.text, part * PART),
            _part_edge(article.text, (part + 1) * PART),
        )

    def state_of(self, source: Source) -> State:
        """Return whether a source's article was changed or removed since it was quoted."""
        return citation_of(source, ()).state(self._library.header(source.header.id))

    def suggestions(self, may_read: Callable[[ArticleHeader], bool] = lambda _: True) -> list[str]:
        """Questions to begin with: about the newest articles after every change, and about other ones each time.

        Only about those articles of the newest that ``may_read`` lets through.
        """
        turn = next(self._remembered.get(("turns",), itertools.count))
        chosen = choose_articles(filter(may_read, self._library.headers(NEWEST)), turn)
        return suggest_questions(chosen, self.questions([header.id for header in chosen]), turn)

    def questions(self, article_ids: Sequence[str]) -> Questions:
        """Return the questions of articles as they were stored, or made now if there are none."""
        stored = self._library.questions(article_ids)
        return {article_id: stored.get(article_id) or self._made(article_id) for article_id in article_ids}

    def _made(self, article_id: str) -> Sequence[ArticleQuestion]:
        def make() -> Sequence[ArticleQuestion]:
            article = self._library.article(article_id)
            return heading_questions(article) if article else ()

        return self._remembered.get(article_id, make)

    def cited(self, citation: Citation, part: int | None = None) -> Cited | None:
        """Open the article of a citation at its first quote, or at a ``part``; None if it does not exist."""
        article, header = self._library.article(citation.article_id), self._library.header(citation.article_id)
        if article is None or header is None:
            return None
        spans = citation.found_in(article.text)
        first = min((span.start for span in spans), default=0)
        opened = self.opened(article.id, _part_at(article.text, first) if part is None else part, with_paths=False)
        page = header.page_at(first) if spans else None
        return Cited(opened, spans, page, citation.state(header)) if opened else None

    def remove(self, article_id: str) -> str:
        """Remove an article, delete uploaded files that no article comes from any more, and return its title.

        Raises IndexBusyError while the index is being changed.
        """
        header = self._library.header(article_id)
        try:
            with index_lock(self._library.file.parent, wait=False):
                files = {self._uploads.file_of(origin) for origin in self._library.origins(article_id)}
                self._library.remove([article_id])
                for file in files:
                    if file and not self._library.find(str(file), 1):
                        self._uploads.discard(file)
        except IndexBusyError:
            raise IndexBusyError(strings.BUSY) from None
        return header.title if header else ""

    def _row(self, header: ArticleHeader) -> Row:
        first = self._library.header(header.duplicate_of) if header.duplicate_of else None
        same_as = (first.title or strings.UNTITLED) if first else ""
        return Row(header, self._library.passages_of(header.id), same_as)

    def _origin(self, origin: str, with_paths: bool) -> Origin:
        uploaded = self._uploads.name_of(origin)
        if uploaded:
            return Origin(uploaded, True)
        is_path = "://" not in origin
        return Origin(Path(origin).name if is_path and not with_paths else origin, False)


def _part_at(text: str, offset: int) -> int:
    """Return the part of a character: parts end at or before a multiple of PART."""
    part = offset // PART
    return part + 1 if offset >= _part_edge(text, (part + 1) * PART) else part


def _part_edge(text: str, offset: int) -> int:
    """Return the offset, or the end of the paragraph or word before it if that is near."""
    if offset >= len(text):
        return len(text)
    for separator, reach in (("\n", PART // 10), (" ", 200)):
        found = text.rfind(separator, max(0, offset - reach), offset)
        if found >= 0:
            return found + 1
    return offset
