"""Who comes in: by a password, by a proxy's word, or because the page is for its own machine alone."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.requests import Request
from starlette.routing import Mount, Route

from rag.errors import ServeError, SettingsError
from rag.protocols import Generator
from rag.settings import Settings, load_settings
from rag.testing import FakeGenerator
from rag.web import gate, server, strings
from rag.web.access import Reader, name_of, reader_of
from rag.web.app import create_app
from rag.web.attempts import Attempts
from rag.web.editing import refusal, role_of
from rag.web.gate import Gate
from rag.web.login_pages import account, local_path, login_page, refused_page
from rag.web.sessions import FILE, Sessions

VIEWER, EDITOR = "correct horse battery", "staple of the editors"
PAGE = {"accept": "text/html"}


@pytest.fixture
def passwords(library_settings: Settings) -> Settings:
    return changed(library_settings, viewer_password=VIEWER, editor_password=EDITOR)


def changed(settings: Settings, **changes: object) -> Settings:
    """The settings with changes, checked as they are when they are read."""
    return Settings(**{**settings.model_dump(exclude_unset=True), **changes})


@pytest.fixture
def open_gate() -> Iterator[Callable[..., TestClient]]:
    """A client of a small application behind a gate, which says who it was told is asking."""
    opened: list[Sessions] = []

    def behind(settings: Settings, peer: str = "127.0.0.1", base: str = "http://127.0.0.1") -> TestClient:
        app = FastAPI()

        @app.get("/{path:path}")
        def who(request: Request) -> dict[str, str | None]:
            return {"reader": reader_of(request), "role": role_of(request), "name": name_of(request)}

        sessions = Sessions(settings) if settings.viewer_password or settings.editor_password else None
        opened.extend([sessions] if sessions else [])
        app.state.cookie = sessions.cookie if sessions else ""
        app.add_middleware(Gate, settings, sessions)
        return TestClient(app, base_url=base, client=(peer, 1), follow_redirects=False)

    yield behind
    for sessions in opened:
        sessions.close()


def token_of(client: TestClient) -> str:
    return str(client.cookies[cookie_of(client)])


def cookie_of(client: TestClient) -> str:
    """The name of the cookie that a login is kept in."""
    return str(client.app.state.cookie)


def log_in(client: TestClient, password: str = VIEWER, **more: Any) -> httpx.Response:
    return client.post("/login", data={"password": password, **more.pop("fields", {})}, **more)


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
    open_to_all = {path for path in gate.OPEN if not path.startswith("/fonts/")}
    for_embeds = {"/widget/v1/footnote.js", "/widget/v1/frame.js", "/embed/x"}
    assert {path for _, path in found if path.startswith(gate.OPEN_FOLDERS)} == for_embeds
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
    assert all(client.get(path).status_code == 200 for path in gate.OPEN)
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
    app = Gate(inside, passwords, sessions)
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
    monkeypatch.setattr("rag.opening.open_embedder", lambda _: pytest.fail("a model was loaded"))
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


# Passwords


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
        r"footnote_session_[0-9a-f]{8}=[\w-]{43}; HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000", cookie
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


def test_a_guesser_waits_until_the_first_wrong_password_is_a_quarter_of_an_hour_old() -> None:
    now = [1000.0]
    attempts = Attempts(lambda: now[0])
    for _ in range(10):
        assert attempts.wait("203.0.113.9") == 0
        attempts.failed("203.0.113.9")
        now[0] += 1
    assert attempts.wait("203.0.113.9") == 890
    now[0] += 889
    assert attempts.wait("203.0.113.9") == 1
    now[0] += 1
    assert attempts.wait("203.0.113.9") == 0
    attempts.failed("203.0.113.9")
    assert attempts.wait("203.0.113.9") == 1


def test_a_household_has_one_address_and_all_together_have_a_limit() -> None:
    now = [1000.0]
    attempts = Attempts(lambda: now[0])
    for at in range(10):
        attempts.failed(f"2001:db8:1:2::{at:x}")
    assert attempts.wait("2001:db8:1:2:ffff::1") == 900
    assert attempts.wait("2001:db8:1:3::1") == 0
    for at in range(190):
        assert attempts.wait(f"198.51.100.{at}") == 0
        attempts.failed(f"198.51.100.{at}")
    assert attempts.wait("203.0.113.9") == 900
    now[0] += 900
    assert attempts.wait("203.0.113.9") == 0


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


# Sessions


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
    with pytest.raises(ServeError, match="delete it, and everybody has to log in again"):
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


# Proxies


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
    document = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", document, re.S)
    assert len(examples) == 2
    for example in examples:
        file = tmp_path / "rag.toml"
        file.write_text(example, encoding="utf-8")
        assert load_settings(file=file).has_login
    for password in re.findall(r"export RAG_\w+_PASSWORD='(.*)'", document):
        assert load_settings({"viewer_password": password}).has_login


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
        r"footnote_reader=[\w-]{22}; HttpOnly; SameSite=Lax; Path=/; Max-Age=34560000", first.headers["set-cookie"]
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
    assert page.count("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;") == 2
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
