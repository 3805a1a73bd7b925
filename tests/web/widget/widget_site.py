"""A served library, the portal that shows its widget, and what a test does with the widget."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from rag.core.settings import Settings
from rag.web.embed.store import Embed, EmbedStore
from rag.web.i18n import strings
from tests.web.widget.portal_server import Portal

LAMP = "Who climbed the steps of the harbour lamp for the last time?"
LAMP_ANSWER = "The keeper, Orla Dunmore, climbed the hundred and four steps for the last time."
OFF_TOPIC = "Which sonata did quantum penguins compose in Reykjavik?"
EVENTS = """
window.told = [];
for (const type of ["ready", "open", "close", "answer", "citation", "error", "token-expired"]) {
  addEventListener(`footnote:${type}`, (event) => window.told.push([type, event.detail]));
}
"""
"""A script of the portal that keeps what the widget tells."""


@dataclass(frozen=True)
class WidgetSite:
    """Footnote at ``portal.footnote``, and a portal that one of its embeds is for."""

    portal: Portal
    embed: Embed
    embeds: EmbedStore
    settings: Settings

    def element(self, attributes: str = "", mode: str = "inline") -> str:
        return f'<footnote-chat mode="{mode}" embed="{self.embed.id}" token-url="/token" {attributes}></footnote-chat>'

    def open(self, page: Page, body: str = "", script: str = EVENTS, **more: object) -> None:
        """Go to a page of the portal with this body, or else with the widget inline."""
        page.goto(self.portal.show(body or f"<main><h1>Portal</h1>{self.element()}</main>", script, **more))  # type: ignore[arg-type]


def question_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name=strings.QUESTION_LABEL)


def ask(page: Page, question: str, stage: str = "answered") -> Locator:
    """Ask, and wait until the answer has come so far; gives the exchange."""
    question_box(page).fill(question)
    question_box(page).press("Enter")
    latest = page.locator("footnote-chat .exchange").last
    expect(latest).to_have_attribute("data-stage", stage)
    return latest


def told(page: Page, kind: str) -> list[dict]:
    """The details of the events of a kind that came until now."""
    return [detail for name, detail in page.evaluate("window.told") if name == kind]


def wait_until(page: Page, condition: str, argument: object = None) -> None:
    """Wait for a function of JavaScript to give true; Playwright's own way would need a policy that allows eval."""
    for _ in range(300):
        if page.evaluate(condition, argument):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"It never came about: {condition}")
