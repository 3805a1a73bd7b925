"""Who may change the library through the page, decided for each request on the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol
from urllib.parse import urlsplit

from rag.core.errors import SettingsError
from rag.core.network import is_loopback
from rag.core.settings import Settings
from rag.web.i18n import strings

Role = Literal["viewer", "editor"]
ROLE_HEADER = "x-footnote-role"
"""The reader's role. AccessMiddleware sets it, and removes it from incoming requests."""
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Client(Protocol):
    @property
    def host(self) -> str: ...


class Visitor(Protocol):
    """The parts of a request that say who sends it. Names of headers are in lower case."""

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def client(self) -> Client | None: ...


Refusal = Callable[[Visitor], str]
"""Says why a visitor may not change the library; "" if they may."""


def role_of(visitor: Visitor) -> Role | None:
    """Return the role that the login gave; None if there is no login."""
    role = visitor.headers.get(ROLE_HEADER)
    return "editor" if role == "editor" else "viewer" if role == "viewer" else None


def refusal(settings: Settings, visitor: Visitor) -> str:
    """Say why a visitor may not change the library by the setting ``library_editing``; "" if they may.

    Pages of other websites are always refused. With a login, "local" means editors. Without one it means a direct
    connection to a loopback address: a proxy on this machine connects from 127.0.0.1 for everybody, and any host name
    can be pointed at 127.0.0.1.
    """
    mode = settings.library_editing
    if mode == "off":
        return strings.EDITING_OFF
    if is_cross_origin(visitor):
        return strings.EDITING_FOREIGN
    if mode == "on":
        return ""
    if settings.has_login:
        return "" if role_of(visitor) == "editor" else strings.EDITING_VIEWER
    client, host = visitor.client, _host_name(visitor.headers.get("host", ""))
    direct = client is not None and is_loopback(client.host) and is_loopback(host)
    forwarded = any(visitor.headers.get(name) for name in FORWARDED)
    return "" if is_loopback(settings.host) and direct and not forwarded else strings.EDITING_LOCAL


def require_login(settings: Settings) -> None:
    """Raise SettingsError if other machines can reach the page and it has no login."""
    if not (settings.has_login or is_loopback(settings.host)):
        raise SettingsError(
            f"At {settings.host} other machines can reach the page, and anybody there could read the articles. Set a "
            "password in RAG_VIEWER_PASSWORD or RAG_EDITOR_PASSWORD, or proxy_user_header if a proxy handles the "
            "login (see docs/access.md). Without --host, only this machine is served."
        )


def is_cross_origin(visitor: Visitor) -> bool:
    """Return whether a request comes from a page of another website."""
    origin = visitor.headers.get("origin")
    try:
        return origin is not None and urlsplit(origin).netloc.lower() != visitor.headers.get("host", "").lower()
    except ValueError:
        return True


def _host_name(host: str) -> str:
    """Return the Host header without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
