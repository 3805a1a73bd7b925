"""Wrong passwords are counted, so that guessing one takes longer than anybody has."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import deque
from collections.abc import Callable

OF_ONE, OF_ALL = 10, 200
"""How many may be wrong, from one address and from all together, before the next has to wait."""
WINDOW_SECONDS = 15 * 60


class Attempts:
    """The wrong passwords of the last minutes, by the network that they came from."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: deque[tuple[float, str]] = deque()

    def wait(self, address: str) -> int:
        """How many seconds an address has to wait before its next attempt is looked at; 0 for none."""
        now = self._clock()
        while self._wrong and self._wrong[0][0] <= now - WINDOW_SECONDS:
            self._wrong.popleft()
        network = _network(address)
        own = [moment for moment, one in self._wrong if one == network]
        for moments, most in ((own, OF_ONE), ([moment for moment, _ in self._wrong], OF_ALL)):
            if len(moments) >= most:
                return math.ceil(moments[-most] + WINDOW_SECONDS - now)
        return 0

    def failed(self, address: str) -> None:
        """Count a wrong password. To be called only where there was nothing to wait for, so that little is kept."""
        self._wrong.append((self._clock(), _network(address)))


def _network(address: str) -> str:
    """An IPv4 address, or the part of an IPv6 address that one household has: it may choose the rest at will."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found.packed[:8] + bytes(8), 64))) if found.version == 6 else str(found)
