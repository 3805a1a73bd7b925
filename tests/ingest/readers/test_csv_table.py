from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.csv_table import is_table, read
from rag.ingest.readers.document import Document
from rag.ingest.readers.metadata import clean_text


def found(table: str | bytes) -> list[object]:
    content = table if isinstance(table, bytes) else table.encode()
    return list(read(Document(content, "news.csv", "news", "/folder/news.csv")))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_columns_are_the_names_of_jsonl(delimiter: str) -> None:
    header = delimiter.join(["ID", "Title", "date", "author", "source", "url", "tags", "language", "Body", "other"])
    row = delimiter.join(
        ["one", "T", "2024-05-17", "Ina", "Gazette", "https://x.org", '"a, b"', "de-DE", '"x, ""y""\n\nz; w | v"', "?"]
    )
    (article,) = found(f"\ufeff{header}\r\n{row}\r\n")
    assert article == Article(
        "one",
        "T",
        'x, "y"\n\nz; w | v',
        "/folder/news.csv#one",
        source="Gazette",
        url="https://x.org",
        author="Ina",
        date=date(2024, 5, 17),
        tags=("a", "b"),
        language="de",
    )


def test_table_of_any_encoding_is_read() -> None:
    words = "Le café du théâtre a fermé ses portes à Noël après que le préfet a refusé de l'aider. Où aller ?"
    (article,) = found(f"text\n{words}".encode("cp1252"))
    assert isinstance(article, Article)
    assert article.text == words


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("two,", "Row 2 has no 'text'"),
        ("one,again", "Row 2 has the id 'one' of an earlier row"),
        ("two,some, words", "Row 2 has 3 fields for 2 columns"),
    ],
)
def test_wrong_row_is_named_and_the_next_is_read(row: str, reason: str) -> None:
    first, error, third = found(f"id,text\none,x\n{row}\nthree,z\n")
    assert isinstance(first, Article)
    assert reason in str(error)
    assert isinstance(third, Article)


def test_table_without_texts_is_refused() -> None:
    with pytest.raises(ArticleError, match="no column named text"):
        found("name,price\nferry,5\n")


def test_table_without_rows_has_no_articles() -> None:
    assert found("id,text\n") == []


def test_row_that_is_no_csv_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.readers.csv_table.MAX_FIELD", 10)
    with pytest.raises(ArticleError, match="Line 2 is not CSV"):
        found("text\n12345678901\n")


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\"',;"), max_size=40).filter(
    clean_text
)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_what_is_written_is_read(rows: list[tuple[str, str]], delimiter: str) -> None:
    rows = [(clean_text(title).replace("\n", " ") or "-", clean_text(text)) for title, text in rows]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("title", "text"), *rows])
    articles = [article for article in found(written.getvalue()) if isinstance(article, Article)]
    assert [article.text for article in articles] == [text for _, text in rows]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("id,text\n1,x", True),
        ("title;body;date", True),
        ("text", False),
        ("title,date", False),
        ("The text, a title and content\nfollow", False),
        ("", False),
    ],
)
def test_table_is_known_by_its_first_line(words: str, expected: bool) -> None:
    assert is_table(words) is expected
