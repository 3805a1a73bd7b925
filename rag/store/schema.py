"""The tables of a library, and the version of the schema."""

from __future__ import annotations

import sqlite3
import uuid

VERSION = 2
TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- number: the order in which articles were first stored; an update keeps it. The text comes last, so that SQLite
-- reads a header without its pages.
CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, source TEXT NOT NULL,
    url TEXT NOT NULL, author TEXT NOT NULL, date TEXT, tags TEXT NOT NULL, language TEXT NOT NULL,
    text_sha256 TEXT NOT NULL, content_sha256 TEXT NOT NULL, revision TEXT NOT NULL,
    duplicate_of INTEGER REFERENCES articles (number),
    signature BLOB, pages TEXT NOT NULL, headings TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX articles_of_revision ON articles (revision);
CREATE INDEX articles_by_date ON articles (date IS NULL, date DESC, id);
CREATE INDEX articles_of_source ON articles (source);
CREATE INDEX duplicates_of_article ON articles (duplicate_of);

CREATE TABLE origins (
    number INTEGER PRIMARY KEY AUTOINCREMENT, origin TEXT NOT NULL UNIQUE,
    article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE
);
CREATE INDEX origins_of_article ON origins (article);

-- AUTOINCREMENT: the vector index finds new passages by their ids, so no id may be used twice.
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
    sentence_count INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, heading TEXT NOT NULL, sentences TEXT NOT NULL,
    vector BLOB NOT NULL, sentence_vectors BLOB NOT NULL
);
CREATE INDEX passages_of_article ON passages (article, sentence_count);

-- Derived, like the signatures and duplicate_of: the bands of the signatures, and the full text of the passages.
CREATE TABLE bands (hash INTEGER NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (hash, article)) WITHOUT ROWID;
"""
QUESTIONS = """
CREATE TABLE IF NOT EXISTS questions (
    article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE, place INTEGER NOT NULL,
    question TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, PRIMARY KEY (article, place)
) WITHOUT ROWID
"""
"""Derived, too. Older libraries of the same version lack it, and get it when articles are added."""
WORDS = """
CREATE VIRTUAL TABLE words USING fts5 (title, heading, text, tokenize = 'porter unicode61 remove_diacritics 2')
"""


def exists(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is not None


def make(connection: sqlite3.Connection, embedder: str, dimensions: int) -> None:
    """Create the tables of an empty library, within the caller's transaction."""
    for statement in [*filter(str.strip, TABLES.split(";\n")), QUESTIONS, WORDS]:
        connection.execute(statement)
    values = {
        "schema": VERSION, "generation": 0, "identity": uuid.uuid4().hex, "embedder": embedder,
        "dimensions": dimensions,
    }  # fmt: skip
    connection.executemany("INSERT INTO meta VALUES (?, ?)", [(key, str(value)) for key, value in values.items()])
