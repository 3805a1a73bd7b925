"""Log in by a password, and log out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from rag.core.errors import ServeError
from rag.web.auth.login_pages import LOGIN, LOGOUT, local_path, login_page
from rag.web.auth.permissions import Role, is_cross_origin
from rag.web.auth.proxies import Proxies
from rag.web.auth.sessions import Sessions
from rag.web.auth.throttling import FailedLogins
from rag.web.cookies import set_cookie
from rag.web.i18n import strings

PATHS = frozenset({LOGIN, LOGOUT})
FORM_BYTES = 16_384
logger = logging.getLogger(__name__)


class Login:
    """The login form and its POST, and the logout, at ``PATHS``."""

    def __init__(self, sessions: Sessions, proxies: Proxies) -> None:
        self._sessions = sessions
        self._proxies = proxies
        self._failed = FailedLogins()

    def role(self, connection: HTTPConnection) -> Role | None:
        """Return the role of the sender of a request; None if they are not logged in."""
        return self._sessions.role(connection.cookies.get(self._sessions.cookie, ""))

    async def answer(self, path: str, request: Request) -> Response:
        """Show the form, or handle what was sent with it."""
        if path == LOGOUT:
            return self._log_out(request) if request.method == "POST" else _not_allowed("POST")
        if request.method == "POST":
            return await self._log_in(request)
        if request.method not in {"GET", "HEAD"}:
            return _not_allowed("GET, HEAD, POST")
        goes_to = local_path(request.query_params.get("next", "/"))
        if self.role(request):
            return redirect(goes_to)
        return _form(request, goes_to, said=strings.LOGGED_OUT if "out" in request.query_params else "")

    async def _log_in(self, request: Request) -> Response:
        fields = await _fields(request)
        if fields is None:
            return _form(request, "/", strings.PASSWORD_TOO_LONG, 413)
        goes_to = local_path(fields.get("next", "/"))
        if is_cross_origin(request):
            return _form(request, goes_to, strings.LOGIN_FOREIGN, 403)
        address = self._proxies.address(request)
        seconds = self._failed.wait(address)
        if seconds:
            answer = _form(request, goes_to, strings.too_many_wrong(-(-seconds // 60)), 429)
            answer.headers["retry-after"] = str(seconds)
            return answer
        role = self._sessions.role_by(fields.get("password", ""))
        if not role:
            self._failed.count(address)
            logger.warning("A wrong password came from %s.", address)
            return _form(request, goes_to, strings.WRONG_PASSWORD, 401)
        self._sessions.end(request.cookies.get(self._sessions.cookie, ""))
        try:
            token = self._sessions.begin(role)
        except ServeError as error:
            logger.error("%s", error)
            return _form(request, goes_to, strings.LOGIN_NOT_KEPT, 507)
        answer = redirect(goes_to)
        set_cookie(answer, request, self._sessions.cookie, token, self._sessions.seconds)
        return answer

    def _log_out(self, request: Request) -> Response:
        if is_cross_origin(request):
            return _form(request, "/", strings.LOGIN_FOREIGN, 403)
        self._sessions.end(request.cookies.get(self._sessions.cookie, ""))
        answer = redirect(f"{request.scope.get('root_path', '')}{LOGIN}?out=1")
        set_cookie(answer, request, self._sessions.cookie, "", 0)
        return answer


def redirect(target: str) -> Response:
    """Redirect a browser; the redirect is not cached."""
    return RedirectResponse(target, 303, {"cache-control": "no-store"})


def _form(request: Request, goes_to: str, problem: str = "", status: int = 200, said: str = "") -> Response:
    page = login_page(request.scope.get("root_path", ""), goes_to, problem, said)
    return HTMLResponse(page, status, {"cache-control": "no-store"})


def _not_allowed(methods: str) -> Response:
    return JSONResponse({"message": f"Send one of: {methods}."}, 405, {"allow": methods})


async def _fields(request: Request) -> Mapping[str, str] | None:
    """Read the fields of a form, the first of each name; None if it is longer than FORM_BYTES."""
    body = bytearray()
    try:
        async for block in request.stream():
            body += block
            if len(body) > FORM_BYTES:
                return None
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except ClientDisconnect:
        return None
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}
