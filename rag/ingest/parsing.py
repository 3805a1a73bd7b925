"""Read a file or an address into articles, each cut into passages: the part of an ingest that reads untrusted input.

``parse`` does it in this process; rag/ingest/sandbox.py in others, which may hang, swell or crash. Both are Parsers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rag.core.types import Article, Passage
from rag.ingest import readers
from rag.ingest.chunking import chunk
from rag.ingest.readers import Unreadable
from rag.text.language_detection import detect

if TYPE_CHECKING:
    from rag.core.settings import Settings

SECONDS = 10.0
SECONDS_PER_MEGABYTE = 10.0
"""How long a file may take, and how much longer for its size. Slow PDFs need 1 s a megabyte on an idle machine."""
SECONDS_AT_ADDRESS = 120.0
"""How long each article of an address may take: a fetch may last 30 s, and a host may ask for pauses."""


@dataclass(frozen=True, slots=True)
class Task:
    """A file or an address that is to be read. ``settings`` are needed for addresses alone."""

    source: str
    suggested_id: str
    words: int
    size: int = 0
    """Bytes of the file; 0 where that is not known."""
    settings: Settings | None = None

    @property
    def is_address(self) -> bool:
        return self.settings is not None

    @property
    def seconds(self) -> float:
        """How long reading may take: all of a file, or each article of an address."""
        return SECONDS_AT_ADDRESS if self.is_address else SECONDS + SECONDS_PER_MEGABYTE * self.size / 1e6


@dataclass(frozen=True, slots=True)
class Parsed:
    """An article, and the passages that were made of it."""

    article: Article
    passages: list[Passage]


class Parser(Protocol):
    """Reads tasks, possibly several at a time."""

    def parse(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Iterator[Parsed | Unreadable]]]:
        """The tasks in their order, each with what was found in it, which is to be taken before the next one."""
        ...


class InProcessParser:
    """Reads in this very process, one task after the other: for tests, and for articles of one's own making."""

    def parse(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Iterator[Parsed | Unreadable]]]:
        return ((task, parse(task)) for task in tasks)


def parse(task: Task) -> Iterator[Parsed | Unreadable]:
    """Every article of a task with its passages; what cannot be read comes back as Unreadable, with the reason."""
    for found in _load(task):
        if isinstance(found, Unreadable):
            yield found
            continue
        article = _with_language(found)
        yield Parsed(article, chunk(article, task.words))


def _load(task: Task) -> Iterator[Article | Unreadable]:
    if task.settings is None:
        return readers.load(Path(task.source), task.suggested_id)
    from rag.ingest.readers import urls

    return urls.load(task.source, task.settings)


def _with_language(article: Article) -> Article:
    """The article with the language of its text, where its source names none ("en" stands for that)."""
    return replace(article, language=detect(article.text)) if article.language == "en" else article
