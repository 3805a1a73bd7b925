"""A library that an earlier version made opens as it is: nothing has to be ingested again."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from rag.core.settings import Settings
from rag.ingest.pipeline import ingest
from rag.retrieval.opening import open_retriever
from rag.store import SqliteLibrary, integrity
from rag.store.conversations import ChatStore, SavedExchange
from rag.store.feedback import FeedbackStore, as_questions
from rag.store.opening import open_library
from rag.store.vector_index import FaissIndex
from rag.testing import FakeEmbedder
from rag.web.conversations.exchange import Exchange
from rag.web.conversations.session import Memory
from rag.web.library.articles import ArticleService
from rag.web.library.uploads import Uploads

STORED = Path(__file__).parent / "libraries" / "0.1.0"


@pytest.fixture
def stored(tmp_path: Path) -> Settings:
    """Settings of a copy of the stored library."""
    index = tmp_path / "index"
    shutil.copytree(STORED / "index", index)
    return Settings(index=index, embedder="fake-embedder")


@pytest.fixture
def library(stored: Settings) -> SqliteLibrary:
    return open_library(stored)


def conversation(settings: Settings) -> tuple[Exchange, ...]:
    store = ChatStore(settings.index)
    (chat,) = store.listing("reader").chats
    return Memory(store).conversation("reader", chat.id)


def is_sound(library: SqliteLibrary) -> bool:
    return all(integrity.check(library, name) == [] for name in integrity.CHECKS)


def test_it_is_sound(library: SqliteLibrary) -> None:
    assert is_sound(library)


def test_it_is_searched(stored: Settings, library: SqliteLibrary) -> None:
    retriever = open_retriever(library, FakeEmbedder(), stored)
    found = retriever.retrieve("Who won the rye prize?", 3, as_of=date(2024, 12, 1)).passages
    assert found[0].header.id == "bakery"
    assert "won the rye prize for the third year" in found[0].passage.text
    assert found[0].dense_rank == found[0].bm25_rank == 1


def test_its_file_of_vectors_is_used_as_it_is(stored: Settings, library: SqliteLibrary) -> None:
    index = FaissIndex(library, stored.index, library.dimensions)
    assert index.state_of_file() == "current"
    before = (stored.index / "vectors-3.faiss").read_bytes()
    index.refresh()
    assert (stored.index / "vectors-3.faiss").read_bytes() == before


def test_an_article_is_shown(library: SqliteLibrary) -> None:
    article = library.article("harbour")
    assert article is not None
    assert (article.title, article.author, article.date, article.tags) == (
        "Harbour lamp goes out for the winter", "Ina Weld", date(2024, 11, 3), ("harbour", "history"),
    )  # fmt: skip
    assert "Orla Dunmore, climbed the hundred and four steps" in article.text
    assert [article.text[heading.start : heading.end] for heading in article.headings] == [
        "The last climb", "What takes its place",
    ]  # fmt: skip


def test_an_ingest_of_the_same_articles_changes_nothing(stored: Settings) -> None:
    embedder = FakeEmbedder()
    report = ingest([STORED / "articles"], stored, embedder)
    assert (report.added, report.changed, report.unchanged, report.removed, report.failed) == (0, 0, 3, 0, ())
    assert embedder.embedded == 0


def test_articles_are_added_changed_and_removed(stored: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    shutil.copytree(STORED / "articles", folder)
    assert ingest([folder], stored, FakeEmbedder()).unchanged == 3
    (folder / "choir.txt").write_text("Choir tour\n\nThe choir of Vellmouth sings in eleven villages this autumn.\n")
    embedder = FakeEmbedder()
    assert (ingest([folder], stored, embedder).added, embedder.embedded) == (1, 1)
    library = SqliteLibrary.create(stored.index / "library.db", "fake-embedder", 256)
    assert library.remove(["bakery"]) == ["bakery"]
    found = open_retriever(library, FakeEmbedder(), stored).retrieve("Where does the choir sing?", 9).passages
    assert found[0].header.id == "choir"
    assert "bakery" not in {one.header.id for one in found}
    assert is_sound(library)


def test_questions_are_suggested(stored: Settings, library: SqliteLibrary) -> None:
    assert ArticleService(library, Uploads(stored.index)).suggestions()


def test_its_conversation_opens(stored: Settings) -> None:
    answered, declined = conversation(stored)
    assert (answered.number, answered.question) == (1, "Who locked the gallery door of the harbour lamp?")
    assert answered.stage == "answered"
    assert "Orla Dunmore" in answered.text
    assert answered.answer is not None
    assert answered.answer.sentences[0].citations == (1,)
    assert answered.answer.sources[0].header.date == date(2024, 11, 3)
    (quote,) = answered.quotes[1]
    assert answered.sources[0].passage.words_of(quote).endswith("locked the gallery door behind her.")
    assert declined.stage == "declined"
    assert declined.answer is not None
    assert declined.answer.declined is not None
    assert declined.answer.declined.looked_for == ("Oslo", "chess", "tournament")
    assert len(declined.answer.declined.shortfalls) == len(declined.sources)


def test_its_conversation_goes_on(stored: Settings) -> None:
    store = ChatStore(stored.index)
    (chat,) = store.listing("reader", "gallery door").chats
    assert store.save("reader", chat.id, SavedExchange(0, "And when?", "On Sunday.", "{}")).number == 3
    assert [one.question for one in conversation(stored)][2:] == ["And when?"]


def test_its_feedback_is_exported(stored: Settings, library: SqliteLibrary) -> None:
    (row,) = as_questions(FeedbackStore(stored.index).all(), lambda article: library.header(article) is not None)
    assert row["type"] == "feedback_right"
    assert row["evidence_ids"] == ["harbour"]
    assert row["gold_sentences"][0].endswith("locked the gallery door behind her.")
    assert row["comment"] == "Just what I asked."
