"""The public keys of an identity provider, as a JWKS: from a file, or fetched and kept for a while."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from jwt import PyJWK, PyJWKSet, PyJWTError

from rag.core.errors import IssuerUnreachableError
from rag.core.network import is_loopback
from rag.web.embed.store import Issuer

KEPT_SECONDS = 600
"""How long keys are believed before they are fetched again."""
AGAIN_SECONDS = 30
"""How long a key that is not among them is not looked for again, nor keys that could not be had: anybody may ask."""
LONGEST_ANSWER = 1 << 20
SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Fetched:
    """What came of fetching keys last; those of before stay where nothing came."""

    at: float
    keys: PyJWKSet | None
    problem: str = ""


class IssuerKeys:
    """One object is for any number of threads. ``offline``: nothing is fetched."""

    def __init__(self, *, offline: bool) -> None:
        self._offline = offline
        self._lock = threading.Lock()
        self._known: dict[str, _Fetched] = {}

    def of(self, issuer: Issuer, key_id: object) -> list[Any]:
        """The keys that a token may be signed with: those with its ``kid``, or all where it names none.

        Raises IssuerUnreachableError.
        """
        chosen = _chosen(self._found(issuer.keys, KEPT_SECONDS), key_id)
        return [key.key for key in chosen or _chosen(self._found(issuer.keys, AGAIN_SECONDS), key_id)]

    def _found(self, where: str, age: float) -> PyJWKSet:
        """The keys, not older than so many seconds where they can be had."""
        with self._lock:
            fetched = self._known.get(where)
            if fetched is None or time.monotonic() - fetched.at > (AGAIN_SECONDS if fetched.problem else age):
                fetched = self._known[where] = self._fetched(where, fetched)
        if fetched.keys is None:
            raise IssuerUnreachableError(
                f"The keys of the identity provider cannot be read ({fetched.problem}). Try again later; whoever runs "
                "Footnote can check the address with rag embed show."
            )
        return fetched.keys

    def _fetched(self, where: str, before: _Fetched | None) -> _Fetched:
        now = time.monotonic()
        try:
            return _Fetched(now, PyJWKSet.from_dict(json.loads(self._read(where))))
        except (OSError, ValueError, PyJWTError, httpx.HTTPError, AttributeError, TypeError) as error:
            return _Fetched(now, before.keys if before else None, str(error) or type(error).__name__)

    def _read(self, where: str) -> bytes:
        if not is_address(where):
            return Path(where).expanduser().read_bytes()
        if self._offline:
            raise ValueError("RAG_OFFLINE forbids to fetch them")
        with httpx.stream("GET", where, timeout=SECONDS, follow_redirects=False) as answer:
            answer.raise_for_status()
            found = b""
            for block in answer.iter_bytes():
                found += block
                if len(found) > LONGEST_ANSWER:
                    raise ValueError("what came is too long to be keys")
        return found


def is_address(where: str) -> bool:
    """Whether keys are fetched, and not read from a file. Raises ValueError for an address that cannot be trusted."""
    parts = urlsplit(where)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return True
    if "://" in where:
        raise ValueError(f"'{where}' is not https")
    return False


def _chosen(keys: PyJWKSet, key_id: object) -> list[PyJWK]:
    """Those for RSA with this ``kid``."""
    return [key for key in keys.keys if key.key_type == "RSA" and key_id in (None, key.key_id)]
