"""Which language a reader is spoken to in: the one they chose, else the one that is set, else their browser's best."""

from __future__ import annotations

import re

from fastapi import APIRouter, HTTPException, Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.web.cookies import set_cookie
from rag.web.i18n.catalogs import DEFAULT, LOCALES, speaking

COOKIE = "footnote_language"
A_YEAR = 365 * 24 * 60 * 60
MOST = 50
"""Languages of a browser that are looked at."""
LIKED = re.compile(
    r"\s*([a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.IGNORECASE
)


class Speaking:
    """Has every request answered in its language, which is in ``request.state.language`` as well.

    ``language`` is the setting: one for all who have not chosen another, or "auto" for what their browsers like best.
    """

    def __init__(self, app: ASGIApp, language: str) -> None:
        self._app = app
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        language = language_of(headers.get("cookie", ""), headers.get("accept-language", ""), self._language)
        scope.setdefault("state", {})["language"] = language
        with speaking(language):
            await self._app(scope, receive, send)


def language_of(cookies: str, accepted: str, setting: str = "auto") -> str:
    """The language for a request with these headers, Cookie and Accept-Language."""
    chosen = cookie_parser(cookies).get(COOKIE, "")
    if chosen in LOCALES:
        return chosen
    return best(accepted) if setting == "auto" else setting


def best(accepted: str) -> str:
    """The language of ours that an Accept-Language header likes best; English where it likes none."""
    quality: dict[str, float] = {}
    for part in accepted.split(",")[:MOST]:
        found = LIKED.fullmatch(part)
        if found and found[1].lower() in LOCALES:
            quality.setdefault(found[1].lower(), float(found[2] or 1))
    liked = max(quality, key=quality.__getitem__, default=DEFAULT)
    return liked if quality.get(liked) else DEFAULT


def router() -> APIRouter:
    """Where the links of the choice lead to: it is kept in a cookie, and the page is shown anew."""
    routes = APIRouter()

    @routes.get("/language/{language}")
    def choose(language: str, request: Request) -> Response:
        if language not in LOCALES:
            raise HTTPException(404)
        back = RedirectResponse("../", status_code=303)
        set_cookie(back.headers, request, COOKIE, language, A_YEAR)
        return back

    return routes
