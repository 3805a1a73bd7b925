from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.text import load, one_line, read_text, storable
from rag.errors import ArticleError

FRENCH = (
    "L'été à la mer\n\nLe café du théâtre a fermé ses portes à Noël après que le préfet a refusé de l'aider. Où aller ?"
)


def write(tmp_path: Path, data: bytes) -> Path:
    file = tmp_path / "article.txt"
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "utf-32"])
def test_text_of_common_encodings_is_read(tmp_path: Path, encoding: str) -> None:
    assert read_text(write(tmp_path, FRENCH.encode(encoding))) == FRENCH


def test_line_ends_are_made_one_kind(tmp_path: Path) -> None:
    assert read_text(write(tmp_path, b"\r\n one\r\ntwo\rthree\n\n")) == "one\ntwo\nthree"


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n", "\ufeff\n".encode("utf-16")])
def test_empty_file_is_an_article_error(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ArticleError, match="empty"):
        read_text(write(tmp_path, data))


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00", bytes(range(256)) * 9, b"\x01\x02\x03 text", b"a\x00b"])
def test_binary_file_is_an_article_error(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ArticleError, match="not text"):
        read_text(write(tmp_path, data))


def test_first_line_is_the_title_and_the_rest_the_text(tmp_path: Path) -> None:
    file = write(tmp_path, b"A  title\n\nThe text.\nMore.\n")
    (article,) = load(file, "id")
    assert (article.id, article.title, article.text) == ("id", "A title", "The text.\nMore.")
    assert article.origin == str(file.resolve())


def test_single_line_is_title_and_text(tmp_path: Path) -> None:
    (article,) = load(write(tmp_path, b"Hello"), "id")
    assert (article.title, article.text) == ("Hello", "Hello")


def test_first_line_that_is_a_whole_paragraph_stays_in_the_text(tmp_path: Path) -> None:
    paragraph = "The ferry was sold. " * 20
    (article,) = load(write(tmp_path, f"{paragraph}\n\nSecond.".encode()), "id")
    assert len(article.title) <= 200
    assert article.text == f"{paragraph}\n\nSecond."


@given(st.text())
def test_storable_text_can_be_encoded_and_has_no_nul(text: str) -> None:
    result = storable(text)
    assert result.encode().decode() == result
    assert not {"\x00", "\r"} & set(result)
    assert result == result.strip()
    assert storable(result) == result


def test_lone_surrogates_are_replaced() -> None:
    assert storable("a\ud800b\udfff") == "a\ufffdb\ufffd"


def test_one_line() -> None:
    assert one_line(" a\r\n b\t c ") == "a b c"
    assert one_line(None) == ""
    assert one_line(0) == "0"
