from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.odf import read
from tests.ingest.readers.sample_files import odt

TITLE = '<text:p text:style-name="P1">The Sorrel</text:p>'


def article_of(content: bytes) -> Article:
    (article,) = read(Document(content, "news.odt", "news", "/folder/news.odt"))
    assert isinstance(article, Article)
    return article


def headings(article: Article) -> list[tuple[int, str]]:
    return [(heading.level, article.text[heading.start : heading.end]) for heading in article.headings]


def test_text_is_read() -> None:
    article = article_of(odt(TITLE + '<text:h text:outline-level="2">Next</text:h><text:p>Words.</text:p>'))
    assert article == Article(
        "news",
        "The Sorrel",
        "Next\n\nWords.",
        "/folder/news.odt",
        author="Ina Weld",
        date=date(2024, 5, 17),
        tags=("harbour", "sea"),
        language="de",
        headings=article.headings,
    )
    assert headings(article) == [(2, "Next")]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<text:p>a<text:s text:c='9999999'/>b<text:tab/>c<text:line-break/>d</text:p>", "a b c\nd"),
        ("<text:p>a <text:span>b</text:span> c</text:p>", "a b c"),
        ("<text:p>a<office:annotation><text:p>no</text:p></office:annotation>b</text:p>", "ab"),
        ("<text:tracked-changes><text:p>no</text:p></text:tracked-changes><text:p>a</text:p>", "a"),
        ("<text:table-of-content><text:p>no</text:p></text:table-of-content><text:p>a</text:p>", "a"),
        ("<text:section text:display='none'><text:p>no</text:p></text:section><text:p>a</text:p>", "a"),
        (
            "<text:p>a<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>n</text:p>"
            "</text:note-body></text:note>b</text:p>",
            "n\n\nab",
        ),
        (
            "<text:list><text:list-item><text:p>a</text:p><text:list><text:list-item><text:p>b</text:p>"
            "</text:list-item></text:list></text:list-item></text:list><text:p>c</text:p>",
            "- a\n- b\n\nc",
        ),
        (
            "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
            "<table:table-cell table:number-columns-repeated='99999'><text:p>b</text:p></table:table-cell>"
            "</table:table-row></table:table>",
            "a | b",
        ),
        (
            "<table:table><table:table-row><table:table-cell><text:p>framed</text:p></table:table-cell>"
            "</table:table-row></table:table>",
            "framed",
        ),
    ],
)
def test_what_is_shown_is_read(body: str, text: str) -> None:
    assert article_of(odt(TITLE + body)).text == text


def test_slides_are_pages_with_headings() -> None:
    pages = "".join(
        f'<draw:page><draw:frame presentation:class="title"><text:p>{title}</text:p></draw:frame>'
        f"<draw:frame><text:p>Text {title}.</text:p></draw:frame></draw:page>"
        for title in ("One", "Two")
    )
    article = article_of(odt(pages, "presentation"))
    assert article.text == "One\n\nText One.\n\nTwo\n\nText Two."
    assert (headings(article), article.pages) == ([(1, "One"), (1, "Two")], (0, 16))


def test_sheets_are_sections() -> None:
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    row = f"<table:table-row>{cell.format('a')}{cell.format('b')}</table:table-row>"
    article = article_of(odt(f'<table:table table:name="Prices">{row}{row}</table:table>', "spreadsheet"))
    assert (article.text, headings(article)) == ("Prices\n\na | b\na | b", [(1, "Prices")])


def test_document_with_a_password_is_refused() -> None:
    with pytest.raises(ArticleError, match="password"):
        article_of(odt(TITLE, manifest="<encryption-data/>"))


def test_document_without_text_is_refused() -> None:
    with pytest.raises(ArticleError, match="no text"):
        article_of(odt("<text:p/>"))


WORDS = st.text("abc éß漢", min_size=1, max_size=15).filter(str.strip)


@given(st.lists(st.tuples(st.integers(0, 6), WORDS), max_size=8))
def test_every_heading_is_where_it_says(blocks: list[tuple[int, str]]) -> None:
    body = "".join(
        f'<text:h text:outline-level="{level}">{words}</text:h>' if level else f"<text:p>{words}</text:p>"
        for level, words in blocks
    )
    article = article_of(odt(f"<text:p>Text.</text:p>{body}"))
    assert headings(article) == [(level, " ".join(words.split())) for level, words in blocks if level]
