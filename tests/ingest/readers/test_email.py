from __future__ import annotations

from datetime import date
from email.message import EmailMessage

import pytest

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.email import is_mail, read

HEADERS = b"From: Ina Weld <ina@example.org>\r\nSubject: The ferry\r\nDate: Fri, 17 May 2024 09:30:00 +0200\r\n"


def found(content: bytes) -> list[object]:
    return list(read(Document(content, "news.eml", "news", "/folder/news.eml")))


def article_of(content: bytes) -> Article:
    (article,) = found(content)
    assert isinstance(article, Article)
    return article


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Grüße <ina@example.org>"
    made["Subject"] = "Die Fähre – verkauft"
    made["Date"] = "Fri, 17 May 2024 23:30:00 -0900"
    return made


def test_plain_message_is_an_article() -> None:
    assert article_of(HEADERS + b"\r\nShe sails.\r\n> Does she?\r\n") == Article(
        "news", "The ferry", "She sails.\n> Does she?", "/folder/news.eml", author="Ina Weld", date=date(2024, 5, 17)
    )


def test_encoded_headers_and_text_are_read() -> None:
    made = message()
    made.set_content("Die Fähre fährt.\n", charset="iso-8859-15", cte="quoted-printable")
    article = article_of(bytes(made))
    assert (article.author, article.title, article.text) == ("Grüße", "Die Fähre – verkauft", "Die Fähre fährt.")


def test_headers_in_bare_utf8_are_read() -> None:
    article = article_of("From: Ärmel <a@b>\nSubject: Fähre\n\nText".encode())
    assert (article.author, article.title, article.date) == ("Ärmel", "Fähre", None)


def test_plain_text_is_preferred_to_html() -> None:
    made = message()
    made.set_content("Plain words.")
    made.add_alternative("<p>Rich words.</p>", subtype="html")
    assert article_of(bytes(made)).text == "Plain words."


def test_html_is_read_where_there_is_nothing_else() -> None:
    made = message()
    made.set_content(" ")
    made.add_alternative(
        "<h2>Head</h2><p>Rich <b>words</b><span hidden>x</span>.</p><style>p{}</style>", subtype="html"
    )
    article = article_of(bytes(made))
    assert article.text == "Head\n\nRich words."
    assert [article.text[one.start : one.end] for one in article.headings] == ["Head"]


def test_attachments_are_documents_of_their_own() -> None:
    made = message()
    made.set_content("See there.")
    made.add_attachment("id,text\n1,x\n", subtype="csv", filename="Preise für 2024.csv")
    made.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="a/b.pdf")
    inner = EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("Inner words.")
    made.add_attachment(inner)
    article, table, pdf, forwarded = found(bytes(made))
    assert isinstance(article, Article)
    assert article.text == "See there."
    assert isinstance(table, Document)
    assert (table.name, table.suggested_id, table.depth) == ("Preise für 2024.csv", "news/Preise für 2024", 1)
    assert table.content == b"id,text\n1,x\n"
    assert isinstance(pdf, Document)
    assert (pdf.content, pdf.suffix) == (b"%PDF-", ".pdf")
    assert isinstance(forwarded, Document)
    assert forwarded.name == "attachment-3.eml"
    assert article_of(forwarded.content).title == "Inner"


def test_message_of_attachments_alone_has_no_article_of_its_own() -> None:
    made = message()
    made.add_attachment("x", filename="a.txt")
    assert [type(one) for one in found(bytes(made))] == [Document]


@pytest.mark.parametrize(
    "content",
    [
        HEADERS,
        HEADERS + b"Content-Type: image/png\r\n\r\nxx",
        HEADERS + b"Content-Type: multipart/mixed; boundary=x\n\n",
    ],
)
def test_message_without_text_is_refused(content: bytes) -> None:
    with pytest.raises(ArticleError, match="no text and no attachment"):
        found(content)


def test_message_of_very_many_parts_is_refused() -> None:
    parts = b"--x\n\ny\n" * 2000
    with pytest.raises(ArticleError, match="more than 1,000 parts"):
        found(HEADERS + b"Content-Type: multipart/mixed; boundary=x\n\n" + parts)


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: =?utf-8?b?a?=",
        b"Subject: =?no-such?q?a=FF?=",
        b"Date: the day after",
        b"Date: 99999999999999999999",
        b"Content-Type: text/plain; charset*=''x",
        b'Content-Type: text/plain; charset="\xff\x00"',
        b"Content-Transfer-Encoding: base64",
        b"From: <<>>,;:",
    ],
)
def test_headers_without_sense_do_no_harm(header: bytes) -> None:
    article = article_of(b"To: x\n" + header + b"\n\nd29yZHM=\n")
    assert article.text in {"d29yZHM=", "words"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (HEADERS + b"\nx", True),
        (b"Received: by x;\n\tdeeply\nMessage-ID: <x>\nTo: y\n\nx", True),
        (b"From: x\nTo: y\n\nDear all,", False),
        (b"Subject: x\nDate: y\nA line of text\nFrom: z", False),
        (b"Some text: it goes on\nFrom: x", False),
        (b"", False),
    ],
)
def test_mail_is_known_by_its_headers(content: bytes, expected: bool) -> None:
    assert is_mail(content) is expected


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (HEADERS + b"X: y\n" * 60_000, "50,000 headers"),
        (HEADERS + b"\n" * 3_100_000, "3,000,000 lines"),
        (HEADERS + b"".join(b"Content-Type: a/b; boundary=%d\n" % one for one in range(200)), "100 groups"),
    ],
)
def test_endless_message_is_refused(content: bytes, what: str) -> None:
    with pytest.raises(ArticleError, match=f"more than {what}"):
        found(content)


def test_endless_header_is_cut() -> None:
    article = article_of(b"From: x\nSubject: " + b"=?utf-8?q?a?= " * 200_000 + b"\n\nText")
    assert article.title.startswith("aaa")
