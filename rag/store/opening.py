"""Open the library that the settings name."""

from __future__ import annotations

from rag.core.errors import IndexEmptyError
from rag.core.settings import Settings
from rag.store import FILE, SqliteLibrary

EMPTY_INDEX = "The index holds no articles yet. Run: rag ingest PATH"


def open_library(settings: Settings, *, may_be_empty: bool = False) -> SqliteLibrary:
    """Open the library of ``settings.index`` for reading.

    Raises:
        IndexEmptyError: if there is no library, or no article in it and it may not be empty.
        IndexMismatchError: if the library was made with another embedding model.
        IndexDamagedError: if the database is damaged.
    """
    library = SqliteLibrary.open(settings.index / FILE, settings.embedder)
    if not may_be_empty and not library.passage_count():
        raise IndexEmptyError(EMPTY_INDEX)
    return library
