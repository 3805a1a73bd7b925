"""XML as it is found on the web: known by its root element, its commonest faults mended."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TypeVar

from rag.core.errors import ArticleError
from rag.ingest.readers import xml
from rag.ingest.readers.plain_text import decode

Parsed = TypeVar("Parsed")

MENDED_BYTES = 2 << 20
"""Bytes of the largest XML that is mended: a megabyte of nothing but faults takes a second."""
HEAD_BYTES = 16_384

DECLARATION = re.compile(r"\A\s*<\?xml[^>]*?\?>")
# A section of CDATA is passed over whole, also one that never ends.
CDATA_OR_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)(?:([A-Za-z]\w{1,40});)?", re.DOTALL
)
NO_XML_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def leniently(parse: Callable[[bytes], Parsed], content: bytes, encoding: str = "") -> Parsed:
    """What ``parse`` makes of XML, or else of the same XML mended. Raises its ArticleError where that does not help.

    ``encoding`` is what a server said. libxml2's own way to recover is of no use here: after the first fault it
    drops every ``&lt;`` and ``&amp;``.
    """
    try:
        return parse(content)
    except ArticleError:
        if len(content) > MENDED_BYTES:
            raise
        return parse(mended(content, encoding))


def mended(content: bytes, encoding: str = "") -> bytes:
    """The same in UTF-8, whatever it says it is; ``&nbsp;`` and lone ampersands made what XML knows.

    Raises ArticleError where it is no text.
    """
    declared = xml.XML_ENCODING.match(content)
    words = decode(content, encoding or (declared[1].decode("ascii") if declared else ""))
    words = NO_XML_CHARACTER.sub("", DECLARATION.sub("", words.lstrip("\ufeff")))
    return CDATA_OR_AMPERSAND.sub(_mended_ampersand, words).strip().encode("utf-8", "replace")


def root_name(content: bytes) -> str:
    """The root element's name without its prefix, by a look at the beginning alone; "" where it is no XML."""
    head = content[:HEAD_BYTES].replace(b"\x00", b"")  # UTF-16 reads like ASCII so
    head = re.sub(rb"<!--.*?(?:-->|\Z)", b"", head, flags=re.DOTALL)
    match = re.match(rb"[\s\xef\xbb\xbf\xff\xfe]*(?:<[?!][^<]*)*<(?:[\w.-]+:)?([A-Za-z]\w*)", head)
    return match[1].decode("ascii") if match else ""


def _mended_ampersand(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&amp;"
    return html.escape(html.unescape(match[0])) if match[1] else match[0]
