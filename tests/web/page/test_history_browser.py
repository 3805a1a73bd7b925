"""A reader's conversations, as they use them in a real browser: nothing is lost, and nobody else sees them."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from rag.core.settings import Settings
from rag.store.feedback import FeedbackStore
from rag.testing import FakeGenerator
from rag.web.i18n import strings
from tests.web.held_generator import HeldGenerator
from tests.web.page.test_accessibility_browser import violations
from tests.web.page.test_states_browser import process
from tests.web.page.test_upload_routes import eventually

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).parents[3] / "test-results"
LAMP = "Who climbed the steps of the harbour lamp for the last time?"
LAMP_ANSWER = "The keeper, Orla Dunmore, climbed the hundred and four steps for the last time."
BRIDGE = "How long is the footbridge over the Ambel?"
BRIDGE_ANSWER = "It is 212 metres long and cost 3.4 million crowns."
BAKERY = "Which bakery won the rye prize for the third year?"
OFF_TOPIC = "Which sonata did quantum penguins compose in Reykjavik?"


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def question_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name=strings.QUESTION_LABEL)


def go(page: Page, address: str) -> None:
    page.goto(address)
    expect(question_box(page)).to_be_enabled()
    expect(page.locator("#suggestions button:visible, .fn-exchange").first).to_be_visible()


def ask(page: Page, question: str, stage: str = "answered") -> None:
    question_box(page).fill(question)
    question_box(page).press("Enter")
    expect(page.locator("#current .fn-question p")).to_have_text(question)
    expect(page.locator(f"#current .fn-{stage}")).to_be_visible()
    expect(page.get_by_role("button", name=strings.ASK, exact=True)).to_be_visible()


def open_list(page: Page) -> Locator:
    page.get_by_role("button", name=strings.CHATS).click()
    drawer = page.get_by_role("dialog", name=strings.CHATS)
    expect(drawer).to_be_visible()
    expect(drawer.locator(".fn-chats, .fn-note")).to_be_visible()
    return drawer


def begin(page: Page) -> None:
    page.get_by_role("button", name=strings.NEW_CHAT).click()
    expect(page.locator(".fn-welcome")).to_be_visible()


def shown(page: Page) -> list[str]:
    """The markup of the conversation and of its sources, as it was drawn."""
    parts = page.locator("#past .fn-exchange, #current .fn-exchange, #shown .fn-panel")
    return [str(part) for part in parts.evaluate_all("parts => parts.map((part) => part.outerHTML)")]


def chat_of(page: Page) -> str:
    found = re.search(r"[?&]chat=([^&#]+)", page.url)
    assert found
    return found[1]


# Nothing is lost


def test_a_reload_shows_the_very_same_conversation_and_it_goes_on(
    open_site: Callable, page: Page, web_settings: Settings
) -> None:
    generator = FakeGenerator(
        LAMP_ANSWER + " Penguins danced on Mars.", "Orla Dunmore locked the gallery door behind her."
    )
    go(page, open_site(generator).address)
    ask(page, LAMP)
    ask(page, OFF_TOPIC, "declined")
    before = shown(page)
    page.reload()
    expect(page.locator(".fn-exchange")).to_have_count(2)
    expect(page.locator("#current .fn-declined")).to_be_visible()
    assert shown(page) == before
    expect(page.locator("#past .fn-unsupported")).to_contain_text("Penguins")
    expect(question_box(page)).to_be_enabled()

    ask(page, "And who locked it?")
    assert f"Earlier question: {LAMP}" in generator.prompts[-1][-1].content
    page.reload()
    expect(page.locator(".fn-exchange")).to_have_count(3)
    page.get_by_role("button", name="Right", exact=True).click()
    expect(page.locator("#thanks")).to_contain_text(strings.THANKS)
    (*_, given) = FeedbackStore(web_settings.index).all()
    assert given.question == "And who locked it?"
    assert [turn["question"] for turn in given.history] == [LAMP]


def test_a_server_killed_and_restarted_under_an_open_page_has_the_conversation_still(
    browser: Browser, library_settings: Settings
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = browser.new_context()
    page = context.new_page()
    with process(library_settings.index, port) as running:
        go(page, f"http://127.0.0.1:{port}")
        ask(page, LAMP)
        before = shown(page)
        running.kill()
        running.wait(10)
    with process(library_settings.index, port):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
        page.wait_for_event("load", timeout=30_000)
        expect(page.locator("#current .fn-answered")).to_be_visible(timeout=15_000)
        assert shown(page) == before
        ask(page, BRIDGE)
        expect(page.locator(".fn-exchange")).to_have_count(2)
    context.close()


def test_an_answer_that_is_being_written_at_a_reload_is_kept_as_far_as_it_came(
    open_site: Callable, context: BrowserContext
) -> None:
    page = context.new_page()  # Gradio complains of the reload on the console.
    go(page, open_site(HeldGenerator(LAMP_ANSWER, BRIDGE_ANSWER)).address)
    question_box(page).fill(LAMP)
    question_box(page).press("Enter")
    expect(page.locator("#current .fn-writing")).to_be_visible()
    page.reload()
    expect(page.locator("#current .fn-stopped")).to_be_visible(timeout=15_000)
    expect(page.locator("#current .fn-stopped .fn-text")).to_contain_text("The")
    expect(page.locator("#current")).to_contain_text(strings.STOPPED)
    expect(page.get_by_role("button", name=strings.ASK_AGAIN)).to_be_visible()


def test_another_conversation_can_be_opened_while_an_answer_is_written(open_site: Callable, page: Page) -> None:
    generator = HeldGenerator(LAMP_ANSWER, BRIDGE_ANSWER)
    go(page, open_site(generator).address)
    question_box(page).fill(LAMP)
    question_box(page).press("Enter")
    expect(page.locator("#current .fn-writing")).to_be_visible()
    begin(page)
    expect(question_box(page)).to_be_enabled()
    generator.go.set()
    ask(page, BRIDGE)
    expect(page.locator(".fn-exchange")).to_have_count(1)
    open_list(page).get_by_role("button", name=re.compile("^Who climbed")).click()
    expect(page.locator("#current .fn-stopped")).to_be_visible()


# The list


def test_conversations_are_listed_found_opened_renamed_and_deleted(open_library_site: Callable, page: Page) -> None:
    site = open_library_site()
    go(page, site.address)
    drawer = open_list(page)
    expect(drawer).to_contain_text(strings.NO_CHATS)
    drawer.get_by_role("button", name=strings.CLOSE_CHATS, exact=True).click()
    ask(page, LAMP)
    first = chat_of(page)
    begin(page)
    page.wait_for_url(lambda url: "chat=" not in url)
    ask(page, BRIDGE)
    ask(page, BAKERY)
    second = chat_of(page)
    assert first != second

    drawer = open_list(page)
    rows = drawer.locator(".fn-chat-open")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(BRIDGE)
    expect(rows.first).to_contain_text(strings.questions(2))
    expect(rows.first).to_have_attribute("aria-current", "true")
    find = drawer.get_by_role("textbox", name=strings.FIND_CHATS)
    expect(find).to_be_focused()
    find.fill("DUNMORE steps")
    expect(rows).to_have_count(1)
    find.fill("nowhere")
    expect(drawer).to_contain_text(strings.NO_CHAT_FOUND)
    find.fill("orla")
    rows.first.click()
    expect(drawer).to_be_hidden()
    expect(page.locator("#current .fn-question p")).to_have_text(LAMP)
    expect(page.locator(".fn-exchange")).to_have_count(1)
    assert chat_of(page) == first

    page.go_back()
    expect(page.locator("#current .fn-question p")).to_have_text(BAKERY)
    page.go_forward()
    expect(page.locator("#current .fn-question p")).to_have_text(LAMP)

    drawer = open_list(page)
    find.fill("")
    expect(rows).to_have_count(2)
    more = drawer.locator(".fn-chat").nth(1).locator(".fn-chat-more > summary")
    expect(more).to_have_accessible_name(strings.more_for(LAMP))
    more.click()
    shot(page, "chats-more")
    title = drawer.get_by_role("textbox", name=strings.CHAT_TITLE)
    title.fill("The <b>lamp</b> \u202e")
    title.press("Enter")
    expect(rows.nth(1)).to_contain_text("The <b>lamp</b>")
    expect(rows.nth(1)).to_be_focused()
    expect(drawer.locator("#chats-said")).to_contain_text(strings.RENAMED)

    more.click()
    drawer.get_by_text(strings.DELETE_CHAT, exact=True).locator("visible=true").click()
    drawer.get_by_role("button", name=strings.KEEP).locator("visible=true").click()
    expect(rows).to_have_count(2)
    drawer.get_by_text(strings.DELETE_CHAT, exact=True).locator("visible=true").click()
    drawer.get_by_role("button", name=strings.DELETE_CHAT_NOW).locator("visible=true").click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_be_focused()
    drawer.get_by_role("button", name=strings.CLOSE_CHATS, exact=True).click()
    expect(page.locator(".fn-welcome")).to_be_visible()  # It was the one that was shown.
    assert "chat=" not in page.url

    drawer = open_list(page)
    drawer.get_by_text(strings.DELETE_CHATS, exact=True).click()
    drawer.get_by_role("button", name=strings.DELETE_CHATS_NOW).click()
    expect(drawer).to_contain_text(strings.NO_CHATS)
    page.goto(f"{site.address}/?chat={second}")
    expect(page.get_by_role("alert").filter(has_text=strings.CHAT_GONE)).to_be_visible()
    expect(page.locator(".fn-welcome")).to_be_visible()


def test_a_conversation_is_downloaded_as_markdown_and_as_json(open_library_site: Callable, page: Page) -> None:
    go(page, open_library_site().address)
    ask(page, LAMP)
    drawer = open_list(page)
    drawer.locator(".fn-chat-more > summary").click()
    with page.expect_download() as markdown:
        drawer.get_by_role("link", name="Markdown").click()
    written = markdown.value.path().read_text(encoding="utf-8")
    assert markdown.value.suggested_filename == "Who climbed the steps of the harbour lamp for the last time.md"
    assert f"## {LAMP}" in written
    assert "[^1]: *Harbour lamp goes out for the winter*, The Coast Gazette, 3 November 2024." in written
    with page.expect_download() as as_json:
        drawer.get_by_role("link", name="JSON").click()
    found = json.loads(as_json.value.path().read_text(encoding="utf-8"))
    assert found["exchanges"][0]["answer"]["question"] == LAMP


def test_the_conversation_of_another_reader_is_not_there(
    open_library_site: Callable, page: Page, browser: Browser
) -> None:
    site = open_library_site()
    go(page, site.address)
    ask(page, LAMP)
    chat = chat_of(page)
    stranger = browser.new_context()
    other = stranger.new_page()
    other.goto(f"{site.address}/?chat={chat}")
    expect(other.get_by_role("alert").filter(has_text=strings.CHAT_GONE)).to_be_visible()
    expect(other.locator("body")).not_to_contain_text("harbour lamp for the last time")
    expect(open_list(other)).to_contain_text(strings.NO_CHATS)
    for form in ("md", "json", "html"):
        assert other.request.get(f"{site.address}/chats/{chat}.{form}").status == 404
        assert page.request.get(f"{site.address}/chats/{chat}.{form}").status == (404 if form == "html" else 200)
    stranger.close()


def test_a_store_that_fails_says_so_and_the_answer_is_there_all_the_same(
    open_library_site: Callable, page: Page
) -> None:
    site = open_library_site()
    (site.settings.index / "chats.db").write_bytes(b"no database at all, " * 50)
    go(page, site.address)
    ask(page, LAMP)
    expect(page.get_by_role("alert").filter(has_text="chats.db")).to_contain_text("move the file away")
    page.get_by_role("button", name=strings.CHATS).click()
    expect(page.get_by_role("dialog")).to_contain_text("move the file away")


def test_the_keyboard_alone_is_enough_for_the_list(open_library_site: Callable, page: Page) -> None:
    go(page, open_library_site().address)
    ask(page, LAMP)
    button = page.get_by_role("button", name=strings.CHATS)
    button.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name=strings.CHATS)
    expect(drawer.get_by_role("textbox", name=strings.FIND_CHATS)).to_be_focused()
    expect(drawer.locator(".fn-chat")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(drawer.locator(".fn-chat-open")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(drawer.get_by_role("textbox", name=strings.CHAT_TITLE)).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(button).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)])
def test_the_list_fits_phones_and_wide_screens(
    open_library_site: Callable, page: Page, scheme: str, width: int, height: int
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": height})
    site = open_library_site()
    go(page, site.address)
    for question in (LAMP, BRIDGE, BAKERY):
        begin(page)
        ask(page, question)
    ask(page, LAMP)
    shot(page, f"chats-answered-{width}-{scheme}")
    drawer = open_list(page)
    box = drawer.bounding_box()
    assert box
    assert box["x"] == 0
    assert box["width"] == (width if width < 561 else 400)
    drawer.locator(".fn-chat-more > summary").nth(1).click()
    drawer.get_by_text(strings.DELETE_CHAT, exact=True).locator("visible=true").click()
    page.wait_for_timeout(300)
    shot(page, f"chats-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert drawer.evaluate("drawer => drawer.scrollWidth <= drawer.clientWidth")
    assert violations(page) == []


# An answer


def test_an_answer_is_copied_with_its_footnotes(open_site: Callable, browser: Browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    go(page, open_site(FakeGenerator(LAMP_ANSWER)).address)
    ask(page, LAMP)
    button = page.get_by_role("button", name=strings.COPY_ANSWER)
    button.click()
    expect(button).to_have_text(strings.COPIED)
    expect(page.locator("#announced")).to_have_text(strings.COPIED)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{LAMP_ANSWER}[^1]")
    assert "\n\n[^1]: *Harbour lamp goes out for the winter*, The Coast Gazette, 3 November 2024. “" in copied
    expect(button).to_have_text(strings.COPY)
    context.close()


def test_a_question_is_asked_again_or_in_other_words_in_the_place_of_the_last(open_site: Callable, page: Page) -> None:
    generator = FakeGenerator(LAMP_ANSWER, LAMP_ANSWER, BRIDGE_ANSWER)
    go(page, open_site(generator).address)
    ask(page, LAMP)
    page.get_by_role("button", name=strings.ASK_AGAIN).click()
    eventually(lambda: len(generator.prompts) == 2)
    expect(page.locator("#current .fn-answered")).to_be_visible()
    expect(page.locator(".fn-exchange")).to_have_count(1)
    expect(page.get_by_role("button", name=strings.ASK, exact=True)).to_be_visible()
    assert "Earlier question" not in generator.prompts[-1][-1].content

    page.get_by_role("button", name=strings.EDIT_QUESTION).click()
    expect(question_box(page)).to_have_value(LAMP)
    expect(question_box(page)).to_be_focused()
    expect(page.locator("#edited")).to_contain_text(strings.EDITING_QUESTION)
    shot(page, "editing-a-question")
    page.get_by_role("button", name=strings.LEAVE_QUESTION).click()
    expect(question_box(page)).to_have_value("")
    expect(page.locator("#edited")).to_be_hidden()
    page.get_by_role("button", name=strings.EDIT_QUESTION).click()
    expect(question_box(page)).to_have_value(LAMP)
    ask(page, BRIDGE)
    expect(page.locator(".fn-exchange")).to_have_count(1)
    expect(page.locator("#edited")).to_be_hidden()
    page.reload()
    expect(page.locator("#current .fn-question p")).to_have_text(BRIDGE)
    expect(page.locator(".fn-exchange")).to_have_count(1)


def test_an_answer_is_not_lost_where_asking_again_comes_to_nothing(open_library_site: Callable, page: Page) -> None:
    site = open_library_site()
    go(page, site.address)
    ask(page, LAMP)
    site.chatbot._generator = FakeGenerator(LAMP_ANSWER, failing_after=0)
    page.get_by_role("button", name=strings.ASK_AGAIN).click()
    expect(page.locator("#current .fn-failed")).to_be_visible()
    page.reload()
    expect(page.locator("#current .fn-answered")).to_be_visible()
    expect(page.locator(".fn-exchange")).to_have_count(1)


def test_going_back_to_an_earlier_answer_shows_its_sources(open_site: Callable, page: Page) -> None:
    go(page, open_site(FakeGenerator(LAMP_ANSWER, BRIDGE_ANSWER, LAMP_ANSWER)).address)
    ask(page, LAMP)
    ask(page, BRIDGE)
    panel = page.locator("#shown")
    expect(panel).to_contain_text("Footbridge over the Ambel opens")
    expect(panel.locator(".fn-chosen")).to_have_count(0)
    page.locator("#past .fn-text").click()
    expect(panel.locator("#answer-1-source-1")).to_be_visible()
    expect(panel.locator(".fn-chosen")).to_contain_text(LAMP)
    shot(page, "sources-of-an-earlier-answer")
    panel.get_by_role("button", name=strings.LATEST_ANSWER).click()
    expect(panel.locator(".fn-chosen")).to_have_count(0)
    expect(panel.locator("#answer-2-source-1")).to_be_visible()

    page.locator("#past").get_by_role("button", name=strings.COPY_ANSWER).focus()
    expect(panel.locator("#answer-1-source-1")).to_be_visible()
    page.locator("#current .fn-mark a").first.click()
    expect(panel.locator("#answer-2-source-1")).to_be_visible()
    page.locator("#past .fn-sentence .fn-mark a").click()
    expect(page.locator("#answer-1-source-1:target")).to_be_visible()
    expect(page.locator("[id=answer-1-source-1]")).to_have_count(1)
    ask(page, LAMP)
    expect(panel.locator(".fn-chosen")).to_have_count(0)
    expect(panel.locator("#answer-3-source-1")).to_be_visible()
