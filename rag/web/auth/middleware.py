"""Access control in front of the whole application: who may send a request, and as whom."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import replace
from urllib.parse import quote, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.core.network import is_loopback
from rag.core.settings import Settings
from rag.web.auth.identity import OWN_HEADERS, Reader, bearer_of
from rag.web.auth.login import PATHS, Login, redirect
from rag.web.auth.login_pages import LOGIN, local_path, refused_page
from rag.web.auth.proxies import Proxies, parse_address, peer
from rag.web.auth.sessions import Sessions
from rag.web.cookies import set_cookie
from rag.web.i18n import strings
from rag.web.paths import is_api, path_of
from rag.web.problems import ProblemError, response
from rag.web.static import theme

OPEN_FOLDERS = ("/widget/", "/embed/")
"""Paths that pages with an embed load. widget/routes.py decides who may show them; the API asks for a token."""
OPEN = frozenset({"/healthz", "/favicon.ico", *(f"/fonts/{name}" for name in theme.fonts())})
"""Paths for everybody. /healthz says more than "ok" only to readers who are let in (app.py)."""
COOKIE = "footnote_reader"
BROWSER = re.compile(r"[A-Za-z0-9_-]{22}")
BROWSER_SECONDS = 400 * 86_400
"""The longest that browsers keep a cookie."""
POLICY_VIOLATION = 1008
LOG_IN_TO_API = (
    "The request is not authenticated. Send a token (Authorization: Bearer TOKEN; see docs/embedding.md), or log in."
)


class AccessMiddleware:
    """Let in whom the settings allow, and pass on who that is in headers of our own (identity.py).

    Without a login, everybody is let in who reaches the server by a loopback address.
    """

    def __init__(self, app: ASGIApp, settings: Settings, sessions: Sessions | None) -> None:
        self._app = app
        self._has_login = settings.has_login
        self._proxies = Proxies(settings)
        self._login = Login(sessions, self._proxies) if sessions else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        path = path_of(scope)
        if self._login and scope["type"] == "http" and path in PATHS:
            answer = await self._login.answer(path, Request(scope, receive))
            await answer(scope, receive, send)
            return
        sent = connection.cookies.get(COOKIE, "")
        browser = sent if BROWSER.fullmatch(sent) else secrets.token_urlsafe(16)
        reader = self._reader(connection, browser)
        has_token = is_api(scope) and bool(bearer_of(connection))  # The API's own middleware verifies it.
        if reader is None and not has_token and not _is_open(path):
            await self._refuse(connection, receive, send)
            return
        if is_api(scope) and reader and browser != sent and not reader.name:
            reader = replace(reader, id="")  # A program without cookies has no identity.
        sets_cookie = reader is not None and not reader.name and not _is_open(path) and not is_api(scope)
        cookie = browser if sets_cookie and (browser != sent or path == "/") else ""
        headers = [(name, value) for name, value in scope["headers"] if name.lower() not in OWN_HEADERS]
        inner_scope = {**scope, "headers": headers + (reader.headers() if reader else [])}
        await self._app(inner_scope, receive, _with_cookie(send, connection, reader, cookie))

    def _reader(self, connection: HTTPConnection, browser: str) -> Reader | None:
        """Identify the reader; None if they have to log in, or have no access at all."""
        by_proxy = self._proxies.reader(connection)
        if by_proxy:
            return by_proxy
        # The cookie gives access to stored conversations, so it is stored only as a hash.
        identity = f"browser:{hashlib.sha256(browser.encode()).hexdigest()[:32]}"
        if not self._has_login:
            return None if _is_from_network(connection) else Reader(identity)
        role = self._login.role(connection) if self._login else None
        return Reader(identity, role) if role else None

    async def _refuse(self, connection: HTTPConnection, receive: Receive, send: Send) -> None:
        """Redirect browsers to the login; answer programs with an error."""
        scope = connection.scope
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        if is_api(scope):
            kind = "token-missing" if self._has_login else "origin-refused"
            problem = ProblemError(kind, LOG_IN_TO_API if self._has_login else self._denial(connection))
            await response(problem, connection)(scope, receive, send)
            return
        wants_page = scope["method"] in {"GET", "HEAD"} and "text/html" in connection.headers.get("accept", "")
        await (self._page(connection) if wants_page else self._message(connection))(scope, receive, send)

    def _page(self, connection: HTTPConnection) -> Response:
        scope = connection.scope
        if not self._login:
            return HTMLResponse(refused_page(self._denial(connection)), 403, {"cache-control": "no-store"})
        query = scope["query_string"].decode("latin-1")
        target = local_path(quote(scope["path"]) + (f"?{query}" if query else ""))
        return redirect(f"{scope.get('root_path', '')}{LOGIN}?{urlencode({'next': target})}")

    def _message(self, connection: HTTPConnection) -> Response:
        message = strings.LOG_IN_FIRST if self._login else self._denial(connection)
        return JSONResponse({"message": message}, 401 if self._login else 403, {"cache-control": "no-store"})

    def _denial(self, connection: HTTPConnection) -> str:
        """Say why access is denied if there is no password to ask for."""
        if not self._has_login:
            return strings.NO_LOGIN_SET
        is_trusted = self._proxies.trusts(peer(connection))
        return strings.NAMED_NOBODY if is_trusted else strings.not_by_proxy(peer(connection))


def _with_cookie(send: Send, connection: HTTPConnection, reader: Reader | None, cookie: str) -> Send:
    """Wrap ``send``: set the ``cookie`` if there is one, and keep pages behind a login out of caches."""

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if reader and reader.role and headers.get("content-type", "").startswith("text/html"):
                headers["cache-control"] = "no-store"  # A cached page would be visible after logging out.
            if cookie:
                carrier = Response()
                set_cookie(carrier, connection, COOKIE, cookie, BROWSER_SECONDS)
                headers.append("set-cookie", carrier.headers["set-cookie"])
        await send(message)

    return send_with_cookie


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith(OPEN_FOLDERS)


def _is_from_network(connection: HTTPConnection) -> bool:
    """Return whether a request reached the server by an address that is not loopback."""
    server = connection.scope.get("server")
    address = parse_address(server[0]) if server else None
    return address is not None and not is_loopback(str(address))
