"""What a reader gets and gives: a file's, page's or archive member's bytes → articles, reasons, further documents."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Protocol

from rag.core.errors import ArticleError
from rag.core.types import Article

MAX_BYTES = 100 << 20
"""Bytes of the largest file that is read. JSONL is read a line at a time and has no such limit."""


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of one file, page, attachment or archive member, before anyone knows what they are.

    ``name`` is what it is called, folders included. ``origin`` is where the outermost file or page came from. ``url``
    and ``encoding`` are what a server said, "" where none did. ``depth`` counts the archives and e-mails around it.
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
        """The name's ending in lower case with its dot, such as ``.pdf``; "" where it has none."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem

    def within(self, content: bytes, name: str, suggested_id: str) -> Document:
        """A document that lies in this one."""
        return replace(
            self, content=content, name=name, suggested_id=suggested_id, url="", encoding="", depth=self.depth + 1
        )


Found = Article | ArticleError | Document
"""What a reader yields: an article, the reason why there is none, or a document to be read in its turn."""


class Reader(Protocol):
    """One kind of source; each has a module here with a function ``read``."""

    def __call__(self, document: Document) -> Iterator[Found]:
        """The articles of a document, in its order. Raises ArticleError where none of it can be read."""
        ...


def read_file(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file.

    Raises ArticleError for anything else, such as a pipe, and for more than ``limit`` bytes, of which none is read;
    OSError where it cannot be opened.
    """
    _refuse_special(path.stat().st_mode)
    # Without blocking, should a pipe have taken the file's place in the meantime.
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
        f"The file has {size / (1 << 20):,.0f} MiB; at most {limit >> 20} MiB are read. Split it, or save it as JSONL, "
        "which is read a line at a time."
    )


def _refuse_special(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kind = "a folder" if stat.S_ISDIR(mode) else "a named pipe" if stat.S_ISFIFO(mode) else "a device or a socket"
    raise ArticleError(f"This is {kind} and no file. Leave it out, or save what comes from it as a file.")
