from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.core.settings import Settings
from rag.core.types import Article
from rag.ingest.fetch.http import Fetched
from rag.ingest.parsing import is_address
from rag.ingest.readers import Unreadable
from rag.ingest.readers.urls import ID_CHARACTERS, host_of, load, read_page, suggested_id
from tests.helpers.page_server import PageServer, serve_pages

STORY = """<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1><p>The car ferry Sorrel was
sold on Thursday to the Dunmore shipping cooperative, says the story called {title}.</p></article></body></html>"""
DAY = '<meta property="article:published_time" content="2023-01-02">'
PAGE = """<html lang="de"><head><title>Die Fähre</title><meta name="author" content="Ina Weld">
<meta property="article:published_time" content="2024-05-17T10:00:00Z">{}</head>
<body><nav>Menu</nav><article><h1>Die Fähre</h1><p>Die Autofähre Sorrel wurde am Donnerstag an die Genossenschaft von
Dunmore verkauft, für 4,2 Millionen Kronen.</p><h2>Der Sommer</h2><p>Im Sommer soll sie doppelt so oft fahren, sagt die
Kapitänin Rosa Ilves, die auf der Brücke bleibt.</p></article></body></html>"""


@pytest.fixture
def site() -> Iterator[PageServer]:
    with serve_pages() as site:
        yield site


@pytest.fixture
def private(settings: Settings) -> Settings:
    return settings.model_copy(update={"allow_private_addresses": True})


def story(site: PageServer, path: str, title: str, head: str = "") -> str:
    return site.add(path, STORY.format(title=title, head=head))


def add_sitemap(site: PageServer, path: str, *addresses: str, kind: str = "url", around: str = "urlset") -> str:
    listed = "".join(f"<{kind}><loc>{address}</loc><lastmod>2024-05-17</lastmod></{kind}>" for address in addresses)
    return site.add(path, f"<?xml version='1.0'?><{around}>{listed}</{around}>", "application/xml")


def add_feed(site: PageServer, path: str, *items: str) -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    feed = f"<rss version='2.0'><channel><title>The Gazette</title>{inside}</channel></rss>"
    return site.add(path, feed, "application/rss+xml")


def articles(address: str, settings: Settings) -> list[Article]:
    found = list(load(address, settings, pause_seconds=0))
    assert [reason for reason in found if isinstance(reason, Unreadable)] == []
    return [article for article in found if isinstance(article, Article)]


def parted(address: str, settings: Settings) -> tuple[list[str], list[Unreadable]]:
    """The titles of what was read, and what was not."""
    found = list(load(address, settings, pause_seconds=0))
    return (
        [article.title for article in found if isinstance(article, Article)],
        [reason for reason in found if isinstance(reason, Unreadable)],
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("http://x.example", True),
        (" HTTPS://x.example", True),
        ("folder/http:", False),
        ("http:x", False),
        ("httpx", False),
    ],
)
def test_addresses_and_paths_are_told_apart(source: str, expected: bool) -> None:
    assert is_address(source) == expected


def test_page_is_one_article_by_the_address_that_was_named(site: PageServer, private: Settings) -> None:
    story(site, "/new", "Ferry sold")
    (article,) = articles(f" {site.redirect('/old', '/new')} ", private)
    assert (article.title, article.origin, article.url) == ("Ferry sold", f"{site.url}/old", f"{site.url}/new")
    assert article.source.startswith("127.0.0.1")
    assert site.paths() == ["/old", "/new"]


def test_nothing_of_this_machine_is_read_without_the_setting(site: PageServer, settings: Settings) -> None:
    (refused,) = load(story(site, "/a", "Secret"), settings)
    assert isinstance(refused, Unreadable)
    assert refused.source == f"{site.url}/a"
    assert "allow_private_addresses" in refused.reason
    assert site.asked == []


def test_offline_nothing_is_fetched(site: PageServer, private: Settings) -> None:
    (refused,) = load(story(site, "/a", "A"), private.model_copy(update={"offline": True}))
    assert isinstance(refused, Unreadable)
    assert "offline is set" in refused.reason
    assert site.asked == []


def test_document_is_read_by_its_kind(site: PageServer, private: Settings) -> None:
    address = site.add("/notes", '{"id": "a", "text": "One."}\n{"id": "b", "text": "Two."}\n', "application/x-ndjson")
    assert [(article.text, article.origin) for article in articles(address, private)] == [
        ("One.", f"{address}#a"),
        ("Two.", f"{address}#b"),
    ]


# Sitemaps


