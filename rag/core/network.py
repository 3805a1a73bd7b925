"""Protection against server-side request forgery: which network addresses pages may be fetched from."""

from __future__ import annotations

import ipaddress
import socket

from rag.core.errors import ArticleError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Blocks that older releases of Python call global and are not: protocol assignments, 6to4 and its relays, benchmarks
# and documentation. An address of 6to4 or Teredo embeds an IPv4 address that the tunnel would lead to.
NOT_PUBLIC = [
    ipaddress.ip_network(block)
    for block in ("192.0.0.0/24 192.88.99.0/24 198.18.0.0/15 2001::/23 2001:db8::/32 2002::/16 3fff::/20".split())
]
PRIVATE = [
    ipaddress.ip_network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
]


def lookup(host: str, port: int, *, allow_private: bool) -> tuple[str, ...]:
    """Resolve a host once and check every address that it has.

    Args:
        host: A name, or an address in any spelling.
        port: The port to connect to.
        allow_private: Whether addresses of private networks and of this machine are allowed, too.

    Returns:
        The numeric addresses, the preferred one first.

    Raises:
        ArticleError: if there is no address, or if any of them is not allowed.
    """
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # ValueError: not a host name, for example with a NUL
        reason = getattr(error, "strerror", None) or error
        raise ArticleError(
            f"The host '{host}' was not found ({reason}). Check the spelling of the address and the network."
        ) from None
    found = tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))
    for address in found:
        judged = ipaddress.ip_address(address)
        if is_public(judged) or (allow_private and is_private(judged)):
            continue
        if is_private(judged):
            raise ArticleError(
                f"The host '{host}' is in a private network or on this machine ({address}), where no page is fetched. "
                "Set allow_private_addresses if that is meant."
            )
        raise ArticleError(
            f"The host '{host}' has the address {address}, where no public page can be. Check the address."
        )
    return found


def is_public(address: Address) -> bool:
    """Return whether the address is the same machine for everybody on the internet."""
    address = _unmapped(address)
    if isinstance(address, ipaddress.IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    special = address.is_multicast or address.is_reserved or any(address in block for block in NOT_PUBLIC)
    return address.is_global and not special


def is_private(address: Address) -> bool:
    """Return whether the address is of this machine or of a private network (RFC 1918, carrier NAT, unique local).

    Link-local addresses are not: cloud machines serve their secrets there, and nobody serves articles.
    """
    address = _unmapped(address)
    return address.is_loopback or any(address in block for block in PRIVATE)


def _unmapped(address: Address) -> Address:
    """Return the IPv4 address in an IPv4-mapped or NAT64 address; any other address as it is."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def is_loopback(name: str) -> bool:
    """Return whether a name or address always means the machine itself."""
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
