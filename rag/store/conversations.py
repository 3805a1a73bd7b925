"""Conversations: kept in ``chats.db`` beside the library, each for its owner alone."""

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
PAGE = 30
"""Conversations of a page of the list."""
TITLE_CHARACTERS = 80
SEARCH_WORDS = 20
"""Words of a search that are looked for."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation as a list shows it; ``exchanges`` counts its questions. The times are in UTC."""

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    exchanges: int


@dataclass(frozen=True, slots=True)
class SavedExchange:
    """A question and what came of it. ``content`` is for whoever saved it; ``answer`` is the text to search in.

    ``number`` counts from 1 within the conversation; 0 stands for the next one.
    """

    number: int
    question: str
    answer: str
    content: str


@dataclass(frozen=True, slots=True)
class Saved:
    """Where an exchange was saved."""

    chat: str
    number: int


@dataclass(frozen=True, slots=True)
class ChatListing:
    """A page of an owner's conversations: ``chats`` begin after ``offset`` of the ``total`` that have ``text``."""

    chats: tuple[Chat, ...]
    offset: int
    total: int
    text: str


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


class ChatStore:
    """Conversations in SQLite. One object may be used by several threads; nothing is opened until it is needed.

    An owner is whatever names a reader; nobody sees or changes the conversation of another. ``days`` after its last
    question a conversation is deleted, where it is given. Each operation is a transaction, and raises
    IndexDamagedError where the file cannot be used.
    """

    def __init__(self, index: Path, days: int | None = None) -> None:
        self._file = ChatsFile(index)
        self.days = days

    def save(self, owner: str, chat: str, exchange: SavedExchange) -> Saved:
        """Store an exchange, in the place of one with the same number; ``chat`` "" makes a new conversation of it.

        Raises UnknownChatError, and ValueError without an owner.
        """
        if not owner:
            raise ValueError("a conversation has an owner")
        question, moment = _storable(exchange.question), _now()
        with self._file.writing() as connection:
            self._expire(connection)
            key = _key(connection, owner, chat) if chat else _begin(connection, owner, moment)
            connection.execute(
                "INSERT OR REPLACE INTO exchanges (chat, number, question, folded, content)"
                " SELECT ?1, CASE ?2 WHEN 0 THEN COALESCE(MAX(number), 0) + 1 ELSE ?2 END, ?3, ?4, ?5"
                " FROM exchanges WHERE chat = ?1",
                (
                    key, exchange.number, question, _folded(f"{question}\n{exchange.answer}"),
                    _storable(exchange.content),
                ),
            )  # fmt: skip
            connection.execute("UPDATE chats SET updated_at = ? WHERE number = ?", (moment, key))
            _entitle(connection, key)
            ((identity, number),) = connection.execute(
                "SELECT id, exchanges.number FROM exchanges JOIN chats ON chats.number = chat"
                " WHERE exchanges.rowid = last_insert_rowid()"
            )
        return Saved(identity, number)

    def listing(self, owner: str, text: str = "", offset: int = 0, limit: int = PAGE) -> ChatListing:
        """The latest conversations in whose title, questions and answers all words of ``text`` occur, however written.

        An offset past the end stands for the last page.
        """
        words = _folded(text).split()[:SEARCH_WORDS]
        found = "FROM chats WHERE owner = ?" + len(words) * (
            " AND (instr(folded, ?) OR EXISTS"
            " (SELECT 1 FROM exchanges WHERE chat = chats.number AND instr(exchanges.folded, ?)))"
        )
        sought = [owner, *(word for word in words for _ in range(2))]
        with self._file.writing() as connection:
            self._expire(connection)
            ((total,),) = connection.execute(f"SELECT COUNT(*) {found}", sought)
            offset = max(0, min(offset, (total - 1) // limit * limit))
            rows = connection.execute(
                f"SELECT {_COLUMNS} {found} ORDER BY updated_at DESC, number DESC LIMIT ? OFFSET ?",
                [*sought, limit, offset],
            ).fetchall()
        return ChatListing(tuple(map(_chat, rows)), offset, total, text.strip())

    def chat(self, owner: str, chat: str) -> Chat:
        """What a list shows of one. Raises UnknownChatError."""
        with self._file.reading() as connection:
            key = _key(connection, owner, chat)
            (row,) = connection.execute(f"SELECT {_COLUMNS} FROM chats WHERE number = ?", (key,))
        return _chat(row)

    def exchanges(self, owner: str, chat: str) -> tuple[SavedExchange, ...]:
        """All that was saved of a conversation, in its order; their ``answer`` is "". Raises UnknownChatError."""
        with self._file.reading() as connection:
            key = _key(connection, owner, chat)
            rows = connection.execute(
                "SELECT number, question, '', content FROM exchanges WHERE chat = ? ORDER BY number", (key,)
            ).fetchall()
        return tuple(SavedExchange(*row) for row in rows)

    def rename(self, owner: str, chat: str, title: str) -> None:
        """Give a title; an empty one stands for that of the first question. Raises UnknownChatError."""
        title = entitled(title)
        with self._file.writing() as connection:
            key = _key(connection, owner, chat)
            connection.execute(
                "UPDATE chats SET title = ?, folded = ?, named = ? WHERE number = ?",
                (title, _folded(title), bool(title), key),
            )
            _entitle(connection, key)

    def delete(self, owner: str, chat: str) -> None:
        """Delete a conversation. Raises UnknownChatError."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM chats WHERE number = ?", (_key(connection, owner, chat),))

    def delete_all(self, owner: str) -> int:
        """Delete all of an owner's conversations; returns how many there were."""
        with self._file.writing() as connection:
            return connection.execute("DELETE FROM chats WHERE owner = ?", (owner,)).rowcount

    def expire(self) -> int:
        """Delete the conversations whose time is over, whosever they are; returns how many there were."""
        if self.days is None or not self._file.path.exists():
            return 0
        with self._file.writing() as connection:
            return self._expire(connection)

    def _expire(self, connection: sqlite3.Connection) -> int:
        if self.days is None:
            return 0
        last = _written(datetime.now(UTC) - timedelta(days=self.days))
        return connection.execute("DELETE FROM chats WHERE updated_at < ?", (last,)).rowcount


def entitled(question: str) -> str:
    """The title of a conversation that begins with this question: its beginning, in one line."""
    title = " ".join(_storable(question).split())
    if len(title) <= TITLE_CHARACTERS:
        return title
    cut = title[:TITLE_CHARACTERS]
    return (cut.rpartition(" ")[0] or cut) + "…"


_COLUMNS = "id, title, created_at, updated_at, (SELECT COUNT(*) FROM exchanges WHERE chat = chats.number) AS exchanges"


def _chat(row: Sequence[object]) -> Chat:
    identity, title, created_at, updated_at, exchanges = row
    created, updated = (datetime.fromisoformat(str(moment)) for moment in (created_at, updated_at))
    return Chat(str(identity), str(title), created, updated, int(str(exchanges)))


def _begin(connection: sqlite3.Connection, owner: str, moment: str) -> int:
    """The key of a new conversation, whose id nobody can guess."""
    added = connection.execute(
        "INSERT INTO chats (id, owner, title, folded, named, created_at, updated_at) VALUES (?, ?, '', '', 0, ?, ?)",
        (secrets.token_urlsafe(16), owner, moment, moment),
    )
    assert added.lastrowid is not None
    return added.lastrowid


def _key(connection: sqlite3.Connection, owner: str, chat: str) -> int:
    """The key of a conversation of this owner. Raises UnknownChatError."""
    row = connection.execute("SELECT number FROM chats WHERE id = ? AND owner = ?", (_storable(chat), owner)).fetchone()
    if row is None:
        raise UnknownChatError("This conversation is not there. Begin a new one, or choose another from the list.")
    return int(row[0])


def _entitle(connection: sqlite3.Connection, key: int) -> None:
    """Name a conversation after its first question, unless a person has named it."""
    row = connection.execute(
        "SELECT question FROM exchanges JOIN chats ON chats.number = chat WHERE chat = ? AND NOT named"
        " ORDER BY exchanges.number LIMIT 1",
        (key,),
    ).fetchone()
    if row is not None:
        title = entitled(row[0])
        connection.execute("UPDATE chats SET title = ?, folded = ? WHERE number = ?", (title, _folded(title), key))


def _storable(text: str) -> str:
    """The text as SQLite can hold it: without lone surrogates, and without NUL, at which its functions stop."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def _folded(text: str) -> str:
    """The text for a comparison that no way of writing matters to: capitals, accents as marks of their own, widths."""
    folded = unicodedata.normalize("NFKC", _storable(text)).casefold()
    return unicodedata.normalize("NFKC", folded)


def _now() -> str:
    return _written(datetime.now(UTC))


def _written(moment: datetime) -> str:
    """A moment in UTC; as texts they are in the order of time."""
    return moment.isoformat(timespec="microseconds")
