"""The library in SQLite: articles, passages, vectors and full text. The source of truth; all else is derived.

schema.py     the tables
database.py   connections, transactions, read-only places, errors
reading.py    what is asked of it; writing.py adds what changes it
marking.py    which articles say nearly the same
backup.py     a copy of it;  checking.py whether all of it is sound
"""

from rag.store.writer import SqliteLibrary

FILE = "library.db"
"""Name of the library's file in its folder."""

__all__ = ["FILE", "SqliteLibrary"]
