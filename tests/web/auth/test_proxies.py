"""Proxies that name the reader, and those that only pretend to."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.core.settings import Settings, load_settings
from rag.web.i18n import strings
from tests.web.gated import PAGE, VIEWER, changed, log_in


@pytest.fixture
def proxied(library_settings: Settings) -> Settings:
    return changed(
        library_settings,
        host="0.0.0.0",
        proxy_user_header="X-Forwarded-User",
        proxy_addresses=("10.1.0.0/16", "::1"),
        proxy_editors=("anna@example.org",),
    )


def test_a_proxy_that_is_believed_names_the_reader(proxied: Settings, open_gate: Callable) -> None:
    client = open_gate(proxied, peer="10.1.2.3", base="http://10.1.0.1")
    answer = client.get("/", headers={"X-Forwarded-User": "bo"})
    assert answer.json() == {"reader": "user:bo", "role": "viewer", "name": "bo"}
    assert "set-cookie" not in answer.headers
    assert client.get("/", headers={"X-Forwarded-User": "anna@example.org"}).json()["role"] == "editor"
    assert client.get("/", headers={"X-Forwarded-User": "Anna@example.org"}).json()["role"] == "viewer"
    unicode = client.get("/", headers={"X-Forwarded-User": "Zoë 花".encode()}).json()
    assert (unicode["reader"], unicode["name"]) == ("user:Zoë 花", "Zoë 花")
    mapped = open_gate(proxied, peer="::ffff:10.1.2.3")
    assert mapped.get("/", headers={"X-Forwarded-User": "bo"}).json()["name"] == "bo"


def test_groups_make_editors_where_they_are_asked_for(proxied: Settings, open_gate: Callable) -> None:
    settings = changed(proxied, proxy_groups_header="X-Forwarded-Groups", proxy_editors=("library",))
    client = open_gate(settings, peer="::1")

    def role(user: str, groups: str) -> str:
        headers = {"X-Forwarded-User": user, "X-Forwarded-Groups": groups}
        return str(client.get("/", headers=headers).json()["role"])

    assert role("bo", "staff, library") == "editor"
    assert role("library", "staff,library2") == "viewer"
    assert role("library", "") == "viewer"


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.2.0.1", "203.0.113.9", "testclient", ""])
def test_nobody_else_is_believed(proxied: Settings, open_gate: Callable, peer: str) -> None:
    forged = {
        "X-Forwarded-User": "anna@example.org", "X-Forwarded-For": "10.1.2.3", "Forwarded": "for=10.1.2.3",
        "X-Footnote-Reader": "user:anna@example.org", "X-Footnote-Role": "editor", "X-Footnote-Name": "anna",
    }  # fmt: skip
    client = open_gate(proxied, peer=peer)
    answer = client.get("/", headers=forged)
    assert answer.status_code == 403
    assert answer.json() == {"message": strings.not_by_proxy(peer)}
    assert client.get("/", headers={**forged, **PAGE}).status_code == 403


@pytest.mark.parametrize("name", ["", "  ", "a" * 257, "a\x7fb", "\u202eannA".encode(), b"a\x01"])
def test_a_proxy_that_names_nobody_lets_nobody_in(proxied: Settings, open_gate: Callable, name: Any) -> None:
    client = open_gate(proxied, peer="::1")
    answer = client.get("/", headers={"X-Forwarded-User": name})
    assert (answer.status_code, answer.json()) == (403, {"message": strings.NAMED_NOBODY})
    assert client.get("/").status_code == 403


def test_two_names_are_no_name(proxied: Settings, open_gate: Callable) -> None:
    twice = [("X-Forwarded-User", "anna@example.org"), ("X-Forwarded-User", "bo")]
    assert open_gate(proxied, peer="::1").get("/", headers=twice).status_code == 403


def test_beside_a_proxy_a_password_lets_the_others_in(proxied: Settings, open_gate: Callable) -> None:
    client = open_gate(changed(proxied, viewer_password=VIEWER), peer="203.0.113.9")
    forged = {"X-Forwarded-User": "anna@example.org"}
    assert client.get("/", headers=forged).status_code == 401
    log_in(client)
    answer = client.get("/", headers=forged).json()
    assert answer["role"] == "viewer"
    assert answer["reader"].startswith("browser:")


def test_the_settings_that_the_document_shows_are_settings(tmp_path: Path) -> None:
    document = (Path(__file__).parents[3] / "docs" / "access.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", document, re.S)
    assert len(examples) == 2
    for example in examples:
        file = tmp_path / "rag.toml"
        file.write_text(example, encoding="utf-8")
        assert load_settings(file=file).has_login
    for password in re.findall(r"export RAG_\w+_PASSWORD='(.*)'", document):
        assert load_settings({"viewer_password": password}).has_login
