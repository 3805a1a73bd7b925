"""Who asks: what the gate (gate.py) has found out about a request, carried in headers of our own.

The gate takes these headers out of every request that comes in and writes them anew, so that what they say is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection

from rag.web.auth.permissions import ROLE_HEADER, Role, Visitor

READER_HEADER = "x-footnote-reader"
NAME_HEADER = "x-footnote-name"
OWN_HEADERS = frozenset(name.encode() for name in (READER_HEADER, NAME_HEADER, ROLE_HEADER))


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks. ``name`` is what a trusted proxy calls them; "" where a password or nothing was asked for."""

    id: str
    role: Role | None = None
    """None where there is no login: then the connection decides what may be done (editing.py)."""
    name: str = ""

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers that tell it to the rest of the application."""
        values = {READER_HEADER: quote(self.id), NAME_HEADER: quote(self.name), ROLE_HEADER: self.role or ""}
        return [(name.encode(), value.encode()) for name, value in values.items()]


def reader_of(visitor: Visitor) -> str:
    """Who reads, for what is kept of their conversations: ``user:NAME`` by a trusted proxy, else ``browser:ID``.

    "" for a request that did not come through the gate: nothing is to be kept for it, or shown to it.
    """
    return unquote(visitor.headers.get(READER_HEADER, ""))


def name_of(visitor: Visitor) -> str:
    """What a trusted proxy calls the reader, as it came from outside; "" where there is none."""
    return unquote(visitor.headers.get(NAME_HEADER, ""))


def bearer_of(request: HTTPConnection) -> str:
    """The token of a request. A key that is no token is none: clients of OpenAI's API cannot do without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.count(".") == 2 else ""
