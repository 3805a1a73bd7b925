"""The index of an evaluation's articles: built once, anew after any change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.core.errors import ArticleError
from rag.core.settings import Settings
from rag.evaluation.datasets.corpus import index_of
from rag.store.opening import open_library
from rag.testing import FakeEmbedder


def build(articles: Path, settings: Settings, embedder: FakeEmbedder) -> Settings:
    return index_of(articles, settings, embedder, lambda _: None)


def test_the_same_articles_are_embedded_once(articles_folder: Path, settings: Settings) -> None:
    embedder = FakeEmbedder()
    first = build(articles_folder, settings, embedder)
    embedded = embedder.embedded

    second = build(articles_folder, settings, embedder)

    assert embedded > 0
    assert embedder.embedded == embedded
    assert second.index == first.index != settings.index


def test_a_changed_article_begins_anew(articles_folder: Path, settings: Settings) -> None:
    first = build(articles_folder, settings, FakeEmbedder())
    (articles_folder / "bakery.txt").write_text("Bakery\n\nThe bakery has closed.", encoding="utf-8")

    assert build(articles_folder, settings, FakeEmbedder()).index != first.index


def test_other_chunks_begin_anew(articles_folder: Path, settings: Settings) -> None:
    first = build(articles_folder, settings, FakeEmbedder())

    assert build(articles_folder, settings.model_copy(update={"chunk_words": 60}), FakeEmbedder()).index != first.index


def test_the_articles_of_a_squad_file_are_indexed_by_their_titles(tmp_path: Path, settings: Settings) -> None:
    data = {"version": "v2.0", "data": [{"title": "Old_Mill", "paragraphs": [{"context": "It grinds.", "qas": []}]}]}
    (tmp_path / "dev.json").write_text(json.dumps(data), encoding="utf-8")

    own = build(tmp_path / "dev.json", settings, FakeEmbedder())

    assert open_library(own).ids() == ["Old_Mill"]


def test_the_articles_of_a_beir_folder_are_indexed_by_their_ids(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "beir"
    folder.mkdir()
    rows = [{"_id": "d1", "title": "Mill", "text": "It grinds."}, {"_id": "d2", "title": "Tide", "text": "It ebbs."}]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    own = build(folder, settings, FakeEmbedder())

    assert open_library(own).ids() == ["d1", "d2"]


def test_an_article_that_cannot_be_read_is_named(articles_folder: Path, settings: Settings) -> None:
    (articles_folder / "broken.txt").write_bytes(bytes(range(256)) * 20)

    with pytest.raises(ArticleError, match=r"broken\.txt"):
        build(articles_folder, settings, FakeEmbedder())


def test_dates_and_sources_of_a_corpus_are_kept(tmp_path: Path, settings: Settings) -> None:
    row = {"id": "a", "text": "It grinds.", "date": "2024-05-17", "source": "Gazette", "tags": ["mill"]}
    (tmp_path / "corpus.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")

    article = open_library(build(tmp_path, settings, FakeEmbedder())).article("a")

    assert article is not None
    assert (str(article.date), article.source, article.tags) == ("2024-05-17", "Gazette", ("mill",))
