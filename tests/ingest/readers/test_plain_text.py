from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.metadata import clean_text, one_line
from rag.ingest.readers.plain_text import decode, read, text_encoding, text_of

FRENCH = (
    "L'été à la mer\n\nLe café du théâtre a fermé ses portes à Noël après que le préfet a refusé de l'aider. Où aller ?"
)


def document(content: bytes, encoding: str = "") -> Document:
    return Document(content, "article.txt", "id", "/folder/article.txt", encoding=encoding)


def article_of(content: bytes) -> Article:
    (article,) = read(document(content))
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "utf-32"])
def test_text_of_common_encodings_is_read(encoding: str) -> None:
    assert text_of(document(FRENCH.encode(encoding))) == FRENCH


def test_utf16_of_both_byte_orders_is_read() -> None:
    assert decode(codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be")) == FRENCH
    assert decode(codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le")) == FRENCH


def test_encoding_that_first_shows_late_is_found() -> None:
    padding = "The ferry sails at noon. " * 60_000
    assert text_of(document((padding + FRENCH).encode("cp1252"))).endswith(FRENCH)


def test_declared_encoding_is_believed_unless_it_fails() -> None:
    assert decode("Žluť".encode("cp1250"), "windows-1250") == "Žluť"
    assert decode("Žluť".encode(), "ascii") == "Žluť"
    assert decode(b"text", "no-such-encoding") == "text"


@pytest.mark.parametrize(
    "name", ["", "nothing", "base64", "rot13", "idna", "punycode", "unicode_escape", "a\x00b", "é"]
)
def test_encodings_for_other_things_than_texts_are_not_used(name: str) -> None:
    assert text_encoding(name) == ""


def test_usable_encodings_have_one_name() -> None:
    assert text_encoding(" UTF8 ") == "utf-8"


def test_damaged_and_cut_utf8_stays_utf8() -> None:
    words = FRENCH * 3
    assert decode(words.encode() + b"\xc3") == words + "\ufffd"
    assert decode(words.encode()[:-1] + b"\xff") == words[:-1] + "\ufffd"


def test_line_ends_are_made_one_kind() -> None:
    assert text_of(document(b"\r\n one\r\ntwo\rthree\n\n")) == "one\ntwo\nthree"


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n", "\ufeff\n".encode("utf-16")])
def test_empty_file_is_an_article_error(data: bytes) -> None:
    with pytest.raises(ArticleError, match="empty"):
        text_of(document(data))


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n\x00\x00", bytes(range(256)) * 9, b"\x01\x02\x03 text", b"a\x00b", b"\xff\xfe\x00\xd8" * 99],
)
def test_binary_file_is_an_article_error(data: bytes) -> None:
    with pytest.raises(ArticleError, match="not text"):
        text_of(document(data))


def test_first_line_is_the_title_and_the_rest_the_text() -> None:
    article = article_of(b"A  title\n\nThe text.\nMore.\n")
    assert (article.id, article.title, article.text) == ("id", "A title", "The text.\nMore.")
    assert article.origin == "/folder/article.txt"


def test_single_line_is_title_and_text() -> None:
    article = article_of(b"Hello")
    assert (article.title, article.text) == ("Hello", "Hello")


def test_first_line_of_a_wrapped_paragraph_stays_in_the_text() -> None:
    wrapped = "The car ferry Sorrel was sold on Thursday to\nthe Dunmore shipping cooperative.\n\nNobody was surprised."
    article = article_of(wrapped.encode())
    assert (article.title, article.text) == ("The car ferry Sorrel was sold on Thursday to", wrapped)


def test_first_line_that_is_a_whole_paragraph_stays_in_the_text() -> None:
    paragraph = "The ferry was sold. " * 20
    article = article_of(f"{paragraph}\n\nSecond.".encode())
    assert len(article.title) <= 200
    assert article.text == f"{paragraph}\n\nSecond."


@given(st.text(min_size=1))
def test_no_word_is_lost(text: str) -> None:
    try:
        article = article_of(text.encode("utf-8", "replace"))
    except ArticleError:
        return
    words = clean_text(text.encode("utf-8", "replace").decode()).split()
    kept = article.text.split()
    assert kept == words or [*article.title.split(), *kept] == words


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "utf-16", "idna", "x"]))
def test_bytes_are_decoded_or_refused(data: bytes, encoding: str) -> None:
    try:
        decode(data, encoding)
    except ArticleError:
        return


@given(st.text())
def test_storable_text_can_be_encoded_and_has_no_nul(text: str) -> None:
    result = clean_text(text)
    assert result.encode().decode() == result
    assert not {"\x00", "\r"} & set(result)
    assert result == result.strip()
    assert clean_text(result) == result


def test_lone_surrogates_are_replaced() -> None:
    assert clean_text("a\ud800b\udfff") == "a\ufffdb\ufffd"


def test_one_line() -> None:
    assert one_line(" a\r\n b\t c ") == "a b c"
    assert one_line(None) == ""
    assert one_line(0) == "0"
