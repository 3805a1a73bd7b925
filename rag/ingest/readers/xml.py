"""Parse HTML and XML safely: nothing is fetched, no entity is expanded, sizes are limited."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from typing import TYPE_CHECKING, TypeVar, cast

from rag.core.errors import ArticleError
from rag.ingest.readers.document import Document
from rag.ingest.readers.plain_text import decode

if TYPE_CHECKING:
    from lxml.etree import ParserTarget, _Element
    from lxml.html import HtmlElement

MAX_HTML_BYTES = 16 << 20
"""Bytes of the longest page that is read, without embedded pictures; parsed, it takes forty times as much."""
MAX_ELEMENTS = 300_000  # Elements of the longest page that is read: about five seconds.
MAX_XML_BYTES = 64 << 20  # Bytes of the longest XML file that is streamed.
MAX_TREE_BYTES = 4 << 20  # Bytes of the longest XML file that is parsed into a tree, such as a table of contents.

CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
XML_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{2,40})""")
# Characters that lxml refuses, written directly or as numeric references.
NO_CHARACTER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    r"|&#0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d);?"
    r"|&#[xX]0*(?:[0-8bcefBCEF]|1[\da-fA-F]|[fF]{3}[efEF])(?![\da-fA-F]);?"
)
EMBEDDED = re.compile(r"data:[\w/+.;=-]{0,100},[^\"'\s)>]{500,}")
MAX_REPAIRED_BYTES = 2 << 20
"""Bytes of the largest XML that is repaired: a megabyte of nothing but faults takes a second."""
HEAD_BYTES = 16_384

DECLARATION = re.compile(r"\A\s*<\?xml[^>]*?\?>")
# A section of CDATA is passed over whole, also one that never ends.
CDATA_OR_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)(?:([A-Za-z]\w{1,40});)?", re.DOTALL
)
NO_XML_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


Parsed = TypeVar("Parsed")


class XmlHandler:
    """Base of the handlers that ``read_xml`` calls. Names of elements and attributes have no namespace."""

    text_elements: frozenset[str] = frozenset()
    """The elements whose text is passed to ``data``; all if empty."""

    def is_skipped(self, name: str, attributes: Mapping[str, str]) -> bool:
        """Return whether to leave out an element with all that is in it."""
        return False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Called where an element begins."""

    def end(self, name: str) -> None:
        """Called where an element ends."""

    def data(self, text: str) -> None:
        """Called for each piece of text."""


def parse_html(document: Document) -> HtmlElement:
    """Parse a page into a tree without comments. Raises ArticleError if it is too long or nested too deeply."""
    content = document.content
    declared = CHARSET.search(content[:4096]) or XML_ENCODING.match(content)
    encoding = document.encoding or (declared[1].decode("ascii") if declared else "")
    return html_tree(decode(content, encoding))


def html_tree(markup: str) -> HtmlElement:
    """Parse HTML, or a fragment of it. Raises ArticleError as parse_html does."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    data = NO_CHARACTER.sub("\ufffd", EMBEDDED.sub("", markup)).encode("utf-8", "replace")
    if len(data) > MAX_HTML_BYTES:
        raise ArticleError(
            f"The page has {len(data) >> 20} MiB of HTML; the limit is {MAX_HTML_BYTES >> 20} MiB. Split it, or save "
            "it as text."
        )
    try:
        root = html.document_fromstring(data, parser=parser)
    except etree.LxmlError:
        return html.document_fromstring("<html><body></body></html>")  # It is empty, or has only comments.
    limits = etree.ErrorTypes.ERR_RESOURCE_LIMIT
    if any(entry.type == limits for entry in parser.error_log):
        raise ArticleError("The page is nested too deeply, or one part is too long. Save it as text, or leave it out.")
    elements = sum(1 for _ in root.iter())
    if elements > MAX_ELEMENTS:
        raise ArticleError(f"The page has {elements:,} elements; the limit is {MAX_ELEMENTS:,}. Split it.")
    return root


