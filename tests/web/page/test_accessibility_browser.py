"""axe-core finds nothing to mend, in any state of the page; and what it cannot find out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Locator, Page, expect
from pydantic import SecretStr

from rag.core.settings import Settings
from rag.testing import FakeGenerator
from rag.web.i18n import strings
from tests.web.held_generator import HeldGenerator

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).parents[3] / "test-results" / "screenshots"
LAMP = "Who climbed the steps of the harbour lamp for the last time?"
LAMP_ANSWER = "The keeper, Orla Dunmore, climbed the hundred and four steps for the last time."
OFF_TOPIC = "Which sonata did quantum penguins compose in Reykjavik?"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""All of WCAG 2.2 A and AA, targets of 24 pixels among them, and what axe's makers think best."""
LOOKS = [("light", 390, 844), ("dark", 390, 844), ("light", 1440, 900), ("dark", 1440, 900)]
SETTLED = """() => !document.querySelector('.loading')
    && document.getAnimations().every(one => one.playState !== 'running' || one.effect.getTiming().iterations > 9)
"""


def violations(page: Page) -> list[str]:
    """Each rule that is broken, with where and how."""
    page.wait_for_function(SETTLED)
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", RULES)["violations"]
    return [f"{rule['id']}: {node['target']}: {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def question_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name=strings.QUESTION_LABEL)


def ask(page: Page, question: str) -> None:
    expect(question_box(page)).to_be_enabled()
    question_box(page).fill(question)
    question_box(page).press("Enter")


def answer(page: Page) -> Locator:
    return page.locator("#current .fn-answer")


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def looked_at(request: pytest.FixtureRequest, page: Page) -> Iterator[Callable[[str], None]]:
    """A function that has axe look at the page, in one scheme and size, and takes its picture."""
    scheme, width, height = request.param
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": height})
    found: list[str] = []
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def look(state: str) -> None:
        found.extend(f"{state}: {one}" for one in violations(page))
        page.screenshot(path=SCREENSHOTS / f"{state}-{width}-{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{state} is wider than the window"

    yield look
    assert found == []


def test_asking_and_answering(open_site: Callable, page: Page, looked_at: Callable[[str], None]) -> None:
    generator = HeldGenerator(LAMP_ANSWER + " Penguins danced on Mars afterwards.", LAMP_ANSWER, LAMP_ANSWER)
    page.goto(open_site(generator).address)
    expect(question_box(page)).to_be_enabled()
    looked_at("empty")
    page.locator(".fn-appearance > summary").click()
    looked_at("appearance")
    page.keyboard.press("Escape")
    page.locator("#filters > .label-wrap").click()
    page.locator("#only-tags input").click()
    page.get_by_role("option").first.click()
    expect(page.locator("#clear")).to_be_visible()
    looked_at("filters")
    page.locator("#clear").click()
    page.locator("#filters > .label-wrap").click()
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-writing"))
    looked_at("writing")
    page.get_by_role("button", name=strings.STOP).click()
    expect(answer(page)).to_have_class(re.compile("fn-stopped"))
    looked_at("stopped")
    generator.go.set()
    ask(page, LAMP)
    expect(page.locator("#current #answer-2 .fn-answered")).to_be_visible()
    page.locator("#current .fn-mark a").first.click()
    looked_at("answered")
    page.get_by_role("button", name=strings.VERDICTS["wrong"], exact=True).click()
    expect(page.get_by_label(strings.COMMENT_LABEL)).to_be_visible()
    looked_at("feedback")
    ask(page, OFF_TOPIC)
    expect(page.locator("#current #answer-3 .fn-declined")).to_be_visible()
    looked_at("declined")
    page.locator("#shown [data-read]").first.click()
    expect(page.locator("#cited-dialog")).to_be_visible()
    looked_at("reader")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=strings.CHATS, exact=True).click()
    expect(page.locator("#chats-dialog .fn-chat")).to_have_count(1)
    looked_at("history")


def test_in_arabic(open_site: Callable, page: Page, looked_at: Callable[[str], None]) -> None:
    page.goto(open_site(FakeGenerator(LAMP_ANSWER)).address + "/language/ar")
    box = page.locator("#question textarea")
    expect(box).to_be_enabled()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    looked_at("arabic-empty")
    box.fill(LAMP)
    box.press("Enter")
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    looked_at("arabic-answered")
    bubble, column = (page.locator(name).bounding_box() for name in (".fn-question p", "#conversation"))
    assert bubble and column
    assert bubble["x"] == pytest.approx(column["x"], abs=2), "the question stands at the end of the line, which is left"


def test_failing(open_site: Callable, page: Page, looked_at: Callable[[str], None]) -> None:
    page.goto(open_site(FakeGenerator(LAMP_ANSWER, failing_after=3)).address)
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-failed"))
    looked_at("failed")


def test_the_library(open_library_site: Callable, page: Page, looked_at: Callable[[str], None]) -> None:
    page.goto(open_library_site().address + "/#library")
    expect(page.locator(".fn-row")).to_have_count(4)
    looked_at("library")
    files = [
        {"name": "whale.md", "mimeType": "", "buffer": b"# A whale\n\nA grey whale was seen off Vellmouth."},
        {"name": "broken.pdf", "mimeType": "", "buffer": b"%PDF-1.7\nnothing of the kind"},
    ]
    page.get_by_label(strings.ADD_ARTICLES).set_input_files(files)
    expect(page.locator("#work .fn-partly")).to_be_visible()
    looked_at("added")
    page.locator(".fn-row", has_text="Harbour lamp").click()
    expect(page.locator(".fn-article h2")).to_be_focused()
    page.locator(".fn-remove summary").click()
    looked_at("article")


def test_logging_in(open_library_site: Callable, page: Page, looked_at: Callable[[str], None]) -> None:
    page.goto(open_library_site(viewer_password=SecretStr("a password for the readers")).address)
    expect(page.get_by_role("heading", name=strings.LOG_IN)).to_be_visible()
    looked_at("login")


# What axe does not look for


def test_regions_have_names_and_headings_are_in_order(open_site: Callable, page: Page) -> None:
    page.goto(open_site(FakeGenerator(LAMP_ANSWER)).address)
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    for role, name in (
        ("region", strings.CONVERSATION),
        ("region", strings.SOURCES),
        ("search", strings.QUESTION_LABEL),
    ):
        expect(page.get_by_role(role, name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("navigation", name=strings.VIEWS)).to_be_visible()
    levels = page.locator(":is(h1, h2, h3, h4):visible").evaluate_all("all => all.map(one => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_an_answer_is_announced_as_a_whole_and_not_by_the_word(open_site: Callable, page: Page) -> None:
    generator = HeldGenerator(LAMP_ANSWER)
    page.goto(open_site(generator).address)
    expect(question_box(page)).to_be_enabled()
    page.evaluate(
        """() => {
            window.announced = [];
            const line = document.getElementById("announced");
            new MutationObserver(() => window.announced.push(line.textContent))
                .observe(line, {childList: true, characterData: true, subtree: true});
        }"""
    )
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-writing"))
    expect(answer(page)).to_have_attribute("aria-busy", "true")
    generator.go.set()
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    expect(page.locator("#announced")).to_contain_text(LAMP_ANSWER)
    announced = page.evaluate("window.announced")
    assert len(announced) <= 3, announced
    assert any(strings.THE_ARTICLES_SAY in one and "locked the gallery door" in one for one in announced)
    expect(page.locator("#current [aria-live], #current [role=log], #current [role=status]")).to_have_count(0)
    ask(page, OFF_TOPIC)
    expect(page.locator("#announced")).to_contain_text("The articles do not mention “Reykjavik”")


@pytest.mark.parametrize(("width", "letters"), [(320, 100), (720, 100), (1280, 200)], ids=["400 %", "200 %", "letters"])
def test_everything_is_there_at_great_magnification(open_site: Callable, page: Page, width: int, letters: int) -> None:
    page.set_viewport_size({"width": width, "height": 512})
    page.goto(open_site(FakeGenerator(LAMP_ANSWER)).address)
    page.evaluate("letters => document.documentElement.style.fontSize = `${letters}%`", letters)
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".fn-answer, .fn-card[open], #composer, #top, #feedback")]
            .filter((one) => one.offsetParent && one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => one.id || one.className)"""
    )
    assert cut == []
    page.get_by_role("link", name=strings.VIEW_NAMES["library"]).click()
    expect(page.locator(".fn-row").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_who_wants_no_motion_gets_none_and_forced_colours_keep_what_is_marked(
    open_site: Callable, browser: Browser
) -> None:
    generator = HeldGenerator(LAMP_ANSWER)
    context = browser.new_context(reduced_motion="reduce", forced_colors="active")
    page = context.new_page()
    page.goto(open_site(generator).address)
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-writing"))
    page.wait_for_timeout(100)
    moving = """() => document.getAnimations().filter((one) => one.playState === "running")
        .map((one) => one.animationName ?? one.transitionProperty)"""
    assert page.evaluate(moving) == []
    generator.go.set()
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    colours = page.locator(".fn-passage mark").first.evaluate(
        "mark => [mark, mark.parentElement].map(one => getComputedStyle(one).backgroundColor)"
    )
    assert colours[0] != colours[1]
    page.screenshot(path=SCREENSHOTS / "forced-colours.png")
    context.close()


def test_on_paper_there_is_what_was_said_dark_on_light(open_site: Callable, page: Page, web_settings: Settings) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(open_site(FakeGenerator(LAMP_ANSWER)).address)
    ask(page, LAMP)
    expect(answer(page)).to_have_class(re.compile("fn-answered"))
    page.emulate_media(color_scheme="dark", media="print")
    for shown in (answer(page), page.locator(".fn-passage").first, page.get_by_role("heading", level=1)):
        expect(shown).to_be_visible()
    for hidden in ("#asking", "#feedback", "#views", "#appearance"):
        expect(page.locator(hidden)).to_be_hidden()
    colour = page.locator(".fn-text").evaluate("text => getComputedStyle(text).color")
    assert max(map(int, re.findall(r"\d+", colour))) < 80
