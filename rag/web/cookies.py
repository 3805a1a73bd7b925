"""Cookies that scripts cannot read and other websites cannot send along."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response


def set_cookie(response: Response, request: HTTPConnection, name: str, value: str, seconds: int) -> None:
    """Set a cookie for the whole site, for https alone if the request came by it; with 0 seconds, delete it."""
    response.set_cookie(name, value, seconds, httponly=True, samesite="lax", secure=_is_https(request))


def _is_https(request: HTTPConnection) -> bool:
    """Return whether the browser speaks https, to us or to a proxy. A false claim only hides one's own cookie."""
    forwarded = request.headers.get("x-forwarded-proto", "")
    return request.scope["scheme"] in {"https", "wss"} or forwarded.startswith("https")
