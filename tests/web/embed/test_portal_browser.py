"""The example portal beside Footnote, each at an origin of its own, in a real browser."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from rag.web.embed.store import Embed, EmbedStore
from rag.web.embed.tokens import sign
from rag.web.i18n import strings
from rag.web.server import bind
from rag.web.widget.module import integrity
from tests.web.serving import serving

PORTAL = Path(__file__).parents[3] / "examples" / "portal"
LAMP = "Who climbed the steps of the harbour lamp for the last time?"
SOURCE = "Harbour lamp goes out for the winter"
TITLE = "Ask the archive"
LOGGED_OUT = "You are logged out of the portal"


@dataclass(frozen=True)
class Portal:
    """The portal as it is served; ``config`` is what it knows of Footnote."""

    config: Any
    embeds: EmbedStore
    embed: Embed

    @property
    def address(self) -> str:
        return str(self.config.origin)

    def post(self, path: str, origin: str | None = None, **more: Any) -> httpx.Response:
        headers = {"Origin": origin or self.address, **more.pop("headers", {})}
        return httpx.post(f"{self.address}{path}", headers=headers, timeout=10, **more)


@dataclass
class Opened:
    """A page in the portal, and what the browser complained of meanwhile."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requested: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requested.add("/".join(request.url.split("/")[:3])))


@pytest.fixture
def portal_module(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(PORTAL))
    return importlib.import_module("portal")


@pytest.fixture
def open_portal(open_library_site: Callable, portal_module: Any) -> Iterator[Callable[..., Portal]]:
    """A function that serves Footnote and the portal, which knows an embed for its own origin."""
    with ExitStack() as stack:

        def open_with(**changes: Any) -> Portal:
            site = open_library_site()
            embeds = EmbedStore(site.settings.index)
            listening = stack.enter_context(bind("127.0.0.1", 0))
            port = listening.getsockname()[1]
            embed = embeds.create("portal", (f"http://localhost:{port}",))
            secret = embed.secrets[-1]
            config = portal_module.Config(site.address, embed.id, secret.value, secret.id, integrity(), port)
            config = replace(config, **changes)
            stack.enter_context(serving(portal_module.create_portal(config), listening))
            return Portal(config, embeds, embed)

        yield open_with


@pytest.fixture
def open_second_portal(portal_module: Any) -> Iterator[Callable[[Portal], Portal]]:
    """A function that serves the same portal, with the same secret, at an origin that no embed is for."""
    with ExitStack() as stack:

        def open_with(first: Portal) -> Portal:
            listening = stack.enter_context(bind("127.0.0.1", 0))
            config = replace(first.config, port=listening.getsockname()[1])
            stack.enter_context(serving(portal_module.create_portal(config), listening))
            return Portal(config, first.embeds, first.embed)

        yield open_with


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB") as context:
        context.set_default_timeout(15_000)
        yield Opened(context.new_page())


def log_in(page: Page, portal: Portal, path: str = "/") -> None:
    page.goto(portal.address)
    page.get_by_role("button", name="Ada Fenwick").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    if path != "/":
        page.goto(f"{portal.address}{path}")


def log_out_elsewhere(page: Page, portal: Portal) -> None:
    """In another tab, as people do."""
    tab = page.context.new_page()
    tab.goto(portal.address)
    tab.get_by_role("button", name="Log out").click()
    expect(tab.get_by_role("heading", name="Who are you?")).to_be_visible()
    tab.close()


def exchange(where: Page | FrameLocator) -> Locator:
    """The latest question in the chat with its answer."""
    return where.locator("footnote-chat").get_by_role("article").last


def ask(where: Page | FrameLocator, question: str = LAMP) -> None:
    box = where.get_by_role("textbox", name=strings.QUESTION_LABEL)
    box.fill(question)
    box.press("Enter")


def expect_answer(where: Page | FrameLocator) -> None:
    expect(exchange(where)).to_contain_text("Orla Dunmore")
    where.get_by_role("button", name=SOURCE).first.click()
    expect(where.locator("footnote-chat [part=card]").first).to_contain_text("The Coast Gazette")


@pytest.mark.browser
def test_the_widget_answers_with_its_sources_under_the_strict_policy(open_portal: Callable, opened: Opened) -> None:
    portal, page = open_portal(), opened.page
    log_in(page, portal)
    launcher = page.get_by_role("button", name=TITLE)
    expect(launcher).to_have_css("background-color", "rgb(13, 92, 99)")
    launcher.click()
    ask(page)
    expect_answer(page)

    assert opened.complaints == []
    assert opened.requested == {portal.address, portal.config.footnote}
    answer = httpx.get(f"{portal.address}/login")
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.browser
def test_the_widget_stands_in_the_flow_of_a_page(open_portal: Callable, opened: Opened) -> None:
    log_in(opened.page, open_portal(), "/help")
    expect(opened.page.get_by_text("What would you like to look up?")).to_be_visible()
    ask(opened.page)
    expect_answer(opened.page)
    assert opened.complaints == []


@pytest.mark.browser
def test_the_framed_page_answers_too(open_portal: Callable, opened: Opened) -> None:
    log_in(opened.page, open_portal(), "/framed")
    frame = opened.page.frame_locator("#framed")
    ask(frame)
    expect_answer(frame)
    expect(opened.page.get_by_role("alert")).to_be_empty()
    assert opened.complaints == []


@pytest.mark.browser
def test_each_reader_has_their_own_conversations(open_portal: Callable, opened: Opened) -> None:
    portal, page = open_portal(), opened.page
    log_in(page, portal, "/help")
    ask(page)
    expect_answer(page)
    page.reload()
    expect(exchange(page)).to_contain_text("Orla Dunmore")

    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Bo Lindqvist").click()
    page.goto(f"{portal.address}/help")
    expect(page.get_by_text("What would you like to look up?")).to_be_visible()
    expect(exchange(page)).to_have_count(0)


