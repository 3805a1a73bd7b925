"""Recognise XML by its root element, and repair the most common faults of XML on the web."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TypeVar

from rag.core.errors import ArticleError
from rag.ingest.readers import xml
from rag.ingest.readers.plain_text import decode

Parsed = TypeVar("Parsed")

MAX_REPAIRED_BYTES = 2 << 20
"""Bytes of the largest XML that is repaired: a megabyte of nothing but faults takes a second."""
HEAD_BYTES = 16_384

DECLARATION = re.compile(r"\A\s*<\?xml[^>]*?\?>")
# A section of CDATA is passed over whole, also one that never ends.
CDATA_OR_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)(?:([A-Za-z]\w{1,40});)?", re.DOTALL
)
NO_XML_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


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
    declared = xml.XML_ENCODING.match(content)
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
    return html.escape(html.unescape(match[0])) if match[1] else match[0]
