"""What a server of chat completions sends → text, log-probabilities and counts. Pure.

The form is OpenAI's, which vLLM, llama-server and Ollama share. Fields that a server leaves out are missed by nobody.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rag.core.types import GeneratedText, Usage

MALFORMED = (LookupError, TypeError, ValueError, AttributeError, RecursionError)
"""What reading JSON and its fields raises where they have another form."""
END = "[DONE]"


def events(blocks: Iterable[bytes]) -> Iterator[str]:
    """The data of server-sent events (HTML standard, 9.2), however the bytes are cut.

    An unfinished last one is left out. Only line feeds end lines: the other characters that Python splits lines at may
    stand within JSON.
    """
    rest = b""
    data: list[str] = []
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            line = line.removesuffix(b"\r")
            name, _, value = line.partition(b":")
            if not line and data:
                yield "\n".join(data)
                data = []
            elif name == b"data":
                data.append(value.removeprefix(b" ").decode("utf-8", "replace"))


@dataclass(slots=True)
class Reply:
    """A streamed answer as far as it has come."""

    characters: int = 0
    tokens: int = 0
    ended: bool = False
    """Whether the server said that the answer is complete."""
    thought: bool = False
    """Whether the model wrote down thoughts, which are no part of the answer."""

    def take(self, chunk: Mapping[str, Any]) -> GeneratedText | None:
        """The text and counts that a chunk brings; None where it brings neither. Raises one of MALFORMED."""
        counts = chunk.get("usage")
        text, log_probability = "", math.nan
        for choice in (chunk.get("choices") or [])[:1]:
            delta = choice.get("delta") or {}
            self.ended = self.ended or choice.get("finish_reason") is not None
            self.thought = self.thought or bool(delta.get("reasoning_content") or delta.get("reasoning"))
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


def log_odds(completion: Mapping[str, Any], one: str, other: str) -> float | None:
    """Natural log-odds that a reply begins with ``one`` rather than ``other``, from the likeliest first tokens.

    A word that is not among them counts as likely as the last of them, which is more than it is. None where neither
    is there. Raises one of MALFORMED where there are no such tokens.
    """
    top = completion["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    likeliest = [(str(token["token"]), float(token["logprob"])) for token in top]
    least = min(log_probability for _, log_probability in likeliest)
    found = [
        [log_probability for token, log_probability in likeliest if _begins(word, token, unlike)]
        for word, unlike in ((one, other), (other, one))
    ]
    if not any(found):
        return None
    first, second = (float(np.logaddexp.reduce(each)) if each else least for each in found)
    return first - second


def _begins(word: str, token: str, unlike: str) -> bool:
    """Whether a reply whose first token this is begins with the word, however it is written, and not with the other."""
    start = token.strip().lower()
    return bool(start) and word.lower().startswith(start) and not unlike.lower().startswith(start)


def server_message(body: bytes) -> str:
    """What a server says of its own error, in one line; "" where it says nothing that can be read."""
    try:
        found = json.loads(body)
    except MALFORMED:
        return ""
    while isinstance(found, dict):
        found = next((found[key] for key in ("error", "message", "detail") if found.get(key)), "")
    return " ".join(found.split()) if isinstance(found, str) else ""
