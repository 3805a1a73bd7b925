"""How much may be asked, by reader, address and embed: the only import of limits."""

from __future__ import annotations

import math
import threading
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from rag.core.settings import Settings
from rag.web.problems import ProblemError

REFUSED = "10/minute"
"""Tokens of one address that are not taken, before it has to wait."""


class Limits:
    """Counts within moving windows, in the memory of this process. One object is for any number of threads."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._lock = threading.Lock()
        self._subject, self._address, self._embed = map(
            parse, (settings.subject_limit, settings.address_limit, settings.embed_limit)
        )
        self._refused = parse(REFUSED)

    def asked(self, subject: str, address: str, embed: str) -> None:
        """Count a question. Raises ProblemError, which says when to try again, where it is one too many."""
        counted = [
            (self._subject, "subject", subject or address),
            (self._address, "address", address),
            (self._embed, "embed", embed),
        ]
        counted = [one for one in counted if one[2]]
        with self._lock:  # Or two who come at once might both be the last.
            for limit, kind, who in counted:
                if not self._limiter.test(limit, kind, who):
                    raise self._too_many(limit, kind, who)
            for limit, kind, who in counted:
                self._limiter.hit(limit, kind, who)

    def refused(self, address: str) -> None:
        """Count a token that was not taken. Raises ProblemError as ``asked`` does."""
        if not self._limiter.hit(self._refused, "refused", address):
            raise self._too_many(self._refused, "refused", address)

    def _too_many(self, limit: RateLimitItem, *who: str) -> ProblemError:
        reset = self._limiter.get_window_stats(limit, *who).reset_time
        return too_many(f"At most {limit.amount} in a {limit.GRANULARITY.name} are answered", reset - time.time())


def too_many(what: str, seconds: float) -> ProblemError:
    """A ProblemError that says when to try again."""
    wait = max(1, math.ceil(seconds))
    detail = f"{what}. Try again in {wait} second{'' if wait == 1 else 's'}."
    return ProblemError("too-many-requests", detail, {"Retry-After": str(wait)})
