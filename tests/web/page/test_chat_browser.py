"""The page as a reader uses it, in a real browser."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from rag.core.settings import Settings
from rag.core.types import GeneratedText, Message, Usage
from rag.store.feedback import FeedbackStore
from rag.testing import FakeGenerator
from rag.web.i18n import strings

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).parents[3] / "test-results"
LAMP = "Who climbed the steps of the harbour lamp for the last time?"
LAMP_ANSWER = "The keeper, Orla Dunmore, climbed the hundred and four steps for the last time."
OFF_TOPIC = "Which sonata did quantum penguins compose in Reykjavik?"


class SlowGenerator:
    """Writes a word at a time, or reads without a word, until it is stopped; remembers that it was."""

    name = "slow-generator"
    cites_itself = False

    def __init__(self, *, silent: bool = False) -> None:
        self._silent = silent
        self.started = threading.Event()
        self.stopped = threading.Event()

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[GeneratedText]:
        self.started.set()
        written = 0
        try:
            while written < 1200 and not cancelled():
                written += 1
                if not self._silent:
                    yield GeneratedText("steps ", -0.1, Usage(10, written))
                time.sleep(0.05)
        finally:
            if written < 1200:
                self.stopped.set()

    def log_odds(
        self, messages: Sequence[Message], one: str, other: str, cancelled: Callable[[], bool]
    ) -> float | None:
        return None


def go(page: Page, address: str) -> None:
    page.goto(address)
    expect(question_box(page)).to_be_enabled()


def question_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name=strings.QUESTION_LABEL)


def ask(page: Page, question: str) -> None:
    question_box(page).fill(question)
    question_box(page).press("Enter")


def left_edge(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"]


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def answer(page: Page) -> Locator:
    return page.locator("#current .fn-answer")


def test_an_answer_its_footnote_and_the_words_in_the_article(open_site: Callable, page: Page) -> None:
    site = open_site(FakeGenerator(LAMP_ANSWER + " Penguins danced on Mars afterwards."))
    go(page, site.address)
    expect(page).to_have_title(strings.NAME)
    expect(page.get_by_text(strings.TAGLINE)).to_be_visible()
    expect(page.locator(".fn-count")).to_have_text("4 articles")
    expect(page.locator("footer")).to_have_count(0)
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    expect(answer(page).locator(".fn-unsupported")).to_contain_text("Penguins danced on Mars")
    expect(answer(page).locator(".fn-unsupported")).to_contain_text(strings.UNSUPPORTED)
    expect(question_box(page)).to_be_enabled()

    mark = answer(page).locator(".fn-sentence .fn-mark a").first
    expect(mark).to_have_text("[1]")
    mark.click()
    card = page.locator("#answer-1-source-1:target")
    expect(card).to_be_in_viewport()
    expect(card).to_contain_text("Harbour lamp goes out for the winter")
    expect(card).to_contain_text("The Coast Gazette · 3 November 2024")
    expect(card.get_by_role("link", name=strings.READ_ORIGINAL)).to_have_attribute(
        "href", "https://gazette.example/harbour-lamp"
    )
    marked = card.locator("mark").all_text_contents()
    article = site.chatbot.library.article("harbour")
    assert article
    assert marked
    assert all(words in article.text for words in marked)
    assert "Orla Dunmore" in marked[0]
    shot(page, "answered-wide")


def test_the_quote_is_there_while_the_model_reads_and_stop_really_stops(open_site: Callable, page: Page) -> None:
    generator = SlowGenerator()
    go(page, open_site(generator).address)
    ask(page, LAMP)
    expect(answer(page).locator(".fn-quotation mark")).to_contain_text("Orla Dunmore")
    expect(answer(page)).to_have_class(re.compile("fn-writing"))
    expect(answer(page)).to_have_attribute("aria-busy", "true")
    expect(question_box(page)).to_be_disabled()
    shot(page, "streaming-wide")
    page.get_by_role("button", name=strings.STOP).click()
    expect(answer(page)).to_have_class(re.compile("fn-stopped"))
    expect(answer(page)).to_contain_text(strings.STOPPED)
    assert generator.stopped.wait(5)
    expect(question_box(page)).to_be_enabled()
    expect(page.get_by_role("button", name=strings.STOP)).to_be_hidden()


@pytest.mark.parametrize("silent", [False, True])
def test_a_closed_browser_stops_its_answer(open_site: Callable, browser: Browser, silent: bool) -> None:
    generator = SlowGenerator(silent=silent)
    site = open_site(generator)
    context = browser.new_context()
    page = context.new_page()
    go(page, site.address)
    ask(page, LAMP)
    assert generator.started.wait(10)
    context.close()
    assert generator.stopped.wait(15)


def test_a_declined_question_shows_the_nearest_passages(open_site: Callable, page: Page) -> None:
    go(page, open_site().address)
    ask(page, OFF_TOPIC)
    expect(answer(page)).to_have_class(re.compile("fn-declined"))
    expect(answer(page)).to_contain_text("The articles do not mention “Reykjavik”")
    panel = page.locator("#shown")
    expect(panel.get_by_role("heading", name=strings.NEAREST)).to_be_visible()
    expect(panel.locator("details[open]")).to_have_count(3)
    expect(panel.locator(".fn-shortfall")).to_have_count(3)
    shot(page, "declined-wide")


def test_a_verdict_and_what_would_be_right_are_kept(open_site: Callable, page: Page, web_settings: Settings) -> None:
    before = len(FeedbackStore(web_settings.index).all())
    go(page, open_site().address)
    expect(page.get_by_role("button", name="Wrong", exact=True)).to_be_hidden()
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    shot(page, "verdict")
    page.get_by_role("button", name="Wrong", exact=True).click()
    expect(page.locator("#thanks")).to_contain_text(strings.THANKS)
    page.get_by_label(strings.COMMENT_LABEL).fill("It was Pim Hallow")
    shot(page, "verdict-comment")
    page.get_by_role("button", name=strings.SEND).click()
    expect(page.get_by_label(strings.COMMENT_LABEL)).to_be_hidden()

    first, second = FeedbackStore(web_settings.index).all()[before:]
    assert (first.verdict, first.question, first.comment) == ("wrong", LAMP, "")
    assert (second.verdict, second.comment) == ("wrong", "It was Pim Hallow")
    assert LAMP_ANSWER.removesuffix(".") in second.answer["answer"]

    ask(page, OFF_TOPIC)
    expect(page.locator("#thanks")).to_be_empty()


def test_a_follow_up_carries_the_answered_question(open_site: Callable, page: Page) -> None:
    generator = FakeGenerator(LAMP_ANSWER, "Orla Dunmore locked the gallery door behind her.")
    go(page, open_site(generator).address)
    ask(page, OFF_TOPIC)
    expect(answer(page)).to_have_class(re.compile("fn-declined"))
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    expect(question_box(page)).to_be_enabled()
    ask(page, "And who locked it?")
    expect(page.locator("#answer-3 .fn-answered")).to_be_visible()
    prompt = generator.prompts[-1][-1].content
    assert f"Earlier question: {LAMP}" in prompt
    assert OFF_TOPIC not in prompt
    expect(page.locator("#past .fn-exchange")).to_have_count(2)

    earlier = page.locator("#past #answer-2 .fn-sentence .fn-mark a")
    earlier.click()
    expect(page.locator("#answer-2-source-1:target")).to_be_in_viewport()
    expect(page.locator("#answer-2-source-1 .fn-passage")).to_be_visible()
    assert left_edge(page, "#earlier") == left_edge(page, "#shown")


def test_a_new_question_takes_the_highlight_off_and_links_work_at_any_address(open_site: Callable, page: Page) -> None:
    address = open_site(FakeGenerator(LAMP_ANSWER, LAMP_ANSWER)).address
    go(page, address + "/?__theme=dark")
    ask(page, LAMP)
    mark = answer(page).locator(".fn-sentence .fn-mark a")
    mark.click()
    expect(page.locator("#answer-1-source-1:target")).to_be_in_viewport()
    page.locator("#answer-1-source-1 summary").click()
    expect(page.locator("#answer-1-source-1 .fn-passage")).to_be_hidden()
    mark.click()
    expect(page.locator("#answer-1-source-1 .fn-passage")).to_be_visible()
    expect(question_box(page)).to_be_enabled()
    ask(page, LAMP)
    expect(page.locator("#answer-2 .fn-answered")).to_be_visible()
    expect(page.locator(":target")).to_have_count(0)
    assert re.fullmatch(re.escape(address + "/?__theme=dark&chat=") + r"[\w-]+", page.url)


def test_a_suggested_question_is_asked_when_clicked(open_site: Callable, page: Page) -> None:
    go(page, open_site().address)
    suggestions = page.locator("#suggestions button")
    expect(suggestions).to_have_count(3)
    suggestion = page.get_by_role("button", name="Harbour lamp goes out for the winter")
    wording = suggestion.inner_text()
    suggestion.click()
    expect(page.locator("#current .fn-question")).to_contain_text(wording)
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    expect(suggestions.locator("visible=true")).to_have_count(0)


def test_scripts_and_turned_text_are_shown_and_never_run(open_site: Callable, page: Page) -> None:
    hostile = (
        "<img src=x onerror='window.hacked=4'> When does the ferry leave? [x](javascript:window.hacked=5) \u202eabc"
    )
    go(
        page,
        open_site(
            FakeGenerator("The ferry to Saint Osk leaves at seven. See <script>window.hacked=6</script>")
        ).address,
    )
    expect(page.locator("#suggestions")).to_contain_text("<script>window.hacked = 1</script> The pier")
    ask(page, hostile)
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    expect(page.locator("#current .fn-question p")).to_have_text(hostile.replace("\u202e", ""))
    card = page.locator("#answer-1-source-1")
    expect(card).to_contain_text("<script>window.hacked = 1</script> The pier & its <b>ferry</b>")
    expect(card).to_contain_text("<img src=x onerror='window.hacked = 2'>")
    expect(card.locator("a[target=_blank]")).to_have_count(0)
    assert page.locator(":is(#conversation, #sources) :is(img, script, b, i)").count() == 0
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize(
    ("question", "sentence"),
    [("   ", "The question is empty. Type a question about the articles."), ("x" * 5000, "at most 4,000 are read")],
)
def test_a_question_that_cannot_be_asked_gets_a_sentence(
    open_site: Callable, page: Page, question: str, sentence: str
) -> None:
    go(page, open_site().address)
    ask(page, question)
    expect(answer(page)).to_contain_text(sentence)
    expect(question_box(page)).to_be_enabled()


def test_a_model_that_fails_gets_a_sentence_and_the_next_question_works(open_site: Callable, page: Page) -> None:
    generator = FakeGenerator(LAMP_ANSWER, LAMP_ANSWER, failing_after=3)
    go(page, open_site(generator).address)
    ask(page, LAMP)
    expect(answer(page)).to_contain_text("The answering model failed. Ask again.")
    expect(page.locator("body")).not_to_contain_text("Traceback")
    expect(question_box(page)).to_be_enabled()
    generator._failing_after = None
    ask(page, LAMP)
    expect(page.locator("#answer-2 .fn-answered")).to_be_visible()


def test_the_keyboard_alone_is_enough(open_site: Callable, page: Page) -> None:
    go(page, open_site(FakeGenerator(LAMP_ANSWER)).address)
    question_box(page).focus()
    page.keyboard.type(LAMP)
    page.keyboard.press("Enter")
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    expect(question_box(page)).to_be_focused()
    mark = answer(page).locator(".fn-sentence .fn-mark a")
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if mark.evaluate("mark => mark === document.activeElement"):
            break
    expect(mark).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#answer-1-source-1:target summary")).to_be_focused()


def test_what_screen_readers_need_is_there(open_site: Callable, page: Page) -> None:
    go(page, open_site().address)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#announced[aria-live=polite]")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_contain_text(strings.NAME)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)])
def test_it_fits_phones_and_wide_screens_in_light_and_dark(
    open_site: Callable, page: Page, scheme: str, width: int, height: int
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": height})
    go(page, open_site(FakeGenerator(LAMP_ANSWER)).address)
    shot(page, f"empty-{width}-{scheme}")
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    expect(question_box(page)).to_be_enabled()
    shot(page, f"answered-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    conversation, sources = (page.locator(f"#{name}").bounding_box() for name in ("conversation", "sources"))
    assert conversation
    assert sources
    beside = sources["x"] >= conversation["x"] + conversation["width"]
    assert beside == (width >= 900)
    red, *_ = map(int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor")))
    assert (red < 60) == (scheme == "dark")
