"""Cookies that only the server reads, and that no other website can have sent along."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection


def set_cookie(headers: MutableHeaders, asked: HTTPConnection, name: str, value: str, seconds: int) -> None:
    """Have a browser keep a value, for https alone where it came by that; with 0 seconds, forget it."""
    cookie = f"{name}={value}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}"
    headers.append("set-cookie", f"{cookie}; Secure" if _came_by_https(asked) else cookie)


def _came_by_https(asked: HTTPConnection) -> bool:
    """Whether the browser speaks https, to us or to a proxy. Who claims it falsely keeps only its own cookie away."""
    return asked.scope["scheme"] in {"https", "wss"} or asked.headers.get("x-forwarded-proto", "").startswith("https")
