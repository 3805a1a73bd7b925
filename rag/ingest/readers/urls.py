"""Read web addresses into articles: a page or document, the pages of a sitemap, the entries of a feed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import unquote

from rag.core.errors import ArticleError
from rag.core.settings import Settings
from rag.core.types import Article
from rag.ingest.fetch.http import Fetched, Limits, gunzip, parse_address
from rag.ingest.fetch.robots import PAUSE_SECONDS, PoliteFetcher
from rag.ingest.readers import feed, sitemap
from rag.ingest.readers.document import Document
from rag.ingest.readers.feed import Entry, Feed
from rag.ingest.readers.metadata import one_line
from rag.ingest.readers.reader import Unreadable, read_document
from rag.ingest.readers.sitemap import MAX_ADDRESSES, Listed

GZIP = b"\x1f\x8b"
ID_CHARACTERS = 160
EXTENSION = re.compile(r"(?<=[^/])\.[A-Za-z][A-Za-z0-9]{1,4}\Z")
# For formats that are not recognised by their content; a server's "text/plain" says nothing.
SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/pdf": ".pdf",
    "message/rfc822": ".eml",
}


def load(
    source: str, settings: Settings, *, pause_seconds: float = PAUSE_SECONDS, limits: Limits | None = None
) -> Iterator[Article | Unreadable]:
    """Yield the articles at an address, fetched one after the other as they are taken.

    What cannot be fetched or read is yielded as Unreadable with its own address; nothing is raised. ``origin`` is the
    address of the page or entry, so that a page is the same article whether it was given or found in a feed.
    """
    limits = limits or Limits()
    fetcher = PoliteFetcher(settings, pause_seconds=pause_seconds, limits=limits)
    visit = _Visit(source.strip(), fetcher, limits)
    return _readable(source.strip(), visit.read)


def read_page(page: Fetched, origin: str) -> Iterator[Article | ArticleError]:
    """Yield the articles of a fetched page or document; an ArticleError stands for what cannot be read.

    ``origin`` is the address that was asked for. An article that names no url or source gets the address after all
    redirects and its host.
    """
    document = Document(page.content, _name_of(page), suggested_id(page.url), origin, page.url, page.charset)
    for found in read_document(document):
        if isinstance(found, Article):
            found = replace(found, url=found.url or page.url, source=found.source or host_of(page.url))
        yield found


def suggested_id(address: str) -> str:
    """Return a readable id for an address: host, path and query, without a file extension."""
    url = parse_address(address)
    path = EXTENSION.sub("", unquote(url.path).strip("/"))
    query = f"?{url.query.decode()}" if url.query else ""
    return one_line(f"{host_of(address)}/{path}{query}").rstrip("/")[:ID_CHARACTERS]


def host_of(address: str) -> str:
    """Return the host of an address without "www.". Raises ArticleError if it is not an address."""
    return parse_address(address).host.removeprefix("www.")


class _Visit:
    """One address with everything that it links to; no page is read twice."""

    def __init__(self, address: str, fetcher: PoliteFetcher, limits: Limits) -> None:
        self._address, self._fetcher, self._limits = address, fetcher, limits
        self._seen: set[str] = set()

    def read(self) -> Iterable[Article | Unreadable | ArticleError]:
        page = self._unpacked(self._fetcher.fetch(self._address))
        if sitemap.is_sitemap(page.content):
            return self._sitemap(page)
        if feed.is_feed(page.content):
            return self._feed(page)
        return read_page(page, self._address)

    def _sitemap(self, page: Fetched) -> Iterator[Article | Unreadable]:
        for listed in self._listed(page):
            if isinstance(listed, Unreadable):
                yield listed
            elif len(self._seen) >= MAX_ADDRESSES:
                raise ArticleError(
                    f"The sitemap lists more than {MAX_ADDRESSES:,} pages; the first {MAX_ADDRESSES:,} were read. Give "
                    "the address of a smaller one, or those of the pages."
                )
            elif self._is_new(listed.address):
                for found in self._follow(listed.address):
                    if isinstance(found, Article) and found.date is None:
                        found = replace(found, date=listed.changed)
                    yield found

    def _listed(self, page: Fetched, *, within_index: bool = False) -> Iterator[Listed | Unreadable]:
        """Yield the pages of a sitemap, or of all the sitemaps that an index lists."""
        listed = sitemap.parse(page.content)
        if not sitemap.is_index(page.content):
            yield from listed
        elif within_index:
            raise ArticleError("This index of sitemaps is listed by another one. Give its own address.")
        else:
            for part in listed[:MAX_ADDRESSES]:
                try:
                    inner = self._unpacked(self._fetcher.follow(part.address))
                    yield from self._listed(inner, within_index=True)
                except ArticleError as error:
                    yield Unreadable(part.address, str(error))

    def _feed(self, page: Fetched) -> Iterator[Article | Unreadable]:
        found = feed.parse(page.content, page.url, page.charset)
        for entry in found.entries:
            if entry.content:
                yield from self._entry_with_text(entry, found, page)
            elif self._is_new(entry.link):
                yield from self._linked_page(entry, found)
        if found.cut:
            raise ArticleError(
                f"The feed has more than {feed.MAX_ENTRIES:,} entries; the first {feed.MAX_ENTRIES:,} were read. Give "
                "the addresses of further pages."
            )

    def _entry_with_text(self, entry: Entry, found: Feed, page: Fetched) -> Iterator[Article | Unreadable]:
        # Some feeds give all their entries the same link.
        origin = entry.link if entry.link and self._is_new(entry.link) else f"{self._address}#{entry.key}"
        named = f"{suggested_id(page.url)}/{entry.title or entry.key}"[:ID_CHARACTERS]
        try:
            article_id = suggested_id(entry.link) if entry.link else named
            yield feed.article_of(entry, found, entry.content, suggested_id=article_id, origin=origin)
        except ArticleError as error:
            yield Unreadable(origin, str(error))

    def _linked_page(self, entry: Entry, found: Feed) -> Iterator[Article | Unreadable]:
        articles = list(self._follow(entry.link))
        for article in articles:
            # The feed describes one article, not each of those in an archive.
            if isinstance(article, Article) and len(articles) == 1:
                article = feed.described(article, entry, found)
            yield article

    def _follow(self, address: str) -> Iterator[Article | Unreadable]:
        return _readable(address, lambda: read_page(self._fetcher.follow(address), address))

    def _is_new(self, address: str) -> bool:
        new = address not in self._seen
        self._seen.add(address)
        return new

    def _unpacked(self, page: Fetched) -> Fetched:
        """Return the page; if it is packed, as sitemap.xml.gz, what is in it."""
        if not page.content.startswith(GZIP):
            return page
        return replace(page, content=gunzip([page.content], self._limits.content_bytes), content_type="")


def _readable(
    address: str, read: Callable[[], Iterable[Article | Unreadable | ArticleError]]
) -> Iterator[Article | Unreadable]:
    """Yield what ``read`` gives, with errors as Unreadable, also the one that ends it."""
    try:
        for found in read():
            yield Unreadable(address, str(found)) if isinstance(found, ArticleError) else found
    except ArticleError as error:
        yield Unreadable(address, str(error))


def _name_of(page: Fetched) -> str:
    """Return the last part of the path, with the extension of the content type if that says more."""
    path = PurePosixPath(unquote(parse_address(page.url).path))
    return f"{path.stem or 'page'}{SUFFIXES.get(page.content_type, path.suffix)}"
