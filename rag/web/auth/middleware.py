"""The gate in front of every address of the application: who comes in, and as whom."""

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
"""What pages of embeds load; who may show them is up to widget/routes.py, and what they ask needs a token."""
OPEN = frozenset({"/healthz", "/favicon.ico", *(f"/fonts/{name}" for name in theme.fonts())})
"""Addresses for everybody. What the first says beyond "ok" is for those who are let in (app.py)."""
COOKIE = "footnote_reader"
BROWSER = re.compile(r"[A-Za-z0-9_-]{22}")
BROWSER_SECONDS = 400 * 86_400
"""The longest that browsers keep a cookie."""
POLICY_VIOLATION = 1008
LOG_IN_TO_API = (
    "Nothing says who asks. Send a token (Authorization: Bearer TOKEN), as docs/embedding.md says, or log in first."
)


class AccessMiddleware:
    """Middleware that lets in whom the settings allow, and tells the rest of the application who that is (access.py).

    Without a login everybody is let in who reaches the server by a loopback address.
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
        asked = HTTPConnection(scope)
        path = path_of(scope)
        if self._login and scope["type"] == "http" and path in PATHS:
            answer = await self._login.answer(path, Request(scope, receive))
            await answer(scope, receive, send)
            return
        known = asked.cookies.get(COOKIE, "")
        browser = known if BROWSER.fullmatch(known) else secrets.token_urlsafe(16)
        reader = self._reader(asked, browser)
        by_token = is_api(scope) and bool(bearer_of(asked))  # The API's own entrance looks at it.
        if reader is None and not by_token and not _is_open(path):
            await self._refuse(asked, receive, send)
            return
        if is_api(scope) and reader and browser != known and not reader.name:
            reader = replace(reader, id="")  # A program without cookies: nobody can tell it from another.
        keeps_cookie = reader is not None and not reader.name and not _is_open(path) and not is_api(scope)
        cookie = browser if keeps_cookie and (browser != known or path == "/") else ""
        headers = [(name, value) for name, value in scope["headers"] if name.lower() not in OWN_HEADERS]
        told = {**scope, "headers": headers + (reader.headers() if reader else [])}
        await self._app(told, receive, _sending(send, asked, reader, cookie))

    def _reader(self, asked: HTTPConnection, browser: str) -> Reader | None:
        """Who asks; None where they have to log in, or cannot come in at all."""
        named = self._proxies.reader(asked)
        if named:
            return named
        # The cookie opens what is kept of a reader, so what is kept does not hold it.
        own = f"browser:{hashlib.sha256(browser.encode()).hexdigest()[:32]}"
        if not self._has_login:
            return None if _comes_from_elsewhere(asked) else Reader(own)
        role = self._login.role(asked) if self._login else None
        return Reader(own, role) if role else None

    async def _refuse(self, asked: HTTPConnection, receive: Receive, send: Send) -> None:
        """Send people to the login, and tell programs that there is one."""
        scope = asked.scope
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        if is_api(scope):
            kind = "token-missing" if self._has_login else "origin-refused"
            problem = ProblemError(kind, LOG_IN_TO_API if self._has_login else self._no_entry(asked))
            await response(problem, asked)(scope, receive, send)
            return
        wants_page = scope["method"] in {"GET", "HEAD"} and "text/html" in asked.headers.get("accept", "")
        await (self._page(asked) if wants_page else self._message(asked))(scope, receive, send)

    def _page(self, asked: HTTPConnection) -> Response:
        scope = asked.scope
        if not self._login:
            return HTMLResponse(refused_page(self._no_entry(asked)), 403, {"cache-control": "no-store"})
        query = scope["query_string"].decode("latin-1")
        target = local_path(quote(scope["path"]) + (f"?{query}" if query else ""))
        return redirect(f"{scope.get('root_path', '')}{LOGIN}?{urlencode({'next': target})}")

    def _message(self, asked: HTTPConnection) -> Response:
        message = strings.LOG_IN_FIRST if self._login else self._no_entry(asked)
        return JSONResponse({"message": message}, 401 if self._login else 403, {"cache-control": "no-store"})

    def _no_entry(self, asked: HTTPConnection) -> str:
        """Why somebody cannot come in where there is no password."""
        if not self._has_login:
            return strings.NO_LOGIN_SET
        believed = self._proxies.trusts(peer(asked))
        return strings.NAMED_NOBODY if believed else strings.not_by_proxy(peer(asked))


def _sending(send: Send, asked: HTTPConnection, reader: Reader | None, cookie: str) -> Send:
    """Sends on, with the ``cookie`` that the browser is to keep, if any; pages behind a login are kept nowhere."""

    async def send_known(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if reader and reader.role and headers.get("content-type", "").startswith("text/html"):
                headers["cache-control"] = "no-store"  # Or it could be seen again once they have logged out.
            if cookie:
                carrier = Response()
                set_cookie(carrier, asked, COOKIE, cookie, BROWSER_SECONDS)
                headers.append("set-cookie", carrier.headers["set-cookie"])
        await send(message)

    return send_known


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith(OPEN_FOLDERS)


def _comes_from_elsewhere(asked: HTTPConnection) -> bool:
    """Whether a request reached the server by an address of a network, as where another program listens there."""
    server = asked.scope.get("server")
    address = parse_address(server[0]) if server else None
    return address is not None and not is_loopback(str(address))
