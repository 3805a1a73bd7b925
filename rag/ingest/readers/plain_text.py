"""Read plain text into one article, and decode text of any encoding."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice

import charset_normalizer

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.metadata import TITLE_CHARACTERS, choose_title, clean_text

# Bytes that no encoding of text uses; a file with many of them is a picture or a program.
CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32)])
HEAD_BYTES = 65_536
SAMPLED_SEQUENCES = 5_000
SAMPLE_CONTEXT = 40
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # Before UTF-16, whose mark is its beginning.
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
WIDE_MARKS = tuple(mark for mark, name in MARKS.items() if name != "utf-8-sig")
# Not for text, and some take quadratic time.
NO_TEXT_ENCODINGS = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"}
NOT_TEXT = "The file is not text or another supported type. Give a text or Markdown file, a PDF or the like."


def read(document: Document) -> Iterator[Found]:
    """Read one article. The first line is its title; it is left out of the text if a blank line follows it.

    Raises ArticleError if the document is empty or not text.
    """
    words = text_of(document)
    first, _, rest = words.partition("\n")
    alone = rest.strip() and not rest.partition("\n")[0].strip() and len(first) <= TITLE_CHARACTERS
    yield Article(
        document.suggested_id, choose_title(first), clean_text(rest) if alone else words, origin=document.origin
    )


def text_of(document: Document) -> str:
    """Decode a document to clean text. Raises ArticleError if it is not text, or empty."""
    words = clean_text(decode(document.content, document.encoding))
    if not words:
        raise ArticleError("The file is empty. Leave it out, or put an article into it.")
    return words


def decode(content: bytes, encoding: str = "") -> str:
    """Decode bytes by their byte order mark, the declared encoding, as UTF-8, or as what they look like.

    Raises ArticleError if they are not text.
    """
    if is_binary(content):
        raise ArticleError(NOT_TEXT)
    mark = next((name for mark, name in MARKS.items() if content.startswith(mark)), "")
    for name in (mark, text_encoding(encoding), "utf-8"):
        try:
            if name:
                return content.decode(name)
        except UnicodeDecodeError:
            continue
    # Nearly all that is not ASCII is valid: damaged or cut Unicode rather than another encoding.
    decoded = content.decode(mark or "utf-8", errors="replace")
    beyond_ascii = len(decoded) - len(decoded.encode("ascii", errors="ignore"))
    if decoded.count("\ufffd") * 20 < (len(decoded) if mark else beyond_ascii):
        return decoded
    if mark:
        raise ArticleError(NOT_TEXT)
    best = charset_normalizer.from_bytes(_sample(content)).best()
    if best is None:
        raise ArticleError("The encoding of the file is unknown. Save it as UTF-8.")
    return content.decode(best.encoding, errors="replace")


def _sample(content: bytes) -> bytes:
    """Return the text around the first few thousand non-ASCII sequences, which is what identifies an encoding."""
    parts: list[bytes] = []
    end = 0
    for match in islice(re.finditer(rb"[\x80-\xff]+", content), SAMPLED_SEQUENCES):
        begin, until = max(match.start() - SAMPLE_CONTEXT, end), match.end() + SAMPLE_CONTEXT
        parts.append(content[begin:until])
        end = until
    return b"".join(parts)


def preview(head: bytes) -> str:
    """Decode the beginning of a text, well enough to recognise its format."""
    encoding = next((name for mark, name in MARKS.items() if head.startswith(mark)), "utf-8")
    return head[: len(head) // 4 * 4].decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")


def text_encoding(encoding: str) -> str:
    """Return Python's name of an encoding; "" if it is unknown or not for text."""
    try:
        codec = codecs.lookup(encoding.strip()) if encoding.isascii() and encoding.isprintable() else None
        "".encode(codec.name if codec else "utf-8")  # Raises for codecs from bytes to bytes.
    except (LookupError, UnicodeError):
        return ""
    return codec.name if codec and codec.name not in NO_TEXT_ENCODINGS else ""


def is_binary(content: bytes) -> bool:
    """Return whether bytes are not text: NULs without a byte order mark, or many control characters."""
    if content.startswith(WIDE_MARKS):
        return False
    head = content[:HEAD_BYTES]
    return b"\x00" in content or len(head) - len(head.translate(None, CONTROLS)) > len(head) / 100
