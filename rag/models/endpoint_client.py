"""HTTP requests to a server of an answering model: cancelled at any moment, limited, failures told in sentences.

A blocking read cannot be interrupted, an asyncio task can: the requests run in one event loop on a thread of its own,
and cancelling one closes its connection, also before the first byte of the response. No connection is kept open
between two requests.
"""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import json
import queue
import ssl
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx

from rag.core.errors import GenerationError, ModelMissingError, RagError, SettingsError

PREFIX = "openai+"
EXAMPLE = f"{PREFIX}http://localhost:8000/v1#MODEL"
KEY_VARIABLE = "RAG_GENERATOR_KEY"
MALFORMED = (LookupError, TypeError, ValueError, AttributeError, RecursionError)
"""What parsing JSON of another form raises."""
POLL_SECONDS = 0.03
"""How often a request that waits checks whether it was cancelled."""
MAX_BODY_BYTES = 64_000_000
MAX_QUOTED = 200
"""Characters of a server's error message that are passed on."""
COUNTING_SECONDS = 2.0
TIMEOUT = httpx.Timeout(120.0, connect=10.0)
"""Seconds to wait for the next byte, and for a connection."""


def is_endpoint(generator: str) -> bool:
    """Return whether the name of an answering model is the address of a server."""
    return generator.lower().startswith(PREFIX)


@dataclass(frozen=True, slots=True)
class Address:
    """A server and a model. ``url`` has no trailing slash; an empty ``model`` is the first one of the server."""

    url: httpx.URL
    model: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """Parse ``openai+http://host:port/v1#model``, or ``…?model=model``. Raises SettingsError."""
        try:
            url = httpx.URL(text[len(PREFIX) :])
        except httpx.InvalidURL:
            url = httpx.URL("")
        if url.scheme not in {"http", "https"} or not url.host:
            raise SettingsError(f"The setting generator is no address of a server. Write it like {EXAMPLE}")
        asked = dict(parse_qsl(url.query.decode("ascii", "replace"), keep_blank_values=True))
        if url.userinfo or asked.keys() - {"model"}:
            raise SettingsError(
                f"The address in the setting generator has a password or an unknown option. Write it like {EXAMPLE}, "
                f"and put a key into the variable {KEY_VARIABLE}."
            )
        model = unquote(url.fragment) or asked.get("model", "")
        return cls(url.copy_with(path=url.path.rstrip("/"), query=None, fragment=None), model)

    @property
    def is_here(self) -> bool:
        """Whether the server is on this machine: a loopback address, or the name of one (RFC 6761)."""
        try:
            return ipaddress.ip_address(self.url.host).is_loopback
        except ValueError:
            return self.url.host == "localhost" or self.url.host.endswith(".localhost")

    def at(self, path: str) -> httpx.URL:
        return self.url.copy_with(path=self.url.path + path)

    def beside(self, path: str) -> httpx.URL:
        """Return the URL of a path outside OpenAI's interface."""
        return self.url.copy_with(path=self.url.path.removesuffix("/v1") + path)

    def __str__(self) -> str:
        return str(self.url).rstrip("/")


class RequestRefusedError(GenerationError):
    """The server rejects the request as it is; another might pass."""


class _StatusError(Exception):
    """A response with another status than 200."""

    def __init__(self, status: int, headers: httpx.Headers, body: bytes) -> None:
        super().__init__(status)
        self.status, self.headers, self.body = status, headers, body


class _EndlessBodyError(Exception):
    """A response of more than MAX_BODY_BYTES."""


