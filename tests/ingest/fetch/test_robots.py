from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest

from rag.core.errors import ArticleError
from rag.core.settings import Settings
from rag.ingest.fetch.http import USER_AGENT
from rag.ingest.fetch.robots import PoliteFetcher
from tests.helpers.page_server import PageServer, serve_pages

PAUSE = 0.1


@pytest.fixture
def site() -> Iterator[PageServer]:
    with serve_pages() as site:
        yield site


@pytest.fixture
def private(settings: Settings) -> Settings:
    return settings.model_copy(update={"allow_private_addresses": True})


def follow(site: PageServer, settings: Settings, *paths: str) -> PoliteFetcher:
    visitor = PoliteFetcher(settings, pause_seconds=0)
    for path in paths:
        visitor.follow(site.url + path)
    return visitor


def test_page_that_robots_txt_forbids_is_not_followed(site: PageServer, private: Settings) -> None:
    site.add("/robots.txt", "User-agent: *\nDisallow: /private", "text/plain")
    site.add("/private/a", "secret")
    site.add("/public", "hello")
    visitor = follow(site, private, "/public")
    with pytest.raises(ArticleError, match=r"of 127\.0\.0\.1 does not allow .*/private/a\?x=1\."):
        visitor.follow(f"{site.url}/private/a?x=1")
    assert site.paths() == ["/robots.txt", "/public"]


def test_robots_txt_may_name_this_program(site: PageServer, private: Settings) -> None:
    name = USER_AGENT.partition("/")[0]
    site.add("/robots.txt", f"User-agent: {name}\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "text/plain")
    site.add("/b", "hello")
    visitor = follow(site, private, "/b")
    with pytest.raises(ArticleError, match="does not allow"):
        visitor.follow(f"{site.url}/a")


def test_redirect_to_a_forbidden_page_is_not_followed(site: PageServer, private: Settings) -> None:
    site.add("/robots.txt", "User-agent: *\nDisallow: /private", "text/plain")
    site.redirect("/a", "/private")
    with pytest.raises(ArticleError, match="does not allow"):
        follow(site, private, "/a")
    assert site.paths() == ["/robots.txt", "/a"]


def test_page_that_a_person_named_is_fetched_whatever_robots_txt_says(site: PageServer, private: Settings) -> None:
    site.add("/robots.txt", "User-agent: *\nDisallow: /", "text/plain")
    assert PoliteFetcher(private, pause_seconds=0).fetch(site.add("/a", "hello")).content == b"hello"
    assert site.paths() == ["/a"]


@pytest.mark.parametrize("status", [404, 403, 410])
def test_without_robots_txt_everything_may_be_followed(site: PageServer, private: Settings, status: int) -> None:
    site.fail("/robots.txt", status)
    site.add("/a", "hello")
    site.add("/b", "hello")
    follow(site, private, "/a", "/b")
    assert site.paths() == ["/robots.txt", "/a", "/b"]


def test_robots_txt_that_cannot_be_had_forbids_all(site: PageServer, private: Settings) -> None:
    site.fail("/robots.txt", 503)
    site.add("/a", "hello")
    visitor = PoliteFetcher(private, pause_seconds=0)
    for _ in range(2):
        with pytest.raises(ArticleError, match=r"robots.txt of the host cannot be read\. .*503"):
            visitor.follow(f"{site.url}/a")
    assert site.paths() == ["/robots.txt"]


@pytest.mark.parametrize(
    "rules", ["", "<html>nothing here</html>", "\ufeffDisallow", "User-agent: *\nDisallow:", "\0" * 99]
)
def test_rules_that_forbid_nothing(site: PageServer, private: Settings, rules: str) -> None:
    site.add("/robots.txt", rules, "text/plain")
    site.add("/a", "hello")
    follow(site, private, "/a")


@pytest.mark.parametrize("delay", ["²", "9" * 5000])
def test_broken_rules_forbid_all(site: PageServer, private: Settings, delay: str) -> None:
    site.add("/robots.txt", f"User-agent: *\nCrawl-delay: {delay}", "text/plain")
    with pytest.raises(ArticleError, match="is malformed"):
        follow(site, private, "/a")


def test_there_is_a_pause_between_two_requests_to_a_host(site: PageServer, private: Settings) -> None:
    for path in ("/a", "/b", "/c"):
        site.add(path, "hello")
        PoliteFetcher(private, pause_seconds=PAUSE).fetch(site.url + path)
    first, second, third = site.asked
    assert second.begun - first.ended > PAUSE * 0.9
    assert third.begun - second.ended > PAUSE * 0.9


def test_longer_pause_of_robots_txt_is_kept_up_to_a_bound(
    site: PageServer, private: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.ingest.fetch.robots.LONGEST_PAUSE_SECONDS", PAUSE)
    site.add("/robots.txt", "User-agent: *\nCrawl-delay: 3600", "text/plain")
    site.add("/a", "hello")
    site.add("/b", "hello")
    follow(site, private, "/a", "/b")
    _, first, second = site.asked
    assert PAUSE * 0.9 < second.begun - first.ended < 5


def test_host_is_asked_one_thing_at_a_time_by_all_visitors(site: PageServer, private: Settings) -> None:
    def slow(connection) -> None:
        threading.Event().wait(0.05)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

    address = site.misbehave("/a", slow)
    visits = [threading.Thread(target=PoliteFetcher(private, pause_seconds=0).fetch, args=[address]) for _ in range(4)]
    for visit in visits:
        visit.start()
    for visit in visits:
        visit.join()
    asked = sorted(site.asked, key=lambda asked: asked.begun)
    assert len(asked) == 4
    assert all(earlier.begun + 0.05 <= later.begun for earlier, later in pairwise(asked))


def test_waiting_for_a_turn_does_not_count_as_the_servers_time(site: PageServer, private: Settings) -> None:
    from rag.ingest.fetch.http import Limits

    visitor = PoliteFetcher(private, pause_seconds=0.4, limits=Limits(total_seconds=0.3))
    for path in ("/a", "/b"):
        assert visitor.fetch(site.add(path, "hello")).content == b"hello"