def test_pages_of_a_sitemap_in_their_order_with_its_day_where_they_have_none(
    site: PageServer, private: Settings
) -> None:
    pages = [story(site, "/b", "Beta"), story(site, "/a", "Alpha", DAY)]
    first, second = articles(add_sitemap(site, "/sitemap.xml", *pages, pages[0]), private)
    assert (first.title, first.date, first.origin) == ("Beta", date(2024, 5, 17), f"{site.url}/b")
    assert (second.title, second.date) == ("Alpha", date(2023, 1, 2))
    assert site.paths() == ["/sitemap.xml", "/robots.txt", "/b", "/a"]


def test_index_of_sitemaps_and_packed_ones(site: PageServer, private: Settings) -> None:
    add_sitemap(site, "/1.xml", story(site, "/a", "Alpha"))
    packed = gzip.compress(f"<urlset><url><loc>{story(site, '/b', 'Beta')}</loc></url></urlset>".encode())
    site.add("/2.xml.gz", packed, "application/gzip")
    address = add_sitemap(
        site, "/index.xml", f"{site.url}/1.xml", f"{site.url}/2.xml.gz", kind="sitemap", around="sitemapindex"
    )
    assert [article.title for article in articles(address, private)] == ["Alpha", "Beta"]


def test_index_within_an_index_is_not_opened(site: PageServer, private: Settings) -> None:
    """Else an index that lists itself would have no end."""
    address = f"{site.url}/index.xml"
    add_sitemap(site, "/index.xml", address, kind="sitemap", around="sitemapindex")
    titles, (refused,) = parted(address, private)
    assert titles == []
    assert "listed by another one" in refused.reason


def test_one_bad_page_or_sitemap_does_not_end_the_rest(site: PageServer, private: Settings) -> None:
    picture = site.add("/picture", b"\x89PNG", "image/png")
    pages = [story(site, "/a", "Alpha"), f"{site.url}/gone", picture, "ftp://x.example/", story(site, "/b", "Beta")]
    add_sitemap(site, "/1.xml", *pages)
    site.add("/2.xml", "<urlset><url>", "text/xml")
    parts = [f"{site.url}/missing.xml", f"{site.url}/2.xml", f"{site.url}/1.xml"]
    address = add_sitemap(site, "/index.xml", *parts, kind="sitemap", around="sitemapindex")
    titles, refused = parted(address, private)
    assert titles == ["Alpha", "Beta"]
    assert [reason.source for reason in refused] == [*parts[:2], f"{site.url}/gone", picture, "ftp://x.example/"]
    for reason in refused:
        assert reason.reason.endswith(".")


