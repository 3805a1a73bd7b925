"""One address → its content, wherever it redirects to, and never from where it should not go.

The connection is made to the very addresses that were judged, so a name that answers otherwise the second time gains
nothing. Proxies, cookies and passwords play no part.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpcore
import httpx

from rag import __version__
from rag.core.errors import ArticleError
from rag.core.network import lookup
from rag.core.settings import Settings

USER_AGENT = f"Footnote/{__version__}"
REDIRECTS = {301, 302, 303, 307, 308}
READ_APPLICATIONS = {
    "application/epub+zip",
    "application/gzip",
    "application/json",
    "application/msword",
    "application/octet-stream",  # what servers say that do not know: the content itself is looked at later
    "application/pdf",
    "application/rtf",
    "application/x-gzip",
    "application/x-ndjson",
    "application/xml",
    "application/zip",
    "message/rfc822",
}
READ_FAMILIES = (
    "text/",
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
)

Turn = Callable[[str], AbstractContextManager[None]]
"""What surrounds each request, told its address: it may wait, or refuse with an ArticleError."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much: ``total_seconds`` for all redirects together, ``content_bytes`` once unpacked.

    The look-up of a name counts as well, but only the system's resolver can cut it off.
    """

    connect_seconds: float = 10.0
    read_seconds: float = 10.0
    total_seconds: float = 30.0
    content_bytes: int = 20 * 1024 * 1024
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was found at ``url``, the address after all redirects.

    ``content_type`` is lower case and without parameters ("text/html"), ``charset`` is its parameter; "" for unsaid.
    """

    url: str
    content: bytes
    content_type: str
    charset: str
    last_modified: datetime | None


