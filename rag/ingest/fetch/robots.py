"""Fetch politely: one request at a time per host, a pause after each, and robots.txt is respected."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from urllib.robotparser import RobotFileParser

from rag.core.errors import ArticleError
from rag.core.settings import Settings
from rag.ingest.fetch.http import USER_AGENT, Fetched, Limits, StatusError, display_url, fetch, parse_address

PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
ROBOTS_BYTES = 512 * 1024  # How much of a robots.txt is read (RFC 9309, 2.5).


@dataclass(slots=True)
class _Host:
    """When a host may be asked again, by the monotonic clock. The lock is held during a request."""

    lock: Lock = field(default_factory=Lock)
    free_at: float = 0.0


# Shared by the whole process, so that several feeds of one host do not overload it.
_hosts: dict[str, _Host] = {}


class PoliteFetcher:
    """Fetches pages with at least ``pause_seconds`` between two requests to the same host.

    A longer ``Crawl-delay`` of robots.txt is respected up to LONGEST_PAUSE_SECONDS.
    """

    def __init__(
        self, settings: Settings, *, pause_seconds: float = PAUSE_SECONDS, limits: Limits | None = None
    ) -> None:
        self._settings, self._pause_seconds, self._limits = settings, pause_seconds, limits or Limits()
        self._rules: dict[str, RobotFileParser | str] = {}

    def fetch(self, address: str) -> Fetched:
        """Fetch an address that a person gave. Raises ArticleError as ``rag.ingest.fetch.http.fetch``."""
        return fetch(address, self._settings, limits=self._limits, slot=self._slot)

    def follow(self, address: str) -> Fetched:
        """Fetch an address that was found in a feed or a sitemap.

        Raises ArticleError as ``fetch``, and if a robots.txt, also of a redirect, forbids the page or cannot be read.
        """
        return fetch(address, self._settings, limits=self._limits, slot=self._allowed_slot)

    @contextmanager
    def _slot(self, address: str, pause_seconds: float = 0.0) -> Iterator[None]:
        host = _hosts.setdefault(parse_address(address).netloc.decode(), _Host())
        with host.lock:
            time.sleep(max(0.0, host.free_at - time.monotonic()))
            try:
                yield
            finally:
                host.free_at = time.monotonic() + max(self._pause_seconds, pause_seconds)

    @contextmanager
    def _allowed_slot(self, address: str) -> Iterator[None]:
        rules = self._rules_for(address)
        if not rules.can_fetch(USER_AGENT, address):
            raise ArticleError(
                f"The robots.txt of {parse_address(address).host} does not allow {display_url(address)}. Open it in a "
                "browser, save the page, and ingest the file."
            )
        wanted = float(rules.crawl_delay(USER_AGENT) or 0)
        with self._slot(address, min(wanted, LONGEST_PAUSE_SECONDS)):
            yield

    def _rules_for(self, address: str) -> RobotFileParser:
        origin = str(parse_address(address).copy_with(raw_path=b"/robots.txt"))
        if origin not in self._rules:
            self._rules[origin] = self._read_rules(origin)
        rules = self._rules[origin]
        if isinstance(rules, str):
            raise ArticleError(rules)
        return rules

    def _read_rules(self, address: str) -> RobotFileParser | str:
        """Return the rules of a host; or, if they cannot be read, why its pages must not be fetched."""
        rules = RobotFileParser()
        content = b""
        try:
            content = self.fetch(address).content[:ROBOTS_BYTES]
        except StatusError as error:
            if error.status >= 500:
                return f"The robots.txt of the host cannot be read. {error}"
        except ArticleError as error:
            return f"The robots.txt of the host cannot be read. {error}"
        try:
            rules.parse(content.decode("utf-8-sig", "replace").splitlines())
        except ValueError as error:  # such as a delay of "²" seconds
            return f"{display_url(address)} is malformed ({error}). Try again later."
        return rules
