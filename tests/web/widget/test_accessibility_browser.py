"""axe-core finds nothing to mend on a page with the widget, in any of its states; and what it cannot find out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from rag.testing import FakeGenerator
from rag.web.i18n import strings
from tests.web.held_generator import HeldGenerator
from tests.web.widget.widget_site import EVENTS, LAMP, LAMP_ANSWER, OFF_TOPIC, ask, question_box, wait_until

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).parents[3] / "test-results" / "screenshots"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [("light", 390, 844), ("dark", 390, 844), ("light", 1280, 900), ("dark", 1280, 900)]
INSIDE = "document.querySelector('footnote-chat').shadowRoot"
SETTLED = f"""() => [...document.getAnimations(), ...{INSIDE}.getAnimations()]
    .every((one) => one.playState !== "running" || one.effect.getTiming().iterations > 9)"""
HEARD = f"""() => {{
    window.heard = [];
    new MutationObserver((changes) => {{
        for (const change of changes) for (const line of change.addedNodes) window.heard.push(line.textContent);
    }}).observe({INSIDE}.querySelector("[role=log]"), {{ childList: true }});
}}"""


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def looked_at(request: pytest.FixtureRequest, page: Page) -> Iterator[Callable[[str], None]]:
    """A function that has axe look at the page, in one scheme and size, and takes its picture."""
    scheme, width, height = request.param
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": height})
    found: list[str] = []
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def look(state: str) -> None:
        wait_until(page, SETTLED)
        page.evaluate(AXE_SCRIPT)
        broken = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", RULES)["violations"]
        found.extend(f"{state}: {rule['id']}: {node['target']}" for rule in broken for node in rule["nodes"])
        page.screenshot(path=SCREENSHOTS / f"widget-{state}-{width}-{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{state} is wider than the window"

    yield look
    assert found == []


@pytest.mark.parametrize("mode", ["launcher", "inline"])
def test_asking_and_answering(open_portal: Callable, page: Page, looked_at: Callable[[str], None], mode: str) -> None:
    generator = HeldGenerator(LAMP_ANSWER + " Penguins danced on Mars afterwards.")
    site = open_portal(generator)
    site.open(page, f"<main><h1>Portal</h1><p>Welcome.</p></main>{site.element(mode=mode)}")
    if mode == "launcher":
        looked_at("launcher-closed")
        page.locator("footnote-chat .launcher").click()
    expect(page.locator("footnote-chat .suggestion")).to_have_count(3)
    looked_at(f"{mode}-empty")
    latest = ask(page, LAMP, "writing")
    looked_at(f"{mode}-writing")
    generator.go.set()
    expect(latest).to_have_attribute("data-stage", "answered")
    latest.locator(".text .mark").click()
    latest.locator("details.sources > summary").click()
    looked_at(f"{mode}-answered")
    latest.get_by_role("button", name=strings.OPEN_ARTICLE).first.click()
    expect(page.locator("footnote-chat .prose mark")).to_be_visible()
    looked_at(f"{mode}-article")
    page.get_by_role("button", name=strings.WIDGET["back"]).click()
    ask(page, OFF_TOPIC, "declined")
    looked_at(f"{mode}-declined")


def test_failing_and_in_arabic(open_portal: Callable, page: Page, looked_at: Callable[[str], None]) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER, failing_after=3))
    site.open(page, f"<main><h1>Portal</h1>{site.element('lang=ar')}</main>")
    box = page.get_by_role("textbox", name="سؤالك")
    box.fill(LAMP)
    box.press("Enter")
    expect(page.locator("footnote-chat .exchange")).to_have_attribute("data-stage", "failed")
    looked_at("arabic-failed")


def test_in_a_frame(open_portal: Callable, page: Page, looked_at: Callable[[str], None]) -> None:
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    page.goto(f"{site.portal.footnote}/embed/{site.embed.id}")
    ask(page, LAMP)
    looked_at("frame")


def test_an_answer_is_announced_as_a_whole_and_not_by_the_word(open_portal: Callable, page: Page) -> None:
    generator = HeldGenerator(LAMP_ANSWER + " Penguins danced on Mars afterwards.")
    open_portal(generator).open(page)
    expect(question_box(page)).to_be_visible()
    page.evaluate(HEARD)
    latest = ask(page, LAMP, "writing")
    generator.go.set()
    expect(latest).to_have_attribute("data-stage", "answered")
    ask(page, OFF_TOPIC, "declined")
    heard = page.evaluate("window.heard")
    assert len(heard) <= 6, heard
    assert heard[0] == strings.SEARCHING
    assert any(line.startswith(f"{strings.THE_ARTICLES_SAY}: The keeper, Orla Dunmore") for line in heard)
    assert f"{LAMP_ANSWER} Penguins danced on Mars afterwards. ({strings.UNSUPPORTED})" in heard
    assert heard[-1].startswith(f"{strings.DECLINED}. The articles do not mention")
    live = page.locator("footnote-chat :is([aria-live], [role=log], [role=status], [role=alert])")
    assert live.evaluate_all("all => all.map((one) => one.className)") == ["note", "unseen"]


def test_a_kept_conversation_is_not_read_out(open_portal: Callable, page: Page) -> None:
    open_portal(FakeGenerator(LAMP_ANSWER)).open(page)
    ask(page, LAMP)
    page.reload()
    latest = page.locator("footnote-chat .exchange")
    expect(latest).to_have_attribute("data-stage", "answered")
    page.evaluate(HEARD)
    latest.get_by_role("button", name=strings.VERDICTS["right"]).click()
    expect(latest.get_by_text(strings.THANKS)).to_be_focused()
    assert page.evaluate("window.heard") == []


@pytest.mark.parametrize(("width", "letters"), [(320, 16), (320, 32), (1280, 32)])
def test_everything_is_there_at_great_magnification(
    open_portal: Callable, page: Page, width: int, letters: int
) -> None:
    page.set_viewport_size({"width": width, "height": 512})
    site = open_portal(FakeGenerator(LAMP_ANSWER))
    styles = f"html {{ font-size: {letters}px; }} main {{ font-size: 1rem; }}"
    site.open(page, site.element(mode="launcher"), EVENTS, styles=styles)
    page.locator("footnote-chat .launcher").click()
    ask(page, LAMP).locator(".text .mark").click()
    cut = page.evaluate(
        f"""() => [...{INSIDE}.querySelectorAll(".answer, .card, .composer *, .top *")]
            .filter((one) => one.offsetParent && one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => one.className)"""
    )
    assert cut == []
    targets = page.evaluate(
        f"""() => [...{INSIDE}.querySelectorAll("button:not(.mark):not(.link)")]
            .filter((one) => one.offsetParent && Math.min(one.offsetWidth, one.offsetHeight) < 40)
            .map((one) => one.className)"""
    )
    assert targets == []


def test_who_wants_no_motion_gets_none_and_forced_colours_keep_what_is_marked(
    open_portal: Callable, browser: Browser
) -> None:
    generator = HeldGenerator(LAMP_ANSWER)
    with browser.new_context(reduced_motion="reduce", forced_colors="active", locale="en-GB") as context:
        page = context.new_page()
        open_portal(generator).open(page)
        latest = ask(page, LAMP, "writing")
        page.wait_for_timeout(100)
        assert page.evaluate(f"{INSIDE}.getAnimations().filter((one) => one.playState === 'running').length") == 0
        generator.go.set()
        expect(latest).to_have_attribute("data-stage", "answered")
        latest.locator(".text .mark").click()
        colours = latest.locator(".card mark").first.evaluate(
            "mark => [mark, mark.parentElement].map(one => getComputedStyle(one).backgroundColor)"
        )
        assert colours[0] != colours[1]
        page.screenshot(path=SCREENSHOTS / "widget-forced-colours.png")
