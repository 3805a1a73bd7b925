"""Fetch a web address, with its redirects, and never from a private network.

Connections go to the IP addresses that were checked, so a host name that resolves differently the second time gains
nothing. Proxies, cookies and passwords are not used.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from email.message import Message
from typing import Any

import httpcore
import httpx

from rag import __version__
from rag.core.errors import ArticleError
from rag.core.network import lookup
from rag.core.settings import Settings

USER_AGENT = f"Footnote/{__version__}"
REDIRECTS = {301, 302, 303, 307, 308}
# "octet-stream" is what servers say that do not know; the content decides later.
SUPPORTED_APPLICATIONS = set("epub+zip gzip json msword octet-stream pdf rtf x-gzip x-ndjson xml zip".split())
SUPPORTED_PREFIXES = (
    "text/",
    "message/rfc822",
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
)

RequestSlot = Callable[[str], AbstractContextManager[None]]
"""A context around each request, given its address: it may wait, or raise ArticleError."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a fetch: ``total_seconds`` for all redirects together, ``content_bytes`` once unpacked.

    Looking up a name counts as well, but only the system's resolver can interrupt it.
    """

    connect_seconds: float = 10.0
    read_seconds: float = 10.0
    total_seconds: float = 30.0
    content_bytes: int = 20 * 1024 * 1024
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """The content at ``url``, the address after all redirects.

    ``content_type`` is lower case and without parameters ("text/html"); it and ``charset`` are "" if not sent.
    """

    url: str
    content: bytes
    content_type: str
    charset: str


class StatusError(ArticleError):
    """The server answered with a status other than 200."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def fetch(
    address: str,
    settings: Settings,
    *,
    limits: Limits | None = None,
    slot: RequestSlot = lambda address: nullcontext(),
) -> Fetched:
    """Fetch an address with its redirects, each of which is checked as the first one.

    Args:
        address: an http or https address without a user name and password.
        settings: ``offline`` and ``allow_private_addresses`` are used.
        limits: of time and size.
        slot: a context around each request.

    Raises:
        ArticleError: with the reason, if the address is malformed or private (see ``rag.core.network``), the host does
            not answer, the status is not 200 (StatusError), or the content is too large or of an unsupported type.
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
        with slot(str(url)):
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


def parse_address(address: str, base: httpx.URL | None = None) -> httpx.URL:
    """Parse an address. Raises ArticleError if it is malformed, not http(s), or has a user name or a password."""
    try:
        url = base.join(address) if base else httpx.URL(address)
        host = url.host.rstrip(".")  # a certificate's name has no dot at its end
        if url.scheme not in {"http", "https"}:
            raise ArticleError(f"{display_url(address)} is not a web address. Give one with http:// or https://.")
        if not host:
            raise ArticleError(f"{display_url(address)} has no host. Check its spelling.")
        if url.userinfo:
            raise ArticleError(f"The address of {host} has a user name or a password in it. Give it without them.")
        return url.copy_with(host=host, fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise ArticleError(f"{display_url(address)} is not an address ({error}). Check its spelling.") from None


def display_url(address: str) -> str:
    """Return an address for a message: without user and password, printable, at most 200 characters."""
    before, at, rest = address.partition("://")
    authority = rest[: min((rest.find(mark) for mark in "/?#" if mark in rest), default=len(rest))]
    address = before + at + rest[authority.rfind("@") + 1 :]
    address = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in address)
    return address if len(address) <= 200 else address[:199] + "…"


def gunzip(blocks: Iterable[bytes], limit: int) -> bytes:
    """Unpack gzip. Raises ArticleError if it is damaged or unpacks to more than ``limit`` bytes."""
    done, unpacker = bytearray(), zlib.decompressobj(zlib.MAX_WBITS | 16)
    for block in blocks:
        try:
            done += unpacker.decompress(block, limit - len(done) + 1)
        except zlib.error as error:
            raise ArticleError(f"The gzip data is damaged ({error}). Try again later.") from None
        if len(done) > limit:
            raise _too_large(limit)
        if unpacker.eof:  # Ignore what follows, as browsers do.
            return bytes(done)
    raise ArticleError("The gzip data is cut short. Try again later.")


def _request(url: httpx.URL, settings: Settings, limits: Limits, deadline: float) -> Fetched | httpx.URL:
    """Send one request; return the page, or the address that it redirects to."""
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
        _readable_errors(url.host, limits, deadline),
        httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context() if url.scheme == "https" else None,
            network_backend=_PinnedBackend(addresses, deadline),
        ) as pool,
        pool.stream("GET", target, headers=headers, extensions={"timeout": timeouts}) as response,
    ):
        sent = _headers(response)
        if response.status in REDIRECTS and sent["Location"]:
            return parse_address(sent["Location"], base=url)
        if response.status != 200:
            raise StatusError(response.status, _refusal(url, response.status))
        content_type = sent.get_content_type() if sent["Content-Type"] else ""
        if not is_read(content_type):
            raise ArticleError(
                f"{display_url(str(url))} has the type '{content_type}', which is not supported. Give the address of a "
                "page, a document, a feed or a sitemap."
            )
        content = _body(response, sent, limits.content_bytes)
        return Fetched(str(url), content, content_type, sent.get_content_charset() or "")


def is_read(content_type: str) -> bool:
    """Return whether content of this type may hold an article; "" is an unknown type."""
    family, _, name = content_type.partition("/")
    return (
        not content_type
        or content_type.startswith(SUPPORTED_PREFIXES)
        or (family == "application" and (name in SUPPORTED_APPLICATIONS or name.endswith(("+xml", "+json"))))
    )


def _headers(response: httpcore.Response) -> Message:
    headers = Message()
    for name, value in response.headers:
        headers[name.decode("latin-1")] = value.decode("utf-8", "replace")
    return headers


def _refusal(url: httpx.URL, status: int) -> str:
    phrase = httpx.codes.get_reason_phrase(status)
    said = f"{display_url(str(url))} answered {status}{phrase and f' ({phrase})'}."
    if status in {401, 402, 403, 407, 451}:
        return f"{said} Open it in a browser, save the page, and ingest the file."
    if status in {408, 425, 429} or status >= 500:
        return f"{said} Try again later."
    return f"{said} Check the address, or leave it out."


def _body(response: httpcore.Response, sent: Message, limit: int) -> bytes:
    length = str(sent["Content-Length"] or "")
    if length.isdecimal() and int(length) > limit:
        raise _too_large(limit)
    encoding = str(sent["Content-Encoding"] or "identity").strip().lower()
    blocks = response.iter_stream()
    if encoding in {"gzip", "x-gzip"}:
        return gunzip(blocks, limit)
    if encoding != "identity":
        raise ArticleError(
            f"The page was sent with the encoding '{encoding[:40]}', which is not supported. Leave it out."
        )
    content = bytearray()
    for block in blocks:
        content += block
        if len(content) > limit:
            raise _too_large(limit)
    return bytes(content)


def _too_large(limit: int) -> ArticleError:
    return ArticleError(
        f"The page has more than {limit / 1024 / 1024:.0f} MiB. Download it with a browser and ingest the file."
    )


@contextmanager
def _readable_errors(host: str, limits: Limits, deadline: float) -> Iterator[None]:
    """Turn what httpcore raises into an ArticleError with a next step."""
    try:
        yield
    except httpcore.TimeoutException as error:
        if time.monotonic() >= deadline:
            raise ArticleError(
                f"{host} took longer than {limits.total_seconds:g} seconds to send the page. Try again later, or "
                "download it with a browser and ingest the file."
            ) from None
        if isinstance(error, httpcore.ConnectTimeout):
            raise ArticleError(f"{host} does not answer. Try again later.") from None
        raise ArticleError(f"{host} sent nothing for {limits.read_seconds:g} seconds. Try again later.") from None
    except httpcore.ConnectError as error:
        if isinstance(error.__context__, ssl.SSLError):
            raise ArticleError(
                f"No secure connection to {host} ({error}). Set SSL_CERT_FILE to a file of trusted certificates, or "
                "leave the address out."
            ) from None
        raise ArticleError(f"{host} cannot be reached ({error}). Check the address and the network.") from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise ArticleError(f"The connection to {host} broke ({error}). Try again later.") from None


class _PinnedBackend(httpcore.NetworkBackend):
    """Connects to the given IP addresses, whatever the host name, and to nothing after the deadline."""

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
                continue  # Such as IPv6 without a network for it; only the last error is reported.
        return self._connect(last, port, timeout)

    def _connect(self, address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        timeout = _until(self._deadline, timeout)
        return _DeadlineStream(httpcore.SyncBackend().connect_tcp(address, port, timeout, None, []), self._deadline)


class _DeadlineStream(httpcore.NetworkStream):
    """A stream that ends at the deadline, even if a slow server still sends something."""

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
        return _DeadlineStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _until(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.TimeoutException
    return left if timeout is None else min(left, timeout)
