from __future__ import annotations

import zlib
from datetime import date

import pytest

from rag.core.errors import ArticleError
from rag.core.types import Article, Heading
from rag.ingest.readers.document import Document
from rag.ingest.readers.pdf import MAX_PAGE_BYTES, read, refuse_bombs
from tests.ingest.readers.sample_files import pdf, printed_page

ABOUT = "/Title(The ferry)/Author(Ina Weld)/CreationDate(D:20240517093000Z)"
WIDE = "The car ferry Sorrel was sold on Thursday to the cooperative"


def article_of(content: bytes) -> Article:
    (article,) = read(Document(content, "news.pdf", "news", "/folder/news.pdf"))
    assert isinstance(article, Article)
    return article


def test_pages_are_read() -> None:
    first = printed_page(f"{WIDE} of Dun-", "more (so they say).", heading="Sold")
    article = article_of(pdf([first, [], printed_page("Café € 5.")], ABOUT, "/Lang(de-DE)"))
    text = f"Sold\n\n{WIDE} of Dunmore (so they say).\n\nCafé € 5."
    assert article == Article(
        "news",
        "The ferry",
        text,
        "/folder/news.pdf",
        author="Ina Weld",
        date=date(2024, 5, 17),
        language="de",
        headings=(Heading(0, 4, 1),),
        pages=(0, text.index("Café"), text.index("Café")),
    )


@pytest.mark.parametrize(
    "about", ["", "/Title(Microsoft Word - news.doc)", "/Title(untitled)", "/Title( )", "/Title(a.tex)"]
)
def test_without_a_title_the_largest_heading_is_it(about: str) -> None:
    article = article_of(pdf([printed_page(WIDE, "islands.", heading="Sold at last")], about))
    assert (article.title, article.text, article.headings) == ("Sold at last", f"{WIDE} islands.", ())


def test_without_a_heading_the_name_is_the_title() -> None:
    article = article_of(pdf([printed_page(WIDE)]))
    assert (article.title, article.language, article.pages) == ("news", "en", (0,))


def test_title_that_is_all_there_is_stays() -> None:
    article = article_of(pdf([printed_page(heading="The ferry")], ABOUT))
    assert (article.title, article.text) == ("The ferry", "The ferry")


def test_pages_that_are_all_alike_stay() -> None:
    assert article_of(pdf([printed_page(WIDE)] * 4)).text == "\n\n".join([WIDE] * 4)


def test_scanned_pages_are_refused() -> None:
    with pytest.raises(ArticleError, match=r"only pictures.*OCR"):
        article_of(pdf([[], []]))


def test_letters_without_a_meaning_are_refused() -> None:
    with pytest.raises(ArticleError, match=r"do not say which letters.*OCR"):
        article_of(pdf([printed_page("\x01\x03\x04\x05\x06" * 5)]))


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4\n", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj", b"%PDF-" + b"\xff" * 999]
)
def test_damaged_file_is_refused(content: bytes) -> None:
    with pytest.raises(ArticleError, match=r"The PDF is damaged \(data format error\)"):
        article_of(content)


def test_file_with_a_password_is_refused() -> None:
    # A handler of revision 3 whose keys fit no empty password.
    locked = "/Filter/Standard/V 2/R 3/Length 128/P -4/O<" + "41" * 32 + ">/U<" + "42" * 32 + ">"
    content = pdf([printed_page(WIDE)]).replace(b"trailer<<", f"trailer<</Encrypt<<{locked}>>/ID[<41><41>]".encode())
    with pytest.raises(ArticleError, match="has a password"):
        article_of(content)


def test_page_that_is_there_a_million_times_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.readers.pdf.MAX_PAGES", 2)
    with pytest.raises(ArticleError, match="the limit is 2"):
        article_of(pdf([printed_page(WIDE)] * 3))


def test_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.readers.pdf.MAX_SECONDS", -1)
    with pytest.raises(ArticleError, match=r"takes too long to read .reached page 1 of 2"):
        article_of(pdf([printed_page(WIDE)] * 2))


def test_endless_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.readers.pdf.MAX_CHARACTERS", 100)
    with pytest.raises(ArticleError, match="more than 100 characters"):
        article_of(pdf([printed_page(WIDE)] * 2))


def stream(data: bytes, about: str = "/Filter/FlateDecode", end: bytes = b"\nendstream endobj") -> bytes:
    return f"%PDF-1.4\n1 0 obj<<{about}>>stream\r\n".encode() + data + end


def test_usual_files_pass() -> None:
    refuse_bombs(pdf([printed_page("Words.")] * 20))
    refuse_bombs(stream(zlib.compress(bytes(1 << 20))))
    refuse_bombs(b"%PDF-1.4 stream")


@pytest.mark.parametrize("size", [3 << 20, 128 << 20])
def test_tightly_packed_drawing_is_refused_without_unpacking_all_of_it(size: int) -> None:
    packing = zlib.compressobj(9)
    data = b"".join(packing.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packing.flush()
    for end in (b"\nendstream", b""):
        with pytest.raises(ArticleError, match="unpacks to more drawing"):
            refuse_bombs(stream(data, end=end))


def test_endless_drawing_that_is_not_packed_is_refused() -> None:
    with pytest.raises(ArticleError, match="unpacks to more drawing"):
        refuse_bombs(stream(b"q " * (MAX_PAGE_BYTES // 2 + 1), about=""))


@pytest.mark.parametrize("about", ["/Subtype /Image", "/Length1 99", "/Type/EmbeddedFile", "/Subtype/Type1C"])
def test_pictures_typefaces_and_attachments_may_be_large(about: str) -> None:
    refuse_bombs(stream(zlib.compress(bytes(64 << 20)), about=f"/Filter/FlateDecode{about}"))


def test_damaged_packing_is_left_to_those_who_read_it() -> None:
    refuse_bombs(stream(b"no deflate"))
    refuse_bombs(stream(zlib.compress(bytes(1 << 20))[:-9]))
