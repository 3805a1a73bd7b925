"""The library view's HTML: what is shown, and that nothing from outside runs."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.types import Article, ArticleHeader, Heading, IngestProgress
from rag.web.i18n import strings
from rag.web.library.articles import PAGE, Listing, Opened, Origin, Row
from rag.web.library.ingest_job import IngestStatus
from rag.web.rendering import library as rendering
from rag.web.rendering.environment import render
from rag.web.rendering.escaping import id_of, key_of

TEXT = "The lamp\n\nThe lamp is out.\n\nA beacon took its place."
ANY = st.text(alphabet=st.one_of(st.characters(exclude_categories=[]), st.sampled_from("<>\"'&\x00‮\n${}")), max_size=60)


def head(**changes: object) -> ArticleHeader:
    fields: dict[str, object] = {
        "id": "lamp", "title": "The lamp", "source": "Gazette", "url": "https://gazette.example/lamp", "author": "Ina",
        "date": date(2024, 11, 3), "tags": (), "text_sha256": "",
    }  # fmt: skip
    return ArticleHeader(**{**fields, **changes})  # type: ignore[arg-type]


def article(**changes: object) -> Article:
    fields: dict[str, object] = {
        "id": "lamp", "title": "The lamp", "text": TEXT, "origin": "/x/lamp.md", "source": "Gazette",
        "url": "https://gazette.example/lamp", "date": date(2024, 11, 3), "headings": (Heading(0, 8, 1),),
        "pages": (0, 28),
    }  # fmt: skip
    return Article(**{**fields, **changes})  # type: ignore[arg-type]


def opened(of: Article, part: int = 0, parts: int = 1, start: int = 0, end: int | None = None) -> Opened:
    return Opened(of, 3, (Origin("lamp.md", True),), None, (), part, parts, start, len(of.text) if end is None else end)


class Reader(HTMLParser):
    """Collects elements, attributes and words, as a browser would see them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.open: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        if tag != "input":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


OWN_TAGS = set(
    "a article bdi button dd details div dl dt h2 h3 h4 h5 li nav ol p section small span strong summary ul".split()
)


def test_a_row_says_what_it_is_and_what_it_repeats() -> None:
    shown = rendering.listing(Listing((Row(head(), 12, "First <one>"),), 0, 1, ""), True, "lamp")
    assert "Gazette</bdi> · <bdi>3 November 2024</bdi> · <bdi>12 passages" in shown
    assert "nearly identical to “First &lt;one&gt;”" in shown
    assert 'aria-pressed="true"' in shown
    assert "1 article<" in shown
    assert "fn-pager" not in shown


def test_a_page_of_many_can_be_turned_in_both_directions() -> None:
    rows = tuple(Row(head(id=f"a{at}"), 1, "") for at in range(PAGE))
    shown = rendering.listing(Listing(rows, PAGE, 10_000, "lamp"), True)
    assert "51–100 of 10,000 articles with “lamp”" in shown
    assert re.findall(r'data-to="(\d+)"', shown) == ["0", "100"]
    last = rendering.listing(Listing(rows, 10_000 - PAGE, 10_000, ""), True)
    assert re.findall(r'data-to="(\d+)"', last) == [str(10_000 - 2 * PAGE)]
    assert " disabled>" in last


def test_nothing_found_says_what_to_do() -> None:
    assert "“&lt;b&gt;{x}”" in rendering.listing(Listing((), 0, 0, "<b>{x}"), True)
    assert strings.EMPTY_LIBRARY in rendering.listing(Listing((), 0, 0, ""), True)
    assert strings.EMPTY_READ_ONLY in rendering.listing(Listing((), 0, 0, ""), False)


def test_an_article_has_its_headings_pages_and_origins() -> None:
    shown = rendering.opened(opened(article()), True)
    assert re.search(r"Page 1</p><h3>The lamp</h3><p>The lamp is out.</p><p [^>]*>Page 2</p><p>A beacon took", shown)
    assert "lamp.md</bdi> <small>(uploaded)</small>" in shown
    assert "2 pages · 11 words · 3 passages" in shown
    assert 'href="https://gazette.example/lamp"' in shown
    assert "fn-danger" in shown
    assert "fn-danger" not in rendering.opened(opened(article()), False)
    assert "href" not in rendering.opened(opened(article(url="javascript:a()")), True)


def test_a_long_article_is_read_in_parts() -> None:
    of = article(text="one two three", headings=(), pages=())
    middle = rendering.opened(opened(of, 1, 3, 4, 8), True)
    assert "<p>two </p>" in middle
    assert middle.count("Part 2 of 3") == 2
    assert re.findall(r'data-to="(\d)"', middle) == ["0", "2"] * 2