class EndpointClient:
    """Sends requests to one server. Any number of threads may use it."""

    def __init__(self, address: Address, key: str | None, timeout: httpx.Timeout) -> None:
        """Raises SettingsError if the key has characters that no key has."""
        self.address = address
        self.model = address.model
        self._timeout = timeout
        self._key = (key or "").strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise SettingsError(f"The key in {KEY_VARIABLE} has characters that no key has. Copy it there once more.")
        self._headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}

    def json(self, method: str, path: str, content: Mapping[str, Any] | None, cancelled: Callable[[], bool]) -> Any:
        """Return the JSON of a response, an empty object once cancelled. Raises RagError."""
        body = b"".join(self.body(method, path, content, cancelled))
        try:
            return {} if cancelled() else json.loads(body)
        except MALFORMED:
            raise self.broken("what came is no JSON") from None

    def body(
        self, method: str, path: str, content: Mapping[str, Any] | None, cancelled: Callable[[], bool]
    ) -> Iterator[bytes]:
        """Yield the body of a response as it arrives; end early once ``cancelled()`` is true.

        Raises RequestRefusedError if the server rejects the request as it is, ModelMissingError if it does not have
        the model, and GenerationError if it cannot be reached, fails, or sends too much.
        """
        request = httpx.Request(method, self.address.at(path), headers=self._headers, json=content)
        pieces = _stream_body(request, cancelled, self._timeout, proxies=not self.address.is_here)
        with self._explained(), closing(pieces):
            yield from pieces

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens that the server counts. Raises httpx.HTTPError or one of MALFORMED."""
        # llama-server reads the first pair, vLLM the second; each ignores the other's.
        content: dict[str, Any] = {"parse_special": False, "add_special_tokens": False}
        content |= {"content": text, "prompt": text} | ({"model": self.model} if self.model else {})
        response = self._counting_client.post(self.address.beside("/tokenize"), json=content)
        return len(response.raise_for_status().json()["tokens"])

    @functools.cached_property
    def _counting_client(self) -> httpx.Client:
        """Keeps its connection, since every sentence of the evidence is counted."""
        return httpx.Client(headers=self._headers, timeout=COUNTING_SECONDS, trust_env=not self.address.is_here)

    def quoted_error(self, body: bytes) -> str:
        """Return the server's error message in brackets, without the key; "" if it sent none."""
        message = error_message(body)
        message = message.replace(self._key, "…") if self._key else message
        return f' ("{message[:MAX_QUOTED]}")' if message else ""

    def broken(self, how: str) -> GenerationError:
        """Return the error for a response that is not what the interface promises."""
        return GenerationError(
            f"The server at {self.address} did not answer as it should: {how}. Ask again; if it happens again, check "
            "what the server logs, and whether the address is of an OpenAI-compatible interface (docs/endpoint.md)."
        )

    def model_missing(self, has: str = "") -> ModelMissingError:
        """Return the error for a model that the server does not have."""
        return ModelMissingError(
            f"The server at {self.address} does not have the model '{self.model}'. {has}Name one that it has after # "
            "in the setting generator (rag doctor says which), or load it there."
        )

    def _refusal(self, response: _StatusError) -> RagError:
        server, status = f"The server at {self.address}", response.status
        said = self.quoted_error(response.body)
        if status in {401, 403}:
            remedy = "Correct" if self._key else "It wants one: put it into"
            return GenerationError(f"{server} does not accept the key. {remedy} the variable {KEY_VARIABLE}.")
        if status == 404 and "model" in said.lower():
            return self.model_missing()
        if status in {404, 405}:
            return GenerationError(
                f"{server} has nothing there. Correct the address in the setting generator; most end in /v1."
            )
        if status == 429:
            wait = response.headers.get("Retry-After", "")
            when = f"in {wait} seconds" if wait.isascii() and wait.isdigit() else "later"
            return GenerationError(f"{server} is overloaded{said}. Ask again {when}.")
        if status >= 500:
            return GenerationError(
                f"{server} failed with {status}{said}. Ask again; if it fails again, check what the server logs."
            )
        if 300 <= status < 400:
            return GenerationError(f"{server} points to another address. Put that one into the setting generator.")
        return RequestRefusedError(
            f"{server} refused the question with {status}{said}. If it is too long, lower evidence_tokens or "
            "answer_tokens, or start the server with a larger context."
        )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what a request raises into a sentence."""
        try:
            yield
        except _StatusError as response:
            raise self._refusal(response) from None
        except _EndlessBodyError:
            raise self.broken("it sends without an end") from None
        except httpx.ConnectTimeout:
            raise GenerationError(
                f"There was no connection to {self.address} within {self._timeout.connect:g} seconds. Check the "
                "setting generator and the network."
            ) from None
        except httpx.ReadTimeout:
            raise GenerationError(
                f"The server at {self.address} sent nothing for {self._timeout.read:g} seconds. Ask again, or check "
                "whether it is still running."
            ) from None
        except httpx.ConnectError as error:
            if "CERTIFICATE" in str(error):
                raise GenerationError(
                    f"The certificate of {self.address} is not trusted here. Name the file of trusted certificates in "
                    "the variable SSL_CERT_FILE."
                ) from None
            raise GenerationError(
                f"No server answers at {self.address} ({error}). Start it, or correct the setting generator."
            ) from None
        except httpx.HTTPError as error:
            raise GenerationError(f"The connection to {self.address} broke ({error}). Ask again.") from None


def _stream_body(
    request: httpx.Request, cancelled: Callable[[], bool], timeout: httpx.Timeout, *, proxies: bool
) -> Generator[bytes, None, None]:
    """Yield the body of a response as it arrives; end early once ``cancelled()`` is true.

    Redirects are not followed. With ``proxies`` the environment names the proxy. Closing the iterator closes the
    connection. Raises httpx.HTTPError, _StatusError or _EndlessBodyError.
    """
    received: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    future = asyncio.run_coroutine_threadsafe(_receive(request, timeout, proxies, received.put), _event_loop())
    future.add_done_callback(lambda _: received.put(None))
    try:
        while not cancelled():
            try:
                block = received.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if block is None:
                return future.result()
            yield block
    finally:
        future.cancel()


async def _receive(request: httpx.Request, timeout: httpx.Timeout, proxies: bool, put: Callable[[bytes], None]) -> None:
    async with (
        httpx.AsyncClient(verify=_ssl_context(), trust_env=proxies, timeout=timeout) as client,
        client.stream(request.method, request.url, headers=request.headers, content=request.content) as response,
    ):
        size, refusal = 0, bytearray()
        async for block in response.aiter_bytes():
            size += len(block)
            if size > MAX_BODY_BYTES:
                raise _EndlessBodyError
            if response.status_code == HTTPStatus.OK:
                put(block)
            else:
                refusal += block
        if response.status_code != HTTPStatus.OK:
            raise _StatusError(response.status_code, response.headers, bytes(refusal))


@functools.cache
def _event_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="model requests", daemon=True).start()
    return loop


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    """Read the trusted certificates once; it takes a noticeable time."""
    return httpx.create_ssl_context()


def error_message(body: bytes) -> str:
    """Return the error message in a response body, on one line; "" if there is none."""
    try:
        found = json.loads(body)
    except MALFORMED:
        return ""
    while isinstance(found, dict):
        found = next((found[key] for key in ("error", "message", "detail") if found.get(key)), "")
    return " ".join(found.split()) if isinstance(found, str) else ""
