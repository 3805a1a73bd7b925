"""Proxies in front of the page: which are believed, and whom they name."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from rag.core.settings import Settings
from rag.web.auth.identity import Reader

NAME_CHARACTERS = 256
FORWARDED_FOR = "x-forwarded-for"


@dataclass(frozen=True, slots=True)
class Proxies:
    """What the settings say of proxies."""

    settings: Settings

    def trusts(self, address: str) -> bool:
        """Whether what comes from there may say who sent it."""
        found = parse_address(address)
        return found is not None and any(
            found in ipaddress.ip_network(network) for network in self.settings.proxy_addresses
        )

    def reader(self, request: HTTPConnection) -> Reader | None:
        """Whom a proxy that is believed names; None where there is no such proxy, or it names nobody for certain."""
        header = self.settings.proxy_user_header
        if not header or not self.trusts(peer(request)):
            return None
        # Two of them: one may be the visitor's own, which the proxy has let through.
        names = request.headers.getlist(header)
        name = _text(names[0]).strip() if len(names) == 1 else ""
        if not name or len(name) > NAME_CHARACTERS or not name.isprintable():
            return None
        return Reader(f"user:{name}", "editor" if self._is_editor(request, name) else "viewer", name)

    def address(self, request: HTTPConnection) -> str:
        """Where a request comes from, before the proxies that are believed; "" where that is not known."""
        address = peer(request)
        passed = ",".join(request.headers.getlist(FORWARDED_FOR)).split(",")
        while self.trusts(address) and passed:
            before = passed.pop().strip()
            if parse_address(before) is None:
                break
            address = before
        return address

    def _is_editor(self, request: HTTPConnection, name: str) -> bool:
        header = self.settings.proxy_groups_header
        if not header:
            return name in self.settings.proxy_editors
        groups = ",".join(request.headers.getlist(header)).split(",")
        return any(_text(group).strip() in self.settings.proxy_editors for group in groups)


def peer(request: HTTPConnection) -> str:
    """The other end of the connection; "" where that is not known."""
    return request.client.host if request.client else ""


def parse_address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address, of IPv4 where it is one that is written as IPv6; None for what is none."""
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _text(value: str) -> str:
    """A header as text: proxies write UTF-8 where the protocol says Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
