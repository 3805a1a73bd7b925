from __future__ import annotations

from datetime import date

import pytest

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.pptx import read
from tests.ingest.readers.sample_files import pptx, shape, slide

CELLS = [
    [f"<a:tc><a:txBody><a:p><a:r><a:t>{cell}</a:t></a:r></a:p></a:txBody></a:tc>" for cell in row]
    for row in (("Year", "Price"), ("2024", "5"))
]
TABLE = "".join(f"<a:tr>{''.join(row)}</a:tr>" for row in CELLS)


def article_of(content: bytes) -> Article:
    (article,) = read(Document(content, "deck.pptx", "deck", "/folder/deck.pptx"))
    assert isinstance(article, Article)
    return article


def test_slides_are_pages_with_headings() -> None:
    article = article_of(
        pptx(
            [
                slide(shape("The ferry", place="ctrTitle"), shape("and its future", place="subTitle")),
                slide(
                    shape("Why", place="title"),
                    shape("one", "two", place="body"),
                    shape("12", place="sldNum"),
                    shape("A box."),
                    f"<p:graphicFrame><a:tbl>{TABLE}</a:tbl></p:graphicFrame>",
                ),
                slide(shape("Hidden", place="title"), attributes='show="0"'),
                slide(shape("End", place="title")),
            ],
            notes={2: slide(shape("Say this.", place="body"), shape("2", place="sldNum"))},
        )
    )
    parts = ["and its future", "Why", "- one\n- two", "A box.", "Year | Price\n2024 | 5", "Say this.", "End"]
    text = "\n\n".join(parts)
    end = len(text) - 3
    assert article == Article(
        "deck",
        "The ferry",
        text,
        "/folder/deck.pptx",
        author="Ina Weld",
        date=date(2024, 5, 17),
        tags=("harbour", "sea"),
        language="de",
        headings=article.headings,
        pages=(0, text.index("Why"), end, end),
    )
    assert [text[heading.start : heading.end] for heading in article.headings] == ["Why", "End"]


def test_title_of_the_properties_comes_first() -> None:
    article = article_of(pptx([slide(shape("Welcome", place="title"), shape("Text."))], title="The ferry"))
    assert (article.title, article.text) == ("The ferry", "Welcome\n\nText.")
    article = article_of(
        pptx([slide(shape("Welcome", place="title"), shape("Text."))], title="PowerPoint Presentation")
    )
    assert article.title == "Welcome"


@pytest.mark.parametrize("slides", [[], [slide()], [slide(shape("x"), attributes='show="0"')]])
def test_slides_without_text_are_refused(slides: list[str]) -> None:
    with pytest.raises(ArticleError, match="no text"):
        article_of(pptx(slides))