@pytest.mark.browser
def test_a_page_of_another_origin_gets_no_answer(
    open_portal: Callable, open_second_portal: Callable, opened: Opened
) -> None:
    first = open_portal()
    second, page = open_second_portal(first), opened.page
    log_in(page, second, "/help")
    ask(page)
    expect(exchange(page)).to_contain_text(strings.WIDGET["unreachable"])
    assert any("CORS" in complaint for complaint in opened.complaints)

    stolen = sign(first.embed, "ada", first.address)
    asked = """([url, token]) => fetch(url, {headers: {Authorization: `Bearer ${token}`}})
        .then((answer) => answer.status, (error) => error.name)"""
    found = page.evaluate(asked, [f"{first.config.footnote}/api/v1/suggestions", stolen])
    assert found == "TypeError"


@pytest.mark.browser
def test_a_page_of_another_origin_cannot_frame_it(
    open_portal: Callable, open_second_portal: Callable, opened: Opened
) -> None:
    second = open_second_portal(open_portal())
    log_in(opened.page, second)
    with opened.page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        opened.page.goto(f"{second.address}/framed")
    expect(opened.page.frame_locator("#framed").locator("footnote-chat")).to_have_count(0)


@pytest.mark.browser
def test_who_has_logged_out_is_told_by_the_widget(open_portal: Callable, opened: Opened) -> None:
    portal, page = open_portal(), opened.page
    log_in(page, portal)
    log_out_elsewhere(page, portal)
    page.get_by_role("button", name=TITLE).click()
    ask(page)
    expect(exchange(page)).to_contain_text(strings.WIDGET["no_token"])


@pytest.mark.browser
def test_who_has_logged_out_is_told_around_the_frame(open_portal: Callable, opened: Opened) -> None:
    # Such tokens are due at once, so the frame asks for one before each request.
    portal, page = open_portal(token_lifetime=timedelta(seconds=20)), opened.page
    log_in(page, portal, "/framed")
    frame = page.frame_locator("#framed")
    ask(frame)
    expect_answer(frame)
    log_out_elsewhere(page, portal)
    ask(frame)
    expect(page.get_by_role("alert")).to_contain_text(LOGGED_OUT)
    expect(exchange(frame)).to_contain_text(strings.WIDGET["no_token"], timeout=20_000)


def test_a_token_is_signed_only_for_whoever_is_logged_in(open_portal: Callable) -> None:
    portal = open_portal()
    refused = portal.post("/footnote-token")
    assert refused.status_code == 401
    assert LOGGED_OUT in refused.json()["detail"]

    forged = jwt.encode({"sub": "ada"}, "x" * 43, algorithm="HS256")
    assert portal.post("/footnote-token", cookies={"portal_login": forged}).status_code == 401

    cookies = portal.post("/login", data={"user": "ada"}).cookies
    given = portal.post("/footnote-token", cookies=cookies)
    claims = jwt.decode(given.json()["token"], options={"verify_signature": False})
    assert (claims["sub"], claims["aud"], claims["origin"]) == ("ada", portal.embed.id, portal.address)
    assert claims["exp"] - claims["iat"] == 600
    assert given.headers["cache-control"] == "no-store"
    assert portal.post("/login", data={"user": "eve"}).cookies.get("portal_login") is None


@pytest.mark.parametrize("path", ["/footnote-token", "/login", "/logout"])
def test_pages_of_other_origins_make_the_portal_do_nothing(open_portal: Callable, path: str) -> None:
    portal = open_portal()
    cookies = portal.post("/login", data={"user": "ada"}).cookies
    for origin in ("http://localhost:1", "null", portal.address.replace("localhost", "127.0.0.1")):
        assert portal.post(path, origin, cookies=cookies, data={"user": "ada"}).status_code == 403


def test_a_token_for_another_origin_is_not_taken(open_portal: Callable, open_second_portal: Callable) -> None:
    first = open_portal()
    second = open_second_portal(first)
    cookies = second.post("/login", data={"user": "ada"}).cookies
    wrong = second.post("/footnote-token", cookies=cookies).json()["token"]
    right = sign(first.embed, "ada", first.address)
    for token, origin, status, kind in (
        (wrong, second.address, 401, "token-refused"),
        (wrong, first.address, 401, "token-refused"),
        (right, second.address, 403, "origin-refused"),
    ):
        headers = {"Authorization": f"Bearer {token}", "Origin": origin}
        found = httpx.get(f"{first.config.footnote}/api/v1/suggestions", headers=headers)
        assert (found.status_code, found.json()["type"]) == (status, f"urn:footnote:problem:{kind}")
        assert ("access-control-allow-origin" in found.headers) == (origin == first.address)


@pytest.mark.parametrize("missing", ["FOOTNOTE_ADDRESS", "FOOTNOTE_SECRET", "FOOTNOTE_INTEGRITY"])
def test_the_portal_says_what_it_has_not_been_told(portal_module: Any, missing: str) -> None:
    names = ("ADDRESS", "EMBED", "SECRET", "KID", "INTEGRITY")
    known = {f"FOOTNOTE_{name}": "x" for name in names if f"FOOTNOTE_{name}" != missing}
    with pytest.raises(SystemExit, match=f"{missing} must be set: rag embed create"):
        portal_module.Config.of_environment(known)
    with pytest.raises(SystemExit, match="no port"):
        portal_module.Config.of_environment({**known, missing: "x", "PORTAL_PORT": "0"})