class StatusError(ArticleError):
    """The server answered, but not with a page: ``status`` says how."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def fetch(
    address: str,
    settings: Settings,
    *,
    limits: Limits | None = None,
    turn: Turn = lambda address: nullcontext(),
) -> Fetched:
    """Fetch ``address`` with its redirects, each judged anew; ``turn`` surrounds each request.

    Raises ArticleError with the reason in a sentence: an address that is no http or https address or carries a
    password, a host that is private (see ``rag.core.network``) or silent, too long, too large, or no text.
    """
    limits = limits or Limits()
    if settings.offline:
        raise ArticleError(
            f"{display_url(address)} was not fetched because offline is set. Run again with RAG_OFFLINE=0, or save the "
            "page and ingest the file."
        )
    url = parse_address(address.strip())
    seconds_left = limits.total_seconds
    for _ in range(limits.redirects + 1):
        with turn(str(url)):
            started = time.monotonic()
            answer = _request(url, settings, limits, started + seconds_left)
            seconds_left -= time.monotonic() - started
        if isinstance(answer, Fetched):
            return answer
        url = answer
    raise ArticleError(
        f"{display_url(address)} redirects more than {limits.redirects} times. Open it in a browser and give the "
        "address where it ends."
    )


def parse_address(address: str) -> httpx.URL:
    """The address taken apart. Raises ArticleError where it is none, is not http(s), or carries a password."""
    try:
        url = httpx.URL(address)
        host = url.host.rstrip(".")  # a certificate's name has no dot at its end
        if url.scheme not in {"http", "https"}:
            raise ArticleError(f"The address {display_url(address)} is not read. Give one with http:// or https://.")
        if not host:
            raise ArticleError(f"The address {display_url(address)} names no host. Check its spelling.")
        if url.userinfo:
            raise ArticleError(f"The address of {host} carries a user name or a password. Give it without them.")
        return url.copy_with(host=host, fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise ArticleError(
            f"The address {display_url(address)} cannot be used ({error}). Check its spelling."
        ) from None


def display_url(address: str) -> str:
    """The address for a message: without the password it may carry, without what does not print, and not too long."""
    before, at, rest = address.partition("://")
    authority = rest[: min((rest.find(mark) for mark in "/?#" if mark in rest), default=len(rest))]
    address = before + at + rest[authority.rfind("@") + 1 :]
    address = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in address)
    return address if len(address) <= 200 else address[:199] + "…"


def gunzip(blocks: Iterable[bytes], limit: int) -> bytes:
    """What gzip packed, at most ``limit`` bytes of it. Raises ArticleError where it is more, or is damaged."""
    done, unpacker = bytearray(), zlib.decompressobj(zlib.MAX_WBITS | 16)
    for block in blocks:
        try:
            done += unpacker.decompress(block, limit - len(done) + 1)
        except zlib.error as error:
            raise ArticleError(f"What was sent is damaged ({error}). Try again later.") from None
        if len(done) > limit:
            raise _too_large(limit)
        if unpacker.eof:  # what follows is no part of it; browsers pass it over too
            return bytes(done)
    raise ArticleError("What was sent ends in the middle. Try again later.")


def _request(url: httpx.URL, settings: Settings, limits: Limits, deadline: float) -> Fetched | httpx.URL:
    """One request: what was fetched, or the address that it redirects to."""
    port = url.port if url.port is not None else {"http": 80, "https": 443}[url.scheme]
    addresses = lookup(url.host, port, allow_private=settings.allow_private_addresses)
    headers: dict[str | bytes, str | bytes] = {
        "Host": url.netloc,
        "User-Agent": USER_AGENT,
        "Accept": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip",
    }
    timeouts = {"connect": limits.connect_seconds, "read": limits.read_seconds, "write": limits.read_seconds}
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=port, target=url.raw_path)
    with (
        _explained(url.host, limits, deadline),
        httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context() if url.scheme == "https" else None,
            network_backend=_Judged(addresses, deadline),
        ) as pool,
        pool.stream("GET", target, headers=headers, extensions={"timeout": timeouts}) as response,
    ):
        told = _headers(response)
        if response.status in REDIRECTS and told["Location"]:
            return _redirected(url, told["Location"])
        if response.status != 200:
            raise StatusError(response.status, _refusal(url, response.status))
        content_type = told.get_content_type() if told["Content-Type"] else ""
        if not is_read(content_type):
            raise ArticleError(
                f"{display_url(str(url))} has the type '{content_type}', which is not supported. Give the address of a "
                "page, a document, a feed or a sitemap."
            )
        content = _body(response, told, limits.content_bytes)
        return Fetched(str(url), content, content_type, told.get_content_charset() or "", _last_modified(told))


def is_read(content_type: str) -> bool:
    """Whether there may be an article in content of this type; "" is for a server that does not say."""
    return (
        not content_type
        or content_type in READ_APPLICATIONS
        or content_type.startswith(READ_FAMILIES)
        or (content_type.startswith("application/") and content_type.endswith(("+xml", "+json")))
    )


def _headers(response: httpcore.Response) -> Message:
    headers = Message()
    for name, value in response.headers:
        headers[name.decode("latin-1")] = value.decode("utf-8", "replace")
    return headers


def _redirected(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return parse_address(str(url.join(location)))
    except (httpx.InvalidURL, ValueError) as error:
        raise ArticleError(
            f"The address {display_url(str(url))} redirects to one that cannot be used ({error}). Leave it out."
        ) from None


def _refusal(url: httpx.URL, status: int) -> str:
    known = status in set(HTTPStatus)
    said = f"{display_url(str(url))} answered {status}{f' ({HTTPStatus(status).phrase})' if known else ''}."
    if status in {401, 402, 403, 407, 451}:
        return f"{said} Open it in a browser, save the page, and ingest the file."
    if status in {408, 425, 429} or status >= 500:
        return f"{said} Try again later."
    return f"{said} Check the address, or leave it out."


def _body(response: httpcore.Response, told: Message, limit: int) -> bytes:
    length = str(told["Content-Length"] or "")
    if length.isdecimal() and int(length) > limit:
        raise _too_large(limit)
    encoding = str(told["Content-Encoding"] or "identity").strip().lower()
    blocks = response.iter_stream()
    if encoding in {"gzip", "x-gzip"}:
        return gunzip(blocks, limit)
    if encoding != "identity":
        raise ArticleError(f"The page came packed as '{encoding[:40]}', which was not asked for. Leave it out.")
    content = bytearray()
    for block in blocks:
        content += block
        if len(content) > limit:
            raise _too_large(limit)
    return bytes(content)


def _too_large(limit: int) -> ArticleError:
    return ArticleError(
        f"There is more than {limit / 1024 / 1024:.0f} MiB at this address. Download it with a browser, and ingest the "
        "file."
    )


def _last_modified(told: Message) -> datetime | None:
    try:
        return parsedate_to_datetime(str(told["Last-Modified"] or ""))
    except (ValueError, OverflowError):
        return None


@contextmanager
def _explained(host: str, limits: Limits, deadline: float) -> Iterator[None]:
    """Turns what httpcore raises into a sentence."""
    try:
        yield
    except httpcore.TimeoutException as error:
        if time.monotonic() >= deadline:
            raise ArticleError(
                f"{host} took longer than {limits.total_seconds:g} seconds to send the page. Try again later, or "
                "download it with a browser and ingest the file."
            ) from None
        if isinstance(error, httpcore.ConnectTimeout):
            raise ArticleError(f"{host} cannot be reached: it does not answer. Try again later.") from None
        raise ArticleError(f"{host} sent nothing for {limits.read_seconds:g} seconds. Try again later.") from None
    except httpcore.ConnectError as error:
        if isinstance(error.__context__, ssl.SSLError):
            raise ArticleError(
                f"There is no secure connection to {host} ({error}). Name the file of trusted certificates in "
                "SSL_CERT_FILE, or leave the address out."
            ) from None
        raise ArticleError(f"{host} cannot be reached ({error}). Check the address and the network.") from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise ArticleError(f"The connection to {host} broke ({error}). Try again later.") from None


class _Judged(httpcore.NetworkBackend):
    """Connects to the addresses that were judged, whatever the name, and to nothing after the deadline."""

    def __init__(self, addresses: tuple[str, ...], deadline: float) -> None:
        self._addresses, self._deadline = addresses, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        *others, last = self._addresses
        for address in others:
            try:
                return self._connect(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # such as IPv6 where there is none: the last one's error is told
        return self._connect(last, port, timeout)

    def _connect(self, address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        timeout = _until(self._deadline, timeout)
        return _Timed(httpcore.SyncBackend().connect_tcp(address, port, timeout, None, []), self._deadline)


class _Timed(httpcore.NetworkStream):
    """A stream that ends at the deadline, however slowly, byte by byte, something still comes."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _until(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _until(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _until(self._deadline, timeout))
        return _Timed(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _until(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.TimeoutException
    return left if timeout is None else min(left, timeout)
