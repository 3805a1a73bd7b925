"""Logins by a password: how long they last, what ends them, and where they lead."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ServeError
from rag.core.settings import Settings
from rag.web.auth.login_pages import local_path
from rag.web.auth.sessions import FILE, Sessions
from rag.web.i18n import strings
from tests.web.gated import EDITOR, VIEWER, changed, cookie_of, log_in, token_of

pytestmark = pytest.mark.slow  # Hashing a password is meant to take long.


def test_two_libraries_of_one_machine_keep_their_logins_apart(passwords: Settings, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one, other = Sessions(passwords), Sessions(changed(passwords, index=tmp_path / "other"))
    assert one.cookie != other.cookie
    assert other.role(one.begin("viewer")) is None
    one.close()
    other.close()


def test_logging_out_ends_the_login_for_whoever_has_the_cookie(passwords: Settings, open_gate: Callable) -> None:
    client = open_gate(passwords)
    log_in(client)
    stolen = token_of(client)
    answer = client.post("/logout")
    assert answer.headers["location"] == "/login?out=1"
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert strings.LOGGED_OUT in client.get("/login?out=1").text
    client.cookies.set(cookie_of(client), stolen)
    assert client.get("/").status_code == 401


def test_a_new_login_ends_the_one_before(passwords: Settings, open_gate: Callable) -> None:
    client = open_gate(passwords)
    log_in(client)
    before = token_of(client)
    log_in(client, EDITOR)
    client.cookies.clear()
    client.cookies.set(cookie_of(client), before)
    assert client.get("/").status_code == 401


@pytest.mark.parametrize("change", [lambda token: token[:-1], lambda token: token + "x", lambda _: "", str.swapcase])
def test_a_cookie_that_was_tampered_with_opens_nothing(
    passwords: Settings, open_gate: Callable, change: Callable[[str], str]
) -> None:
    client = open_gate(passwords)
    log_in(client)
    token = token_of(client)
    client.cookies.clear()
    assert client.get("/", headers={"cookie": f"{cookie_of(client)}={change(token)}"}).status_code == 401
    assert client.get("/", headers={"cookie": f"{cookie_of(client)}={token}"}).status_code == 200


def test_a_login_lasts_for_its_days_and_over_a_restart(passwords: Settings) -> None:
    now = [1_000_000.0]
    first = Sessions(passwords, lambda: now[0])
    token = first.begin("editor")
    first.close()
    second = Sessions(passwords, lambda: now[0])
    now[0] += 30 * 86_400 - 1
    assert second.role(token) == "editor"
    now[0] += 1
    assert second.role(token) is None
    second.begin("viewer")
    assert second._connection.execute("SELECT count(*) FROM session").fetchone() == (1,), "what has ended is forgotten"
    second.close()


def test_a_password_that_is_changed_ends_its_logins_and_no_others(passwords: Settings) -> None:
    sessions = Sessions(passwords)
    viewer, editor = sessions.begin("viewer"), sessions.begin("editor")
    sessions.close()
    for settings, roles in (
        (changed(passwords, viewer_password="another password"), (None, "editor")),
        (changed(passwords, editor_password=None), ("viewer", None)),
        (changed(passwords, viewer_password=EDITOR, editor_password=VIEWER), (None, None)),
        (passwords, ("viewer", "editor")),
    ):
        sessions = Sessions(settings)
        assert (sessions.role(viewer), sessions.role(editor)) == roles
        sessions.close()


def test_the_file_of_logins_is_for_its_owner_and_holds_neither_passwords_nor_tokens(passwords: Settings) -> None:
    file = passwords.index / FILE
    file.touch(0o644)
    file.chmod(0o644)
    sessions = Sessions(passwords)
    token = sessions.begin("viewer")
    sessions.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_bytes()
    assert b"viewer" in content
    assert not any(secret.encode() in content for secret in (token, VIEWER, EDITOR))


def test_a_file_that_cannot_hold_logins_is_said_with_a_remedy(passwords: Settings) -> None:
    file = passwords.index / FILE
    file.write_bytes(b"this is no database, and long enough to be seen as none" * 20)
    with pytest.raises(ServeError, match="delete it; everybody then has to log in again"):
        Sessions(passwords)
    with pytest.raises(ServeError, match="Check the permissions"):
        Sessions(changed(passwords, index=passwords.index / "nowhere"))


def test_a_login_that_cannot_be_kept_is_said(
    passwords: Settings, open_gate: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = open_gate(passwords)

    def full(*_: object) -> str:
        raise ServeError("the disk is full")

    monkeypatch.setattr(Sessions, "begin", full)
    answer = log_in(client)
    assert answer.status_code == 507
    assert strings.LOGIN_NOT_KEPT in answer.text


# Where a login leads


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "/\n//evil.example", "javascript:alert(1)", "", "evil", "/a\\b", "/é", "/" + "a" * 2000, "/\x00", "/ /evil",
    ],
)  # fmt: skip
def test_no_login_leads_to_another_website(passwords: Settings, open_gate: Callable, target: str) -> None:
    assert local_path(target) == "/"
    client = open_gate(passwords)
    assert log_in(client, fields={"next": target}).headers["location"] == "/"
    assert client.get("/login", params={"next": target}).headers["location"] == "/"


@given(st.text())
def test_a_target_stays_on_this_site_or_becomes_its_page(target: str) -> None:
    assert httpx.URL("http://here.example/login").join(local_path(target)).host == "here.example"
    assert local_path(target) in {target, "/"}
