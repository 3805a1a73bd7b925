"""Logging in and out as people do, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from rag.web.i18n import strings

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).parents[3] / "test-results"
VIEWER, EDITOR = "correct horse battery", "staple of the editors"
PASSWORDS = {"viewer_password": SecretStr(VIEWER), "editor_password": SecretStr(EDITOR)}


def type_password(page: Page, password: str) -> None:
    """Type it where the cursor is, as the login opens with it in the field."""
    expect(page.get_by_label(strings.PASSWORD)).to_be_focused()
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def expect_chat(page: Page) -> None:
    expect(page.get_by_role("textbox", name=strings.QUESTION_LABEL)).to_be_enabled()


@pytest.fixture
def tolerant_page(browser: Browser) -> Iterator[Page]:
    """A page that may be refused something."""
    with browser.new_context() as context:
        yield context.new_page()


def test_a_reader_logs_in_by_keyboard_asks_and_logs_out(open_library_site: Callable, page: Page) -> None:
    site = open_library_site(**PASSWORDS)
    page.goto(f"{site.address}/?from=mail")
    expect(page).to_have_title(f"{strings.LOG_IN} · {strings.NAME}")
    type_password(page, VIEWER)
    expect_chat(page)
    assert page.url == f"{site.address}/?from=mail"
    account = page.locator(".fn-account")
    expect(account).to_contain_text(strings.VIEWER)
    box = page.get_by_role("textbox", name=strings.QUESTION_LABEL)
    box.fill("Who climbed the steps of the harbour lamp for the last time?")
    box.press("Enter")
    expect(page.locator(".fn-answered")).to_contain_text("Orla Dunmore")

    leave = account.get_by_role("button", name=strings.LOG_OUT)
    leave.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(strings.LOGGED_OUT)
    page.go_back()
    expect(page.get_by_label(strings.PASSWORD)).to_be_visible()


def test_a_wrong_password_is_said_and_the_next_one_works(open_library_site: Callable, tolerant_page: Page) -> None:
    page = tolerant_page
    page.goto(open_library_site(**PASSWORDS).address)
    type_password(page, "wrong horse")
    field = page.get_by_label(strings.PASSWORD)
    expect(page.get_by_role("alert")).to_have_text(strings.WRONG_PASSWORD)
    expect(field).to_have_accessible_description(strings.WRONG_PASSWORD)
    expect(field).to_have_value("")
    type_password(page, VIEWER)
    expect_chat(page)


def test_an_editor_can_add_articles_and_a_viewer_cannot(open_library_site: Callable, page: Page) -> None:
    site = open_library_site(**PASSWORDS)
    adding = page.locator("#adding")
    page.goto(f"{site.address}/#library")
    type_password(page, VIEWER)
    expect(page.locator(".fn-shown")).to_be_visible()
    expect(adding).to_be_hidden()
    page.get_by_role("button", name=strings.LOG_OUT).click()

    type_password(page, EDITOR)
    expect_chat(page)
    page.goto(f"{site.address}/#library")
    expect(adding).to_be_visible()
    expect(page.locator(".fn-account")).to_contain_text(strings.EDITOR)


def test_a_restart_of_the_server_keeps_the_login_and_another_tab_that_logs_out_ends_it(
    open_library_site: Callable, tolerant_page: Page
) -> None:
    page = tolerant_page
    page.goto(open_library_site(**PASSWORDS).address)
    type_password(page, VIEWER)
    expect_chat(page)

    again = open_library_site(**PASSWORDS)  # Another server over the same folder; cookies are for any port.
    page.goto(again.address)
    expect_chat(page)
    expect(page.locator(".fn-account")).to_contain_text(strings.VIEWER)

    other = page.context.new_page()
    other.goto(again.address)
    other.get_by_role("button", name=strings.LOG_OUT).click()
    expect(other.get_by_label(strings.PASSWORD)).to_be_visible()
    page.bring_to_front()
    box = page.get_by_role("textbox", name=strings.QUESTION_LABEL)
    box.fill("Is anybody there?")
    box.press("Enter")
    expect(page.get_by_label(strings.PASSWORD)).to_be_visible()


def test_the_login_works_without_scripts(open_library_site: Callable, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(open_library_site(**PASSWORDS).address)
        page.get_by_label(strings.PASSWORD).fill(VIEWER)
        page.get_by_role("button", name=strings.LOG_IN).click()
        expect(page.locator("gradio-app")).to_be_attached()


def test_who_comes_by_a_proxy_sees_their_name_and_no_login(open_library_site: Callable, browser: Browser) -> None:
    site = open_library_site(proxy_user_header="X-Forwarded-User", proxy_editors=("zoë",))
    for name, role in (("zoë", strings.EDITOR), ("<b>bo</b>", strings.VIEWER)):
        header = name.encode().decode("latin-1")
        with browser.new_context(extra_http_headers={"X-Forwarded-User": header}) as context:
            page = context.new_page()
            page.goto(site.address)
            account = page.locator(".fn-account")
            expect(account.locator(".fn-user")).to_have_text(name)
            expect(account).to_contain_text(role)
            expect(page.get_by_role("button", name=strings.LOG_OUT)).to_have_count(0)
            assert "footnote_reader" not in {cookie["name"] for cookie in context.cookies()}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_login_looks_right_and_axe_finds_nothing(
    open_library_site: Callable, browser: Browser, scheme: Any, width: int
) -> None:
    site = open_library_site(**PASSWORDS)
    SCREENSHOTS.mkdir(exist_ok=True)
    with browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto(site.address)
        type_password(page, "wrong horse")
        expect(page.get_by_role("alert")).to_be_visible()
        page.evaluate(AXE_SCRIPT)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
        page.screenshot(path=SCREENSHOTS / f"login-{width}-{scheme}.png")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 22, 27)"
        assert dark == (scheme == "dark")
        type_password(page, EDITOR)
        expect_chat(page)
        expect(page.locator(".fn-account")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.screenshot(path=SCREENSHOTS / f"logged-in-{width}-{scheme}.png")
