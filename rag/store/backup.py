"""Backups: a verified copy of a library in one file, consistent while others write."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

from rag.core.errors import PathError
from rag.store.database import Database


def write(database: Database, target: Path, overwrite: bool) -> int:
    """Write a verified copy of the library and return its size in bytes.

    Raises:
        PathError: if ``target`` exists and ``overwrite`` is false, or if it cannot be written.
        IndexDamagedError: if the library is damaged.
    """
    if target.is_dir():
        raise PathError(f"{target} is a folder. Name the file that the backup is to be written to.")
    if target.exists() and target.samefile(database.file):
        raise PathError(f"{target} is the library itself. Name another file for the backup.")
    if target.exists() and not overwrite:
        raise _exists(target)
    temporary = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        temporary.touch(exist_ok=False)
        shutil.copymode(database.file, temporary)
        _copy(database, temporary)
        return _put_in_place(temporary, target, overwrite)
    except (OSError, sqlite3.OperationalError) as error:
        raise PathError(
            f"The backup cannot be written to {target} ({error}). Check that its folder exists and can be written, "
            "and the free disk space."
        ) from error
    except sqlite3.DatabaseError as error:
        raise database.damaged(error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _copy(database: Database, temporary: Path) -> None:
    """Copy and verify. The copy gets an identity of its own, so that no vector file of the original is used with it."""
    with closing(sqlite3.connect(temporary, isolation_level=None)) as copy:
        database.connection.backup(copy)
        problem = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            raise sqlite3.DatabaseError(problem)
        copy.execute("PRAGMA journal_mode = DELETE")  # One file, which can be read in a read-only folder.
        copy.execute("UPDATE meta SET value = ? WHERE key = 'identity'", (uuid.uuid4().hex,))
    with temporary.open("rb") as file:
        os.fsync(file.fileno())


def _put_in_place(temporary: Path, target: Path, overwrite: bool) -> int:
    size = temporary.stat().st_size
    if overwrite:
        temporary.replace(target)
        return size
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise _exists(target) from None
    except OSError:  # A file system without links.
        temporary.replace(target)
    return size


def _exists(target: Path) -> PathError:
    return PathError(f"{target} exists already. Choose another name, or overwrite it with --force.")
