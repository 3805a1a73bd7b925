"""Responses in the form of OpenAI's API: text with citations, annotations that resolve them, and the sources."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from rag.core.serialization import SourceReply, source_as_json
from rag.core.types import Answer, Source
from rag.web.paths import API

UNSUPPORTED = "not found in the articles"


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UrlCitation(_Reply):
    """The URL that supports characters ``start_index`` to ``end_index`` of the content."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(_Reply):
    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AnswerMessage(_Reply):
    """The answer. ``sources`` are the cited passages, each with the quoted words that support it."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]
    sources: list[SourceReply]
    declined: bool = Field(description="Whether the articles have no answer; the content then says so.")


class Choice(_Reply):
    index: Literal[0] = 0
    message: AnswerMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class CompletionUsage(_Reply):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, answer: Answer) -> CompletionUsage:
        read, wrote = answer.usage.prompt_tokens, answer.usage.completion_tokens
        return cls(prompt_tokens=read, completion_tokens=wrote, total_tokens=read + wrote)


class Completion(_Reply):
    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: CompletionUsage

    @classmethod
    def of(cls, text: Written, answer: Answer, request_id: str, created: int, model: str) -> Completion:
        message = AnswerMessage(
            content="".join(text.pieces),
            annotations=[Annotation.model_validate(one) for one in text.annotations],
            sources=[SourceReply.model_validate(one) for one in text.sources],
            declined=not answer.answered,
        )
        return cls(
            id=f"chatcmpl-{request_id}",
            created=created,
            model=model,
            choices=[Choice(message=message)],
            usage=CompletionUsage.of(answer),
        )


class Chunk(_Reply):
    """A piece of a streamed answer."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[dict[str, Any]]
    usage: CompletionUsage | None = None

    @classmethod
    def of(cls, delta: dict[str, Any], finish: str | None, request_id: str, created: int, model: str) -> Chunk:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return cls(id=f"chatcmpl-{request_id}", created=created, model=model, choices=[choice])

    @classmethod
    def counted(cls, answer: Answer, request_id: str, created: int, model: str) -> Chunk:
        usage = CompletionUsage.of(answer)
        return cls(id=f"chatcmpl-{request_id}", created=created, model=model, choices=[], usage=usage)


class Model(_Reply):
    id: str
    object: Literal["model"] = "model"
    created: int = Field(default_factory=lambda: int(time.time()))
    owned_by: Literal["footnote"] = "footnote"


class Models(_Reply):
    object: Literal["list"] = "list"
    data: list[Model]


@dataclass(frozen=True, slots=True)
class Written:
    """An answer for such a client: one piece of text a sentence, and what its citations stand for."""

    pieces: tuple[str, ...]
    annotations: list[dict[str, Any]]
    sources: list[dict[str, Any]]


def written(answer: Answer, base: str) -> Written:
    """Write the sentences with their citations, or the reason if there is no answer.

    Args:
        base: The address of this server; a source without a URL gets that of its article in this API.
    """
    if answer.declined:
        return Written((answer.declined.message,), [], [])
    sources = {source.number: source for source in answer.sources}
    pieces: list[str] = []
    annotations: list[dict[str, Any]] = []
    at = 0
    for sentence in answer.sentences:
        text = " ".join(sentence.text.split())
        marks = "".join(f"[{number}]" for number in sentence.citations) or f" ({UNSUPPORTED})"
        piece = f"{' ' if pieces else ''}{text}{marks}"
        begin, end = at + len(piece) - len(marks) - len(text), at + len(piece)
        pieces.append(piece)
        at = end
        annotations += [_annotation(sources[number], begin, end, base) for number in sentence.citations]
    cited = {number for sentence in answer.sentences for number in sentence.citations}
    return Written(tuple(pieces), annotations, [source_as_json(sources[number]) for number in sorted(cited)])


def _annotation(source: Source, begin: int, end: int, base: str) -> dict[str, Any]:
    own = f"{base}{API}/articles/{quote(source.header.id, safe='')}?start={source.quote.start}&end={source.quote.end}"
    url = source.header.url if source.header.url.startswith(("http://", "https://")) else own
    citation = {"start_index": begin, "end_index": end, "title": source.header.title, "url": url}
    return {"type": "url_citation", "url_citation": citation}
