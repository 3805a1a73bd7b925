"""Who may change the library: by the setting, the connection and what the request says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from rag.core.settings import Settings
from rag.web.auth.permissions import is_loopback, refusal
from rag.web.i18n import strings


@dataclass
class Peer:
    host: str


@dataclass
class Visit:
    headers: dict[str, str] = field(default_factory=lambda: {"host": "127.0.0.1:7860"})
    client: Peer | None = field(default_factory=lambda: Peer("127.0.0.1"))


def refused(visit: Visit, **changes: object) -> str:
    return refusal(Settings(**changes), visit)


def test_a_browser_on_this_machine_may() -> None:
    assert refused(Visit()) == ""
    own = {"host": "localhost:7860", "origin": "http://localhost:7860"}
    assert refused(Visit(own, Peer("::1"))) == ""


@pytest.mark.parametrize(
    ("visit", "changes"),
    [
        (Visit(), {"host": "0.0.0.0"}),
        (Visit(client=Peer("192.168.1.7")), {}),
        (Visit(client=None), {}),
        (Visit({"host": "rebound.example"}), {}),
        (Visit({"host": "127.0.0.1:7860", "x-forwarded-for": "203.0.113.9"}), {}),
        (Visit({"host": "127.0.0.1:7860", "forwarded": "for=203.0.113.9"}), {}),
        (Visit({}), {}),
        (Visit({"host": "[::1"}), {}),
    ],
    ids=["listens to all", "from elsewhere", "unknown", "rebound name", "proxy", "new proxy", "no host", "bad host"],
)
def test_local_is_this_machine_alone(visit: Visit, changes: dict[str, object]) -> None:
    assert refused(visit, **changes) == strings.EDITING_LOCAL


def test_on_is_everybody_and_off_is_nobody() -> None:
    stranger = Visit({"host": "notes.example"}, Peer("203.0.113.9"))
    assert refused(stranger, library_editing="on", host="0.0.0.0") == ""
    assert refused(Visit(), library_editing="off") == strings.EDITING_OFF


@pytest.mark.parametrize("mode", ["local", "on"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", ""])
def test_pages_of_other_websites_are_refused_whoever_opened_them(mode: str, origin: str) -> None:
    visit = Visit({"host": "127.0.0.1:7860", "origin": origin})
    assert refused(visit, library_editing=mode) == strings.EDITING_FOREIGN


@pytest.mark.parametrize(
    ("name", "loopback"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("LOCALHOST", True),
        ("0.0.0.0", False), ("::", False), ("192.168.0.1", False), ("localhost.example", False), ("", False),
    ],
)  # fmt: skip
def test_which_names_mean_this_machine(name: str, loopback: bool) -> None:
    assert is_loopback(name) == loopback
