"""The widget in a plain iframe, and the messages between it and the page around it."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import FrameLocator, Page, expect

from rag.testing import FakeGenerator
from rag.web.i18n import strings
from tests.web.widget.portal_server import served_portal
from tests.web.widget.widget_site import LAMP, LAMP_ANSWER, WidgetSite, wait_until

pytestmark = pytest.mark.browser

PARENT = """
window.heard = [];
window.tell = (message) => document.querySelector("iframe").contentWindow.postMessage(message, FOOTNOTE);
addEventListener("message", async ({ origin, data }) => {
  window.heard.push([origin, data]);
  if (data.type !== "token-needed" || !GIVES) return;
  const { token } = await (await fetch("/token", { method: "POST" })).json();
  tell({ footnote: 1, type: "token", token });
});
"""


def show(site: WidgetSite, page: Page, gives: bool = True) -> FrameLocator:
    script = PARENT.replace("FOOTNOTE", json.dumps(site.portal.footnote)).replace("GIVES", json.dumps(gives))
    address = f"{site.portal.footnote}/embed/{site.embed.id}"
    page.goto(site.portal.show(f'<iframe title="Chat" src="{address}"></iframe>', script))
    return page.frame_locator("iframe")


def heard(page: Page, kind: str) -> list[dict]:
    return [data for _, data in page.evaluate("window.heard") if data["type"] == kind]


def test_the_page_around_gives_the_token_and_hears_the_answer(open_portal: Callable, page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    frame = show(site, page)
    expect(frame.locator(".suggestion")).to_have_count(3)
    frame.get_by_role("textbox", name=strings.QUESTION_LABEL).fill(LAMP)
    frame.get_by_role("textbox", name=strings.QUESTION_LABEL).press("Enter")
    expect(frame.locator(".text")).to_contain_text(LAMP_ANSWER)
    frame.locator(".text .mark").click()
    wait_until(page, "() => window.heard.some(([, data]) => data.type === 'citation')")
    assert {origin for origin, _ in page.evaluate("window.heard")} == {site.portal.footnote}
    kinds = [data["type"] for _, data in page.evaluate("window.heard")]
    assert kinds == ["ready", "token-needed", "answer", "citation"]
    assert heard(page, "answer")[0]["answer"]["answer"] == LAMP_ANSWER
    assert all(data["footnote"] == 1 and "token" not in data for _, data in page.evaluate("window.heard"))


def test_the_page_around_asks_configures_and_begins_anew(open_portal: Callable, page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    frame = show(site, page)
    expect(frame.locator(".suggestion").first).to_be_visible()
    settings = {"theme": "dark", "lang": "fr", "greeting": "Bonjour !", "suggestions": ["Qui ?"], "title": "No"}
    page.evaluate("settings => tell({footnote: 1, type: 'configure', ...settings})", settings)
    expect(frame.get_by_text("Bonjour !")).to_be_visible()
    expect(frame.get_by_role("button", name="Qui ?")).to_be_visible()
    expect(frame.locator(".frame")).to_have_attribute("data-theme", "dark")
    expect(frame.get_by_role("heading", name="Footnote", level=2)).to_be_visible()
    page.evaluate("question => tell({footnote: 1, type: 'ask', question})", LAMP)
    expect(frame.locator(".text")).to_contain_text(LAMP_ANSWER)
    page.evaluate("tell({footnote: 1, type: 'new'})")
    expect(frame.get_by_text("Bonjour !")).to_be_visible()


def test_what_it_does_not_know_is_passed_over(open_portal: Callable, page: Page) -> None:
    site = open_portal()
    frame = show(site, page)
    expect(frame.locator(".suggestion").first).to_be_visible()
    strange: list[object] = [None, 1, "ask", {}, {"type": "new"}, {"footnote": 2, "type": "ask", "question": LAMP}]
    kinds = ("ask", "token", "__proto__", "eval", None)
    strange += [{"footnote": 1, "type": kind, "question": 7, "token": {}} for kind in kinds]
    page.evaluate("messages => messages.forEach((message) => tell(message))", strange)
    page.evaluate("tell({footnote: 1, type: 'configure', greeting: 'Still here'})")
    expect(frame.get_by_text("Still here")).to_be_visible()
    expect(frame.locator(".exchange")).to_have_count(0)


@pytest.mark.parametrize("token", ["null", "''"], ids=["null", "empty"])
def test_without_a_token_it_says_so_at_once_where_there_is_none(open_portal: Callable, page: Page, token: str) -> None:
    """Without one it would ask as Footnote's own page does, and so past the filters of the embed."""
    site = open_portal()
    frame = show(site, page, gives=False)
    frame.get_by_role("textbox", name=strings.QUESTION_LABEL).fill(LAMP)
    wait_until(page, "() => window.heard.some(([, data]) => data.type === 'token-needed')")
    page.evaluate(f"tell({{footnote: 1, type: 'token', token: {token}}})")
    frame.get_by_role("textbox", name=strings.QUESTION_LABEL).press("Enter")
    wait_until(page, "() => window.heard.filter(([, data]) => data.type === 'token-needed').length > 1")
    page.evaluate(f"tell({{footnote: 1, type: 'token', token: {token}}})")
    expect(frame.locator(".answer")).to_contain_text(strings.WIDGET["no_token"])
    assert heard(page, "error")[0]["problem"]["type"] == "urn:footnote:problem:token-missing"


def test_another_origin_can_neither_frame_it_nor_talk_to_it(open_portal: Callable, plain_page: Page) -> None:
    site = open_portal()
    address = f"{site.portal.footnote}/embed/{site.embed.id}"
    with served_portal() as stranger:
        stranger.footnote = site.portal.footnote
        with plain_page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            plain_page.goto(stranger.show(f'<iframe title="Chat" src="{address}"></iframe>'))
        # A window that it opens is no frame, and takes no messages from it.
        with plain_page.expect_popup() as opened:
            plain_page.evaluate("address => { window.other = window.open(address); }", address)
        popup = opened.value
        expect(popup.get_by_role("textbox", name=strings.QUESTION_LABEL)).to_be_visible()
        message = {"footnote": 1, "type": "configure", "greeting": "Good morning, stranger"}
        plain_page.evaluate("message => window.other.postMessage(message, '*')", message)
        popup.wait_for_timeout(200)
        expect(popup.get_by_text("Good morning, stranger")).to_have_count(0)


def test_an_embed_that_is_not_there_or_switched_off_is_a_sentence(open_portal: Callable, page: Page) -> None:
    site = open_portal()
    site.embeds.change("portal", is_active=False)
    for name in (site.embed.id, "emb_none"):
        found = httpx.get(f"{site.portal.footnote}/embed/{name}")
        assert found.status_code == 404
        assert strings.WIDGET["no_embed"].partition("'")[0] in found.text
        assert "frame-ancestors 'none'" in found.headers["content-security-policy"]
    page.goto(site.portal.show("<h1>Portal</h1>"))
