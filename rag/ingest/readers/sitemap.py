"""Read the addresses of a sitemap.xml or an index of sitemaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rag.core.errors import ArticleError
from rag.ingest.readers import xml
from rag.ingest.readers.metadata import one_line, parse_metadata_date

MAX_ADDRESSES = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """An address of a sitemap, and when its page was last changed."""

    address: str
    changed: date | None


def is_sitemap(content: bytes) -> bool:
    """Return whether this looks like an unpacked sitemap or index."""
    return xml.root_name(content) in {"urlset", "sitemapindex"}


def is_index(content: bytes) -> bool:
    """Return whether a sitemap lists further sitemaps instead of pages."""
    return xml.root_name(content) == "sitemapindex"


def parse(content: bytes, limit: int = MAX_ADDRESSES + 1) -> list[Listed]:
    """Return the first ``limit`` different addresses, by default one more than are read.

    Raises ArticleError if it is not a sitemap, damaged, or empty.
    """
    if not is_sitemap(content):
        raise ArticleError("This is not a sitemap. Give the address of a sitemap.xml.")

    def listed_in(content: bytes) -> list[Listed]:
        entries = _Entries(limit)
        xml.read_xml(content, entries)
        return list(entries.listed.values())

    listed = xml.parse_leniently(listed_in, content)
    if not listed:
        raise ArticleError("The sitemap lists no address. Check it, or leave it out.")
    return listed


class _Entries(xml.XmlHandler):
    """Collects ``loc`` and ``lastmod`` of each entry, but not those of pictures and videos inside."""

    def __init__(self, limit: int) -> None:
        self.listed: dict[str, Listed] = {}
        self._limit = limit
        self._path: list[str] = []
        self._words: dict[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        if len(self._path) == 2:
            self._words = {}

    def data(self, text: str) -> None:
        if len(self._path) == 3:
            self._words[self._path[-1]] = self._words.get(self._path[-1], "") + text

    def end(self, name: str) -> None:
        if len(self._path) == 2:
            self._add(one_line(self._words.get("loc")))
        self._path.pop()

    def _add(self, address: str) -> None:
        if address and len(self.listed) < self._limit:
            self.listed.setdefault(address, Listed(address, parse_metadata_date(self._words.get("lastmod"))))
