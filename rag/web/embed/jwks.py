"""The public keys of an identity provider (JWKS): read from a file, or fetched and cached."""

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

CACHE_SECONDS = 600
RETRY_SECONDS = 30
"""How soon keys are fetched again for an unknown key id or after a failure, either of which anybody can provoke."""
MAX_RESPONSE_BYTES = 1 << 20
TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Fetched:
    """The result of the last fetch. After a failure ``keys`` are those of the fetch before."""

    at: float
    keys: PyJWKSet | None
    problem: str = ""


class IssuerKeys:
    """A thread-safe cache of the keys of all identity providers. With ``offline`` only files are read."""

    def __init__(self, *, offline: bool) -> None:
        self._offline = offline
        self._lock = threading.Lock()
        self._known: dict[str, _Fetched] = {}

    def of(self, issuer: Issuer, key_id: object) -> list[Any]:
        """Return the keys with a token's ``kid``, or all keys if it has none.

        Raises:
            IssuerUnreachableError: if the keys cannot be read and none are cached.
        """
        chosen = _chosen(self._found(issuer.keys, CACHE_SECONDS), key_id)
        return [key.key for key in chosen or _chosen(self._found(issuer.keys, RETRY_SECONDS), key_id)]

    def _found(self, where: str, age: float) -> PyJWKSet:
        """Return the keys, fetching them again if they are older than ``age`` seconds."""
        with self._lock:
            fetched = self._known.get(where)
            if fetched is None or time.monotonic() - fetched.at > (RETRY_SECONDS if fetched.problem else age):
                fetched = self._known[where] = self._fetched(where, fetched)
        if fetched.keys is None:
            raise IssuerUnreachableError(
                f"The keys of the identity provider cannot be read ({fetched.problem}). Try again later, or "
                "check the address with rag embed show."
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
            raise ValueError("RAG_OFFLINE forbids fetching them")
        with httpx.stream("GET", where, timeout=TIMEOUT_SECONDS, follow_redirects=False) as answer:
            answer.raise_for_status()
            found = b""
            for block in answer.iter_bytes():
                found += block
                if len(found) > MAX_RESPONSE_BYTES:
                    raise ValueError("the response is too large for keys")
        return found


def is_address(where: str) -> bool:
    """Return whether keys are fetched rather than read from a file. Raises ValueError if the address is not https."""
    parts = urlsplit(where)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return True
    if "://" in where:
        raise ValueError(f"'{where}' is not https")
    return False


def _chosen(keys: PyJWKSet, key_id: object) -> list[PyJWK]:
    """Select the RSA keys with this ``kid``."""
    return [key for key in keys.keys if key.key_type == "RSA" and key_id in (None, key.key_id)]
