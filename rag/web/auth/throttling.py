"""Rate limits in moving windows, and the one on wrong passwords: guessing takes longer than anybody has."""

from __future__ import annotations

import ipaddress
import math
import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

PER_NETWORK, TOTAL = "10 per 15 minute", "200 per 15 minute"
"""Wrong passwords from one network and from all together, before the next attempt has to wait. Chosen by hand."""


class RateLimit:
    """At most so many events in a moving window, for each key apart.

    They are counted in the memory of this process. Any number of threads may use one object.
    """

    def __init__(self, limit: str) -> None:
        self.limit = parse(limit)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, key: str) -> bool:
        """Count an event; return whether it was within the limit."""
        return self._limiter.hit(self.limit, key)

    def wait(self, key: str) -> int:
        """Return the seconds until another event is within the limit; 0 if one is now."""
        if self._limiter.test(self.limit, key):
            return 0
        return math.ceil(self._limiter.get_window_stats(self.limit, key).reset_time - time.time())


class FailedLogins:
    """Wrong passwords, by the network that they came from."""

    def __init__(self) -> None:
        self._per_network, self._total = RateLimit(PER_NETWORK), RateLimit(TOTAL)

    def wait(self, address: str) -> int:
        """Return the seconds until the next attempt from an address is checked; 0 for none."""
        return self._per_network.wait(_network(address)) or self._total.wait("")

    def count(self, address: str) -> None:
        """Count a wrong password."""
        self._per_network.hit(_network(address))
        self._total.hit("")


def _network(address: str) -> str:
    """Return an IPv4 address, or the /64 network of an IPv6 address: a household may choose the rest at will."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found.packed[:8] + bytes(8), 64))) if found.version == 6 else str(found)
