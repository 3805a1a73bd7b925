"""Who comes in: by a password, by a proxy's word, or because the page is for its own machine alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Mount, Route

from rag.core.errors import SettingsError
from rag.core.protocols import Generator
from rag.core.settings import Settings
from rag.testing import FakeGenerator
from rag.web import server
from rag.web.app import create_app
from rag.web.auth import middleware
from rag.web.auth.middleware import AccessMiddleware
from rag.web.auth.sessions import Sessions
from rag.web.i18n import strings
from tests.web.gated import EDITOR, PAGE, VIEWER, changed, log_in

# Every address


def addresses(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and path that the application and what is mounted in it answers."""

    def walk(routes: Any, prefix: str) -> Iterator[tuple[str, str]]:
        for route in routes:
            if isinstance(route, Mount):
                yield from walk(route.routes, prefix + route.path)
            elif isinstance(route, Route):
                for method in route.methods or {"GET"}:
                    yield method, prefix + re.sub(r"\{[^}]*\}", "x", route.path)
            else:
                included = getattr(route, "original_router", None)
                assert included is not None, f"{route} is a kind of route that this test knows nothing of"
                yield from walk(included.routes, prefix)

    return walk(app.routes, "")


@pytest.fixture
def make_app(open_chatbot: Callable[[Generator], Any]) -> Iterator[Callable[[Settings], FastAPI]]:
    made: list[FastAPI] = []

    def make(settings: Settings) -> FastAPI:
        made.append(create_app(open_chatbot(FakeGenerator()), settings))
        return made[-1]

    yield make
    for app in made:
        app.state.close()


def test_without_a_login_every_address_is_refused(passwords: Settings, make_app: Callable) -> None:
    app = make_app(passwords)
    found = sorted(set(addresses(app)))
    assert len(found) > 40
    assert {("POST", "/library/uploads"), ("POST", "/gradio_api/queue/join"), ("GET", "/"), ("GET", "/config")} <= set(
        found
    )
    client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    open_to_all = {path for path in middleware.OPEN if not path.startswith("/fonts/")}
    for_embeds = {"/widget/v1/footnote.js", "/widget/v1/frame.js", "/embed/x"}
    assert {path for _, path in found if path.startswith(middleware.OPEN_FOLDERS)} == for_embeds
    for method, path in found:
        if path in open_to_all | for_embeds | {"/login", "/logout"}:
            continue
        answer = client.request(method, path)
        assert answer.status_code == 401, (method, path)
        assert method == "HEAD" or answer.json() == {"message": strings.LOG_IN_FIRST}
        assert "footnote_reader" not in answer.cookies


def test_what_is_open_to_all_says_nothing_about_the_articles(passwords: Settings, make_app: Callable) -> None:
    client = TestClient(make_app(passwords), base_url="http://127.0.0.1")
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"
    assert all(client.get(path).status_code == 200 for path in middleware.OPEN)
    assert "articles" not in client.get("/healthz", headers={"x-footnote-reader": "user:eve"}).json()
    log_in(client)
    assert client.get("/healthz").json()["articles"] == 4


def test_people_are_sent_to_the_login_and_back(passwords: Settings, open_gate: Callable) -> None:
    client = open_gate(passwords)
    sent = client.get("/a b/c?d=e&f=%2F", headers=PAGE)
    assert (sent.status_code, sent.headers["cache-control"]) == (303, "no-store")
    form = client.get(sent.headers["location"], headers=PAGE)
    assert form.status_code == 200
    assert 'name="next" value="/a%20b/c?d=e&amp;f=%2F"' in form.text
    back = log_in(client, fields={"next": "/a%20b/c?d=e&f=%2F"})
    assert (back.status_code, back.headers["location"]) == (303, "/a%20b/c?d=e&f=%2F")


def test_below_a_path_of_another_site_the_login_lies_there_too(passwords: Settings, open_gate: Callable) -> None:
    client = TestClient(
        open_gate(passwords).app, base_url="http://127.0.0.1", root_path="/notes", follow_redirects=False
    )
    sent = client.get("/notes/x", headers=PAGE)
    assert sent.headers["location"] == "/notes/login?next=%2Fnotes%2Fx"
    assert 'action="/notes/login"' in client.get(sent.headers["location"]).text
    assert client.post("/notes/login", data={"password": VIEWER, "next": "/notes/x"}).headers["location"] == "/notes/x"


def websocket(app: Any, headers: list[tuple[bytes, bytes]]) -> list[dict[str, Any]]:
    """What an application sends to a websocket that wants to open."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "websocket", "scheme": "ws", "path": "/x", "root_path": "", "query_string": b"", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "subprotocols": [],
    }  # fmt: skip
    with start_blocking_portal() as portal:
        portal.call(app, scope, receive, send)
    return sent


def test_a_websocket_is_refused_without_a_login_and_let_in_with_one(passwords: Settings) -> None:
    seen: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        seen.append(dict(scope["headers"]))
        await send({"type": "websocket.accept"})

    sessions = Sessions(passwords)
    app = AccessMiddleware(inside, passwords, sessions)
    forged = (b"x-footnote-role", b"editor")
    assert websocket(app, [forged]) == [{"type": "websocket.close", "code": 1008}]
    assert seen == []
    cookie = (b"cookie", f"{sessions.cookie}={sessions.begin('viewer')}".encode())
    assert websocket(app, [cookie, forged]) == [{"type": "websocket.accept"}]
    assert seen[0][b"x-footnote-role"] == b"viewer"
    sessions.close()


# Where a login is needed


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "portal.example", "::ffff:127.0.0.1"])
def test_other_machines_are_served_only_with_a_login(
    settings: Settings, host: str, monkeypatch: pytest.MonkeyPatch, make_app: Callable
) -> None:
    monkeypatch.setattr("rag.models.loading.open_embedder", lambda _: pytest.fail("a model was loaded"))
    with pytest.raises(SettingsError, match=r"RAG_VIEWER_PASSWORD .* proxy_user_header"):
        server.open_app(changed(settings, host=host))
    with pytest.raises(SettingsError):
        make_app(changed(settings, host=host))


def test_any_login_is_enough_for_other_machines(settings: Settings) -> None:
    for given_login in ({"viewer_password": VIEWER}, {"editor_password": EDITOR}, {"proxy_user_header": "X-User"}):
        server.require_login(changed(settings, host="0.0.0.0", **given_login))


def test_without_a_login_the_page_is_open_to_this_machine_alone(settings: Settings, open_gate: Callable) -> None:
    assert open_gate(settings).get("/").json()["role"] is None
    assert open_gate(settings, base="http://[::1]").get("/").status_code == 200
    # As where another program than ours listens to the network: the address that was reached says so.
    refused = open_gate(settings, base="http://192.168.1.5").get("/", headers=PAGE)
    assert refused.status_code == 403
    assert "docs/access.md" in refused.text
    assert open_gate(settings, base="http://192.168.1.5").post("/").json() == {"message": strings.NO_LOGIN_SET}
