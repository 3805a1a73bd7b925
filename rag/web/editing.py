"""Who may change the library through the page: decided on the server, for each request anew."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import urlsplit

from rag.settings import Settings
from rag.web import strings

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Client(Protocol):
    @property
    def host(self) -> str: ...


class Visitor(Protocol):
    """A request, as far as it says who sends it. Names of headers are in lower case."""

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def client(self) -> Client | None: ...


Refusal = Callable[[Visitor], str]
"""Why a visitor may not change the library, in a sentence; "" where they may."""


def refusal(settings: Settings, visitor: Visitor) -> str:
    """A Refusal by the setting ``library_editing``; pages of other websites are refused whatever it says.

    A proxy on this machine makes strangers look like neighbours, and a name may be pointed at 127.0.0.1; "local"
    therefore asks for a direct connection to an address of this machine.
    """
    mode = settings.library_editing
    if mode == "off":
        return strings.EDITING_OFF
    host, origin = visitor.headers.get("host", ""), visitor.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return strings.EDITING_FOREIGN
    if mode == "on":
        return ""
    client = visitor.client
    direct = client is not None and is_loopback(client.host) and is_loopback(_host_name(host))
    forwarded = any(visitor.headers.get(name) for name in FORWARDED)
    return "" if is_loopback(settings.host) and direct and not forwarded else strings.EDITING_LOCAL


def is_loopback(name: str) -> bool:
    """Whether a name or address always means the machine itself."""
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _host_name(host: str) -> str:
    """The Host header without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
