"""The report as an evaluator uses it: opened from disk, in a real browser, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from rag.evaluation.report.html_report import write_report
from tests.evaluation.sample_results import HOSTILE, QUOTE, Json, answer, one_of_each, result, row, source

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).parents[3] / "test-results"
Open = Callable[[Json], Page]


@pytest.fixture
def open_report(context: BrowserContext, tmp_path: Path) -> Iterator[Open]:
    """Opens the report of a result. It asked for nothing but its own file, and logged no error, by the test's end."""
    page = context.new_page()
    requested: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def open_one(written: Json) -> Page:
        page.goto(write_report(written, tmp_path / "report").as_uri())
        return page

    yield open_one
    assert requested, "the page was never opened"
    assert [url for url in requested if not url.startswith(("file:", "data:"))] == []
    assert complaints == []


def many(count: int) -> Json:
    """A result with questions of all verdicts in turn."""
    verdicts = ("right", "right", "declined_right", "declined_wrong", "wrong", "answered_unanswerable", "failed")
    rows = []
    for at in range(count):
        total_ms = 1000.0 + (at * 37) % 5000
        verdict = verdicts[at % len(verdicts)]
        made = row(f"q{at:04}", verdict)
        if made["answer"]:
            made["answer"] |= {"timings": made["answer"]["timings"] | {"total_ms": total_ms}}
        rows.append(made)
    return result(*rows)


def openers(page: Page) -> Locator:
    return page.locator(".row .open")


def verdicts_shown(page: Page) -> list[str]:
    return page.locator(".row .badge").all_text_contents()


def column(page: Page, name: str) -> Locator:
    return page.locator(".list").get_by_role("columnheader", name=name)


def times_shown(page: Page) -> list[str]:
    return page.locator(".row .c-total").all_text_contents()


def seconds(time: str) -> float:
    value, unit = time.split()
    return float(value) / (1000 if unit == "ms" else 1)


def shown(page: Page) -> Locator:
    return page.locator("#shown")


def chip(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}\s*[\d,]+$"))


def test_failures_come_first(open_report: Open) -> None:
    page = open_report(one_of_each())
    expect(page).to_have_title("Trust 75.0% · 6 questions · Footnote evaluation")
    assert verdicts_shown(page) == [
        *("Failed", "Should have declined", "Wrong", "Wrongly declined"),
        *("Right", "Rightly declined"),
    ]
    expect(shown(page)).to_have_text("6 questions")


def test_filters_and_their_counts(open_report: Open) -> None:
    page = open_report(many(70))
    chip(page, "All failures").click()
    expect(chip(page, "All failures")).to_have_text("All failures40")
    expect(chip(page, "All failures")).to_have_attribute("aria-pressed", "true")
    expect(shown(page)).to_have_text("40 of 70 questions")
    chip(page, "Wrong").click()
    assert set(verdicts_shown(page)) == {"Wrong"}
    expect(chip(page, "unanswerable")).to_have_text("unanswerable0")
    chip(page, "unanswerable").click()
    expect(page.get_by_text("No question matches.")).to_be_visible()
    page.get_by_role("button", name="Clear the filters").click()
    expect(shown(page)).to_have_text("70 questions")
    page.get_by_role("searchbox").fill("oven Q0033")
    expect(shown(page)).to_have_text("1 of 70 questions")
    expect(chip(page, "All")).to_have_text("All1")


def test_sorting_both_ways(open_report: Open) -> None:
    page = open_report(many(50))
    head = column(page, "Time")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    *measured, last = times_shown(page)
    assert last == "", "what was not measured comes last"
    rising = [seconds(time) for time in measured if time]
    assert rising == sorted(rising)
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    *turned, last = times_shown(page)
    assert last == ""
    assert [seconds(time) for time in turned if time] == rising[::-1]
    column(page, "Question").get_by_role("button").click()
    expect(head).not_to_have_attribute("aria-sort", re.compile("."))
    questions = openers(page).all_text_contents()
    assert questions == sorted(questions)


