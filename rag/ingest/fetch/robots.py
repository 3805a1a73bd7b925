"""Visits to other people's servers, with manners: one request at a time, a pause after each, robots.txt honoured."""

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
ROBOTS_BYTES = 512 * 1024
"""How much of a robots.txt is read, as RFC 9309 has it."""


@dataclass(slots=True)
class _Host:
    """When a host may be asked again, by the monotonic clock. The lock is held by whoever asks it."""

    lock: Lock = field(default_factory=Lock)
    free_at: float = 0.0


# For the whole process: several feeds of one host must not add up to a crowd.
_hosts: dict[str, _Host] = {}


class PoliteFetcher:
    """Fetches pages one after the other. ``pause_seconds`` lie between two requests to the same host.

    Where robots.txt asks for a longer pause it is kept, up to LONGEST_PAUSE_SECONDS.
    """

    def __init__(
        self, settings: Settings, *, pause_seconds: float = PAUSE_SECONDS, limits: Limits | None = None
    ) -> None:
        self._settings, self._pause_seconds, self._limits = settings, pause_seconds, limits or Limits()
        self._rules: dict[str, RobotFileParser | str] = {}

    def fetch(self, address: str) -> Fetched:
        """Fetch an address that a person named. Raises ArticleError as ``rag.ingest.fetch.http.fetch``."""
        return fetch(address, self._settings, limits=self._limits, turn=self._turn)

    def follow(self, address: str) -> Fetched:
        """Fetch an address that was found in a feed or a sitemap, where robots.txt, also of redirects, allows it.

        Raises ArticleError as ``rag.ingest.fetch.http.fetch``, and where robots.txt forbids the page or cannot be read.
        """
        return fetch(address, self._settings, limits=self._limits, turn=self._allowed_turn)

    @contextmanager
    def _turn(self, address: str, pause_seconds: float = 0.0) -> Iterator[None]:
        host = _hosts.setdefault(parse_address(address).netloc.decode(), _Host())
        with host.lock:
            time.sleep(max(0.0, host.free_at - time.monotonic()))
            try:
                yield
            finally:
                host.free_at = time.monotonic() + max(self._pause_seconds, pause_seconds)

    @contextmanager
    def _allowed_turn(self, address: str) -> Iterator[None]:
        rules = self._rules_for(address)
        if not rules.can_fetch(USER_AGENT, address):
            raise ArticleError(
                f"The robots.txt of {parse_address(address).host} does not allow {display_url(address)}. Open it in a "
                "browser, save the page, and ingest the file."
            )
        wanted = float(rules.crawl_delay(USER_AGENT) or 0)
        with self._turn(address, min(wanted, LONGEST_PAUSE_SECONDS)):
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
        """The rules of a host; or, where they cannot be had, why none of its pages may be followed."""
        rules = RobotFileParser()
        content = b""
        try:
            content = self.fetch(address).content[:ROBOTS_BYTES]
        except StatusError as error:
            if error.status >= 500:
                return f"The host's rules for programs are not known. {error}"
        except ArticleError as error:
            return f"The host's rules for programs are not known. {error}"
        try:
            rules.parse(content.decode("utf-8-sig", "replace").splitlines())
        except ValueError as error:  # such as a delay of "²" seconds
            return f"The host's rules for programs, {display_url(address)}, are broken ({error}). Try again later."
        return rules
