"""Parse what a server of chat completions sends: text, log-probabilities, counts and errors.

The format is OpenAI's, which vLLM, llama-server and Ollama share. Every field may be missing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
from httpx_sse import EventSource

from rag.core.types import GeneratedText, Usage

MALFORMED = (LookupError, TypeError, ValueError, AttributeError, RecursionError)
"""What parsing JSON of another form raises."""
END = "[DONE]"


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


def error_message(body: bytes) -> str:
    """Return the error message in a response body, on one line; "" if there is none."""
    try:
        found = json.loads(body)
    except MALFORMED:
        return ""
    while isinstance(found, dict):
        found = next((found[key] for key in ("error", "message", "detail") if found.get(key)), "")
    return " ".join(found.split()) if isinstance(found, str) else ""
