"""``chats.db``: the file of conversations and feedback. Every conversation belongs to one owner."""

from __future__ import annotations

import secrets
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rag.core.errors import IndexDamagedError, IndexMismatchError, UnknownChatError
from rag.core.serialization import encodable

FILE = "chats.db"
VERSION = 1
"""Files older than version 1 have only the table ``feedback``, in this form."""
TABLES = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT, given_at TEXT NOT NULL, verdict TEXT NOT NULL, comment TEXT NOT NULL,
    question TEXT NOT NULL, history TEXT NOT NULL, answer TEXT NOT NULL
);
-- folded: normalized text for the search. named: whether a person gave the title.
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
PAGE = 30
"""Conversations on a page of the list."""
TITLE_CHARACTERS = 80
SEARCH_WORDS = 20
"""Words of a search beyond which the rest is ignored."""


@dataclass(frozen=True, slots=True)
class Chat:
    """The list entry of a conversation; ``exchanges`` counts its questions. Times are in UTC."""

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    exchanges: int


@dataclass(frozen=True, slots=True)
class SavedExchange:
    """A question and its outcome: ``content`` is opaque to the store, ``answer`` is the text that is searched.

    ``number`` counts from 1 within the conversation; 0 means the next one.
    """

    number: int
    question: str
    answer: str
    content: str


@dataclass(frozen=True, slots=True)
class Saved:
    """The place of a saved exchange."""

    chat: str
    number: int


@dataclass(frozen=True, slots=True)
class ChatListing:
    """A page of the ``total`` conversations that match ``text``, from ``offset`` on."""

    chats: tuple[Chat, ...]
    offset: int
    total: int
    text: str


class ChatsFile:
    """``chats.db`` of an index folder. Thread-safe; the file is opened when it is first needed."""

    def __init__(self, index: Path) -> None:
        self.path = index / FILE

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open a connection. Raises IndexDamagedError, or IndexMismatchError if a newer version made the file."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")  # Overwrites what is deleted.
                self._create_tables(connection)
                yield connection
        except (OSError, sqlite3.DatabaseError) as error:
            raise IndexDamagedError(
                f"{self.path}, which holds conversations and feedback, cannot be used ({error}). Check the folder's "
                "permissions and the free disk space, or move the file away."
            ) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a connection with a transaction, committed at the end of the block. Raises what ``reading`` does."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection

    def _create_tables(self, connection: sqlite3.Connection) -> None:
        ((version,),) = connection.execute("PRAGMA user_version")
        if version > VERSION:
            raise IndexMismatchError(
                f"{self.path} was made by a newer version of Footnote (format {version}; this one reads {VERSION}). "
                "Use that version, or move the file away."
            )
        if version < VERSION:
            connection.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")


