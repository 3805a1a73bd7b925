from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.jsonl import is_jsonl, load, read_json
from rag.ingest.readers.jsonl import read as read_lines


def read(tmp_path: Path, *lines: object, before: bytes = b"") -> list[Article | ArticleError]:
    file = tmp_path / "news.jsonl"
    rows = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    file.write_bytes(before + b"\n".join(rows))
    return list(load(file, "news"))


def test_every_line_is_an_article(tmp_path: Path) -> None:
    first, second = read(
        tmp_path,
        {
            "id": "one",
            "title": "Title",
            "text": "Text.\r\nMore.",
            "date": "2024-05-17",
            "author": "Ina",
            "source": "Gazette",
            "url": "https://example.org",
            "tags": ["a", "b"],
            "language": "de",
        },
        b"",
        {"text": "Only text.\nSecond line."},
    )
    origin = str((tmp_path / "news.jsonl").resolve())
    assert first == Article(
        id="one",
        title="Title",
        text="Text.\nMore.",
        origin=f"{origin}#one",
        source="Gazette",
        url="https://example.org",
        author="Ina",
        date=date(2024, 5, 17),
        tags=("a", "b"),
        language="de",
    )
    assert second == Article("news-3", "Only text.", "Only text.\nSecond line.", f"{origin}#news-3")


def test_tags_in_one_string_are_parted_at_commas(tmp_path: Path) -> None:
    (article,) = read(tmp_path, {"text": "x", "tags": "sea, sky"})
    assert isinstance(article, Article)
    assert article.tags == ("sea", "sky")


def test_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (article,) = read(tmp_path, {"text": "x"}, before=b"\xef\xbb\xbf")
    assert isinstance(article, Article)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{broken", "Line 2 is not JSON"),
        (b'{"text": "\xe9t\xe9"}', "Line 2 is not JSON in UTF-8"),
        (b"[" * 100_000, "Line 2 is not JSON"),
        (b"[]", "Line 2 has no 'text'"),
        (b'{"text": 5}', "Line 2 has no 'text'"),
        (b'{"text": " \\u0000 "}', "Line 2 has no 'text'"),
        (b'{"text": "x", "date": "soon"}', "date 'soon' is not understood"),
        (b'{"text": "x", "id": "first"}', "Line 2 has the id 'first' of an earlier line"),
    ],
)
def test_wrong_line_is_named_and_the_next_is_read(tmp_path: Path, line: bytes, reason: str) -> None:
    first, error, third = read(tmp_path, {"text": "x", "id": "first"}, line, {"text": "z", "id": "third"})
    assert isinstance(first, Article)
    assert isinstance(error, ArticleError)
    assert isinstance(third, Article)
    assert reason in str(error)
    assert third.text == "z"


def test_text_holds_nothing_that_cannot_be_stored(tmp_path: Path) -> None:
    (article,) = read(tmp_path, b'{"id": "a\\u0000", "text": "a\\u0000b \\ud800 \\ud83d\\ude00"}')
    assert isinstance(article, Article)
    assert (article.id, article.text) == ("a", "ab \ufffd 😀")


def test_document_is_read_as_a_file_is(tmp_path: Path) -> None:
    content = b'{"text": "x"}\nbroken\n{"body": "y", "title": "T"}'
    first, error, third = read_lines(Document(content, "a.jsonl", "a", "/folder/a.jsonl"))
    assert first == Article("a-1", "x", "x", "/folder/a.jsonl#a-1")
    assert isinstance(error, ArticleError)
    assert third == Article("a-3", "T", "y", "/folder/a.jsonl#a-3")


def test_line_that_is_too_long_is_named_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.readers.jsonl.MAX_LINE_BYTES", 50)
    error, article = read(tmp_path, {"text": "x" * 200}, {"text": "y"})
    assert "Line 1 is longer than" in str(error)
    assert isinstance(article, Article)
    assert article.text == "y"


def test_file_without_articles_is_given_up(tmp_path: Path) -> None:
    *errors, last = read(tmp_path, *[b"no JSON"] * 500)
    assert len(errors) == 100
    assert "the rest was not read" in str(last)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'{"text": "x"}', True),
        (b'\xef\xbb\xbf \n{"a": 1}\n{"b": ', True),
        (b"{", False),
        (b"{}\n", True),
        (b'["a"]', False),
        (b"[" * 9_000, False),
        (b"", False),
    ],
)
def test_jsonl_is_known_by_its_first_line(head: bytes, expected: bool) -> None:
    assert is_jsonl(head) is expected


def found_in_json(data: object) -> list[object]:
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_json(Document(content, "news.json", "news", "/folder/news.json")))


@pytest.mark.parametrize("wrapped", [False, True])
def test_json_list_is_read_in_its_order(wrapped: bool) -> None:
    rows = [{"id": "one", "title": "T", "text": "x"}, {"content": "y"}]
    assert found_in_json({"articles": rows} if wrapped else rows) == [
        Article("one", "T", "x", "/folder/news.json#one"),
        Article("news-2", "y", "y", "/folder/news.json#news-2"),
    ]


def test_one_json_object_is_one_article() -> None:
    assert found_in_json({"body": "x"}) == [Article("news", "x", "x", "/folder/news.json")]
    assert found_in_json({"id": "own", "text": "x"}) == [Article("own", "x", "x", "/folder/news.json")]


def test_wrong_article_of_a_list_is_named_and_the_next_is_read() -> None:
    first, wrong, same, last = found_in_json([{"id": "a", "text": "x"}, 5, {"id": "a", "text": "y"}, {"text": "z"}])
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
def test_json_without_articles_is_refused(data: object, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        found_in_json(data)


def test_endless_json_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.readers.jsonl.MAX_JSON_BYTES", 100)
    with pytest.raises(ArticleError, match="Save it as JSONL"):
        found_in_json([{"text": "x" * 100}])
