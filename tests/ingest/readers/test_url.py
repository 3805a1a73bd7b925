from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.fetch.http import Fetched
from rag.ingest.readers.url import ID_CHARACTERS, host_of, read, suggested_id

PAGE = """<html lang="de"><head><title>Die Fähre</title><meta name="author" content="Ina Weld">
<meta property="article:published_time" content="2024-05-17T10:00:00Z">{}</head>
<body><nav>Menu</nav><article><h1>Die Fähre</h1><p>Die Autofähre Sorrel wurde am Donnerstag an die Genossenschaft von
Dunmore verkauft, für 4,2 Millionen Kronen.</p><h2>Der Sommer</h2><p>Im Sommer soll sie doppelt so oft fahren, sagt die
Kapitänin Rosa Ilves, die auf der Brücke bleibt.</p></article></body></html>"""


def fetched(
    content: str | bytes, content_type: str = "text/html", charset: str = "", url: str = "https://www.x.example/a"
) -> Fetched:
    return Fetched(url, content.encode() if isinstance(content, str) else content, content_type, charset, None)


def only(page: Fetched, origin: str = "https://x.example/old") -> Article:
    (article,) = read(page, origin)
    assert isinstance(article, Article)
    return article


def test_page_is_an_article_with_what_it_says_of_itself() -> None:
    article = only(fetched(PAGE.format('<meta property="og:site_name" content="Küstenblatt">')))
    assert (article.title, article.author, str(article.date), article.language) == (
        "Die Fähre",
        "Ina Weld",
        "2024-05-17",
        "de",
    )
    assert (article.source, article.url, article.origin) == (
        "Küstenblatt",
        "https://www.x.example/a",
        "https://x.example/old",
    )
    assert article.id == "x.example/a"
    assert "Menu" not in article.text
    assert [article.text[heading.start : heading.end] for heading in article.headings] == ["Der Sommer"]


def test_source_of_a_page_that_names_none_is_its_host() -> None:
    assert only(fetched("<p>The mill opens in March, and everybody in Harrow is invited.</p>")).source == "x.example"


def test_charset_of_the_server_is_believed() -> None:
    assert "Autofähre" in only(fetched(PAGE.format("").encode("iso-8859-1"), charset="iso-8859-1")).text


@pytest.mark.parametrize(
    ("content", "content_type", "path", "text"),
    [
        ("# Mill\n\nIt *opens*.", "text/markdown", "/raw", "It opens."),
        ("# Mill\n\nIt *opens*.", "text/plain", "/README.md", "It opens."),
        ("Mill\n\nIt *opens*.", "text/plain", "/mill", "It *opens*."),
        ('{"title": "Mill", "text": "It opens."}\n', "application/x-ndjson", "/mill", "It opens."),
        ("title,text\nMill,It opens.\n", "text/csv", "/export", "It opens."),
        ('[{"title": "Mill", "text": "It opens."}]', "application/json", "/api/articles", "It opens."),
    ],
)
def test_documents_of_other_kinds_go_to_their_readers(content: str, content_type: str, path: str, text: str) -> None:
    article = only(fetched(content, content_type, url=f"https://x.example{path}"))
    assert (article.title, article.text) == ("Mill", text)
    assert (article.url, article.source) == (f"https://x.example{path}", "x.example")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(b"", "text/html"), (b"<html></html>", "text/html"), (b"%PDF-1.7 broken", "application/pdf"), (b"\x89PNG\0", "")],
)
def test_what_holds_no_article_is_an_article_error(content: bytes, content_type: str) -> None:
    (error,) = read(fetched(content, content_type), "https://x.example/a")
    assert isinstance(error, ArticleError)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.x.example/2024/05/ferry.html", "x.example/2024/05/ferry"),
        ("https://x.example/", "x.example"),
        ("http://x.example:8080/a/?page=2#top", "x.example/a?page=2"),
        ("https://x.example/release-3.5", "x.example/release-3.5"),
        ("https://x.example/.well-known", "x.example/.well-known"),
        ("https://x.example/caf%C3%A9%0A", "x.example/café"),
    ],
)
def test_id_is_one_that_people_recognise(address: str, name: str) -> None:
    assert suggested_id(address) == name


@given(st.from_regex(r"https?://[a-z0-9.]{1,10}(/[^\s#]{0,200})?", fullmatch=True))
def test_every_address_has_an_id(address: str) -> None:
    try:
        name = suggested_id(address)
    except ArticleError:
        return
    assert name.startswith(host_of(address)[:ID_CHARACTERS])
    assert 0 < len(name) <= ID_CHARACTERS
    assert name == " ".join(name.split())
