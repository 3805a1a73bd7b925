"""Generate text with a model that another program serves: vLLM, llama-server, Ollama, or any OpenAI-compatible server.

``docs/endpoint.md`` says how to start them. Text is sent to the configured server and nowhere else.
"""

from __future__ import annotations

import functools
import json
import logging
import math
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
from httpx_sse import EventSource

from rag.core.errors import GenerationError, ModelMissingError, SettingsError
from rag.core.serialization import encodable
from rag.core.settings import Settings
from rag.core.types import GeneratedText, Message, Usage
from rag.models.control_tokens import escape_control_tokens
from rag.models.endpoint_client import MALFORMED, TIMEOUT, Address, EndpointClient, RequestRefusedError

OPTIONAL_FIELDS: dict[str, Any] = {"logprobs": True, "stream_options": {"include_usage": True}}
"""Fields that not every server knows: one that refuses a request is asked again without them."""
TOP_LOGPROBS = 20
"""How many of the likeliest tokens are requested: the most that servers give."""
MAX_TOKEN_CHARACTERS = 64
"""A server that writes more characters for each token it was granted does not stop by itself."""
MAX_LISTED = 10
"""Models of a server that an error message names."""
LETTERS = re.compile(r"[A-Za-z]+")
LETTERS_PER_TOKEN = 3
BYTES_PER_TOKEN = 1.5
END = "[DONE]"
"""The last event of a stream."""

_LOG = logging.getLogger(__name__)


def estimated_tokens(text: str) -> int:
    """Estimate tokens: one for 3 letters of a Latin word, two for 3 bytes of other scripts, one for any other sign.

    For the 1,612 sentences of the seeds that is 1.48 times what Qwen2.5's vocabulary needs, and less for 1 in 1,000.
    """
    words = [len(word) for word in LETTERS.findall(text)]
    foreign = sum(len(character.encode("utf-8", "replace")) for character in text if not character.isascii())
    others = sum(character.isascii() and not character.isalpha() and character != " " for character in text)
    return (
        sum(math.ceil(length / LETTERS_PER_TOKEN) for length in words) + others + math.ceil(foreign / BYTES_PER_TOKEN)
    )


def open_endpoint(settings: Settings, timeout: httpx.Timeout = TIMEOUT) -> EndpointGenerator:
    """Return a client of the server in ``settings.generator``, without connecting. Raises SettingsError."""
    key = settings.generator_key.get_secret_value() if settings.generator_key else None
    return EndpointGenerator(settings.generator, key=key, offline=settings.offline, timeout=timeout)


