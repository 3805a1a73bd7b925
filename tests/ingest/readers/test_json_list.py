from __future__ import annotations

import json

import pytest

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.json_list import read


def found(data: object) -> list[object]:
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read(Document(content, "news.json", "news", "/folder/news.json")))


@pytest.mark.parametrize("wrapped", [False, True])
def test_list_is_read_in_its_order(wrapped: bool) -> None:
    rows = [{"id": "one", "title": "T", "text": "x"}, {"content": "y"}]
    assert found({"articles": rows} if wrapped else rows) == [
        Article("one", "T", "x", "/folder/news.json#one"),
        Article("news-2", "y", "y", "/folder/news.json#news-2"),
    ]


def test_one_object_is_one_article() -> None:
    assert found({"body": "x"}) == [Article("news", "x", "x", "/folder/news.json")]
    assert found({"id": "own", "text": "x"}) == [Article("own", "x", "x", "/folder/news.json")]


def test_wrong_article_is_named_and_the_next_is_read() -> None:
    first, wrong, same, last = found([{"id": "a", "text": "x"}, 5, {"id": "a", "text": "y"}, {"text": "z"}])
    assert isinstance(first, Article)
    assert "Article 2 has no 'text'" in str(wrong)
    assert "Article 3 has the id 'a' of an earlier article" in str(same)
    assert isinstance(last, Article)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"", "empty"),
        ([], "no list of articles"),
        ("words", "no list of articles"),
        ({"name": "footnote"}, "no 'text'"),
        (b"1" * 100_000, "not JSON"),
    ],
)
def test_file_without_articles_is_refused(data: object, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        found(data)


def test_endless_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.readers.json_list.MAX_BYTES", 100)
    with pytest.raises(ArticleError, match="Save it as JSONL"):
        found([{"text": "x" * 100}])
