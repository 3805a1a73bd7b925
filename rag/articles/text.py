"""Plain text → one article: the first line is its title, unless it is a whole paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import charset_normalizer

from rag.errors import ArticleError
from rag.types import Article

# Bytes that text of no encoding has; a file with many of them is a picture or a program.
CONTROLS = set(range(9)) | set(range(14, 27)) | set(range(28, 32))
TITLE_CHARACTERS = 200


def load(path: Path, suggested_id: str) -> Iterator[Article]:
    """One article from a text file of any encoding. Raises ArticleError where it is empty or no text."""
    words = read_text(path)
    first, _, rest = words.partition("\n")
    body = rest.strip() if rest.strip() and len(first) <= TITLE_CHARACTERS else words
    yield Article(suggested_id, one_line(first)[:TITLE_CHARACTERS], body, origin=str(path.resolve()))


def read_text(path: Path) -> str:
    """The text of a file, with its line ends made ``\\n`` and the white space around it removed.

    UTF-8 first, then what charset-normalizer detects. Raises ArticleError where that fails or nothing is left.
    """
    data = path.read_bytes()
    if (b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff"))) or _share_of_controls(data) > 0.01:
        raise ArticleError("The file is not text. Give a text or Markdown file.")
    try:
        decoded = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = charset_normalizer.from_bytes(data).best()
        if best is None:
            raise ArticleError("The encoding of the file is not known. Save it as UTF-8.") from None
        decoded = str(best)
    words = storable(decoded)
    if not words:
        raise ArticleError("The file is empty. Leave it out, or put an article into it.")
    return words


def storable(text: str) -> str:
    """The text with ``\\n`` for line ends, and without what SQLite or UTF-8 has no place for: NULs, lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return re.sub(r"[\ud800-\udfff]", "\ufffd", text).strip("\ufeff \t\n").strip()


def one_line(value: object) -> str:
    """A field such as a title or an author as one line of text; "" for None."""
    return "" if value is None else " ".join(storable(str(value)).split())


def _share_of_controls(data: bytes) -> float:
    head = data[:65_536]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return 0.0
    return sum(byte in CONTROLS for byte in head) / max(len(head), 1)