class EndpointGenerator:
    """A model behind an OpenAI-compatible server, which may write any number of answers at once.

    A server that turned out to lack log-probabilities, or a way to count tokens, is not asked for them again.
    """

    cites_itself = True

    def __init__(
        self, address: str, *, key: str | None = None, offline: bool = False, timeout: httpx.Timeout = TIMEOUT
    ) -> None:
        """Connects to nothing yet. Raises SettingsError if the address or key is unusable, or offline forbids it."""
        parsed = Address.parse(address)
        if offline and not parsed.is_here:
            raise SettingsError(
                f"The answering model is at {parsed}, on another machine, and offline is set. Set it to false, "
                "or name a server at 127.0.0.1 or a model of rag models in the setting generator."
            )
        self._client = EndpointClient(parsed, key, timeout)
        self._sends_optional_fields = True
        self._server_counts = True
        self._count = functools.lru_cache(maxsize=10_000)(self._client.count_tokens)

    def __repr__(self) -> str:
        return f"EndpointGenerator({str(self._client.address)!r}, {self._client.model!r})"

    @property
    def name(self) -> str:
        """The model's name, or the server's address while the name is unknown."""
        return self._client.model or str(self._client.address)

    def count_tokens(self, text: str) -> int:
        """Count as the server does (``/tokenize``); if it cannot, estimate, rather too many than too few."""
        if self._server_counts:
            try:
                return self._count(encodable(text))
            except (httpx.HTTPError, *MALFORMED):
                self._server_counts = False
                _LOG.info("%s does not count tokens; they are estimated.", self._client.address)
        return estimated_tokens(text)

    def resolve_model(self, cancelled: Callable[[], bool] = lambda: False) -> str:
        """Ask the server for its models and return the one that answers; "" once ``cancelled()`` is true.

        Raises:
            ModelMissingError: if the server has no model, or not the configured one.
            GenerationError: if the server cannot be asked.
        """
        client = self._client
        found = client.json("GET", "/models", None, cancelled)
        if cancelled():
            return ""
        try:
            names = [str(model["id"]) for model in found["data"] or []]
        except MALFORMED:
            raise client.broken("what came is no list of models") from None
        if not names:
            raise ModelMissingError(f"The server at {client.address} has no model. Load one there.")
        client.model = client.model or names[0]
        if not {client.model, f"{client.model}:latest"} & set(names):
            raise client.model_missing(f"It has {', '.join(names[:MAX_LISTED])}{', …' * (len(names) > MAX_LISTED)}. ")
        return client.model

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[GeneratedText]:
        """Yield the likeliest answer as it arrives; end early, closing the connection, once ``cancelled()`` is true.

        The log-probability of a piece is NaN if the server does not send it. The prompt counts 0 tokens until the
        server's own counts arrive, in a last piece without text and log-probability.

        Raises:
            ModelMissingError: if the server does not have the model.
            GenerationError: if the server cannot be asked, or its answer is broken.
        """
        completion = Completion()
        with closing(self._events(messages, max_tokens, cancelled)) as events:
            for event in events:
                if event == END:
                    completion.finished = True
                    break
                if cancelled():
                    return
                if piece := self._add(completion, event):
                    yield piece
                if completion.characters > max_tokens * MAX_TOKEN_CHARACTERS:
                    raise self._client.broken("the answer does not end")
        if cancelled():
            return
        if not completion.finished:
            raise self._client.broken("the answer broke off")
        if completion.reasoned and not completion.characters:
            raise GenerationError(
                f"The model {self.name} spent its {max_tokens} tokens on thinking. Raise answer_tokens, switch its "
                "thinking off where it is served, or choose another model."
            )

    def log_odds(
        self, messages: Sequence[Message], one: str, other: str, cancelled: Callable[[], bool]
    ) -> float | None:
        """Return the natural log-odds that the reply begins with the word ``one`` rather than ``other``, in any case.

        A word that is not among the likeliest twenty tokens counts as likely as the last of them. None if neither is,
        if the server does not send them, or once ``cancelled()`` is true. Raises GenerationError.
        """
        try:
            content = self._content(messages, 1, cancelled) | {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
            completion = self._client.json("POST", "/chat/completions", content, cancelled)
            return first_word_log_odds(completion, one, other)
        except (RequestRefusedError, *MALFORMED):
            return None

    def _content(self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]) -> dict[str, Any]:
        return {
            "model": self._client.model or self.resolve_model(cancelled),
            "messages": [
                {"role": message.role, "content": encodable(escape_control_tokens(message.content))}
                for message in messages
            ],
            "max_tokens": max_tokens,
            "temperature": 0,
        }

    def _events(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Generator[str, None, None]:
        content = self._content(messages, max_tokens, cancelled) | {"stream": True}
        if self._sends_optional_fields:
            try:
                yield from self._post(content | OPTIONAL_FIELDS, cancelled)
                return
            except RequestRefusedError:
                pass  # If the optional fields are not the reason, the next request is refused as well.
        for event in self._post(content, cancelled):
            self._sends_optional_fields = False
            yield event

    def _post(self, content: dict[str, Any], cancelled: Callable[[], bool]) -> Iterator[str]:
        return parse_events(self._client.body("POST", "/chat/completions", content, cancelled))

    def _add(self, completion: Completion, event: str) -> GeneratedText | None:
        try:
            chunk = json.loads(event)
            if not chunk.get("error"):
                return completion.add(chunk)
        except MALFORMED:
            raise self._client.broken("what came is no part of an answer") from None
        raise GenerationError(
            f"The server at {self._client.address} failed in the middle of the answer"
            f"{self._client.quoted_error(event.encode())}. Ask again; if it fails again, check what the server logs."
        )


def parse_events(blocks: Iterable[bytes]) -> Iterator[str]:
    """Yield the data of the server-sent events in a body, whatever its Content-Type says."""
    response = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=blocks)
    return (event.data for event in EventSource(response).iter_sse() if event.data)


@dataclass(slots=True)
class Completion:
    """What has been received of a streamed completion."""

    characters: int = 0
    tokens: int = 0
    finished: bool = False
    """Whether the server said that the completion is complete."""
    reasoned: bool = False
    """Whether the model wrote reasoning, which is not part of the answer."""

    def add(self, chunk: Mapping[str, Any]) -> GeneratedText | None:
        """Return the text and counts of a chunk, or None if it has neither. Raises one of MALFORMED."""
        counts = chunk.get("usage")
        text, log_probability = "", math.nan
        for choice in (chunk.get("choices") or [])[:1]:
            delta = choice.get("delta") or {}
            self.finished = self.finished or choice.get("finish_reason") is not None
            self.reasoned = self.reasoned or bool(delta.get("reasoning_content") or delta.get("reasoning"))
            text = delta.get("content") or ""
            tokens = (choice.get("logprobs") or {}).get("content") or []
            if tokens:
                log_probability = sum(float(token["logprob"]) for token in tokens)
            self.tokens += len(tokens) or bool(text)
        self.characters += len(text)
        if not text and not counts:
            return None
        return GeneratedText(text, log_probability, _usage(counts) if counts else Usage(0, self.tokens))


def _usage(counts: Mapping[str, Any]) -> Usage:
    cached = (counts.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    return Usage(int(counts["prompt_tokens"]), int(counts.get("completion_tokens") or 0), int(cached))


def first_word_log_odds(completion: Mapping[str, Any], one: str, other: str) -> float | None:
    """Return the natural log-odds that a reply begins with ``one`` rather than ``other``.

    They come from the likeliest first tokens. A word that is not among these counts as likely as the last of them,
    which is an upper bound. None if neither word is. Raises one of MALFORMED if the completion lists no such tokens.
    """
    top = completion["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    likeliest = [(str(token["token"]), float(token["logprob"])) for token in top]
    lowest = min(log_probability for _, log_probability in likeliest)
    found = [
        [log_probability for token, log_probability in likeliest if _begins(word, token, unlike)]
        for word, unlike in ((one, other), (other, one))
    ]
    if not any(found):
        return None
    first, second = (float(np.logaddexp.reduce(each)) if each else lowest for each in found)
    return first - second


def _begins(word: str, token: str, unlike: str) -> bool:
    """Return whether a first token begins ``word``, in any spelling, and not ``unlike``."""
    start = token.strip().lower()
    return bool(start) and word.lower().startswith(start) and not unlike.lower().startswith(start)
