from __future__ import annotations

import random
import re
import resource
import time
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.feed import MAX_ENTRIES, Entry, is_feed, parse, read

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:who="http://purl.org/dc/elements/1.1/"
  xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
  <atom:link href="https://gazette.example/feed" rel="self"/>
  <title>The Coast &amp; Gazette</title> <link>https://gazette.example/</link> <language>en-gb</language>
  <item>
    <media:title>Not this one</media:title>
    <title>Ferry changes hands</title>
    <link>https://gazette.example/ferry</link>
    <guid isPermaLink="false">42</guid>
    <pubDate>Fri, 17 May 2024 23:30:00 +0200</pubDate>
    <who:creator>Ina Weld</who:creator>
    <category>harbour</category> <category>transport</category> <category>harbour</category>
    <description>In short.</description>
    <content:encoded><![CDATA[<h2>The sale</h2>
      <p>The ferry was <b>sold</b> for 4 &lt; 5 &amp; more.</p><p>More.</p>]]></content:encoded>
  </item>
  <item>
    <title>Only a summary</title>
    <guid>https://gazette.example/summary</guid>
    <author>ina@gazette.example (Ina Weld)</author>
    <description>&lt;p&gt;The lighthouse went dark.&lt;/p&gt;</description>
  </item>
  <item><description>Neither link nor title.</description></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://gazette.example/news/" xml:lang="de">
  <title type="html">The &lt;b&gt;Gazette&lt;/b&gt;</title>
  <author><name>The editors</name></author>
  <entry>
    <id>tag:gazette.example,2024:1</id> <title type="text">A &lt;b&gt; is bold</title>
    <link rel="self" href="self"/> <link href="mill?x=1&amp;y=2"/>
    <updated>2024-06-01T00:00:00Z</updated> <published>2024-05-17T01:00:00+02:00</published>
    <category term="mills" label="Paper mills"/>
    <summary>Short.</summary>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><h3>Mill</h3>
      <p>The <i>mill</i> opens.<br/>Soon.</p></div></content>
  </entry>
  <entry xml:lang="en">
    <id>2</id> <title type="html">Choir &amp;amp; tour</title> <link rel="alternate" href="/choir"/>
    <author><name>Ina Weld</name></author> <updated>2024-07-01</updated>
    <content type="text">Eleven villages.

Then &lt;home&gt;.</content>
  </entry>
  <entry><id>3</id><title>Elsewhere</title><link href="pdf"/>
    <content src="https://x.example/a.pdf" type="application/pdf"/></entry>
</feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel rdf:about="https://gazette.example/"><title>Old Gazette</title><dc:language>fr</dc:language></channel>
  <item rdf:about="1"><title>Bread</title><link>https://gazette.example/bread</link><dc:date>2003-01-02</dc:date>
  <dc:subject>rye</dc:subject><dc:creator>Ina</dc:creator><description>Bread won.</description></item>