def xml_tree(content: bytes) -> _Element:
    """Parse a short XML file. Raises ArticleError if it is damaged, too long, or defines entities."""
    from lxml import etree

    _check_size(content, MAX_TREE_BYTES)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except etree.LxmlError as error:
        raise ArticleError(_damaged(error)) from None


def read_xml(content: bytes, handler: XmlHandler) -> None:
    """Stream an XML file to a handler. Raises ArticleError if it is damaged, too long, or defines entities."""
    from lxml import etree

    _check_size(content, MAX_XML_BYTES)
    target = cast("ParserTarget[None]", _WithoutNamespaces(handler))
    parser = etree.XMLParser(target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        etree.parse(io.BytesIO(content), parser)
    except etree.LxmlError as error:
        raise ArticleError(_damaged(error)) from None


class _WithoutNamespaces:
    """Passes what lxml reads on to a handler, without namespaces and without what the handler skips."""

    def __init__(self, handler: XmlHandler) -> None:
        self._handler = handler
        self._in_text = not handler.text_elements
        self._skipping = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = local_name(tag)
        attributes = {local_name(name): value for name, value in attributes.items()}
        if self._skipping or self._handler.is_skipped(name, attributes):
            self._skipping += 1
            return
        if name in self._handler.text_elements:
            self._in_text = True
        self._handler.start(name, attributes)

    def end(self, tag: str) -> None:
        name = local_name(tag)
        if self._skipping:
            self._skipping -= 1
            return
        if name in self._handler.text_elements:
            self._in_text = False
        self._handler.end(name)

    def data(self, text: str) -> None:
        if self._in_text and not self._skipping:
            self._handler.data(text)

    def close(self) -> None:
        pass


def local_name(tag: str) -> str:
    """Return a name without its namespace: ``p`` for ``{urn:…}p``."""
    return tag.rpartition("}")[2]


def parse_leniently(parse: Callable[[bytes], Parsed], content: bytes, encoding: str = "") -> Parsed:
    """Parse XML, and if that raises ArticleError, once more after repair_xml. ``encoding`` is what the server said."""
    # Not libxml2's own recovery: after the first fault it drops every &lt; and &amp;.
    try:
        return parse(content)
    except ArticleError:
        if len(content) > MAX_REPAIRED_BYTES:
            raise
        return parse(repair_xml(content, encoding))


def repair_xml(content: bytes, encoding: str = "") -> bytes:
    """Return the XML as UTF-8 without a declaration, with HTML entities and lone ampersands escaped.

    Raises ArticleError if it is not text.
    """
    declared = XML_ENCODING.match(content)
    words = decode(content, encoding or (declared[1].decode("ascii") if declared else ""))
    words = NO_XML_CHARACTER.sub("", DECLARATION.sub("", words.lstrip("\ufeff")))
    return CDATA_OR_AMPERSAND.sub(_escaped_ampersand, words).strip().encode("utf-8", "replace")


def root_name(content: bytes) -> str:
    """Return the name of the root element without its prefix, from the first bytes alone; "" if this is not XML."""
    head = content[:HEAD_BYTES].replace(b"\x00", b"")  # UTF-16 reads like ASCII so
    head = re.sub(rb"<!--.*?(?:-->|\Z)", b"", head, flags=re.DOTALL)
    match = re.match(rb"[\s\xef\xbb\xbf\xff\xfe]*(?:<[?!][^<]*)*<(?:[\w.-]+:)?([A-Za-z]\w*)", head)
    return match[1].decode("ascii") if match else ""


def _escaped_ampersand(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&amp;"
    return escape(unescape(match[0])) if match[1] else match[0]


def _check_size(content: bytes, limit: int) -> None:
    if len(content) > limit:
        raise ArticleError(
            f"It has {len(content) >> 20} MiB of XML in one part; the limit is {limit >> 20} MiB. Split it."
        )
    if b"<!ENTITY" in content:
        raise ArticleError("It defines XML entities, which can grow to gigabytes. Save it without them.")


def _damaged(error: Exception) -> str:
    return f"Its XML is damaged ({error}). Open it in the program that made it, and save it again."
