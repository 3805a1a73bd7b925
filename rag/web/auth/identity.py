"""The reader of a request, as AccessMiddleware has identified them, in headers of our own.

The middleware removes these headers from every incoming request before it sets them, so they can be trusted.
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
    """A reader. ``name`` is given by a trusted proxy; "" with a password or without a login."""

    id: str
    role: Role | None = None
    """None if there is no login: then the connection decides what is allowed (permissions.py)."""
    name: str = ""

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers that pass the reader on to the rest of the application."""
        values = {READER_HEADER: quote(self.id), NAME_HEADER: quote(self.name), ROLE_HEADER: self.role or ""}
        return [(name.encode(), value.encode()) for name, value in values.items()]


def reader_of(visitor: Visitor) -> str:
    """Return the owner of the reader's conversations: ``user:NAME`` by a trusted proxy, else ``browser:ID``.

    "" if the request did not pass AccessMiddleware: nothing may be stored for it or shown to it.
    """
    return unquote(visitor.headers.get(READER_HEADER, ""))


def name_of(visitor: Visitor) -> str:
    """Return the reader's name by a trusted proxy, not escaped; "" if there is none."""
    return unquote(visitor.headers.get(NAME_HEADER, ""))


def bearer_of(request: HTTPConnection) -> str:
    """Return the JWT of a request, or "": clients of OpenAI's API always send a key, which may be no JWT."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.count(".") == 2 else ""
