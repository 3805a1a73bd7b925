"""The library in SQLite: articles, passages, vectors and full text. The source of truth; all else is derived.

schema.py         the tables of a library
database.py       connections, transactions, read-only folders, errors
reader.py         queries; writer.py adds changes
facets.py         filters, and the values that articles can be filtered by
bm25.py           full-text ranking
vector_index.py   FAISS; vector_file.py its file, vector_index_type.py which kind of index suits how many vectors
duplicates.py     near-duplicate articles
conversations.py  conversations; feedback.py verdicts on answers
backup.py, integrity.py, lock.py, opening.py
"""

from rag.store.writer import SqliteLibrary

FILE = "library.db"
"""File name of the library in its folder."""

__all__ = ["FILE", "SqliteLibrary"]
