"""Read a file or an address into articles and cut them into passages: the part of ingest that reads untrusted input.

``InProcessParser`` does it in this process, rag/ingest/sandbox.py in others, which may hang or crash.
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
"""How long a file may take, and how much longer for its size. Slow PDFs need 1 s per megabyte on an idle machine."""
SECONDS_AT_ADDRESS = 120.0
"""How long each article of an address may take: a fetch takes up to 30 s, and hosts ask for pauses."""


@dataclass(frozen=True, slots=True)
class Task:
    """A file or an address to read.

    Attributes:
        source: the path or address.
        suggested_id: the id of its article, unless it names one.
        words: the words of a passage, as for ``chunk``.
        size: the bytes of the file; 0 if unknown.
        settings: for fetching; None for files.
    """

    source: str
    suggested_id: str
    words: int
    size: int = 0
    settings: Settings | None = None

    @property
    def is_address(self) -> bool:
        return self.settings is not None

    @property
    def seconds(self) -> float:
        """How long reading may take, for a whole file or for each article of an address."""
        return SECONDS_AT_ADDRESS if self.is_address else SECONDS + SECONDS_PER_MEGABYTE * self.size / 1e6


@dataclass(frozen=True, slots=True)
class Parsed:
    """An article and its passages."""

    article: Article
    passages: list[Passage]


class Parser(Protocol):
    """Reads tasks, possibly several at a time."""

    def parse(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Iterator[Parsed | Unreadable]]]:
        """Yield the tasks in order, each with its articles and failures, to be taken before the next task."""
        ...


class InProcessParser:
    """Reads in this process, one task after the other: for tests and trusted articles."""

    def parse(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Iterator[Parsed | Unreadable]]]:
        return ((task, parse(task)) for task in tasks)


def is_address(source: Path | str) -> bool:
    """Return whether a source is a web address rather than a path."""
    return str(source).strip().lower().startswith(("http://", "https://"))


def parse(task: Task) -> Iterator[Parsed | Unreadable]:
    """Yield every article of a task with its passages, or Unreadable with the reason."""
    if task.settings is None:
        articles = readers.load(Path(task.source), task.suggested_id)
    else:
        from rag.ingest.readers import urls

        articles = urls.load(task.source, task.settings)
    for found in articles:
        if isinstance(found, Unreadable):
            yield found
            continue
        # "en" is the default of sources that do not declare a language.
        article = replace(found, language=detect(found.text)) if found.language == "en" else found
        yield Parsed(article, chunk(article, task.words))
