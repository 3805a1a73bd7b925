"""The interface of readers: a Document goes in; articles, reasons and further documents come out."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from rag.core.errors import ArticleError
from rag.core.types import Article

MAX_BYTES = 100 << 20  # Bytes of the largest file that is read. JSONL is streamed and has no such limit.


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of one file, page, attachment or archive member of any format.

    Attributes:
        content: the bytes.
        name: the file name, with its folders.
        suggested_id: the id of its article, unless the document names one.
        origin: the path or address of the outermost file or page.
        url: the address it was fetched from; "" for files.
        encoding: the charset that a server declared, or "".
        depth: how many archives and e-mails it lies in.
    """

    content: bytes = field(repr=False)
    name: str
    suggested_id: str
    origin: str
    url: str = ""
    encoding: str = ""
    depth: int = 0

    @property
    def suffix(self) -> str:
        """The file extension in lower case, such as ``.pdf``; "" without one."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem

    def within(self, content: bytes, name: str, suggested_id: str) -> Document:
        """Return a document that lies in this one."""
        return replace(
            self, content=content, name=name, suggested_id=suggested_id, url="", encoding="", depth=self.depth + 1
        )


Found = Article | ArticleError | Document
"""What a reader yields: an article, why a part could not be read, or a further document to read."""


Reader = Callable[[Document], Iterator[Found]]
"""Reads one format: the function ``read`` of a module in this package.

It yields the articles of a document in order. Raises ArticleError if none of it can be read.
"""


def read_file(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Read a regular file of at most ``limit`` bytes.

    Raises ArticleError for anything else, such as a pipe or a larger file, and OSError if it cannot be opened.
    """
    _refuse_special(path.stat().st_mode)
    # Non-blocking, in case a pipe has taken the file's place.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        _refuse_special(status.st_mode)
        if status.st_size > limit:
            raise ArticleError(too_large(status.st_size, limit))
        content = file.read(limit + 1)  # It may grow while it is read.
    if len(content) > limit:
        raise ArticleError(too_large(len(content), limit))
    return content


def too_large(size: int, limit: int) -> str:
    return (
        f"The file has {size / (1 << 20):,.0f} MiB; the limit is {limit >> 20} MiB. Split it, or save it as JSONL, "
        "which has no limit."
    )


def _refuse_special(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kind = "a folder" if stat.S_ISDIR(mode) else "a named pipe" if stat.S_ISFIFO(mode) else "a device or a socket"
    raise ArticleError(f"This is {kind}, not a file. Leave it out, or save what comes from it as a file.")
