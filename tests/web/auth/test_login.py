"""Passwords: what opens the page, what does not, and how guessing is stopped."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from rag.core.errors import SettingsError
from rag.core.settings import Settings, load_settings
from rag.web.auth.sessions import Sessions
from rag.web.i18n import strings
from tests.web.gated import EDITOR, VIEWER, changed, log_in

pytestmark = pytest.mark.slow  # Hashing a password is meant to take long.


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"RAG_VIEWER_PASSWORD": "elevenchars"}, "a password has 12 to 1024 characters"),
        ({"RAG_EDITOR_PASSWORD": "x" * 1025}, "a password has 12 to 1024 characters"),
        ({"RAG_EDITOR_PASSWORD": "long enough\nbut broken"}, "no line breaks"),
        ({"RAG_VIEWER_PASSWORD": VIEWER, "RAG_EDITOR_PASSWORD": VIEWER}, "would all be editors"),
        ({"RAG_PROXY_EDITORS": "anna"}, "without proxy_user_header"),
        ({"RAG_PROXY_GROUPS_HEADER": "X-Groups"}, "without proxy_user_header"),
        ({"RAG_PROXY_USER_HEADER": "X User"}, "pattern"),
        ({"RAG_PROXY_ADDRESSES": "10.0.0.0/8, proxy"}, "'proxy' does not appear to be an IPv4 or IPv6"),
    ],
)
def test_settings_that_protect_nothing_are_refused(
    variables: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert sentence in str(refused.value)
    assert not any(value in str(refused.value) for name, value in variables.items() if "PASSWORD" in name)


def test_names_are_given_with_commas_or_as_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_PROXY_USER_HEADER", "X-Forwarded-User")
    monkeypatch.setenv("RAG_PROXY_EDITORS", "anna@example.org, bo,")
    assert load_settings().proxy_editors == ("anna@example.org", "bo")
    assert load_settings({"proxy_editors": ["a, b"]}).proxy_editors == ("a, b",)


@pytest.mark.parametrize(("password", "role"), [(VIEWER, "viewer"), (EDITOR, "editor")])
def test_a_password_opens_the_page_for_its_role(
    passwords: Settings, open_gate: Callable, password: str, role: str
) -> None:
    client = open_gate(passwords)
    cookie = log_in(client, password).headers["set-cookie"]
    assert re.fullmatch(
        r"footnote_session_[0-9a-f]{8}=[\w-]{43}; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax", cookie
    ), "a cookie for the server alone, and not only for https, which this is not"
    assert client.get("/").json()["role"] == role
    assert client.get("/login?next=/there").headers["location"] == "/there"


def test_a_password_is_the_same_however_its_letters_are_composed(library_settings: Settings) -> None:
    sessions = Sessions(changed(library_settings, viewer_password="schöne Grüße"))
    assert sessions.role_by("scho\u0308ne Gru\u0308ße") == "viewer"
    assert sessions.role_by("schone Grüße") is None
    sessions.close()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"password=", b"password=wrong", b"password=%00%1b%FF", b"password=" + VIEWER.upper().encode(),
        b"&".join([b"a=b"] * 50), b"\xff\xfe", b'{"password": "x"}', b"password=wrong&password=correct+horse+battery",
        b"password=%ED%A0%80", "password=\u202e".encode(),
    ],
)  # fmt: skip
def test_anything_else_does_not(passwords: Settings, open_gate: Callable, body: bytes) -> None:
    client = open_gate(passwords)
    answer = client.post("/login", content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 401
    assert strings.WRONG_PASSWORD in answer.text
    assert "set-cookie" not in answer.headers
    assert client.get("/").status_code == 401


def test_a_password_of_a_mebibyte_is_not_even_read(passwords: Settings, open_gate: Callable) -> None:
    answer = log_in(open_gate(passwords), "x" * (1 << 20))
    assert answer.status_code == 413
    assert strings.PASSWORD_TOO_LONG in answer.text
    assert len(answer.content) < 100_000


def test_over_https_the_cookies_are_for_https_alone(passwords: Settings, open_gate: Callable) -> None:
    client = open_gate(passwords, base="https://127.0.0.1")
    assert log_in(client).headers["set-cookie"].endswith("; Secure")
    assert client.get("/").headers["set-cookie"].endswith("; Secure")
    forwarded = log_in(open_gate(passwords), headers={"x-forwarded-proto": "https"})
    assert forwarded.headers["set-cookie"].endswith("; Secure")


def test_other_websites_can_log_nobody_in_or_out(passwords: Settings, open_gate: Callable) -> None:
    client = open_gate(passwords)
    for origin in ("https://evil.example", "null", "http://[broken", "http://127.0.0.1:9"):
        answer = log_in(client, headers={"origin": origin})
        assert answer.status_code == 403, origin
        assert strings.LOGIN_FOREIGN in answer.text
        assert "set-cookie" not in answer.headers
    assert log_in(client, headers={"origin": "http://127.0.0.1"}).status_code == 303
    assert client.post("/logout", headers={"origin": "https://evil.example"}).status_code == 403
    assert client.get("/logout").status_code == 405
    assert client.get("/").status_code == 200


def test_guessing_is_stopped_for_the_guesser_alone(passwords: Settings, open_gate: Callable) -> None:
    client = open_gate(passwords, peer="203.0.113.9")
    assert [log_in(client, "wrong").status_code for _ in range(12)] == [401] * 10 + [429] * 2
    right = log_in(client, VIEWER)
    assert right.status_code == 429
    assert 890 < int(right.headers["retry-after"]) <= 900
    assert strings.too_many_wrong(15) in right.text
    assert client.get("/").status_code == 401
    neighbour = TestClient(client.app, base_url="http://127.0.0.1", client=("203.0.113.10", 1), follow_redirects=False)
    assert log_in(neighbour).status_code == 303


def test_a_guesser_behind_a_proxy_is_told_from_the_others_and_cannot_pretend(
    passwords: Settings, open_gate: Callable
) -> None:
    client = open_gate(passwords)  # from 127.0.0.1, which is believed

    def guess(passed: str) -> int:
        return log_in(client, "wrong", headers={"x-forwarded-for": passed}).status_code

    for at in range(10):
        guess(f"198.51.100.{at}, 203.0.113.9")
    assert guess("198.51.100.77, 203.0.113.9") == 429
    assert guess("203.0.113.10") == 401
    stranger = open_gate(passwords, peer="203.0.113.9")
    codes = [log_in(stranger, "wrong", headers={"x-forwarded-for": f"198.51.100.{at}"}).status_code for at in range(11)]
    assert codes[-1] == 429
