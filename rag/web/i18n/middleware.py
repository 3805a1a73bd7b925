"""Choose the language of a request: the reader's choice, else the setting, else what the browser prefers."""

from __future__ import annotations

import re

from fastapi import APIRouter, HTTPException, Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.web.cookies import set_cookie
from rag.web.i18n.catalogs import DEFAULT, LOCALES, use_language

COOKIE = "footnote_language"
COOKIE_SECONDS = 365 * 24 * 60 * 60
MAX_RANGES = 50
"""Language ranges of an Accept-Language header that are read."""
LANGUAGE_RANGE = re.compile(
    r"\s*([a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.IGNORECASE
)


class LanguageMiddleware:
    """Answer each request in its language, which is also in ``request.state.language``.

    Args:
        language: The setting: a language, or "auto" for the one that the browser prefers.
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
        with use_language(language):
            await self._app(scope, receive, send)


def language_of(cookies: str, accepted: str, setting: str = "auto") -> str:
    """Return the language for a request with these Cookie and Accept-Language headers."""
    chosen = cookie_parser(cookies).get(COOKIE, "")
    if chosen in LOCALES:
        return chosen
    return preferred_language(accepted) if setting == "auto" else setting


def preferred_language(accepted: str) -> str:
    """Return the language of the interface that an Accept-Language header prefers; English if it names none."""
    quality: dict[str, float] = {}
    for part in accepted.split(",")[:MAX_RANGES]:
        found = LANGUAGE_RANGE.fullmatch(part)
        if found and found[1].lower() in LOCALES:
            quality.setdefault(found[1].lower(), float(found[2] or 1))
    preferred = max(quality, key=quality.__getitem__, default=DEFAULT)
    return preferred if quality.get(preferred) else DEFAULT


def router() -> APIRouter:
    """Return the route that keeps the reader's choice in a cookie and goes back to the page."""
    routes = APIRouter()

    @routes.get("/language/{language}")
    def choose(language: str, request: Request) -> Response:
        if language not in LOCALES:
            raise HTTPException(404)
        back = RedirectResponse("../", status_code=303)
        set_cookie(back, request, COOKIE, language, COOKIE_SECONDS)
        return back

    return routes
