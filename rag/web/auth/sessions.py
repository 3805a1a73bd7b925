"""Login sessions, stored beside the library so that a restart logs nobody out, and only as hashes."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

from rag.core.errors import ServeError
from rag.core.settings import Settings
from rag.web.auth.permissions import Role

FILE = "sessions.db"
SECONDS_A_DAY = 86_400
SCHEMA = """
CREATE TABLE IF NOT EXISTS salt (id INTEGER PRIMARY KEY CHECK (id = 0), value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS session (
    token BLOB PRIMARY KEY, role TEXT NOT NULL, mark BLOB NOT NULL, began REAL NOT NULL
) WITHOUT ROWID;
"""


class Sessions:
    """Login sessions in SQLite. Each has the salted scrypt hash of its password, so changing a password ends them.

    Raises:
        ServeError: if the file cannot be written.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        given = {"editor": settings.editor_password, "viewer": settings.viewer_password}
        self._passwords = {role: _normal(one.get_secret_value()) for role, one in given.items() if one}
        self.seconds = settings.login_days * SECONDS_A_DAY
        """The lifetime of a session."""
        self._clock = clock
        self._file = file = settings.index / FILE
        try:
            file.touch(0o600)
            file.chmod(0o600)
            self._connection = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
            self._connection.executescript(SCHEMA)
            self._connection.execute("INSERT OR IGNORE INTO salt VALUES (0, ?)", (os.urandom(16),))
            ((salt,),) = self._connection.execute("SELECT value FROM salt")
        except (OSError, sqlite3.Error) as error:
            raise ServeError(_not_kept(file, error)) from error
        self.cookie = f"footnote_session_{hashlib.sha256(salt).hexdigest()[:8]}"
        """The name of the cookie. Each library has its own, because browsers share cookies between ports of a host."""
        self._marks = {role: _mark(password, salt) for role, password in self._passwords.items()}

    def role_by(self, password: str) -> Role | None:
        """Return the role of a password; None if it is wrong."""
        given = _digest(_normal(password))
        opened = [role for role, one in self._passwords.items() if hmac.compare_digest(given, _digest(one))]
        return _role(opened[0]) if opened else None

    def begin(self, role: Role) -> str:
        """Store a session and return its token. Raises ServeError if it cannot be stored."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        row = (_digest(token), role, self._marks[role], now)
        try:
            self._connection.execute("DELETE FROM session WHERE began <= ?", (now - self.seconds,))
            self._connection.execute("INSERT INTO session VALUES (?, ?, ?, ?)", row)
        except sqlite3.Error as error:
            raise ServeError(_not_kept(self._file, error)) from error
        return token

    def role(self, token: str) -> Role | None:
        """Return the role of a session that has not expired; None for any other token."""
        found = self._connection.execute("SELECT role, mark, began FROM session WHERE token = ?", (_digest(token),))
        for role, mark, began in found:
            if self._marks.get(role) == mark and self._clock() - began < self.seconds:
                return _role(role)
        return None

    def end(self, token: str) -> None:
        """End a session; an unknown token does nothing."""
        self._connection.execute("DELETE FROM session WHERE token = ?", (_digest(token),))

    def close(self) -> None:
        self._connection.close()


def _not_kept(file: Path, error: Exception) -> str:
    return (
        f"Could not store logins in {file} ({error}). Check the permissions of the folder and the free disk space. "
        "If the file is damaged, delete it; everybody then has to log in again."
    )


def _role(name: str) -> Role:
    return "editor" if name == "editor" else "viewer"


def _normal(password: str) -> str:
    """Normalize a password, because keyboards compose characters differently."""
    return unicodedata.normalize("NFC", password)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def _mark(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=2**14, r=8, p=1, dklen=32)
