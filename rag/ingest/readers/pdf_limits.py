"""The packed parts of a PDF, looked at before PDFium unpacks them: a page that would fill up memory is refused."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from rag.core.errors import ArticleError

MAX_PAGE_BYTES = 16 << 20
"""Bytes of the longest stream of a page's drawing, unpacked. PDFium takes up to three hundred times that."""
MAX_SWOLLEN_BYTES = 2 << 20
"""The same where it is packed more tightly than drawing ever is."""
MAX_RATIO = 50
STREAM = re.compile(rb"stream\r?\n")
DICTIONARY_BYTES = 1_000
# Pictures, typefaces and attachments, which are large with good reason and never unpacked here.
NO_DRAWING = re.compile(rb"/Subtype\s*/Image|/Length1\b|/EmbeddedFile|/Subtype\s*/(?:Type1C|CIDFontType0C|OpenType)")
BLOCK = 1 << 18


def refuse_bombs(content: bytes) -> None:
    """Raises ArticleError where a stream of drawing is endless. Others than packed once by deflate are not looked at.

    It is a first defence: what is made to look like a picture passes, and meets the limits of the process.
    """
    for packed, unpacked in _drawings(content):
        if unpacked > MAX_PAGE_BYTES or (unpacked > MAX_SWOLLEN_BYTES and unpacked > packed * MAX_RATIO):
            raise ArticleError("A page of the PDF unpacks to more drawing than any page has. Print it anew as a PDF.")


def _drawings(content: bytes) -> Iterator[tuple[int, int]]:
    """(bytes packed, bytes unpacked) of each stream that may be drawing; no more is unpacked than tells."""
    for match in STREAM.finditer(content):
        if content[match.start() - 3 : match.start()] == b"end":
            continue
        before = content[max(match.start() - DICTIONARY_BYTES, 0) : match.start()]
        if NO_DRAWING.search(before[before.rfind(b" obj") + 1 :]):
            continue
        if b"FlateDecode" not in before and b"/Fl" not in before:
            end = content.find(b"endstream", match.end())
            size = (end if end >= 0 else len(content)) - match.end()
            yield size, size
            continue
        yield _unpacked(content, match.end())


def _unpacked(content: bytes, start: int) -> tuple[int, int]:
    unpacking = zlib.decompressobj()
    packed = unpacked = 0
    rest = b""
    try:
        while not unpacking.eof and unpacked <= MAX_PAGE_BYTES:
            if not rest:
                rest = content[start + packed : start + packed + BLOCK]
                packed += len(rest)
                if not rest:
                    break
            unpacked += len(unpacking.decompress(rest, BLOCK))
            rest = unpacking.unconsumed_tail
    except zlib.error:  # No deflate after all, or damaged, where PDFium stops as well.
        pass
    return packed - len(rest) - len(unpacking.unused_data), unpacked
