"""The questions of an article are stored with it, and go with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from rag.core.types import Article, Heading
from rag.ingest.chunking import chunk
from rag.store import SqliteLibrary
from rag.testing import FakeEmbedder

EMBEDDER = FakeEmbedder()
TEXT = "Five sirens\nPellinford Bay has five sirens. The fog came in."


def create(folder: Path) -> SqliteLibrary:
    return SqliteLibrary.create(folder / "library.db", EMBEDDER.name, EMBEDDER.dimensions)


def store(library: SqliteLibrary, text: str) -> None:
    headings = (Heading(0, text.index("\n"), 1),)
    article = Article("a", "A", text, "a.md", headings=headings)
    passages = chunk(article)
    library.store(article, passages, EMBEDDER.embed_passages(passages, ["A"] * len(passages)))


def texts(library: SqliteLibrary) -> list[str]:
    return [question.text for question in library.questions(["a", "b"]).get("a", [])]


def test_questions_are_made_anew_with_their_article_and_go_with_it(tmp_path: Path) -> None:
    library = create(tmp_path)
    store(library, TEXT)
    assert texts(library) == ["What does “A” say about “Five sirens”?"]
    ((question,),) = library.questions(["a"]).values()
    assert TEXT[question.answer.start : question.answer.end] == TEXT
    store(library, "Nine bells\nAverell Hall has nine bells.")
    assert texts(library) == ["What does “A” say about “Nine bells”?"]
    library.remove(["a"])
    assert texts(library) == []
    with closing(sqlite3.connect(library.file)) as connection:
        assert connection.execute("SELECT count(*) FROM questions").fetchone() == (0,)


def test_a_library_made_without_questions_is_read_and_gets_them_when_it_is_added_to(tmp_path: Path) -> None:
    library = create(tmp_path)
    store(library, TEXT)
    library.close()
    with closing(sqlite3.connect(library.file)) as connection:
        connection.execute("DROP TABLE questions")
    assert texts(SqliteLibrary.open(library.file)) == []
    assert SqliteLibrary.open(library.file).remove(["none"]) == []
    again = create(tmp_path)
    store(again, "Nine bells\nAverell Hall has nine bells.")
    assert texts(again) == ["What does “A” say about “Nine bells”?"]