def test_only_the_first_pages_of_a_long_sitemap_are_read(
    site: PageServer, private: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.ingest.readers.urls.MAX_ADDRESSES", 2)
    pages = [story(site, f"/{letter}", letter) for letter in "abc"]
    titles, (refused,) = parted(add_sitemap(site, "/sitemap.xml", *pages), private)
    assert titles == ["a", "b"]
    assert "more than 2 pages; the first 2 were read" in refused.reason
    assert "/c" not in site.paths()


def test_page_that_robots_txt_forbids_is_named(site: PageServer, private: Settings) -> None:
    site.add("/robots.txt", "User-agent: *\nDisallow: /a", "text/plain")
    pages = [story(site, "/a", "Alpha"), story(site, "/b", "Beta")]
    titles, (refused,) = parted(add_sitemap(site, "/sitemap.xml", *pages), private)
    assert titles == ["Beta"]
    assert refused.source == f"{site.url}/a"
    assert "does not allow" in refused.reason


def test_pages_are_fetched_as_they_are_asked_for(site: PageServer, private: Settings) -> None:
    pages = [story(site, "/a", "Alpha"), story(site, "/b", "Beta")]
    found = load(add_sitemap(site, "/sitemap.xml", *pages), private, pause_seconds=0)
    assert site.asked == []
    assert isinstance(next(found), Article)
    assert site.paths() == ["/sitemap.xml", "/robots.txt", "/a"]


def test_packed_bomb_is_refused(site: PageServer, private: Settings) -> None:
    bomb = gzip.compress(b"<urlset>" + bytes(30_000_000))
    titles, (refused,) = parted(site.add("/sitemap.xml.gz", bomb, "application/x-gzip"), private)
    assert titles == []
    assert "more than 20 MiB" in refused.reason


def test_entity_bombs_are_refused(site: PageServer, private: Settings) -> None:
    entities = "".join(f"<!ENTITY a{number} '{f'&a{number - 1};' * 20}'>" for number in range(1, 12))
    for root in ("urlset", "rss"):
        bomb = f"<!DOCTYPE {root} [<!ENTITY a0 'aaaa'>{entities}]><{root}><url><loc>&a11;</loc></url></{root}>"
        titles, (refused,) = parted(site.add("/bomb.xml", bomb, "text/xml"), private)
        assert titles == []
        assert "entities" in refused.reason


# Feeds


def test_entries_with_their_text_are_taken_from_the_feed_alone(site: PageServer, private: Settings) -> None:
    address = add_feed(
        site,
        "/feed",
        f"<title>Ferry</title><link>{site.url}/ferry</link><category>harbour</category>"
        "<encoded xmlns='http://purl.org/rss/1.0/modules/content/'>&lt;p&gt;It was sold.&lt;/p&gt;</encoded>",
        "<title>Mill</title><guid isPermaLink='false'>7</guid><description>It opens.</description>",
    )
    ferry, mill = articles(address, private)
    assert (ferry.title, ferry.text, ferry.source, ferry.tags) == ("Ferry", "It was sold.", "The Gazette", ("harbour",))
    assert (ferry.origin, ferry.url, ferry.id) == (f"{site.url}/ferry", f"{site.url}/ferry", "127.0.0.1/ferry")
    assert (mill.text, mill.origin, mill.id) == ("It opens.", f"{address}#7", "127.0.0.1/feed/Mill")
    assert site.paths() == ["/feed"]


def test_page_of_an_entry_without_its_text_is_fetched(site: PageServer, private: Settings) -> None:
    story(site, "/ferry", "Ferry sold – The Gazette online", DAY)
    address = add_feed(
        site,
        "/feed",
        "<title>Ferry sold</title><link>/ferry</link><description>In short.</description>"
        "<pubDate>Fri, 17 May 2024 10:00:00 GMT</pubDate><author>a@x.example (Ina Weld)</author>",
        "<title>Ferry sold</title><link>/ferry</link><guid isPermaLink='false'>again</guid>",
    )
    (article,) = articles(address, private)
    assert "Dunmore shipping cooperative" in article.text
    assert (article.title, article.author, article.date, article.source) == (
        "Ferry sold",
        "Ina Weld",
        date(2024, 5, 17),
        "The Gazette",
    )
    assert (article.origin, article.url) == (f"{site.url}/ferry", f"{site.url}/ferry")
    assert site.paths() == ["/feed", "/robots.txt", "/ferry"]


def test_one_bad_entry_does_not_end_the_rest(site: PageServer, private: Settings) -> None:
    story(site, "/b", "Beta")
    link = "<link>http://[bad</link>"
    address = add_feed(
        site,
        "/feed",
        f"<title>Gone</title><link>{site.url}/gone</link>",
        f"<title>Bad link</title>{link}<description>Words.</description>",
        "<title>Empty</title><description>&lt;p&gt;&lt;/p&gt;</description>",
        "<title>Private</title><link>http://169.254.169.254/latest</link>",
        f"<title>Beta</title><link>{site.url}/b</link>",
    )
    titles, refused = parted(address, private)
    assert titles == ["Bad link", "Beta"]
    assert [reason.source for reason in refused] == [
        f"{site.url}/gone",
        f"{address}#Empty",
        "http://169.254.169.254/latest",
    ]


def test_link_of_a_public_feed_into_this_machine_is_not_followed(
    site: PageServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    story(site, "/secret", "Secret")
    address = add_feed(site, "/feed", f"<title>x</title><link>http://localhost:{site.port}/secret</link>")
    first_alone = iter([True])
    monkeypatch.setattr("rag.core.network.is_public", lambda address: next(first_alone, False))
    titles, (refused,) = parted(address, settings)
    assert titles == []
    assert "'localhost' is in a private network" in refused.reason
    assert site.paths() == ["/feed"]


def test_entries_with_one_link_for_all_are_kept_apart(site: PageServer, private: Settings) -> None:
    entry = "<link>{}/home</link><guid isPermaLink='false'>{}</guid><title>T</title>" + (
        "<encoded xmlns='http://purl.org/rss/1.0/modules/content/'>Number {}.</encoded>"
    )
    address = add_feed(site, "/feed", *(entry.format(site.url, number, number) for number in (1, 2)))
    assert [(article.origin, article.text) for article in articles(address, private)] == [
        (f"{site.url}/home", "Number 1."),
        (f"{address}#2", "Number 2."),
    ]


def fetched(
    content: str | bytes, content_type: str = "text/html", charset: str = "", url: str = "https://www.x.example/a"
) -> Fetched:
    return Fetched(url, content.encode() if isinstance(content, str) else content, content_type, charset)


def only(page: Fetched, origin: str = "https://x.example/old") -> Article:
    (article,) = read_page(page, origin)
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
    (error,) = read_page(fetched(content, content_type), "https://x.example/a")
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