@given(st.text(alphabet="ab \n", max_size=200), st.lists(st.integers(0, 220), max_size=5), st.integers(0, 200))
def test_headings_and_pages_lose_no_words(text: str, offsets: list[int], cut: int) -> None:
    inside = sorted(offset for offset in offsets if offset < len(text))
    headings = tuple(Heading(at, min(at + 7, len(text)), 1 + at % 4) for at in inside)
    of = article(title="", text=text, headings=headings, pages=tuple(inside))
    parts = (rendering.prose(opened(of, 0, 2, 0, cut)), rendering.prose(opened(of, 1, 2, cut, len(text))))
    words = re.sub(r"<[^>]*>", " ", re.sub(r"Page \d+", " ", "".join(parts)))
    crossing = any(heading.start < cut < heading.end for heading in headings)
    if not crossing:
        assert re.sub(r"\s", "", words) == re.sub(r"\s", "", text)


def test_progress_is_in_articles_passages_and_time() -> None:
    progress = IngestProgress(1, 3, "The <ferry>", 14, 1205, 0.42, 41.0)
    now = IngestStatus(3, "reading", ("a.md", "b.md", "c.md"), progress)
    shown = rendering.ingest_status(now)
    assert "Adding a.md and 2 more" in shown
    assert "1 of 3 read · 14 articles · 1,205 passages · about 40 s left" in shown
    assert 'aria-valuenow="42"' in shown
    assert "The &lt;ferry&gt;" in shown
    assert rendering.announcement(now) == "Adding a.md and 2 more 25 %"


def test_waiting_and_cancelling_say_so() -> None:
    assert strings.WAITING in rendering.ingest_status(IngestStatus(1, "waiting", ("a.md",)))
    assert strings.STOPPING in rendering.ingest_status(IngestStatus(1, "stopping", ("a.md",)))
    assert rendering.ingest_status(IngestStatus()) == rendering.announcement(IngestStatus()) == ""


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (IngestStatus(1, "done", added=3, changed=1, unchanged=2), "3 articles added, 1 changed, 2 already there."),
        (IngestStatus(1, "done", unchanged=1), "1 article already there."),
        (IngestStatus(1, "done", failed=(("x", "y"),)), "Nothing was added. 1 could not be read."),
        (IngestStatus(1, "stopped", added=1), f"{strings.CANCELLED} 1 article added."),
    ],
)
def test_what_came_of_it(work: IngestStatus, said: str) -> None:
    assert said in rendering.ingest_status(work)
    assert rendering.announcement(work) == said


def test_a_failure_that_nobody_expected_has_a_sentence_too() -> None:
    shown = rendering.ingest_status(IngestStatus(1, "done", failed=(("x.pdf", ""), ("y.pdf", "It is broken."))))
    assert f"x.pdf</strong> <bdi>{strings.UNEXPECTED}</bdi>" in shown
    assert "y.pdf</strong> <bdi>It is broken.</bdi>" in shown


def test_many_failures_are_counted() -> None:
    failed = tuple((f"{at}.pdf", "It is broken.") for at in range(60))
    shown = rendering.ingest_status(IngestStatus(1, "done", failed=failed))
    assert shown.count("It is broken.") == rendering.FAILED_SHOWN
    assert "and 10 more" in shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "a few seconds left"), (7, "about 5 s left"), (88, "about 90 s left"), (150, "about 2 min left")],
)
def test_time_left_is_in_round_numbers(seconds: float, words: str) -> None:
    assert strings.time_left(seconds) == words


@given(ANY)
def test_an_id_survives_its_attribute(article_id: str) -> None:
    key = key_of(article_id)
    assert key.isascii()
    assert not set(key) & set("<>\"'& ")
    assert id_of(key) == article_id


@given(ANY, ANY, ANY)
def test_no_text_from_outside_makes_an_element(one: str, two: str, three: str) -> None:
    hostile = head(id=one, title=two, source=three, url=one)
    of = article(id=one, title=two, text=three, url=two, author=one, tags=(three,), language=two, headings=(), pages=())
    found = Opened(of, 1, (Origin(one, True), Origin(two, False)), hostile, (hostile,), 0, 1, 0, len(three))
    shown = "".join(
        [
            rendering.listing(Listing((Row(hostile, 1, three),), 0, 1, one), True),
            rendering.listing(Listing((), 0, 0, two), True),
            rendering.opened(found, True),
            rendering.removed(one),
            render("library.message", two),
            render("shared.problem", three),
            rendering.ingest_status(IngestStatus(1, "reading", (one,), IngestProgress(0, 1, two, 0, 0, 0.5, None))),
            rendering.ingest_status(IngestStatus(1, "done", failed=((one, two),), stored=(hostile,))),
            rendering.announcement(IngestStatus(1, "reading", (one,))),
        ]
    )
    read = Reader(shown)
    assert read.tags <= OWN_TAGS
    assert not {name for name in read.names if name.startswith("on")}
    assert read.open == []
    shown.encode("utf-8")
