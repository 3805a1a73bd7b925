from __future__ import annotations

import random
import resource
import time
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.ingest.readers.sitemap import MAX_ADDRESSES, Listed, is_index, is_sitemap, parse

PAGES = """<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
  xmlns:xhtml="http://www.w3.org/1999/xhtml">
  <url>
    <image:image><image:loc>https://gazette.example/a.png</image:loc></image:image>
    <loc>
      https://gazette.example/a?x=1&amp;y=2
    </loc>
    <xhtml:link rel="alternate" hreflang="de" href="https://gazette.example/de/a"/>
    <lastmod>2024-05-17T23:30:00+02:00</lastmod>
  </url>
  <url><loc>https://gazette.example/b</loc><lastmod>yesterday</lastmod></url>
  <url><loc>https://gazette.example/b</loc></url>
  <url><lastmod>2024-01-01</lastmod></url>
</urlset>"""
INDEX = """<sitemapindex><sitemap><loc>https://gazette.example/1.xml</loc></sitemap>
<sitemap><loc>https://gazette.example/2.xml.gz</loc><lastmod>2024-05-17</lastmod></sitemap></sitemapindex>"""


def test_pages_with_their_days_each_once_and_no_pictures() -> None:
    assert not is_index(PAGES.encode())
    assert parse(PAGES.encode()) == [
        Listed("https://gazette.example/a?x=1&y=2", date(2024, 5, 17)),
        Listed("https://gazette.example/b", None),
    ]


def test_index_lists_sitemaps() -> None:
    assert is_index(INDEX.encode())
    assert [listed.address for listed in parse(INDEX.encode())] == [
        "https://gazette.example/1.xml",
        "https://gazette.example/2.xml.gz",
    ]


def test_ampersands_that_were_not_escaped_are_mended() -> None:
    (listed,) = parse(b"<urlset><url><loc>https://x.example/?a=1&b=2&amp;c=3</loc></url></urlset>")
    assert listed.address == "https://x.example/?a=1&b=2&c=3"


def test_utf_16_is_read() -> None:
    assert len(parse(PAGES.replace("UTF-8", "UTF-16").encode("utf-16"))) == 2


@given(st.integers(0, 30), st.integers(1, 30))
def test_only_the_first_addresses_are_kept(count: int, limit: int) -> None:
    pages = [f"https://gazette.example/{number}" for number in range(count)]
    content = f"<urlset>{''.join(f'<url><loc>{page}</loc></url>' for page in pages)}</urlset>".encode()
    if not pages:
        with pytest.raises(ArticleError, match="lists no address"):
            parse(content, limit)
    else:
        assert [listed.address for listed in parse(content, limit)] == pages[:limit]


def test_one_more_than_the_limit_is_kept_so_that_it_shows() -> None:
    content = "".join(f"<url><loc>https://gazette.example/{number}</loc></url>" for number in range(MAX_ADDRESSES + 5))
    assert len(parse(f"<urlset>{content}</urlset>".encode())) == MAX_ADDRESSES + 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a sitemap"),
        (b"<html><body>not here</body></html>", "not a sitemap"),
        (b"<rss/>", "not a sitemap"),
        (b"<urlset/>", "lists no address"),
        (b"<urlset><url><loc>https://x.example/</loc></url>", "damaged"),
        (b"<!DOCTYPE urlset [<!ENTITY a 'b'>]><urlset><url><loc>&a;</loc></url></urlset>", "entities"),
        (b"<!DOCTYPE u [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>&a;</loc></url></urlset>", "entit"),
    ],
)
def test_what_is_no_sitemap_or_a_bad_one_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        parse(content)


def test_sitemap_is_known_by_its_root() -> None:
    assert is_sitemap(PAGES.encode())
    assert is_sitemap(INDEX.encode())
    assert is_sitemap(b"\xef\xbb\xbf\n<sm:urlset xmlns:sm='http://www.sitemaps.org/schemas/sitemap/0.9'>")
    assert not is_sitemap(b"<rss><urlset/></rss>")
    assert not is_sitemap(b"What is a <urlset>?")


@pytest.mark.parametrize(
    "hostile",
    [
        b"<urlset>" + b"<url>" * 400_000,
        b"<urlset>" + b"<url><loc>" + b"a" * 2_000_000,
        b"<urlset>" + b"<url/>" * 100_000 + b"</urlset>",
        b"<urlset><url>" + b"<loc>a</loc>" * 50_000 + b"</url></urlset>",
        b"<urlset><url>" + b"".join(b"<a%d>x</a%d>" % (n, n) for n in range(100_000)) + b"</url></urlset>",
        b"<urlset>" + b"<!-- -->" * 200_000,
        b"<urlset a='" + b"x" * 2_000_000,
    ],
    ids=range(7),
)
def test_no_megabyte_takes_long(hostile: bytes) -> None:
    started = time.monotonic()
    with suppress(ArticleError):
        parse(hostile)
    assert time.monotonic() - started < 3


@pytest.mark.slow
def test_mutated_sitemaps_are_sitemaps_or_article_errors() -> None:
    """2,000 sitemaps with bytes changed, cut, doubled and mixed: no other error, none over 2 seconds, no gigabyte."""
    chance = random.Random(20241117)
    whole = [PAGES.encode(), INDEX.encode(), PAGES.replace("UTF-8", "UTF-16").encode("utf-16")]
    understood = 0
    for _ in range(2000):
        content = bytearray(chance.choice(whole))
        for _ in range(chance.choice([1, 1, 1, 2, 5])):
            at = chance.randrange(len(content) + 1)
            match chance.randrange(4):
                case 0:
                    content[at : at + 1] = bytes([chance.randrange(256)])
                case 1:
                    del content[at : at + chance.randrange(20)]
                case 2:
                    content[at:at] = content[at : at + 200] * chance.randrange(1, 20)
                case 3:
                    content[at:at] = chance.choice(
                        [b"<", b"&", b"]]>", b"<![CDATA[", b"<!--", b"\x00", b"&#0;", b"<loc>"]
                    )
        started = time.monotonic()
        try:
            sitemap = parse(bytes(content))
        except ArticleError as error:
            assert str(error)
        else:
            understood += 1
            assert all(listed.address == " ".join(listed.address.split()) != "" for listed in sitemap)
        assert time.monotonic() - started < 2, bytes(content)
    assert understood > 300  # else the mutations are too wild to test anything beyond the first check
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1 << 20