class ChatStore:
    """Conversations in SQLite. Thread-safe; the file is opened when it is first needed.

    ``owner`` is any string that identifies a reader; nobody sees or changes the conversation of another. If ``days`` is
    given, conversations are deleted so many days after their last question. Every method is one transaction and raises
    IndexDamagedError if the file cannot be used.
    """

    def __init__(self, index: Path, days: int | None = None) -> None:
        self._file = ChatsFile(index)
        self.days = days

    def save(self, owner: str, chat: str, exchange: SavedExchange) -> Saved:
        """Store an exchange, replacing one with the same number; ``chat`` "" begins a new conversation.

        Raises:
            UnknownChatError: if the owner has no such conversation.
            ValueError: if the owner is "".
        """
        if not owner:
            raise ValueError("a conversation has an owner")
        question, moment = _encodable(exchange.question), _now()
        with self._file.writing() as connection:
            self._expire(connection)
            key = _key(connection, owner, chat) if chat else _insert_chat(connection, owner, moment)
            connection.execute(
                "INSERT OR REPLACE INTO exchanges (chat, number, question, folded, content)"
                " SELECT ?1, CASE ?2 WHEN 0 THEN COALESCE(MAX(number), 0) + 1 ELSE ?2 END, ?3, ?4, ?5"
                " FROM exchanges WHERE chat = ?1",
                (
                    key, exchange.number, question, _folded(f"{question}\n{exchange.answer}"),
                    _encodable(exchange.content),
                ),
            )  # fmt: skip
            connection.execute("UPDATE chats SET updated_at = ? WHERE number = ?", (moment, key))
            _set_title(connection, key)
            ((identity, number),) = connection.execute(
                "SELECT id, exchanges.number FROM exchanges JOIN chats ON chats.number = chat"
                " WHERE exchanges.rowid = last_insert_rowid()"
            )
        return Saved(identity, number)

    def listing(self, owner: str, text: str = "", offset: int = 0, limit: int = PAGE) -> ChatListing:
        """Return the latest conversations that have all words of ``text`` in their title, questions and answers.

        Case and Unicode form do not matter. An offset past the end returns the last page.
        """
        words = _folded(text).split()[:SEARCH_WORDS]
        found = "FROM chats WHERE owner = ?" + len(words) * (
            " AND (instr(folded, ?) OR EXISTS"
            " (SELECT 1 FROM exchanges WHERE chat = chats.number AND instr(exchanges.folded, ?)))"
        )
        parameters = [owner, *(word for word in words for _ in range(2))]
        with self._file.writing() as connection:
            self._expire(connection)
            ((total,),) = connection.execute(f"SELECT COUNT(*) {found}", parameters)
            offset = max(0, min(offset, (total - 1) // limit * limit))
            rows = connection.execute(
                f"SELECT {_COLUMNS} {found} ORDER BY updated_at DESC, number DESC LIMIT ? OFFSET ?",
                [*parameters, limit, offset],
            ).fetchall()
        return ChatListing(tuple(map(_chat, rows)), offset, total, text.strip())

    def chat(self, owner: str, chat: str) -> Chat:
        """Return the list entry of a conversation. Raises UnknownChatError."""
        with self._file.reading() as connection:
            key = _key(connection, owner, chat)
            (row,) = connection.execute(f"SELECT {_COLUMNS} FROM chats WHERE number = ?", (key,))
        return _chat(row)

    def exchanges(self, owner: str, chat: str) -> tuple[SavedExchange, ...]:
        """Return the exchanges of a conversation in order, their ``answer`` left "". Raises UnknownChatError."""
        with self._file.reading() as connection:
            key = _key(connection, owner, chat)
            rows = connection.execute(
                "SELECT number, question, '', content FROM exchanges WHERE chat = ? ORDER BY number", (key,)
            ).fetchall()
        return tuple(SavedExchange(*row) for row in rows)

    def rename(self, owner: str, chat: str, title: str) -> None:
        """Set the title; an empty one restores that of the first question. Raises UnknownChatError."""
        title = title_of(title)
        with self._file.writing() as connection:
            key = _key(connection, owner, chat)
            connection.execute(
                "UPDATE chats SET title = ?, folded = ?, named = ? WHERE number = ?",
                (title, _folded(title), bool(title), key),
            )
            _set_title(connection, key)

    def delete(self, owner: str, chat: str) -> None:
        """Delete a conversation. Raises UnknownChatError."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM chats WHERE number = ?", (_key(connection, owner, chat),))

    def delete_all(self, owner: str) -> int:
        """Delete all conversations of an owner and return how many there were."""
        with self._file.writing() as connection:
            return connection.execute("DELETE FROM chats WHERE owner = ?", (owner,)).rowcount

    def expire(self) -> int:
        """Delete the expired conversations of all owners and return how many there were."""
        if self.days is None or not self._file.path.exists():
            return 0
        with self._file.writing() as connection:
            return self._expire(connection)

    def _expire(self, connection: sqlite3.Connection) -> int:
        if self.days is None:
            return 0
        last = _timestamp(datetime.now(UTC) - timedelta(days=self.days))
        return connection.execute("DELETE FROM chats WHERE updated_at < ?", (last,)).rowcount


def title_of(question: str) -> str:
    """Return the title of a conversation that begins with this question: its first words, in one line."""
    title = " ".join(_encodable(question).split())
    if len(title) <= TITLE_CHARACTERS:
        return title
    cut = title[:TITLE_CHARACTERS]
    return (cut.rpartition(" ")[0] or cut) + "…"


_COLUMNS = "id, title, created_at, updated_at, (SELECT COUNT(*) FROM exchanges WHERE chat = chats.number) AS exchanges"


def _chat(row: Sequence[object]) -> Chat:
    identity, title, created_at, updated_at, exchanges = row
    created, updated = (datetime.fromisoformat(str(moment)) for moment in (created_at, updated_at))
    return Chat(str(identity), str(title), created, updated, int(str(exchanges)))


def _insert_chat(connection: sqlite3.Connection, owner: str, moment: str) -> int:
    """Insert a conversation with an unguessable id and return its key."""
    added = connection.execute(
        "INSERT INTO chats (id, owner, title, folded, named, created_at, updated_at) VALUES (?, ?, '', '', 0, ?, ?)",
        (secrets.token_urlsafe(16), owner, moment, moment),
    )
    assert added.lastrowid is not None
    return added.lastrowid


def _key(connection: sqlite3.Connection, owner: str, chat: str) -> int:
    """Return the key of a conversation of this owner. Raises UnknownChatError."""
    row = connection.execute(
        "SELECT number FROM chats WHERE id = ? AND owner = ?", (_encodable(chat), owner)
    ).fetchone()
    if row is None:
        raise UnknownChatError("This conversation no longer exists. Begin a new one, or choose another from the list.")
    return int(row[0])


def _set_title(connection: sqlite3.Connection, key: int) -> None:
    """Title a conversation after its first question, unless a person has named it."""
    row = connection.execute(
        "SELECT question FROM exchanges JOIN chats ON chats.number = chat WHERE chat = ? AND NOT named"
        " ORDER BY exchanges.number LIMIT 1",
        (key,),
    ).fetchone()
    if row is not None:
        title = title_of(row[0])
        connection.execute("UPDATE chats SET title = ?, folded = ? WHERE number = ?", (title, _folded(title), key))


def _encodable(text: str) -> str:
    """Return the text without lone surrogates, which SQLite refuses, and NUL, at which its functions stop."""
    return encodable(text).replace("\0", " ")


def _folded(text: str) -> str:
    """Return the text normalized for the search: case, composed accents and widths do not matter."""
    folded = unicodedata.normalize("NFKC", _encodable(text)).casefold()
    return unicodedata.normalize("NFKC", folded)


def _now() -> str:
    return _timestamp(datetime.now(UTC))


def _timestamp(moment: datetime) -> str:
    """Format a time in UTC so that texts sort by time."""
    return moment.isoformat(timespec="microseconds")
