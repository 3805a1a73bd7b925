"""Access to one SQLite file: a connection per thread, transactions, and errors with their remedy."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.core.errors import IndexDamagedError
from rag.text.tokenization import plain

Rows = Callable[..., list[Any]]
"""Runs a query with its parameters and returns all rows."""
JSON_VALUES = "(SELECT value FROM json_each(?))"
"""Goes after IN and takes a JSON array as its only parameter, however long."""

BUSY_TIMEOUT = 30.0
"""Seconds that a connection waits for the transaction of another."""


@dataclass(slots=True)
class _Opened:
    """A connection. ``stamp`` is the state of the file if it was opened as immutable, else None."""

    connection: sqlite3.Connection
    stamp: object = None


class Database:
    """A file in WAL mode: readers wait neither for one another nor for the writer.

    It can be read in a read-only folder, too.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._local = threading.local()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's own connection."""
        opened: _Opened | None = getattr(self._local, "opened", None)
        if opened and opened.stamp is not None and opened.stamp != self._stamp():
            self.close()
            opened = None
        if opened is None:
            opened = self._local.opened = self._open()
        return opened.connection

    def close(self) -> None:
        """Close this thread's connection."""
        opened: _Opened | None = getattr(self._local, "opened", None)
        if opened is not None:
            opened.connection.close()
            self._local.opened = None

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        """Return all rows of a query. Raises IndexDamagedError."""
        try:
            return self.connection.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise self.damaged(error) from error

    def each(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[Any]:
        """Yield the rows of a query, for results that may not fit into memory. Raises IndexDamagedError."""
        try:
            yield from self.connection.execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise self.damaged(error) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run a write transaction, which is on the disk when the block ends. Raises IndexDamagedError."""
        try:
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection
        except sqlite3.OperationalError as error:
            raise IndexDamagedError(f"The library {self.file} cannot be written: {_reason(error)}") from error
        except sqlite3.DatabaseError as error:
            raise self.damaged(error) from error

    def damaged(self, problem: Exception | str) -> IndexDamagedError:
        return IndexDamagedError(
            f"{self.file} is not a readable library ({problem}). Restore it from a backup, or move it away and run: "
            "rag ingest PATH"
        )

    def _open(self) -> _Opened:
        try:
            if os.access(self.file.parent, os.W_OK | os.X_OK):
                return _Opened(self._connect("rw"))
            return self._open_read_only()
        except sqlite3.DatabaseError as error:
            raise self.damaged(error) from error

    def _open_read_only(self) -> _Opened:
        """Open the file in a read-only folder, where the files of the WAL cannot be created."""
        connection = self._connect("ro", setup=False)
        try:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            return _Opened(connection)
        except sqlite3.OperationalError as error:
            connection.close()
            log = self._log()
            if log.exists() and log.stat().st_size:
                raise IndexDamagedError(
                    f"The folder {self.file.parent} cannot be written, and {log.name} holds changes that cannot be "
                    "read there. Copy the whole folder to where it can be written, and use --index with the copy."
                ) from error
        # SQLite does not notice changes of an immutable file, so its state is compared before each use.
        stamp = self._stamp()
        return _Opened(self._connect("ro&immutable=1", setup=False), stamp)

    def _connect(self, mode: str, setup: bool = True) -> sqlite3.Connection:
        """Connect to the existing file; mode "rw" never creates one."""
        connection = sqlite3.connect(
            f"{self.file.resolve().as_uri()}?mode={mode}", uri=True, timeout=BUSY_TIMEOUT, isolation_level=None
        )
        connection.create_function("plain", 1, plain, deterministic=True)
        if setup:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _log(self) -> Path:
        return self.file.with_name(self.file.name + "-wal")

    def _stamp(self) -> object:
        try:
            found = self.file.stat()
            return found.st_ino, found.st_size, found.st_mtime_ns, self._log().exists()
        except OSError:
            return "gone"


def _reason(error: sqlite3.OperationalError) -> str:
    """Return why nothing was written, and what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    nothing = "Nothing of the article in hand was stored."
    if code == sqlite3.SQLITE_FULL:
        return f"the disk is full ({error}). {nothing} Free some space, then run the command again."
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return (
            f"it is read-only ({error}). {nothing} Change the permissions of the folder, or copy it to where it can be "
            "written and use --index with the copy."
        )
    if code == sqlite3.SQLITE_BUSY:
        return f"another process has been writing for {BUSY_TIMEOUT:.0f} s. {nothing} Try again when it has ended."
    return f"{error}. {nothing} Check the free disk space and the permissions, then run the command again."