def test_a_row_opens_to_its_answer_and_the_quoted_words(open_report: Open) -> None:
    history = [{"question": "Is there an oven?", "answer": "There is one."}]
    sentences = [
        {"text": "The oven was built in 1921.", "citations": [1], "support": 0.9},
        {"text": "It is blue.", "citations": [], "support": 0.1},
    ]
    page = open_report(
        result(
            row(
                "a",
                history=history,
                answer=answer(sentences=sentences) | {"answer": "The oven was built in 1921. It is blue."},
            )
        )
    )
    openers(page).click()
    detail = page.locator(".detail")
    expect(detail).to_contain_text("Is there an oven?")
    expect(detail.locator(".doubtful")).to_contain_text("It is blue. not found in the articles")
    expect(detail.locator(".golds")).to_have_text("1921")
    cited = detail.locator(".source").first
    expect(cited.locator("mark")).to_have_text(QUOTE)
    expect(cited.locator("mark .goldword")).to_have_text("1921")
    expect(cited).to_contain_text("The Coast Gazette · 2024-09-14")
    expect(cited.get_by_role("link", name="Read the original")).to_have_attribute(
        "href", "https://gazette.example/oven"
    )
    expect(detail.get_by_role("heading", name="Also read, not cited")).to_be_visible()
    expect(detail.locator(".ranking .gold")).to_contain_text("2 oven")
    detail.get_by_role("link", name="Source 1").click()
    expect(cited.locator("summary")).to_be_focused()


def test_the_keyboard_alone_is_enough(open_report: Open) -> None:
    page = open_report(one_of_each())
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Tab")
    expect(chip(page, "All")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(chip(page, "All failures")).to_have_attribute("aria-pressed", "true")
    expect(chip(page, "All failures")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        if openers(page).first.evaluate("one => one === document.activeElement"):
            break
    expect(openers(page).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(openers(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(openers(page).nth(1)).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".detail")).to_be_visible()
    page.keyboard.press("Space")
    expect(openers(page).nth(1)).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".detail")).to_be_hidden()


def test_a_metric_says_what_it_means(open_report: Open) -> None:
    page = open_report(one_of_each())
    term = page.locator(".card .term", has_text="Trust")
    tooltip = term.locator("[role=tooltip]")
    expect(tooltip).to_be_hidden()
    term.focus()
    expect(tooltip).to_be_visible()
    term.press("Enter")
    expect(page.locator("#means-trust:target")).to_be_in_viewport()


def test_hostile_text_is_shown_and_never_run(open_report: Open) -> None:
    bad = answer(HOSTILE, sources=[source(title=HOSTILE, text=HOSTILE, url="javascript:window.hacked=3")])
    hostile = row("a", question=HOSTILE, type=HOSTILE, answers=[HOSTILE, "(", "\\"], answer=bad)
    page = open_report(result(hostile, row("b", "failed", error=HOSTILE), settings={HOSTILE: HOSTILE}))
    straight = HOSTILE.replace("\u202e", "")
    for at in range(2):
        openers(page).nth(at).click()
    expect(openers(page).nth(1)).to_have_text(straight)
    expect(page.locator(".detail .failure")).to_have_text(straight)
    expect(page.locator(".detail .answer")).to_contain_text(straight)
    expect(page.locator(".source a")).to_have_count(0)
    assert page.locator("main :is(img, script)").count() == 0
    assert page.evaluate("window.hacked") is None


def test_five_thousand_questions_are_drawn_as_they_are_needed(open_report: Open) -> None:
    page = open_report(many(5000))
    expect(shown(page)).to_have_text("5,000 questions")
    assert openers(page).count() < 300
    drawn = openers(page).count()
    page.locator("#more").scroll_into_view_if_needed()
    expect(openers(page).nth(drawn)).to_be_attached()
    page.get_by_role("searchbox").fill("q4999")
    expect(shown(page)).to_have_text("1 of 5,000 questions")
    expect(page.locator("#more")).to_be_hidden()


def test_a_run_of_the_search_alone(open_report: Open) -> None:
    page = open_report(
        result(row("a", "retrieved"), row("b", "retrieved", ranked=[{"article_id": "x", "gold": False}]))
    )
    assert verdicts_shown(page) == ["Gold not found", "Gold found"]
    expect(column(page, "Verdict")).to_have_count(1)
    expect(column(page, "Answer")).to_have_count(0)
    openers(page).first.click()
    expect(page.locator(".detail")).to_contain_text("Not asked for")


def test_no_question_at_all(open_report: Open) -> None:
    page = open_report(result(by_type={}))
    expect(page.get_by_text("No question matches.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1100, 900), (1440, 1000)])
def test_it_fits_phones_and_wide_screens_in_light_and_dark(
    open_report: Open, context: BrowserContext, scheme: str, width: int, height: int
) -> None:
    page = open_report(many(40))
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": height})
    SCREENSHOTS.mkdir(exist_ok=True)
    for name in ("title", "plots", "questions"):
        page.locator(f"#{name}").scroll_into_view_if_needed()
        if name == "questions":
            openers(page).nth(12).click()
            expect(page.locator(".detail")).to_be_visible()
            box = openers(page).first.bounding_box()
            assert box
            assert box["width"] > 160
        page.screenshot(path=SCREENSHOTS / f"report-{name}-{width}-{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    red, *_ = map(int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor")))
    assert (red < 60) == (scheme == "dark")
