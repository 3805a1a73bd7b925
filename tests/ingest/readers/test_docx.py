from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.docx import read
from tests.ingest.readers.sample_files import W, docx, packed, paragraph


def article_of(content: bytes) -> Article:
    (article,) = read(Document(content, "folder/news.docx", "news", "/folder/news.docx"))
    assert isinstance(article, Article)
    return article


def headings(article: Article) -> list[tuple[int, str]]:
    return [(heading.level, article.text[heading.start : heading.end]) for heading in article.headings]


def table(*rows: list[str]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def test_properties_title_and_blocks_are_read() -> None:
    article = article_of(
        docx(
            paragraph("The ferry", "Titel"),
            paragraph("First & foremost."),
            paragraph("Next", "H1"),
            paragraph("Deeper", "Own"),
            paragraph("one", "Bullets"),
            paragraph("two", "Bullets"),
            table(["Year", "Price"], ["2024", ""]),
            paragraph("End."),
            title="Another title",
        )
    )
    assert article == Article(
        "news",
        "The ferry",
        "First & foremost.\n\nNext\n\nDeeper\n\n- one\n- two\n\nYear | Price\n2024 |\n\nEnd.",
        "/folder/news.docx",
        author="Ina Weld",
        date=date(2024, 5, 17),
        tags=("harbour", "sea"),
        language="de",
        headings=article.headings,
    )
    assert headings(article) == [(1, "Next"), (2, "Deeper")]


def test_title_may_come_from_the_properties_or_the_first_heading_or_the_name() -> None:
    text = paragraph("Text.")
    assert article_of(docx(paragraph("Head", "H1"), text, title="Said")).title == "Said"
    assert headings(article_of(docx(paragraph("Head", "H1"), text, title="Said"))) == [(1, "Head")]
    assert article_of(docx(paragraph("Head", "H1"), text)).title == "Head"
    assert article_of(docx(paragraph("Head", "H1"), text)).text == "Text."
    assert article_of(docx(text, properties=False)).title == "news"
    assert article_of(docx(text, properties=False)).language == "fr"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>", "a b\nc"),
        ("<w:p><w:r><w:t>self</w:t><w:noBreakHyphen/><w:t>made</w:t></w:r></w:p>", "self-made"),
        (
            "<w:p><w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>",
            "new",
        ),
        ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:t>shown</w:t></w:r></w:p>", "shown"),
        ("<w:p><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>shown</w:t></w:r></w:p>", "shown"),
        ("<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>x</w:t></w:r></w:p>", "x"),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>controlled</w:t></w:r></w:p></w:sdtContent></w:sdt>", "controlled"),
        (
            "<w:p><w:r><w:t>out</w:t></w:r><w:r><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></w:r>"
            "<w:r><w:t>side</w:t></w:r></w:p>",
            "box\n\noutside",
        ),
        (
            "<w:p><w:r><AlternateContent><Choice><w:t>once</w:t></Choice><Fallback><w:t>twice</w:t></Fallback>"
            "</AlternateContent></w:r></w:p>",
            "once",
        ),
        (f"<w:tbl><w:tr><w:tc>{paragraph('Head', 'H2')}{paragraph('framed')}</w:tc></w:tr></w:tbl>", "Head\n\nframed"),
        ("<w:p><w:pPr><w:numPr><w:numId w:val='3'/></w:numPr></w:pPr><w:r><w:t>i</w:t></w:r></w:p>", "- i"),
        (
            "<w:p><w:pPr><w:pPrChange><w:pPr><w:pStyle w:val='H1'/></w:pPr></w:pPrChange></w:pPr>"
            "<w:r><w:t>text</w:t></w:r></w:p>",
            "text",
        ),
    ],
)
def test_what_is_shown_is_read(body: str, text: str) -> None:
    article = article_of(docx(paragraph("Begin."), body))
    assert article.text == f"Begin.\n\n{text}"


def test_footnotes_stand_at_the_end() -> None:
    notes = (
        f'<w:footnote w:type="separator">{paragraph("line")}</w:footnote><w:footnote>{paragraph("A note")}</w:footnote>'
    )
    assert article_of(docx(paragraph("Text."), footnotes=notes)).text == "Text.\n\nA note"


def test_file_without_text_is_refused() -> None:
    with pytest.raises(ArticleError, match="no text"):
        article_of(docx(paragraph(" ")))


def test_file_without_its_main_part_is_refused() -> None:
    with pytest.raises(ArticleError, match=r"word/document.xml is missing"):
        article_of(packed({"[Content_Types].xml": "", "word/other.xml": ""}))


def test_broken_part_is_refused() -> None:
    with pytest.raises(ArticleError, match="XML is damaged"):
        article_of(packed({"[Content_Types].xml": "", "word/document.xml": "<a><b></a>"}))


def test_entities_are_refused() -> None:
    bomb = f'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><w:document xmlns:w="{W}">&b;</w:document>'
    with pytest.raises(ArticleError, match="defines XML entities"):
        article_of(packed({"[Content_Types].xml": "", "word/document.xml": bomb}))


WORDS = st.text("abc éß漢&<", min_size=1, max_size=15).filter(str.strip)
STYLES = st.sampled_from(["", "H1", "H2", "Own", "Bullets"])


@given(st.lists(st.tuples(STYLES, WORDS), min_size=1, max_size=10))
def test_every_heading_is_where_it_says(paragraphs: list[tuple[str, str]]) -> None:
    article = article_of(docx(paragraph("Text."), *(paragraph(words, style) for style, words in paragraphs)))
    levels = {"H1": 1, "H2": 2, "Own": 2}
    wanted = [(levels[style], " ".join(words.split())) for style, words in paragraphs if style in levels]
    assert headings(article) == wanted
