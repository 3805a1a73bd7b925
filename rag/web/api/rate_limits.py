"""How many questions the API answers, by reader, address and embed."""

from __future__ import annotations

import threading

from rag.core.settings import Settings
from rag.web.auth.throttling import RateLimit
from rag.web.problems import ProblemError

REFUSED_TOKENS = "10/minute"
"""Refused tokens from one address, before it has to wait. Chosen by hand."""


class RateLimits:
    """The limits of one application. Any number of threads may use it."""

    def __init__(self, settings: Settings) -> None:
        self._lock = threading.Lock()
        self._subject, self._address, self._embed, self._refused = map(
            RateLimit, (settings.subject_limit, settings.address_limit, settings.embed_limit, REFUSED_TOKENS)
        )

    def count_question(self, subject: str, address: str, embed: str) -> None:
        """Count a question. Raises ProblemError, which says when to try again, if it is over a limit."""
        counted = [
            (limit, key)
            for limit, key in ((self._subject, subject or address), (self._address, address), (self._embed, embed))
            if key
        ]
        with self._lock:  # Otherwise two at once might both be the last within the limit.
            for limit, key in counted:
                if wait := limit.wait(key):
                    raise _over(limit, wait)
            for limit, key in counted:
                limit.hit(key)

    def count_refused_token(self, address: str) -> None:
        """Count a refused token. Raises ProblemError as ``count_question`` does."""
        if not self._refused.hit(address):
            raise _over(self._refused, self._refused.wait(address))


def too_many(what: str, seconds: int) -> ProblemError:
    """Return a ProblemError that says when to try again."""
    wait = max(1, seconds)
    detail = f"{what}. Try again in {wait} second{'' if wait == 1 else 's'}."
    return ProblemError("too-many-requests", detail, {"Retry-After": str(wait)})


def _over(limit: RateLimit, seconds: int) -> ProblemError:
    return too_many(f"At most {limit.limit.amount} in a {limit.limit.GRANULARITY.name} are answered", seconds)
