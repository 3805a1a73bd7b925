from __future__ import annotations

from datetime import date

import pytest

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.xlsx import read
from tests.ingest.readers.sample_files import xlsx


def article_of(content: bytes) -> Article:
    (article,) = read(Document(content, "prices.xlsx", "prices", "/folder/prices.xlsx"))
    assert isinstance(article, Article)
    return article


def text_of(cell: str, strings: tuple[str, ...] = ()) -> str:
    return article_of(xlsx({"One": f"<row>{cell}</row>"}, strings)).text


def test_sheets_are_sections_and_rows_are_lines() -> None:
    article = article_of(
        xlsx(
            {
                "Prices": '<row><c r="A1" t="s"><v>1</v></c><c r="C1" t="s"><v>0</v></c></row>'
                '<row/><row><c r="A3"><v>42</v></c></row>',
                "Secret": '<row><c r="A1"><v>7</v></c></row>',
                "Dates": '<row><c r="A1" s="1"><v>45429</v></c></row>',
            },
            strings=["Price", "Name"],
            hidden=["Secret"],
        )
    )
    assert article == Article(
        "prices",
        "prices",
        "Prices\n\nName |  | Price\n42\n\nDates\n\n2024-05-17",
        "/folder/prices.xlsx",
        author="Ina Weld",
        date=date(2024, 5, 17),
        tags=("harbour", "sea"),
        language="de",
        headings=article.headings,
    )
    assert [article.text[one.start : one.end] for one in article.headings] == ["Prices", "Dates"]


def test_single_sheet_has_no_heading() -> None:
    assert text_of("<c><v>1</v></c>") == "1"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<c><v>0.30000000000000004</v></c>", "0.3"),
        ("<c><v>1E3</v></c>", "1000"),
        ('<c s="2"><v>0.255</v></c>', "25.5%"),
        ('<c s="1"><v>45429.5</v></c>', "2024-05-17 12:00"),
        ('<c s="3"><v>45429.75</v></c>', "2024-05-17 18:00"),
        ('<c s="1"><v>-1</v></c>', "-1"),
        ('<c s="1"><v>1e300</v></c>', "1e+300"),
        ('<c t="b"><v>0</v></c>', "FALSE"),
        ('<c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>', "inline"),
        ('<c t="str"><f>A1&amp;B1</f><v>made</v></c>', "made"),
        ('<c t="d"><v>2024-05-17T00:00:00</v></c>', "2024-05-17"),
        ('<c t="s"><v>0</v></c>', "shared"),
        ('<c t="s"><v>9</v></c><c><v>1</v></c>', "1"),
        ('<c t="e"><v>#REF!</v></c><c><v>1</v></c>', "1"),
        ('<c r="XFD1"><v>1</v></c>', "|" + "  |" * 49 + " 1"),
        ("<c><v>nan</v></c>", "nan"),
    ],
)
def test_cells_show_what_they_are(cell: str, text: str) -> None:
    assert text_of(cell, ("shared",)) == text


def test_cell_far_away_takes_no_room() -> None:
    assert text_of('<c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>2</v></c>') == "1\n2"


def test_long_text_that_many_cells_share_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.readers.xlsx.MAX_CHARACTERS", 1000)
    with pytest.raises(ArticleError, match="A row has more than"):
        text_of('<c t="s"><v>0</v></c>' * 20, ("x" * 100,))


def test_empty_sheets_are_refused() -> None:
    with pytest.raises(ArticleError, match="sheets are empty"):
        article_of(xlsx({"One": "<row/>"}))
    with pytest.raises(ArticleError, match="sheets are empty"):
        article_of(xlsx({"One": "<row/>", "Two": ""}))
