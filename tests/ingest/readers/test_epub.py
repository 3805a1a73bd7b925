from __future__ import annotations

from datetime import date

import pytest

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.epub import read
from tests.ingest.readers.sample_files import epub, packed


def article_of(content: bytes) -> Article:
    (article,) = read(Document(content, "book.epub", "book", "/folder/book.epub"))
    assert isinstance(article, Article)
    return article


def test_chapters_are_read_in_their_order() -> None:
    article = article_of(
        epub(
            {
                "b.xhtml": "<h1>The ferry</h1><p>Hello&nbsp;there.</p><!-- no -->",
                "picture.xhtml": "<img src='x.png' alt='x'/>",
                "a.xhtml": "<section><h2>Two</h2><p>More <span hidden='hidden'>no</span>words.</p></section>",
            }
        )
    )
    assert article == Article(
        "book",
        "The ferry",
        "Hello there.\n\nTwo\n\nMore words.",
        "/folder/book.epub",
        source="Gazette",
        author="Ina Weld, Tobias Henk",
        date=date(2024, 5, 17),
        tags=("sea",),
        language="de",
        headings=article.headings,
    )
    assert [(one.level, article.text[one.start : one.end]) for one in article.headings] == [(2, "Two")]


def test_locked_book_is_refused_but_one_with_locked_fonts_is_read() -> None:
    method = '<encryption><EncryptedData><EncryptionMethod Algorithm="{}"/></EncryptedData></encryption>'
    with pytest.raises(ArticleError, match="copy protection"):
        article_of(epub({"a.xhtml": "<p>x</p>"}, method.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")))
    assert article_of(epub({"a.xhtml": "<p>x</p>"}, method.format("http://www.idpf.org/2008/embedding"))).text == "x"


def test_endless_book_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.readers.epub.MAX_ELEMENTS", 20)
    with pytest.raises(ArticleError, match="more than 20 elements"):
        article_of(epub({f"{number}.xhtml": "<p>x</p>" * 5 for number in range(3)}))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (epub({"a.xhtml": "<img src='x'/>"}), "no text, only pictures"),
        (epub({}), "no text, only pictures"),
        (packed({"META-INF/container.xml": "<container/>"}), "no table of contents"),
        (packed({"META-INF/container.xml": "<c><rootfile full-path='../x'/></c>"}), "x is missing"),
        (packed({"mimetype": "application/epub+zip"}), r"container.xml is missing"),
    ],
)
def test_book_without_text_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        article_of(content)
