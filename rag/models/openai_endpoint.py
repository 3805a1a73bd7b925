"""Messages to text with a model that another program serves: vLLM, llama-server, Ollama, or what speaks as they do.

``docs/endpoint.md`` says how to start them. Text is sent to the server that was named and nowhere else.
"""

from __future__ import annotations

import functools
import json
import logging
import math
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http import HTTPStatus
from typing import Any

import httpx

from rag.core.errors import GenerationError, ModelMissingError, RagError, SettingsError
from rag.core.settings import Settings
from rag.core.types import GeneratedText, Message
from rag.models.cancellable_http import Head, Waits, exchange
from rag.models.chat_completions import END, MALFORMED, Reply, events, log_odds, server_message
from rag.models.control_tokens import CONTROL_TOKEN
from rag.models.endpoint_address import KEY_VARIABLE, Address

EXTRAS: dict[str, Any] = {"logprobs": True, "stream_options": {"include_usage": True}}
"""What not every server knows: one that refuses a request is asked again without them."""
TOP = 20
"""How many of the likeliest tokens are asked for: the most that servers give."""
COUNTING_SECONDS = 2.0
LONGEST_TOKEN = 64
"""Characters. A server that writes more for each token it was granted does not know where to end."""
LONGEST_BODY = 64_000_000
"""Bytes of an answer with all that comes with it."""
QUOTED = 200
"""Characters of a server's own words that are passed on."""
LISTED = 10
"""Models of a server that a message names."""
LETTERS = re.compile(r"[A-Za-z]+")
LETTERS_A_TOKEN = 3
BYTES_A_TOKEN = 1.5

_LOG = logging.getLogger(__name__)


def estimated_tokens(text: str) -> int:
    """One token for three letters of a Latin word, two for three bytes of other letters, one for any other sign.

    For the 1,612 sentences of the seeds that is 1.48 times what Qwen2.5's vocabulary needs, and less for 1 in 1,000.
    """
    words = [len(word) for word in LETTERS.findall(text)]
    foreign = sum(len(character.encode("utf-8", "replace")) for character in text if not character.isascii())
    others = sum(character.isascii() and not character.isalpha() and character != " " for character in text)
    return sum(math.ceil(length / LETTERS_A_TOKEN) for length in words) + others + math.ceil(foreign / BYTES_A_TOKEN)


def open_endpoint(settings: Settings, waits: Waits | None = None) -> EndpointGenerator:
    """The server of ``settings.generator``, unasked. Raises SettingsError where it may not be used."""
    key = settings.generator_key.get_secret_value() if settings.generator_key else None
    return EndpointGenerator(settings.generator, key=key, offline=settings.offline, waits=waits)


class _UnwillingError(GenerationError):
    """The server does not want the request as it stands."""


