"""Who reads and who may change the library, and the pages in front of the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.requests import Request

from rag.core.settings import Settings
from rag.web.auth.identity import Reader, name_of, reader_of
from rag.web.auth.login_pages import account, login_page, refused_page
from rag.web.auth.permissions import refusal, role_of
from rag.web.i18n import strings
from tests.web.gated import EDITOR, VIEWER, changed

# Who may change the library


@pytest.mark.parametrize(
    ("mode", "viewer", "editor"), [("local", 403, 202), ("on", 202, 202), ("off", 403, 403)], ids=lambda one: str(one)
)
def test_an_editor_may_change_the_library_where_anybody_may(
    open_library_site: Callable, mode: str, viewer: int, editor: int
) -> None:
    site = open_library_site(library_editing=mode, viewer_password=SecretStr(VIEWER), editor_password=SecretStr(EDITOR))
    for password, status in ((VIEWER, viewer), (EDITOR, editor)):
        with httpx.Client(base_url=site.address) as client:
            assert client.post("/library/uploads", params={"name": "x.md"}, content=b"x").status_code == 401
            assert client.post("/login", data={"password": password}).status_code == 303
            answer = client.post("/library/uploads", params={"name": "x.md"}, content=b"# A heron\n\nA heron came.")
            assert answer.status_code == status
            forged = client.post(
                "/library/uploads", params={"name": "x.md"}, content=b"x", headers={"Origin": "https://evil.example"}
            )
            assert forged.status_code == 403


def test_a_viewer_is_told_who_may_change_the_library(settings: Settings) -> None:
    told = Request({"type": "http", "headers": Reader("browser:x", "viewer").headers(), "client": ("127.0.0.1", 1)})
    assert refusal(changed(settings, viewer_password=VIEWER), told) == strings.EDITING_VIEWER
    assert refusal(changed(settings, editor_password=EDITOR), Request({"type": "http", "headers": []})) != ""


# Who reads


def test_a_browser_is_the_same_reader_from_one_request_to_the_next(settings: Settings, open_gate: Callable) -> None:
    client = open_gate(settings)
    first = client.get("/a")
    assert re.fullmatch(
        r"footnote_reader=[\w-]{22}; HttpOnly; Max-Age=34560000; Path=/; SameSite=lax", first.headers["set-cookie"]
    )
    reader = first.json()["reader"]
    assert re.fullmatch(r"browser:[0-9a-f]{32}", reader)
    assert client.cookies["footnote_reader"] not in reader
    again = client.get("/b")
    assert again.json()["reader"] == reader
    assert "set-cookie" not in again.headers
    assert "set-cookie" in client.get("/").headers, "the page itself prolongs it"
    assert open_gate(settings).get("/a").json()["reader"] != reader


@pytest.mark.parametrize(
    "cookie", ["", "short", "x" * 23, "user:anna@example.org/", '"%0d%0aSet-Cookie:x=y"', "é" * 22]
)
def test_a_cookie_that_is_not_ours_is_replaced(settings: Settings, open_gate: Callable, cookie: str) -> None:
    answer = open_gate(settings).get("/a", headers={"cookie": f"footnote_reader={cookie}".encode()})
    assert re.match(r"footnote_reader=[\w-]{22};", answer.headers["set-cookie"])
    assert re.fullmatch(r"browser:[0-9a-f]{32}", answer.json()["reader"])


def test_what_the_gate_says_cannot_be_said_from_outside(settings: Settings, open_gate: Callable) -> None:
    forged = {"X-Footnote-Reader": "user:anna", "x-footnote-role": "editor", "X-FOOTNOTE-NAME": "anna"}
    answer = open_gate(settings).get("/", headers={**forged, "X-Forwarded-User": "anna"}).json()
    assert answer["reader"].startswith("browser:")
    assert (answer["role"], answer["name"]) == (None, "")


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.sampled_from(["viewer", "editor"]))
def test_a_name_arrives_as_it_was_given(name: str, role: Any) -> None:
    told = Request({"type": "http", "headers": Reader(f"user:{name}", role, name).headers()})
    assert (reader_of(told), role_of(told), name_of(told)) == (f"user:{name}", role, name)


def test_without_the_gate_there_is_no_reader() -> None:
    assert reader_of(Request({"type": "http", "headers": []})) == ""


# The pages in front of the page

HOSTILE = '"><script>alert(1)</script>\u202e\x00'


def test_the_login_says_what_went_wrong_as_text() -> None:
    page = login_page("", "/", HOSTILE, HOSTILE)
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert page.count("&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;") == 2
    assert 'role="alert"' in page
    assert 'aria-describedby="problem"' in page
    assert "aria-describedby" not in login_page("", "/")
    assert 'action="/footnote/login"' in login_page("/footnote", "/")


def test_the_pages_load_nothing_from_elsewhere() -> None:
    for page in (login_page("", "/"), refused_page("No.")):
        assert re.findall(r"https?://[^\s\"')<]+", page) == []
        assert page.startswith("<!DOCTYPE html>")


def test_the_header_says_who_is_logged_in() -> None:
    assert account(None, "") == ""
    assert strings.LOG_OUT in account("viewer", "")
    assert strings.VIEWER in account("viewer", "")
    named = account("editor", f"anna{HOSTILE}")
    assert "<script>" not in named
    assert strings.EDITOR in named
    assert strings.LOG_OUT not in named, "who came in by a proxy leaves by it"
