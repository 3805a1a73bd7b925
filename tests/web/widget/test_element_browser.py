"""The widget as a reader uses it, on a portal's page with the strictest policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from rag.core.events import Reading, Waiting
from rag.ingest.pipeline import ingest
from rag.store.feedback import FeedbackStore
from rag.testing import FakeEmbedder, FakeGenerator
from rag.web.embed.tokens import sign
from rag.web.i18n import strings
from tests.web.held_generator import HeldGenerator
from tests.web.widget.widget_site import LAMP, LAMP_ANSWER, OFF_TOPIC, ask, question_box, told, wait_until

pytestmark = pytest.mark.browser

ORGAN = "🌊🌊 The organ of the chapel was repaired by Wenna Trask."


def test_an_answer_comes_with_its_quote_its_footnotes_and_what_is_not_in_the_articles(
    open_portal: Callable, page: Page
) -> None:
    generator = HeldGenerator(LAMP_ANSWER + " Penguins danced on Mars afterwards.")
    open_portal(generator).open(page)
    latest = ask(page, LAMP, "writing")
    expect(latest.locator("figure mark")).to_contain_text("locked the gallery door behind her.")
    expect(latest.locator(".answer")).to_have_attribute("aria-busy", "true")
    generator.go.set()
    expect(latest).to_have_attribute("data-stage", "answered")
    expect(latest.locator(".answer")).to_have_attribute("aria-busy", "false")
    expect(latest.locator(".text .mark")).to_have_text(["[1]"])
    expect(latest.locator(".unsupported")).to_contain_text(f"Mars afterwards. ({strings.UNSUPPORTED})")
    [detail] = told(page, "answer")
    assert detail["question"] == LAMP
    assert detail["answer"]["answered"]
    assert detail["answer"]["sentences"][1]["citations"] == []


def test_a_footnote_leads_to_its_card_the_card_to_the_article_and_back(open_portal: Callable, page: Page) -> None:
    open_portal(FakeGenerator(LAMP_ANSWER)).open(page)
    latest = ask(page, LAMP)
    mark = latest.get_by_role("button", name="Source 1: Harbour lamp goes out for the winter").last
    mark.click()
    card = latest.locator(".card.current")
    expect(card.locator("summary")).to_be_focused()
    expect(card.locator(".origin")).to_have_text("The Coast Gazette · 3 November 2024")
    expect(card.locator("blockquote mark")).to_contain_text("The keeper, Orla Dunmore, climbed")
    link = card.get_by_role("link")
    expect(link).to_have_attribute("href", "https://gazette.example/harbour-lamp")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    assert [detail["source"]["number"] for detail in told(page, "citation")] == [1]
    opener = card.get_by_role("button", name=strings.OPEN_ARTICLE)
    opener.click()
    expect(page.locator("footnote-chat .prose mark")).to_contain_text("The keeper, Orla Dunmore, climbed")
    expect(page.get_by_role("heading", name="Harbour lamp goes out")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    card.get_by_role("button", name=strings.BACK_TO_ANSWER).click()
    expect(mark).to_be_focused()


def test_a_long_article_is_read_around_the_quote_and_then_further(
    open_portal: Callable, page: Page, tmp_path: Path
) -> None:
    site = open_portal()
    tides = "\n\n".join(
        f"On day {day} the tide 🌊 came in and it went out again, as it had on all days." for day in range(90)
    )
    (tmp_path / "tides.md").write_text(f"# Tides\n\n{tides}\n\n{ORGAN}\n\n{tides}", encoding="utf-8")
    assert ingest([tmp_path / "tides.md"], site.settings, FakeEmbedder()).added == 1
    site.open(page)
    latest = ask(page, "Who repaired the organ of the chapel?")
    latest.locator(".text .mark").first.click()
    latest.locator(".current").get_by_role("button", name=strings.OPEN_ARTICLE).click()
    prose = page.locator("footnote-chat .prose")
    expect(prose.locator("mark")).to_have_text(ORGAN)
    expect(prose.locator("mark")).to_be_in_viewport()
    assert len(prose.inner_text()) < 3500
    shown = prose.element_handle()
    for name in ("before", "after"):
        more = page.get_by_role("button", name=strings.WIDGET[name])
        for _ in range(4):
            length = len(prose.text_content() or "")
            more.click()
            wait_until(page, "([prose, length]) => prose.textContent.length > length", [shown, length])
            expect(prose.locator("mark")).to_have_text(ORGAN)
        expect(more).to_be_hidden()
    expect(page.get_by_role("group", name="Tides")).to_be_focused()
    assert prose.inner_text().startswith("On day 0 the tide 🌊 came in")
    assert prose.inner_text().endswith("as it had on all days.")


def test_what_the_articles_do_not_say_is_declined_with_the_nearest_passages(open_portal: Callable, page: Page) -> None:
    open_portal().open(page)
    latest = ask(page, OFF_TOPIC, "declined")
    expect(latest.locator(".answer")).to_contain_text(strings.DECLINED)
    expect(latest.locator(".shortfall").first).to_contain_text("It is only distantly related")
    [detail] = told(page, "answer")
    assert not detail["answer"]["answered"]


def test_what_an_article_is_called_and_links_to_does_nothing(open_portal: Callable, page: Page) -> None:
    open_portal(FakeGenerator("The ferry to Saint Osk leaves from the western pier at seven.")).open(page)
    latest = ask(page, "When does the ferry to Saint Osk leave?")
    latest.locator(".text .mark").click()
    card = latest.locator(".card.current")
    expect(card.locator(".title")).to_have_text("<script>window.hacked = 1</script> The pier & its <b>ferry</b>")
    expect(card.locator("blockquote")).to_contain_text("<img src=x onerror='window.hacked = 2'>")
    expect(card.get_by_role("link")).to_have_count(0)
    assert page.evaluate("window.hacked") is None


def test_the_place_in_the_line_is_told_and_an_answer_can_be_stopped(open_portal: Callable, page: Page) -> None:
    generator = HeldGenerator(LAMP_ANSWER, LAMP_ANSWER, before=(Waiting(3), Waiting(1), Reading(300, 2.0)))
    open_portal(generator).open(page)
    latest = ask(page, LAMP, "reading")
    status = latest.locator(".status")
    expect(status).to_have_text(strings.ahead(3))
    generator.step()
    expect(status).to_have_text(strings.YOURS_IS_NEXT)
    generator.step()
    expect(status).to_have_text(strings.READING)
    generator.step()
    expect(status).to_have_text(strings.WRITING)
    page.get_by_role("button", name=strings.STOP).click()
    expect(latest).to_have_attribute("data-stage", "stopped")
    expect(status).to_have_text(strings.STOPPED)
    generator.go.set()
    latest.get_by_role("button", name=strings.ASK_AGAIN).click()
    expect(latest).to_have_attribute("data-stage", "answered")
    expect(page.locator("footnote-chat .exchange")).to_have_count(1)
    assert told(page, "error") == []


def test_what_failed_can_be_asked_again(open_portal: Callable, page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER, failing_after=3))
    site.open(page)
    latest = ask(page, LAMP, "failed")
    expect(latest.locator(".answer")).to_have_text(f"{strings.FAILED}The answering model failed. Ask again.")
    [detail] = told(page, "error")
    assert detail["problem"]["type"] == "urn:footnote:problem:unavailable"
    latest.get_by_role("button", name=strings.ASK_AGAIN).click()
    expect(latest).to_have_attribute("data-stage", "failed")
    expect(page.locator("footnote-chat .exchange")).to_have_count(1)


def test_a_connection_that_ends_or_is_not_there_is_told_with_the_next_step(
    open_portal: Callable, plain_page: Page
) -> None:
    body = 'event: asked\ndata: {"conversation":null,"number":1}\n\n: here\n\nevent: text_added\ndata: {"text":"The'
    headers = {"Content-Type": "text/event-stream", "Access-Control-Allow-Origin": "*"}
    open_portal(FakeGenerator(LAMP_ANSWER)).open(plain_page)
    for answer, words in (
        (lambda route: route.fulfill(body=body, headers=headers), strings.WIDGET["broken_off"]),
        (lambda route: route.abort(), strings.WIDGET["unreachable"]),
        (lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>", headers=headers), "cannot be reached"),
    ):
        plain_page.route("**/api/v1/ask", answer)
        expect(ask(plain_page, LAMP, "failed")).to_contain_text(words)
        plain_page.unroute("**/api/v1/ask")
    expect(ask(plain_page, LAMP)).to_contain_text(LAMP_ANSWER)


def test_a_verdict_is_kept(open_portal: Callable, page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    site.open(page)
    latest = ask(page, LAMP)
    latest.get_by_role("button", name=strings.VERDICTS["wrong_source"]).click()
    expect(latest.get_by_text(strings.THANKS)).to_be_focused()
    assert [one.verdict for one in FeedbackStore(site.settings.index).all()] == ["wrong_source"]


def test_a_reload_shows_the_conversation_again_and_a_deleted_one_begins_anew(
    open_portal: Callable, plain_page: Page
) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER, LAMP_ANSWER))
    site.open(plain_page)
    ask(plain_page, LAMP)
    plain_page.reload()
    latest = plain_page.locator("footnote-chat .exchange")
    expect(latest).to_have_attribute("data-stage", "answered")
    expect(latest.locator(".text")).to_contain_text(LAMP_ANSWER)
    assert plain_page.evaluate("Object.keys(sessionStorage)") == [f"footnote:{site.embed.id}"]
    conversation = plain_page.evaluate("Object.values(sessionStorage)[0]")
    headers = {"Authorization": f"Bearer {site.portal.token()}", "Origin": site.portal.address}
    gone = httpx.delete(f"{site.portal.footnote}/api/v1/conversations/{conversation}", headers=headers)
    assert gone.status_code == 204
    expect(ask(plain_page, LAMP)).to_contain_text(LAMP_ANSWER)
    assert plain_page.evaluate("Object.values(sessionStorage)[0]") != conversation
    plain_page.get_by_role("button", name=strings.NEW_CHAT).click()
    expect(plain_page.get_by_text(strings.WELCOME)).to_be_visible()
    expect(question_box(plain_page)).to_be_focused()
    assert plain_page.evaluate("Object.keys(sessionStorage)") == []


def test_suggestions_are_asked_with_a_press(open_portal: Callable, page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    site.open(page, site.element(f'suggestions=\'["{LAMP}"]\' greeting="Good day!"'))
    expect(page.get_by_text("Good day!")).to_be_visible()
    page.get_by_role("button", name=LAMP).press("Enter")
    expect(question_box(page)).to_be_focused()
    expect(page.locator("footnote-chat .exchange")).to_have_attribute("data-stage", "answered")


def test_enter_sends_but_neither_with_shift_nor_while_a_character_is_composed(
    open_portal: Callable, page: Page
) -> None:
    open_portal(FakeGenerator(LAMP_ANSWER)).open(page)
    box = question_box(page)
    box.fill("Who")
    box.press("Shift+Enter")
    expect(box).to_have_value("Who\n")
    before = box.bounding_box()
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    expect(page.locator("footnote-chat .exchange")).to_have_count(0)
    box.fill("Who\n\n\nclimbed?")
    after = box.bounding_box()
    assert before and after
    assert after["height"] > before["height"]


# The token


def test_an_expired_token_is_renewed_once_and_told(open_portal: Callable, plain_page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    good = site.portal.token
    stale = sign(site.embed, "ada", site.portal.address, timedelta(minutes=-5))
    site.portal.token = lambda: stale if site.portal.given == 1 else good()
    site.open(plain_page, site.element("suggestions='none'"))
    expect(ask(plain_page, LAMP)).to_contain_text(LAMP_ANSWER)
    assert (site.portal.given, told(plain_page, "token-expired")) == (2, [{}])
    plain_page.get_by_role("button", name=strings.VERDICTS["right"]).click()
    expect(plain_page.get_by_text(strings.THANKS)).to_be_visible()
    assert site.portal.given == 2, "a good token is used again"


def test_without_a_token_the_reader_is_told_what_to_do(open_portal: Callable, page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    site.portal.token = lambda: None  # type: ignore[assignment, return-value]
    site.open(page)
    expect(ask(page, LAMP, "failed")).to_contain_text(strings.WIDGET["no_token"])
    assert told(page, "error")[0]["problem"]["type"] == "urn:footnote:problem:token-missing"


def test_the_token_is_kept_in_memory_alone(open_portal: Callable, page: Page) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    given: list[str] = []
    made = site.portal.token
    site.portal.token = lambda: given.append(made()) or given[-1]  # type: ignore[func-returns-value]
    site.open(page)
    ask(page, LAMP)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, window.told])")
    drawn = page.evaluate("document.documentElement.outerHTML") + page.locator("footnote-chat .frame").inner_html()
    assert given
    for token in given:
        assert not any(token in text for text in (*addresses, kept, drawn))
