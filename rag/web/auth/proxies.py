"""Reverse proxies: which are trusted, and which reader they name."""

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
    """The trusted proxies of the settings."""

    settings: Settings

    def trusts(self, address: str) -> bool:
        """Return whether an address is that of a trusted proxy."""
        found = parse_address(address)
        return found is not None and any(
            found in ipaddress.ip_network(network) for network in self.settings.proxy_addresses
        )

    def reader(self, request: HTTPConnection) -> Reader | None:
        """Return the reader that a trusted proxy names; None if there is no such proxy, or its header is ambiguous."""
        header = self.settings.proxy_user_header
        if not header or not self.trusts(peer(request)):
            return None
        # If there are two, the visitor may have sent one of them.
        names = request.headers.getlist(header)
        name = _text(names[0]).strip() if len(names) == 1 else ""
        if not name or len(name) > NAME_CHARACTERS or not name.isprintable():
            return None
        return Reader(f"user:{name}", "editor" if self._is_editor(request, name) else "viewer", name)

    def address(self, request: HTTPConnection) -> str:
        """Return the client's address in front of all trusted proxies; "" if it is unknown."""
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
    """Return the address at the other end of the connection; "" if it is unknown."""
    return request.client.host if request.client else ""


def parse_address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Parse an IP address, an IPv4-mapped IPv6 address as IPv4; None if it is not an address."""
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _text(value: str) -> str:
    """Decode a header: proxies write UTF-8 although the protocol says Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
