"""The article of a source: which part is shown, what is marked, and what is said where it has changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.settings import Settings
from rag.core.types import Article, Span
from rag.ingest.pipeline import ingest
from rag.store import FILE, SqliteLibrary
from rag.testing import FakeEmbedder
from rag.web.i18n import strings
from rag.web.library import articles as article_service
from rag.web.library.articles import ArticleService, Cited, Opened
from rag.web.library.citations import Citation, Quote
from rag.web.library.uploads import Uploads
from rag.web.rendering import article_reader
from tests.web.made_exchanges import HOSTILE, Reader

QUOTE = "The keeper, Orla Dunmore, climbed the hundred and four steps for the last time"


@pytest.fixture
def library(library_settings: Settings) -> SqliteLibrary:
    return SqliteLibrary.open(library_settings.index / FILE)


@pytest.fixture
def articles(library: SqliteLibrary, library_settings: Settings) -> ArticleService:
    return ArticleService(library, Uploads(library_settings.index))


def cite(library: SqliteLibrary, article_id: str, *words: str) -> Citation:
    article = library.article(article_id)
    assert article
    return Citation(article_id, article.text_sha256, tuple(Quote(article.text.index(one), one) for one in words))


def add(settings: Settings, folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    assert ingest([folder / name], settings, FakeEmbedder()).failed == ()


def marks(shown: str) -> list[str]:
    return re.findall("<mark>(.*?)</mark>", shown, re.DOTALL)


def test_the_whole_article_with_the_quote_marked(articles: ArticleService, library: SqliteLibrary) -> None:
    citation = cite(library, "harbour", QUOTE)
    found = articles.cited(citation)
    assert found
    assert (found.state, found.page) == ("unchanged", None)
    shown = article_reader.opened(found, citation, 7)
    words = Reader(shown).words
    assert marks(shown) == [QUOTE]
    assert "A smaller electric beacon on the mole takes its place." in words
    assert "The Coast Gazette" in words
    assert "3 November 2024" in words
    assert 'href="https://gazette.example/harbour-lamp"' in shown
    assert 'data-press="7"' in shown
    assert "fn-standing" not in shown


def test_a_changed_article_with_the_words_in_another_place(
    articles: ArticleService, library: SqliteLibrary, library_settings: Settings, web_articles: Path, tmp_path: Path
) -> None:
    citation = cite(library, "harbour", QUOTE)
    article = library.article("harbour")
    assert article
    library.store(Article(article.id, article.title, f"A new beginning.\n\n{article.text}", article.origin), [], [])
    found = articles.cited(citation)
    assert found
    assert found.state == "changed"
    shown = article_reader.opened(found, citation, 1)
    assert marks(shown) == [QUOTE]
    assert f"{strings.ARTICLE_CHANGED} {strings.QUOTE_STANDS}" in shown


def test_a_changed_article_without_the_words(articles: ArticleService, library: SqliteLibrary) -> None:
    citation = cite(library, "harbour", QUOTE, "A smaller electric beacon")
    article = library.article("harbour")
    assert article
    library.store(Article(article.id, article.title, "A smaller electric beacon.", article.origin), [], [])
    found = articles.cited(citation)
    assert found
    in_part = article_reader.opened(found, citation, 1)
    assert marks(in_part) == ["A smaller electric beacon"]
    assert strings.QUOTE_STANDS_IN_PART in in_part

    library.store(Article(article.id, article.title, "All is new.", article.origin), [], [])
    found = articles.cited(citation)
    assert found
    shown = article_reader.opened(found, citation, 1)
    assert marks(shown) == []
    assert f"{strings.ARTICLE_CHANGED} {strings.QUOTE_GONE}" in shown
    assert f'<blockquote dir="auto">{QUOTE}</blockquote>' in shown
    assert "All is new." in shown


def test_an_article_that_is_gone_leaves_its_words(articles: ArticleService, library: SqliteLibrary) -> None:
    citation = cite(library, "harbour", QUOTE)
    library.remove(["harbour"])
    assert articles.cited(citation) is None
    shown = article_reader.gone(citation, 2)
    assert strings.ARTICLE_REMOVED in shown
    assert QUOTE in shown


@pytest.mark.parametrize("between", [" ", "\n\n"])
def test_a_long_article_opens_at_the_part_of_its_quote_and_is_turned(
    articles: ArticleService, library: SqliteLibrary, library_settings: Settings, tmp_path: Path, between: str
) -> None:
    text = between.join(f"Sentence number {at} is about the weather." for at in range(6000))
    add(library_settings, tmp_path, "long.md", f"---\ntitle: Long\n---\n{text}\n")
    words = "Sentence number 4321 is about the weather."
    citation = cite(library, "long", words)
    found = articles.cited(citation)
    assert found
    assert found.opened.parts > 3
    assert found.opened.start <= citation.quotes[0].start < found.opened.end
    shown = article_reader.opened(found, citation, 1)
    assert marks(shown) == [words]
    assert strings.part(found.opened.part, found.opened.parts) in shown

    other = articles.cited(citation, found.opened.part + 1)
    assert other
    assert other.opened.start == found.opened.end
    turned = article_reader.opened(other, citation, 2)
    assert marks(turned) == []
    assert strings.QUOTE_ELSEWHERE in turned
    assert strings.TO_THE_QUOTE in turned


@given(st.lists(st.sampled_from(["word ", "line\n", "x" * 40, "x" * 400]), min_size=1, max_size=80), st.data())
def test_every_character_is_in_the_part_that_is_opened_for_it(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    size = 500  # More than the 200 characters by which the end of a part may move to that of a word.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(article_service, "PART", size)
        offset = data.draw(st.integers(0, len(text) - 1))
        part = article_service._part_at(text, offset)
        begin, end = (article_service._part_edge(text, edge * size) for edge in (part, part + 1))
        assert begin <= offset < end


def test_the_page_of_the_quote_is_named() -> None:
    article = Article("a", "A", "One. Two.", "a.pdf", pages=(0, 5))
    opened = Opened(article, 1, (), None, (), 0, 1, 0, len(article.text))
    shown = article_reader.opened(Cited(opened, (Span(5, 9),), 2, "unchanged"), Citation("a", "", ()), 1)
    assert strings.QUOTED_PAGE in shown
    assert f"{strings.page(2)}</p><p><mark>Two.</mark>" in shown


@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_text_from_outside_makes_an_element(title: str, words: str, other: str) -> None:
    article = Article("x", title, words, "o", other, f"javascript:{other}", other, language=other)
    opened = Opened(article, 1, (), None, (), 0, 1, 0, len(words))
    middle = Span(len(words) // 3, 2 * len(words) // 3)
    citation = Citation(other, "", (Quote(0, other), Quote(1, words)))
    for shown in (
        article_reader.opened(Cited(opened, (middle,), 1, "changed"), citation, 1),
        article_reader.opened(Cited(opened, (), None, "changed"), citation, 1),
        article_reader.gone(citation, 1),
    ):
        read = Reader(shown)
        assert set(read.tags) <= set("article header h2 button div dl dt dd p mark blockquote bdi".split())
        assert not [name for name, _ in read.attributes if name.startswith("on") or name in {"href", "src"}]
        assert read.open == []
