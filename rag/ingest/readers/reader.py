"""Read a file or document of any format into articles, and reasons for what is left out."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers import jsonl
from rag.ingest.readers.document import MAX_BYTES, Document, read_file
from rag.ingest.readers.file_types import ARCHIVE, is_wanted, recognise
from rag.ingest.readers.zip_reader import MAX_MEMBERS, MAX_UNPACKED_BYTES

MAX_DEPTH = 5  # Levels of e-mails and archives within each other that are read.
HEAD_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file, address or part of one that could not be read; ``reason`` says why and what to do."""

    source: str
    reason: str


def load(path: Path, suggested_id: str) -> Iterator[Article | Unreadable]:
    """Yield the articles of one file; what cannot be read is yielded as Unreadable. Nothing is raised."""
    if any(_printable(name) != str(name) for name in (path, path.resolve())):
        yield Unreadable(_printable(path), "The file's name is not UTF-8. Rename the file.")
        return
    try:
        for found in _articles(path, suggested_id):
            yield Unreadable(str(path), str(found)) if isinstance(found, ArticleError) else found
    except ArticleError as error:
        yield Unreadable(str(path), str(error))
    except OSError as error:
        yield Unreadable(str(path), f"The file cannot be opened ({error.strerror or error}). Check its permissions.")


def read_document(document: Document) -> Iterator[Article | ArticleError]:
    """Yield the articles of a document and of those in it; an ArticleError stands for what is left out."""
    return _DocumentReader().read(document)


def _articles(path: Path, suggested_id: str) -> Iterable[Article | ArticleError]:
    status = path.stat()
    if stat.S_ISREG(status.st_mode) and status.st_size > MAX_BYTES:
        with path.open("rb") as file:
            if jsonl.is_jsonl(file.read(HEAD_BYTES)):
                return jsonl.load(path, suggested_id)
    return read_document(Document(read_file(path), path.name, suggested_id, str(path.resolve())))


class _DocumentReader:
    """Reads one document with all that is in it, under shared limits and with unique ids."""

    def __init__(self) -> None:
        self._documents = 0
        self._bytes = 0
        self._ids: set[str] = set()

    def read(self, document: Document) -> Iterator[Article | ArticleError]:
        try:
            yield from self._read(document)
        except ArticleError as error:
            yield _in_context(error, document)
        except RecursionError:
            yield _in_context("It is nested too deeply. Simplify it, or leave it out.", document)
        except MemoryError:
            yield _in_context("It needs more memory than is available. Split it, or leave it out.", document)

    def _read(self, document: Document) -> Iterator[Article | ArticleError]:
        file_type = recognise(document)
        empty = True
        for found in file_type.read(document):
            if isinstance(found, Document):
                if is_wanted(found.name, lambda within=found: within.content):  # type: ignore[misc]
                    self._count(found)
                    empty = False
                    yield from self.read(found)
                continue
            empty = False
            if isinstance(found, ArticleError):
                yield _in_context(found, document)
            else:
                yield self._with_unique_id(found, document)
        if empty and file_type is ARCHIVE:
            raise ArticleError("The archive has no article. Add some, or leave it out.")

    def _count(self, document: Document) -> None:
        self._documents += 1
        self._bytes += len(document.content)
        if document.depth > MAX_DEPTH:
            raise ArticleError(f"More than {MAX_DEPTH} e-mails or archives are nested. Save the innermost one.")
        if self._documents > MAX_MEMBERS or self._bytes > MAX_UNPACKED_BYTES:
            raise ArticleError(
                f"It has more than {MAX_MEMBERS:,} files or {MAX_UNPACKED_BYTES >> 30} GiB; the rest was left out. "
                "Unpack it and give the folder."
            )

    def _with_unique_id(self, article: Article, document: Document) -> Article:
        """Give an article from within a document a unique id and an origin that names it."""
        if not document.depth:
            return article
        wanted, number = article.id, 1
        while article.id in self._ids:
            number += 1
            article = replace(article, id=f"{wanted}-{number}")
        self._ids.add(article.id)
        return replace(article, origin=f"{document.origin}#{article.id}")


def _in_context(reason: ArticleError | str, document: Document) -> ArticleError:
    return ArticleError(f"{document.name} in it: {reason}" if document.depth else str(reason))


def _printable(path: Path) -> str:
    return str(path).encode("utf-8", "replace").decode()