</rdf:RDF>"""


def articles(feed: str | bytes) -> list[Article]:
    content = feed.encode() if isinstance(feed, str) else feed
    found = list(read(Document(content, "news.rss", "news", "/news.rss")))
    assert all(isinstance(article, Article) for article in found)
    return [article for article in found if isinstance(article, Article)]


def in_rss(inside: str) -> str:
    return f"<rss><channel><item>{inside}</item></channel></rss>"


def one_entry(inside: str) -> Entry:
    (entry,) = parse(in_rss(inside).encode()).entries
    return entry


def test_rss_entry_with_its_text_is_an_article_with_everything_the_feed_says() -> None:
    ferry, *_ = articles(RSS)
    assert ferry == Article(
        id="news-1",
        title="Ferry changes hands",
        text="The sale\n\nThe ferry was sold for 4 < 5 & more.\n\nMore.",
        origin="/news.rss#42",
        source="The Coast & Gazette",
        url="https://gazette.example/ferry",
        author="Ina Weld",
        date=date(2024, 5, 17),
        tags=("harbour", "transport"),
        language="en",
        headings=ferry.headings,
    )
    (heading,) = ferry.headings
    assert ferry.text[heading.start : heading.end] == "The sale"


def test_rss_summary_is_the_whole_only_where_there_is_no_link() -> None:
    ferry, summary, neither = parse(RSS.encode()).entries
    assert (ferry.link, summary.link, neither.link) == (
        "https://gazette.example/ferry",
        "https://gazette.example/summary",
        "",
    )
    assert (summary.content, neither.content) == ("", "Neither link nor title.")
    assert summary.author == "Ina Weld"


def test_file_gives_what_it_holds_even_a_summary() -> None:
    _, summary, neither = articles(RSS)
    assert (summary.text, summary.origin) == ("The lighthouse went dark.", "/news.rss#https://gazette.example/summary")
    assert (neither.text, neither.title) == ("Neither link nor title.", "Neither link nor title.")


def test_atom_entries_of_each_kind_of_text() -> None:
    mill, choir, *_ = parse(ATOM.encode()).entries
    first, second = articles(ATOM[: ATOM.index("<entry><id>3")] + "</feed>")
    assert (first.source, first.title, first.text) == ("The Gazette", "A <b> is bold", "Mill\n\nThe mill opens.\nSoon.")
    assert (first.author, first.date, first.tags) == ("The editors", date(2024, 5, 17), ("Paper mills",))
    assert (first.language, second.language) == ("de", "en")
    assert (second.title, second.author, second.date) == ("Choir & tour", "Ina Weld", date(2024, 7, 1))
    assert second.text == "Eleven villages.\n\nThen <home>."
    assert mill.link == "https://gazette.example/news/mill?x=1&y=2"
    assert choir.link == "https://gazette.example/choir"


def test_atom_content_that_is_elsewhere_is_not_in_the_file() -> None:
    assert parse(ATOM.encode()).entries[2].content == ""
    *_, last = read(Document(ATOM.encode(), "news.atom", "news", "/news.atom"))
    assert isinstance(last, ArticleError)
    assert "'Elsewhere' has no text. Ingest the page https://gazette.example/news/pdf itself" in str(last)


def test_rss_1_has_its_items_beside_the_channel() -> None:
    (bread,) = articles(RDF)
    assert (bread.source, bread.title, bread.text, bread.url) == (
        "Old Gazette", "Bread", "Bread won.", "https://gazette.example/bread",
    )  # fmt: skip
    assert (bread.date, bread.tags, bread.author, bread.language) == (date(2003, 1, 2), ("rye",), "Ina", "fr")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    feed = f"<?xml version='1.0' encoding='{declared}'?>{in_rss('<description>Über Öl</description>')}"
    assert articles(feed.encode(encoding))[0].text == "Über Öl"


def test_wrongly_declared_encoding_is_mended() -> None:
    words = "Der Bäcker verkauft täglich Brötchen für die Käufer der Straße."
    feed = f"<?xml version='1.0' encoding='utf-8'?>{in_rss(f'<description>{words}</description>')}"
    assert "Brötchen für die Käufer" in articles(feed.encode("iso-8859-1"))[0].text


def test_lone_ampersands_and_html_entities_are_mended() -> None:
    entry = one_entry(
        "<title>Caf&eacute; & bar &nbsp;&lt;x&gt; &made_up; A&B</title><description>&lt;p&gt;a</description>"
    )
    assert entry.title == "Café & bar <x> &made_up; A&B"
    assert entry.content == "<p>a"


def test_cdata_is_left_as_it_is_when_the_rest_is_mended() -> None:
    assert one_entry("<title>&nbsp;</title><description><![CDATA[a & &nbsp; &amp;amp;]]></description>").content == (
        "a & &nbsp; &amp;amp;"
    )


def test_markup_that_was_not_escaped_is_kept() -> None:
    assert one_entry("<description><p>One.</p><ul><li>Two</li></ul></description>").content == (
        "<p>One.</p><ul><li>Two</li></ul>"
    )


def test_hidden_words_and_scripts_of_an_entry_get_in_nowhere() -> None:
    (article,) = articles(
        "<rss><channel><item><title>T</title><description><![CDATA[<p>Seen.</p><p style='display:none'>Hidden.</p>"
        "<script>alert('x')</script>]]></description></item></channel></rss>"
    )
    assert article.text == "Seen."


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Fri, 17 May 2024 10:00:00 GMT", date(2024, 5, 17)),
        ("17 May 2024 10:00 EST", date(2024, 5, 17)),
        ("2024-05-17T23:00:00-05:00", date(2024, 5, 17)),
        ("2024-05-17", date(2024, 5, 17)),
        ("2024-13-17", None),
        ("Fri, 40 May 2024 10:00:00 GMT", None),
        ("soon", None),
        ("9" * 5000, None),
    ],
)
def test_dates(written: str, day: date | None) -> None:
    assert one_entry(f"<title>x</title><pubDate>{written}</pubDate>").date == day


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/a", "https://gazette.example/a"),
        ("b", "https://gazette.example/news/b"),
        ("HTTPS://x.example/a", "https://x.example/a"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("http://[", ""),
        ("https://x.example/a b", ""),
    ],
)
def test_links_are_made_absolute_and_others_are_none(link: str, address: str) -> None:
    feed = f"<rss><channel><item><title>x</title><link>{link}</link></item></channel></rss>"
    assert parse(feed.encode(), "https://gazette.example/news/feed").entries[0].link == address


def test_entry_that_is_there_twice_counts_once() -> None:
    feed = parse(f"<rss><channel>{'<item><guid>1</guid><title>a</title></item>' * 3}</channel></rss>".encode())
    assert (len(feed.entries), feed.cut) == (1, False)


def test_no_more_than_the_first_entries_are_read() -> None:
    items = "".join(f"<item><guid>{number}</guid></item>" for number in range(MAX_ENTRIES + 1))
    feed = parse(f"<rss><channel>{items}</channel></rss>".encode())
    assert (len(feed.entries), feed.cut) == (MAX_ENTRIES, True)


BOMB = "".join(f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(9))


@pytest.mark.parametrize(
    ("feed", "reason"),
    [
        ("", "not a feed"),
        ("hello", "not a feed"),
        ("<html><body>no feed</body></html>", "not a feed"),
        ("<rss><channel><title>x</title></channel></rss>", "has no entry"),
        ("<rss/>", "has no entry"),
        ("<rss><channel><item><title>cut", "damaged"),
        ("<rss>" + "<a>" * 1000, "damaged"),
        (f"<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'>{BOMB}]><rss><channel><item>&j;</item></channel></rss>", "entities"),
        (
            "<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><rss><channel><item>&a;</item></channel></rss>",
            "ent",
        ),
    ],
)
def test_what_is_no_feed_or_a_bad_one_is_refused(feed: str, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        list(read(Document(feed.encode(), "a.xml", "a", "/a.xml")))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- <html> --><rss version='2.0'>", True),
        (b"<!DOCTYPE rdf:RDF [<!ENTITY a 'b'>]>\n<rdf:RDF xmlns='http://purl.org/rss/1.0/'>", True),
        ("<?xml version='1.0'?><feed/>".encode("utf-16"), True),
        (b"<!DOCTYPE html><html><body>&lt;rss&gt; <rss>", False),
        (b"An article about <rss> and how to read it", False),
        (b"", False),
    ],
)
def test_feed_is_known_by_its_root(content: bytes, expected: bool) -> None:
    assert is_feed(content) == expected


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
def test_any_title_and_text_come_back(words: str) -> None:
    import html

    (article,) = articles(
        f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Title: {html.escape(html.escape(words))}</title>"
        f"<content type='text'>Text: {html.escape(words)}</content></entry></feed>"
    )
    assert " ".join(article.text.split()) == " ".join(f"Text: {words}".split())
    assert article.title == " ".join(f"Title: {words}".split())[:200].rstrip()


@pytest.mark.parametrize(
    "hostile",
    [
        "<!--" * 200_000,
        "<rss><channel>" + "<item>" * 200_000,
        "<rss><channel><item><title>" + "<" * 500_000,
        "<rss><channel><item><description>" + "<![CDATA[" * 100_000,
        "<rss><channel><item><description><![CDATA[" + "<!--" * 200_000 + "]]></description></item></channel></rss>",
        "<rss><channel><item><description>" + "&lt;div&gt;" * 60_000 + "</description></item></channel></rss>",
        "<rss><channel><item><title>" + "& " * 400_000 + "</title></item></channel></rss>",
        "<rss><channel><item><category>"
        + "</category><category>".join(map(str, range(30_000)))
        + "</category></item></channel></rss>",
        "<rss><channel><item><pubDate>" + "1" * 800_000 + "</pubDate><link>http://" + "a" * 800_000,
        "<rss><channel>" + "<x/>" * 100_000 + "<item><guid>{}</guid></item>" * 1000 + "</channel></rss>",
        "<rss><channel><item><author>" + "a@" * 400_000 + " (" + "</author></item></channel></rss>",
    ],
    ids=range(11),
)
def test_no_megabyte_takes_long(hostile: str) -> None:
    content = re.sub(r"\{\}", lambda match: str(match.start()), hostile).encode()
    started = time.monotonic()
    with suppress(ArticleError):
        list(read(Document(content, "a.xml", "a", "/a.xml")))
    assert time.monotonic() - started < 3


@pytest.mark.slow
def test_mutated_feeds_are_articles_or_article_errors() -> None:
    """2,000 feeds with bytes changed, cut, doubled and mixed: no other error, none over 2 seconds, no gigabyte."""
    chance = random.Random(20241117)
    whole = [RSS.encode(), ATOM.encode(), RDF.encode(), ATOM.encode("utf-16")]
    read_somehow = 0
    for _ in range(2000):
        content = mutated(whole, chance)
        started = time.monotonic()
        try:
            for found in read(Document(content, "a.xml", "a", "/a.xml")):
                assert isinstance(found, Article | ArticleError)
                read_somehow += isinstance(found, Article)
        except ArticleError as error:
            assert str(error)
        assert time.monotonic() - started < 2, content
    assert read_somehow > 500  # else the mutations are too wild to test anything beyond the first check
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1 << 20


def mutated(whole: list[bytes], chance: random.Random) -> bytes:
    content = bytearray(chance.choice(whole))
    for _ in range(chance.choice([1, 1, 1, 2, 3, 10])):
        at, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
        match chance.randrange(6):
            case 0 if at < len(content):
                content[at] = chance.randrange(256)
            case 1:
                del content[at : min(end, at + 20)]
            case 2:
                content[at:at] = content[at : min(end, at + 200)] * chance.randrange(1, 20)
            case 3:
                other = chance.choice(whole)
                start = chance.randrange(len(other))
                content[at:at] = other[start : start + chance.randrange(100)]
            case 4:
                content[at:at] = chance.choice(
                    [b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"&nbsp;", b"&#0;", b"\x00", b"\xff", b"&#xD800;"]
                )
            case 5 if chance.random() < 0.2:
                del content[at:]
    return bytes(content)
