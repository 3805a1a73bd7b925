"""The list, an article to read, and its removal."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import IndexBusyError
from rag.core.settings import Settings
from rag.ingest.pipeline import ingest
from rag.store import FILE, SqliteLibrary
from rag.store.lock import index_lock
from rag.testing import FakeEmbedder
from rag.web.i18n import strings
from rag.web.library import articles as article_service
from rag.web.library.articles import PAGE, PART, ArticleService
from rag.web.library.uploads import Uploads


@pytest.fixture
def articles(library_settings: Settings) -> ArticleService:
    return ArticleService(SqliteLibrary.open(library_settings.index / FILE), Uploads(library_settings.index))


def add(settings: Settings, *paths: Path) -> None:
    report = ingest(paths, settings, FakeEmbedder())
    assert report.failed == ()


def test_the_newest_come_first_and_text_narrows_them_down(articles: ArticleService) -> None:
    everything = articles.listing()
    assert everything.total == 4
    assert [row.header.date.isoformat() for row in everything.rows if row.header.date] == [
        "2024-12-01", "2024-11-03", "2024-09-14", "2024-06-21",
    ]  # fmt: skip
    assert all(row.passages == 1 for row in everything.rows)
    assert [row.header.id for row in articles.listing("  HARBOUR ").rows] == ["harbour"]
    assert articles.listing("penguin").rows == ()


def test_pages_of_fifty(articles: ArticleService, library_settings: Settings, tmp_path: Path) -> None:
    rows = [{"title": f"Row {at}", "text": f"Words about row {at}."} for at in range(2 * PAGE)]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    add(library_settings, file)
    first, second, last = (articles.listing("row ", offset) for offset in (0, PAGE, 10_000))
    assert (first.total, len(first.rows), len(second.rows)) == (2 * PAGE, PAGE, PAGE)
    assert last.offset == PAGE
    assert last.rows == second.rows
    assert not {row.header.id for row in first.rows} & {row.header.id for row in second.rows}
    assert articles.listing("row ", -3).offset == 0


def test_an_article_with_all_that_is_known_of_it(
    articles: ArticleService, library_settings: Settings, tmp_path: Path
) -> None:
    text = "The footbridge over the Ambel opened to walkers on Friday. It cost 3.4 million crowns. " * 6
    for name in ("one.md", "two.md"):
        (tmp_path / name).write_text(f"---\ntitle: Bridge {name}\n---\n{text}{name}", encoding="utf-8")
    add(library_settings, tmp_path / "one.md", tmp_path / "two.md")
    first = articles.opened("one", with_paths=True)
    second = articles.opened("two", with_paths=False)
    assert first
    assert second
    assert (first.article.title, first.part, first.parts, first.start) == ("Bridge one.md", 0, 1, 0)
    assert first.end == len(first.article.text)
    assert [origin.name for origin in first.origins] == [str(tmp_path / "one.md")]
    assert [origin.name for origin in second.origins] == ["two.md"], "paths are for those who look after them"
    assert second.same_as
    assert second.same_as.id == "one"
    assert [copy.id for copy in first.copies] == ["two"]
    marked = {row.header.id: row.same_as for row in articles.listing().rows}
    assert (marked["one"], marked["two"]) == ("", "Bridge one.md")
    assert articles.opened("nobody", with_paths=True) is None


def test_removing_an_uploaded_article_removes_its_file_with_the_last_article(
    articles: ArticleService, library_settings: Settings
) -> None:
    uploads = Uploads(library_settings.index)
    part = uploads.new_part()
    part.write_text(
        '{"id": "one", "title": "One", "text": "Row one."}\n{"id": "two", "title": "Two", "text": "Row two."}'
    )
    file = uploads.keep(part, "rows.jsonl")
    add(library_settings, file)
    opened = articles.opened("one", with_paths=True)
    assert opened
    (origin,) = opened.origins
    assert origin.is_upload
    assert origin.name.startswith("rows.jsonl › ")
    assert articles.remove("one") == "One"
    assert file.exists()
    articles.remove("two")
    assert not file.exists()
    assert articles.remove("two") == ""


def test_a_file_of_one_s_own_stays_where_it_is(articles: ArticleService, web_articles: Path) -> None:
    before = articles.generation()
    assert articles.remove("harbour") == "Harbour lamp goes out for the winter"
    assert (web_articles / "harbour.md").exists()
    assert articles.count() == 3
    assert articles.generation() > before


def test_nothing_is_removed_while_the_index_is_being_changed(
    articles: ArticleService, library_settings: Settings
) -> None:
    refused: list[str] = []

    def remove() -> None:
        try:
            articles.remove("harbour")
        except IndexBusyError as error:
            refused.append(str(error))

    with index_lock(library_settings.index):
        other = threading.Thread(target=remove)
        other.start()
        other.join()
    assert refused == [strings.BUSY]
    assert articles.count() == 4


@given(st.lists(st.text(alphabet="ab \n", max_size=3000), min_size=1, max_size=4), st.integers(20, 4000))
def test_the_parts_of_a_text_are_the_text(pieces: list[str], length: int) -> None:
    text = "".join(pieces) * (1 + PART // 4000)
    parts = max(1, -(-len(text) // length))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(article_service, "PART", length)
        edges = [article_service._part_edge(text, part * length) for part in range(parts + 1)]
    assert edges[0] == 0
    assert edges[-1] == len(text)
    assert edges == sorted(edges)


def test_suggestions_are_others_each_time_and_the_newest_again_after_a_change(
    articles: ArticleService, library_settings: Settings, tmp_path: Path
) -> None:
    first, second = articles.suggestions(), articles.suggestions()
    assert len(first) == len(second) == 3
    assert first[0] == "What is “<script>window.hacked = 1</script> \u202eThe pier\u202c & its <b>ferry</b>” about?"
    assert second[0] != first[0]
    (tmp_path / "whale.md").write_text("---\ntitle: A whale\ndate: 2025-02-03\n---\nIt swam off.", encoding="utf-8")
    add(library_settings, tmp_path / "whale.md")
    assert articles.suggestions()[0] == "What is “A whale” about?"


def test_questions_are_those_stored_or_made_where_a_library_has_none(
    articles: ArticleService, library_settings: Settings, tmp_path: Path
) -> None:
    text = "# Averell Hall\n\nA hall.\n\n## Nine bells\n\nAverell Hall has nine bells."
    (tmp_path / "hall.md").write_text(text, encoding="utf-8")
    add(library_settings, tmp_path / "hall.md")
    questions = articles.questions(["hall", "none"])
    assert [question.text for question in questions["hall"]] == ["What does “Averell Hall” say about “Nine bells”?"]
    assert not questions["none"]
    with closing(sqlite3.connect(library_settings.index / FILE)) as connection:
        connection.execute("DROP TABLE questions")
    assert articles.questions(["hall"])["hall"] == questions["hall"]
