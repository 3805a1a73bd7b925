"""Read RSS 0.9 to 2.0 and Atom: their entries, and the articles of those that contain their text.

feedparser takes twenty times as long, and quadratic time for bad feeds; for fastfeedparser see decision 19.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers import xml
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.html_blocks import add_html
from rag.ingest.readers.metadata import choose_title, one_line, parse_language, parse_metadata_date

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_ENTRIES = 1000
MAX_TAGS = 50
FIELD_CHARACTERS = 200
KEY_CHARACTERS = 2000
# Elements are looked up as "title", "dc:creator", …, whatever prefix a feed uses.
PLAIN_NAMESPACES = {
    "",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
    "http://www.w3.org/2005/Atom",
    "http://purl.org/atom/ns#",
}
PREFIXES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dc",
}
XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``link`` is absolute; ``key`` is unique in the feed.

    ``content`` is the whole text as HTML, ``summary`` its beginning or description. Missing values are "".
    """

    key: str
    link: str
    title: str
    author: str
    date: date | None
    tags: tuple[str, ...]
    language: str
    content: str
    summary: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with its entries in order, each once. ``cut``: it has more than MAX_ENTRIES."""

    title: str
    author: str
    language: str
    entries: tuple[Entry, ...]
    cut: bool


def is_feed(content: bytes) -> bool:
    """Return whether this looks like a feed."""
    return xml.root_name(content) in {"rss", "RDF", "feed"}


def read(document: Document) -> Iterator[Found]:
    """Read the articles of a feed that was saved as a file, as far as the file has their text.

    Raises ArticleError if it is not a feed or has no entry.
    """
    feed = parse(document.content, document.url, document.encoding)
    for number, entry in enumerate(feed.entries, start=1):
        try:
            article_id, origin = f"{document.suggested_id}-{number}", f"{document.origin}#{entry.key}"
            yield article_of(entry, feed, entry.content or entry.summary, suggested_id=article_id, origin=origin)
        except ArticleError as error:
            yield error


def article_of(entry: Entry, feed: Feed, words: str, *, suggested_id: str, origin: str) -> Article:
    """Return the article of an entry from the HTML in ``words``. Raises ArticleError if it has no text."""
    builder = DocumentBuilder(entry.title)
    add_html(words, builder)
    if builder.empty:
        where = f"Ingest the page {entry.link} itself" if entry.link else "Leave it out"
        raise ArticleError(f"The entry '{entry.title or entry.key}' has no text. {where}.")
    return described(Article(suggested_id, "", builder.text, origin, headings=builder.headings), entry, feed)


def described(article: Article, entry: Entry, feed: Feed) -> Article:
    """Return the article with the metadata of the feed, which wins over its own."""
    language = entry.language or feed.language
    return replace(
        article,
        title=entry.title or article.title or choose_title(article.text.partition("\n")[0]),
        source=feed.title or article.source,
        url=article.url or entry.link,
        author=entry.author or article.author or feed.author,
        date=entry.date or article.date,
        tags=entry.tags or article.tags,
        language=parse_language(language) if language else article.language,
    )


def parse(content: bytes, address: str = "", encoding: str = "") -> Feed:
    """Parse a feed with its first MAX_ENTRIES entries. ``address`` is the base of relative links.

    Raises ArticleError if it is not a feed, damaged, or has no entry.
    """
    if not is_feed(content):
        raise ArticleError("This is not a feed. Give one in RSS or Atom.")
    root = xml.parse_leniently(xml.xml_tree, content, encoding)
    channel = next(_children(root, "channel"), root)
    base = _joined(address, root.get(f"{XML}base"))
    entries: dict[str, Entry] = {}
    cut = False
    # RSS 1.0 has items beside the channel, RSS 2.0 inside it, and Atom has no channel.
    for parent in dict.fromkeys((channel, root)):
        for element in _children(parent, "item", "entry"):
            cut = len(entries) >= MAX_ENTRIES
            if cut:
                break
            entry = _entry(element, base)
            entries.setdefault(entry.key, entry)
    if not entries:
        raise ArticleError("The feed has no entry. Check it, or leave it out.")
    return Feed(
        title=choose_title(_plain(_first(channel, "title"))),
        author=_author(channel),
        language=str(root.get(f"{XML}lang") or one_line(_text(_first(channel, "language", "dc:language")))),
        entries=tuple(entries.values()),
        cut=cut,
    )


def _entry(element: _Element, base: str) -> Entry:
    base = _joined(base, element.get(f"{XML}base"))
    identifier = _first(element, "guid", "id")
    link = _link(element, base)
    # In RSS the guid is the link unless isPermaLink is false.
    if not link and identifier is not None and identifier.get("isPermaLink", "true") == "true":
        link = _web_address(_text(identifier))
    title = choose_title(_plain(_first(element, "title")))
    content = _markup(_first(element, "content:encoded", "content"))
    summary = _markup(_first(element, "description", "summary", "dc:description"))
    key = one_line(_text(identifier))[:KEY_CHARACTERS] or link or title or choose_title(content, summary)
    published = _first(element, "pubDate", "published", "issued", "dc:date", "dc:issued", "updated", "modified")
    return Entry(
        key=key,
        link=link,
        title=title,
        author=_author(element),
        date=_date(_text(published)),
        tags=_tags(element),
        language=str(element.get(f"{XML}lang", "")),
        # Without a link, RSS 2.0 says, the description is the whole entry.
        content=content or ("" if link else summary),
        summary=summary,
    )


def _children(element: _Element, *names: str) -> Iterator[_Element]:
    return (child for child in element.iterchildren("*") if _name(child) in names)


def _first(element: _Element, *names: str) -> _Element | None:
    """Return the first non-empty child, of the first of the names that has one."""
    found: dict[str, _Element] = {}
    for child in _children(element, *names):
        if len(child) or (child.text or "").strip():
            found.setdefault(_name(child), child)
    return next((found[name] for name in names if name in found), None)


def _name(element: _Element) -> str:
    namespace, _, name = str(element.tag).rpartition("}")
    namespace = namespace.removeprefix("{")
    if namespace in PLAIN_NAMESPACES:
        return name
    return f"{PREFIXES[namespace]}:{name}" if namespace in PREFIXES else ""


def _text(element: _Element | None) -> str:
    return "" if element is None else "".join(str(words) for words in element.itertext())


def _plain(element: _Element | None) -> str:
    """Return a title without markup. RSS does not say whether titles are HTML, so only entities are decoded."""
    if element is None or element.get("type") not in {"html", "text/html"}:
        return html.unescape(_text(element))
    builder = DocumentBuilder()
    add_html(_text(element), builder)
    return builder.text


def _markup(element: _Element | None) -> str:
    """Return the content of an entry as HTML. Atom distinguishes text, HTML and XHTML; in RSS all is HTML."""
    if element is None or element.get("src"):  # the content is elsewhere
        return ""
    if len(element):  # XHTML, or HTML that somebody forgot to escape
        return _inner_html(element)
    words = _text(element)
    kind = element.get("type") or ("text" if _is_atom(element) else "html")
    if kind in {"text", "text/plain"}:
        return "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in re.split(r"\n\s*\n", words))
    return words if words.strip() else ""


def _inner_html(element: _Element) -> str:
    from lxml import etree

    for child in element.iterdescendants("*"):  # A parser of HTML knows no namespaces.
        child.tag = xml.local_name(str(child.tag))
    children = (etree.tostring(child, method="html", encoding="unicode") for child in element.iterchildren("*"))
    return html.escape(element.text or "") + "".join(children)


def _is_atom(element: _Element) -> bool:
    return str(element.tag).startswith(("{http://www.w3.org/2005/Atom}", "{http://purl.org/atom/ns#}"))


def _link(element: _Element, base: str) -> str:
    """Return the page of an entry, in Atom its first alternate link; "" if there is none."""
    for link in _children(element, "link"):
        if _is_atom(link) and link.get("rel", "alternate") != "alternate":
            continue
        if address := _web_address(_joined(base, link.get("href") or _text(link))):
            return address
    return ""


def _joined(base: str, address: object) -> str:
    """Return an address that may be relative as an absolute one."""
    address = one_line(address)
    try:
        return urljoin(base, address) if address else base
    except ValueError:  # such as http://[
        return ""


def _web_address(address: str) -> str:
    address = one_line(address)
    return address if re.match(r"https?://\S+\Z", address, re.IGNORECASE) else ""


def _author(element: _Element) -> str:
    """Return the author's name, which RSS puts in parentheses after an e-mail address."""
    found = _first(element, "dc:creator", "author", "managingEditor")
    if found is None:
        return ""
    name = _first(found, "name")
    words = one_line(html.unescape(_text(found if name is None else name)))
    in_parentheses = re.fullmatch(r"[^\s@()]+@[^\s@()]+ \((.+)\)", words)
    return (in_parentheses[1] if in_parentheses else words).strip()[:FIELD_CHARACTERS]


def _tags(element: _Element) -> tuple[str, ...]:
    categories = islice(_children(element, "category", "dc:subject"), MAX_TAGS)
    written = (str(item.get("label") or item.get("term") or _text(item)) for item in categories)
    tags = (one_line(html.unescape(words))[:FIELD_CHARACTERS] for words in written)
    return tuple(dict.fromkeys(filter(None, tags)))


def _date(words: str) -> date | None:
    """Parse a date of RSS (Fri, 17 May 2024 …) or Atom (2024-05-17T…); None if it is neither."""
    try:
        return parse_metadata_date(words) or parsedate_to_datetime(one_line(words)).date()
    except (ValueError, OverflowError):
        return None
