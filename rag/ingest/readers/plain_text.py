"""Plain text → one article: a first line that stands alone is its title."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice

import charset_normalizer

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document, Found

# TITLE_CHARACTERS, one_line and clean_text are also imported from here by others.
from rag.ingest.readers.metadata import TITLE_CHARACTERS as TITLE_CHARACTERS
from rag.ingest.readers.metadata import choose_title
from rag.ingest.readers.metadata import clean_text as clean_text
from rag.ingest.readers.metadata import one_line as one_line

# Bytes that text of no encoding has; a file with many of them is a picture or a program.
CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32)])
HEAD_BYTES = 65_536
TELLING_BYTES = 5_000
AROUND = 40
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # Before UTF-16, whose mark it begins with.
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
WIDE_MARKS = tuple(mark for mark, name in MARKS.items() if name != "utf-8-sig")
# Made for names of hosts and for programs, and some take quadratic time.
NO_TEXT_ENCODINGS = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"}
NOT_TEXT = "The file is not text, nor of any other kind that is read. Give a text or Markdown file, a PDF or the like."


def read(document: Document) -> Iterator[Found]:
    """One article from text of any encoding. Raises ArticleError where it is empty or no text.

    The first line is the title, and no part of the text, where a blank line follows it. Otherwise the text keeps all
    its lines, and the first only lends its words to the title.
    """
    words = text_of(document)
    first, _, rest = words.partition("\n")
    alone = rest.strip() and not rest.partition("\n")[0].strip() and len(first) <= TITLE_CHARACTERS
    yield Article(
        document.suggested_id, choose_title(first), clean_text(rest) if alone else words, origin=document.origin
    )


def text_of(document: Document) -> str:
    """The document's text, with its line ends made ``\\n`` and the white space around it removed.

    Raises ArticleError where it is no text, or nothing is left.
    """
    words = clean_text(decode(document.content, document.encoding))
    if not words:
        raise ArticleError("The file is empty. Leave it out, or put an article into it.")
    return words


def decode(content: bytes, encoding: str = "") -> str:
    """Bytes as text: by their byte order mark, by the declared ``encoding``, as UTF-8, or as what they look like.

    Raises ArticleError where they are no text.
    """
    if is_binary(content):
        raise ArticleError(NOT_TEXT)
    mark = next((name for mark, name in MARKS.items() if content.startswith(mark)), "")
    for name in (mark, usable(encoding), "utf-8"):
        try:
            if name:
                return content.decode(name)
        except UnicodeDecodeError:
            continue
    # Damaged or cut Unicode, rather than another encoding: nearly all that is not ASCII makes sense.
    decoded = content.decode(mark or "utf-8", errors="replace")
    beyond_ascii = len(decoded) - len(decoded.encode("ascii", errors="ignore"))
    if decoded.count("\ufffd") * 20 < (len(decoded) if mark else beyond_ascii):
        return decoded
    if mark:
        raise ArticleError(NOT_TEXT)
    best = charset_normalizer.from_bytes(_telling(content)).best()
    if best is None:
        raise ArticleError("The encoding of the file is not known. Save it as UTF-8.")
    return content.decode(best.encoding, errors="replace")


def _telling(content: bytes) -> bytes:
    """The words around the first few thousand bytes that are not ASCII: all that tells one encoding from another."""
    parts: list[bytes] = []
    end = 0
    for match in islice(re.finditer(rb"[\x80-\xff]+", content), TELLING_BYTES):
        begin, until = max(match.start() - AROUND, end), match.end() + AROUND
        parts.append(content[begin:until])
        end = until
    return b"".join(parts)


def glance(head: bytes) -> str:
    """The beginning of a text, well enough decoded to see what kind it is."""
    wide = head.startswith(WIDE_MARKS)
    mark = next((name for mark, name in MARKS.items() if head.startswith(mark)), "utf-8")
    return head[: len(head) // 4 * 4].decode(mark if wide else "utf-8", errors="replace").lstrip("\ufeff \t\r\n")


def usable(encoding: str) -> str:
    """The encoding's name as Python knows it; "" where it is unknown, or made for something other than texts."""
    try:
        codec = codecs.lookup(encoding.strip()) if encoding.isascii() and encoding.isprintable() else None
        "".encode(codec.name if codec else "utf-8")  # Refuses those that make bytes of bytes.
    except (LookupError, UnicodeError):
        return ""
    return codec.name if codec and codec.name not in NO_TEXT_ENCODINGS else ""


def is_binary(content: bytes) -> bool:
    """Whether these bytes are no text in any encoding: NULs without a byte order mark, or many control characters."""
    if content.startswith(WIDE_MARKS):
        return False
    head = content[:HEAD_BYTES]
    return b"\x00" in content or len(head) - len(head.translate(None, CONTROLS)) > len(head) / 100
