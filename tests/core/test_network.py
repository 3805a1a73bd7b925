from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.core.network import is_private, is_public, lookup

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "2a00:1450:4001::64", "64:ff9b::808:808", "::ffff:8.8.8.8"]
PRIVATE = (
    "127.0.0.1 127.255.0.3 10.0.0.1 172.16.5.4 172.31.255.255 192.168.1.1 100.64.0.1 100.127.255.255 ::1 fc00::1 "
    "fd12:3456::1 ::ffff:127.0.0.1 ::ffff:10.1.2.3 64:ff9b::7f00:1 64:ff9b::192.168.0.1"
).split()
NOBODYS = (
    "0.0.0.0 0.1.2.3 169.254.169.254 192.0.0.8 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 "
    "239.1.1.1 240.0.0.1 255.255.255.255 :: ::127.0.0.1 fe80::1 fe80::1%lo fec0::1 ff02::1 ff0e::1 2001::1 2001:db8::1 "
    "2002:7f00:1:: 2002:808:808::1 3fff::1 64:ff9b:1::1 5f00::1 ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe"
).split()


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    assert not is_private(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_private_networks_are_private_in_every_disguise(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    assert is_private(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", NOBODYS)
def test_special_addresses_are_neither(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    assert not is_private(ipaddress.ip_address(address))


def spellings(number: int) -> list[str]:
    """The ways to write an IPv4 address that the resolver, and so a browser, understands."""
    a, b, c, d = number.to_bytes(4, "big")
    return [
        f"{a}.{b}.{c}.{d}",
        str(number),
        hex(number),
        f"0{number:o}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a}.{(b << 16) + (c << 8) + d}",
        f"{a}.{b}.{(c << 8) + d}",
        f"0x{a:02X}.{b}.{(c << 8) + d}",
    ]


LOOPBACK = st.integers(0x7F000000, 0x7FFFFFFF)
TEN = st.integers(0x0A000000, 0x0AFFFFFF)
LINK_LOCAL = st.integers(0xA9FE0000, 0xA9FEFFFF)
MULTICAST_AND_UP = st.integers(0xE0000000, 0xFFFFFFFF)


@given(LOOPBACK | TEN | LINK_LOCAL | MULTICAST_AND_UP, st.integers(0, 8))
def test_no_spelling_of_an_address_gets_it_past(number: int, spelling: int) -> None:
    with pytest.raises(ArticleError):
        lookup(spellings(number)[spelling], 80, allow_private=False)


@given(LINK_LOCAL | MULTICAST_AND_UP, st.integers(0, 8))
def test_link_local_and_special_addresses_are_refused_even_where_private_ones_are_allowed(
    number: int, spelling: int
) -> None:
    with pytest.raises(ArticleError, match="where no public page can be"):
        lookup(spellings(number)[spelling], 80, allow_private=True)


@given(LOOPBACK | TEN)
def test_ipv6_disguises_are_judged_by_what_they_carry(number: int) -> None:
    for disguise in (0xFFFF << 32, 0x64FF9B << 96, 0x2002 << 112, 0):
        shift = 80 if disguise == 0x2002 << 112 else 0
        assert not is_public(ipaddress.IPv6Address(disguise | number << shift))


@given(st.ip_addresses())
def test_no_address_is_both_public_and_private(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert not (is_public(address) and is_private(address))


@given(st.ip_addresses(v=4))
def test_the_public_ones_of_ipv4_are_among_those_that_python_calls_global(address: ipaddress.IPv4Address) -> None:
    assert not is_public(address) or (address.is_global and not address.is_multicast)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "127.1", "0x7f.1", "2130706433"])
def test_private_host_is_refused_with_the_setting_that_allows_it(host: str) -> None:
    with pytest.raises(ArticleError, match=r"private network or on this machine .* Set allow_private_addresses"):
        lookup(host, 80, allow_private=False)
    assert lookup(host, 80, allow_private=True)


@pytest.mark.parametrize("host", ["", "a..b", "x" * 70, "ex ample", "nobody.invalid", "\udc80", "a\0b"])
def test_name_that_does_not_exist_is_an_article_error(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: object, **named: object) -> None:
        str(arguments[0]).encode("idna")
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ArticleError, match="was not found"):
        lookup(host, 80, allow_private=False)


def test_one_private_answer_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, 0, 0, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.5")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **named: answers)
    with pytest.raises(ArticleError, match=r"10\.0\.0\.5"):
        lookup("two-faces.example", 80, allow_private=False)
    assert lookup("two-faces.example", 80, allow_private=True) == ("93.184.216.34", "10.0.0.5")