class EndpointGenerator:
    """A model behind an OpenAI-compatible server. Any number of answers may be written at once.

    No connection is opened before something is asked. A server that turned out to lack log-probabilities, or a way to
    count tokens, is not asked for them again.
    """

    cites_itself = True

    def __init__(
        self, address: str, *, key: str | None = None, offline: bool = False, waits: Waits | None = None
    ) -> None:
        """Raises SettingsError where the address or the key cannot be used, or offline is set and it is elsewhere."""
        self._address = Address.parse(address)
        if offline and not self._address.is_here:
            raise SettingsError(
                f"The answering model is at {self._address}, on another machine, and offline is set. Set it to false, "
                "or name a server at 127.0.0.1 or a model of rag models in the setting generator."
            )
        self._model = self._address.model
        self._waits = waits or Waits()
        self._key = (key or "").strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise SettingsError(f"The key in {KEY_VARIABLE} has characters that no key has. Copy it there once more.")
        self._knows_extras = True
        self._counts = True
        self._count = functools.lru_cache(maxsize=10_000)(self._counted)

    def __repr__(self) -> str:
        return f"EndpointGenerator({str(self._address)!r}, {self._model!r})"

    @property
    def name(self) -> str:
        """The model's name; the server's address as long as that is all that is known."""
        return self._model or str(self._address)

    def count_tokens(self, text: str) -> int:
        """As the server counts, where it does (``/tokenize``); else an estimate that errs on the long side.

        A server that fails at it once is not asked again.
        """
        if self._counts:
            try:
                return self._count(text)
            except (httpx.HTTPError, *MALFORMED):
                self._counts = False
                _LOG.info("%s does not count tokens; they are estimated.", self._address)
        return estimated_tokens(text)

    def served(self, cancelled: Callable[[], bool] = lambda: False) -> str:
        """Ask the server what it has: the name of the model that answers; "" once ``cancelled()`` is true.

        Raises ModelMissingError where that model is not there, GenerationError where the server cannot be asked.
        """
        found = self._whole("GET", "/models", None, cancelled)
        if cancelled():
            return ""
        try:
            names = [str(model["id"]) for model in found["data"] or []]
        except MALFORMED:
            raise self._broken("what came is no list of models") from None
        if not names:
            raise ModelMissingError(f"The server at {self._address} has no model. Load one there.")
        self._model = self._model or names[0]
        if not {self._model, f"{self._model}:latest"} & set(names):
            raise self._missing(f"It has {', '.join(names[:LISTED])}{', …' if len(names) > LISTED else ''}. ")
        return self._model

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[GeneratedText]:
        """Yield the likeliest answer as it comes; end early, the connection closed, once ``cancelled()`` is true.

        The log-probability of a piece is NaN where the server does not tell it. The prompt counts 0 tokens until the
        server's own counts come, with a last piece that has no text and no log-probability. Raises GenerationError,
        and ModelMissingError where the server does not have the model.
        """
        reply = Reply()
        with closing(self._events(messages, max_tokens, cancelled)) as found:
            for event in found:
                if event == END:
                    reply.ended = True
                    break
                if cancelled():
                    return
                if piece := self._taken(reply, event):
                    yield piece
                if reply.characters > max_tokens * LONGEST_TOKEN:
                    raise self._broken("the answer does not end")
        if cancelled():
            return
        if not reply.ended:
            raise self._broken("the answer broke off")
        if reply.thought and not reply.characters:
            raise GenerationError(
                f"The model {self.name} spent its {max_tokens} tokens on thinking. Raise answer_tokens, switch its "
                "thinking off where it is served, or choose another model."
            )

    def preference(
        self, messages: Sequence[Message], one: str, other: str, cancelled: Callable[[], bool]
    ) -> float | None:
        """Natural log-odds that the reply begins with the word ``one`` rather than ``other``, however they are written.

        A word that is not among the likeliest twenty tokens counts as likely as the last of them. None where neither
        is, where the server does not tell them, or once ``cancelled()`` is true. Raises GenerationError.
        """
        try:
            content = self._content(messages, 1, cancelled) | {"logprobs": True, "top_logprobs": TOP}
            return log_odds(self._whole("POST", "/chat/completions", content, cancelled), one, other)
        except (_UnwillingError, *MALFORMED):
            return None

    def _content(self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]) -> dict[str, Any]:
        """The body of a request. Control tokens inside a message are spelled out as plain text."""
        return {
            "model": self._model or self.served(cancelled),
            "messages": [
                {"role": message.role, "content": _sendable(CONTROL_TOKEN.sub(_spelled_out, message.content))}
                for message in messages
            ],
            "max_tokens": max_tokens,
            "temperature": 0,
        }

    def _events(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Generator[str, None, None]:
        content = self._content(messages, max_tokens, cancelled) | {"stream": True}
        if self._knows_extras:
            try:
                yield from events(self._body("POST", "/chat/completions", content | EXTRAS, cancelled))
                return
            except _UnwillingError:
                pass  # It is the extras, or else the next request fails alike.
        for event in events(self._body("POST", "/chat/completions", content, cancelled)):
            self._knows_extras = False
            yield event

    def _taken(self, reply: Reply, event: str) -> GeneratedText | None:
        try:
            chunk = json.loads(event)
            if not chunk.get("error"):
                return reply.take(chunk)
        except MALFORMED:
            raise self._broken("what came is no part of an answer") from None
        raise GenerationError(
            f"The server at {self._address} failed in the middle of the answer{self._said(event.encode())}. Ask again; "
            "if it fails again, look at what the server logs."
        )

    def _whole(self, method: str, path: str, content: Mapping[str, Any] | None, cancelled: Callable[[], bool]) -> Any:
        """The JSON of an answer, an empty object once cancelled."""
        body = b"".join(self._body(method, path, content, cancelled))
        try:
            return {} if cancelled() else json.loads(body)
        except MALFORMED:
            raise self._broken("what came is no JSON") from None

    def _body(
        self, method: str, path: str, content: Mapping[str, Any] | None, cancelled: Callable[[], bool]
    ) -> Iterator[bytes]:
        request = httpx.Request(method, self._address.at(path), headers=self._headers(), json=content)
        pieces = exchange(request, cancelled, self._waits, proxies=not self._address.is_here)
        head, size = None, 0
        refusal = bytearray()
        with self._explained(), closing(pieces):
            for piece in pieces:
                if isinstance(piece, Head):
                    head = piece
                    continue
                size += len(piece)
                if size > LONGEST_BODY:
                    raise self._broken("it sends without an end")
                if head and head.status == HTTPStatus.OK:
                    yield piece
                elif len(refusal) < LONGEST_BODY // 1000:
                    refusal += piece
        if head and head.status != HTTPStatus.OK and not cancelled():
            raise self._refusal(head, bytes(refusal))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"} if self._key else {}

    def _counted(self, text: str) -> int:
        # llama-server reads the first pair, vLLM the second; each passes over the other's.
        wanted: dict[str, Any] = {"parse_special": False, "add_special_tokens": False}
        wanted |= {"content": _sendable(text), "prompt": _sendable(text)}
        answer = self._counter.post(
            self._address.beside("/tokenize"), json=wanted | ({"model": self._model} if self._model else {})
        )
        return len(answer.raise_for_status().json()["tokens"])

    @functools.cached_property
    def _counter(self) -> httpx.Client:
        """Kept open, since every sentence of the evidence is counted."""
        return httpx.Client(headers=self._headers(), timeout=COUNTING_SECONDS, trust_env=not self._address.is_here)

    def _said(self, body: bytes) -> str:
        """What the server says of its error, in brackets, without the key."""
        said = server_message(body)
        said = said.replace(self._key, "…") if self._key else said
        return f' ("{said[:QUOTED]}")' if said else ""

    def _broken(self, how: str) -> GenerationError:
        return GenerationError(
            f"The server at {self._address} did not answer as it should: {how}. Ask again; if it happens again, look "
            "at what the server logs, and whether the address is of an OpenAI-compatible interface (docs/endpoint.md)."
        )

    def _missing(self, has: str = "") -> ModelMissingError:
        return ModelMissingError(
            f"The server at {self._address} does not have the model '{self._model}'. {has}Name one that it has after # "
            "in the setting generator (rag doctor says which), or load it there."
        )

    def _refusal(self, head: Head, body: bytes) -> RagError:
        server, status = f"The server at {self._address}", head.status
        said = self._said(body)
        if status in {401, 403}:
            mend = "Correct" if self._key else "It wants one: put it into"
            return GenerationError(f"{server} does not accept the key. {mend} the variable {KEY_VARIABLE}.")
        if status == 404 and "model" in said.lower():
            return self._missing()
        if status in {404, 405}:
            return GenerationError(
                f"{server} has nothing there. Correct the address in the setting generator; most end in /v1."
            )
        if status == 429:
            wait = head.headers.get("Retry-After", "")
            when = f"in {wait} seconds" if wait.isascii() and wait.isdigit() else "later"
            return GenerationError(f"{server} has too much to do{said}. Ask again {when}.")
        if status >= 500:
            return GenerationError(
                f"{server} failed with {status}{said}. Ask again; if it fails again, look at what the server logs."
            )
        if 300 <= status < 400:
            return GenerationError(f"{server} points to another address. Put that one into the setting generator.")
        return _UnwillingError(
            f"{server} refused the question with {status}{said}. Where it is too long, lower evidence_tokens or "
            "answer_tokens, or start the server with a larger context."
        )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns what httpx raises into a sentence."""
        try:
            yield
        except httpx.ConnectTimeout:
            raise GenerationError(
                f"There was no connection to {self._address} within {self._waits.connect:g} seconds. Check the setting "
                "generator and the network."
            ) from None
        except httpx.ReadTimeout:
            raise GenerationError(
                f"The server at {self._address} sent nothing for {self._waits.silence:g} seconds. Ask again, or look "
                "whether it is still at work."
            ) from None
        except httpx.ConnectError as error:
            if "CERTIFICATE" in str(error):
                raise GenerationError(
                    f"The certificate of {self._address} is not trusted here. Name the file of trusted certificates in "
                    "the variable SSL_CERT_FILE."
                ) from None
            raise GenerationError(
                f"No server answers at {self._address} ({error}). Start it, or correct the setting generator."
            ) from None
        except httpx.HTTPError as error:
            raise GenerationError(f"The connection to {self._address} broke ({error}). Ask again.") from None


def _spelled_out(control_token: re.Match[str]) -> str:
    return f"{control_token[0][0]} {control_token[0][1:]}"


def _sendable(text: str) -> str:
    """The text without halves of characters, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
