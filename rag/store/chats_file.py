"""The file of what people said, conversations and feedback: its tables, and the version of their form."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from rag.core.errors import IndexDamagedError, IndexMismatchError

FILE = "chats.db"
VERSION = 1
"""Files of before the first version had the table of the feedback alone, in this form."""
TABLES = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT, given_at TEXT NOT NULL, verdict TEXT NOT NULL, comment TEXT NOT NULL,
    question TEXT NOT NULL, history TEXT NOT NULL, answer TEXT NOT NULL
);
-- What is folded is for the search: no matter how it was written. named: whether a person gave the title.
CREATE TABLE IF NOT EXISTS chats (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, title TEXT NOT NULL,
    folded TEXT NOT NULL, named INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS chats_of_owner ON chats (owner, updated_at);
CREATE INDEX IF NOT EXISTS chats_by_age ON chats (updated_at);
CREATE TABLE IF NOT EXISTS exchanges (
    chat INTEGER NOT NULL REFERENCES chats (number) ON DELETE CASCADE, number INTEGER NOT NULL,
    question TEXT NOT NULL, folded TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (chat, number)
);
"""


class ChatsFile:
    """``chats.db`` of an index folder; nothing is opened until it is needed. It may be used by several threads."""

    def __init__(self, index: Path) -> None:
        self.path = index / FILE

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection. Raises IndexDamagedError, and IndexMismatchError where a newer version made the file."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")  # What is deleted is not left in the file.
                self._make_ready(connection)
                yield connection
        except (OSError, sqlite3.DatabaseError) as error:
            raise IndexDamagedError(
                f"{self.path}, which holds conversations and feedback, cannot be used ({error}). Check the folder's "
                "permissions and the free disk space, or move the file away."
            ) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection with a transaction, which holds once the block has ended well. Raises what ``reading`` does."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection

    def _make_ready(self, connection: sqlite3.Connection) -> None:
        ((version,),) = connection.execute("PRAGMA user_version")
        if version > VERSION:
            raise IndexMismatchError(
                f"{self.path} was made by a newer version of Footnote (format {version}; this one reads {VERSION}). "
                "Use that version, or move the file away."
            )
        if version < VERSION:
            connection.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
