"""``POST /v1/chat/completions`` and ``GET /v1/models``, for clients of OpenAI's API."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from rag.core.events import Answered, Declined, Failed
from rag.web.api.ask import (
    CLIENT_CLOSED_REQUEST,
    QuestionRun,
    events_while_connected,
    events_with_problem,
    stream_response,
)
from rag.web.api.dependencies import CallerDep, RateLimitedCaller, ServicesDep
from rag.web.api.openai_schemas import Chunk, Completion, Model, Models, written
from rag.web.api.request_schemas import EarlierTurn, Question
from rag.web.api.sse import EventStream, data
from rag.web.problems import ProblemError, openai_error, request_id_of

MODEL = "footnote"
AS_CHUNKS = stream_response("The answer; with `stream` as chunks.")

routes = APIRouter(tags=["As OpenAI's API"])


class TextPart(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """A message. Those of the system or a developer are ignored: answers come only from the articles."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, Field(max_length=100_000)] | Annotated[list[TextPart], Field(max_length=100)]

    def text(self) -> str:
        return self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class CompletionRequest(BaseModel):
    """A chat whose last message is the question. Sampling parameters are accepted and ignored."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(description=f"`{MODEL}`")
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=200)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    response_format: ResponseFormat | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    seed: int | None = None
    user: Annotated[str, Field(max_length=512)] | None = None
    store: bool | None = None
    metadata: dict[str, str] | None = None

    def question(self) -> Question:
        """Return the last message as a question. Raises ProblemError if it is not a user's."""
        *before, last = self.messages
        text = last.text().strip()
        if last.role != "user" or not text:
            raise ProblemError("invalid-request", "The last message must be a user's, with the question in it.")
        return Question(question=text, history=_turns(before))


class ResponseFormat(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: Literal["text"]


@routes.get("/models", response_model=Models)
def models(_: CallerDep) -> Any:
    """List the one model, `footnote`."""
    return Models(data=[Model(id=MODEL)])


@routes.get("/models/{model}", response_model=Model)
def model(model: str, _: CallerDep) -> Any:
    """Describe the model."""
    _require_known(model)
    return Model(id=MODEL)


@routes.post("/chat/completions", response_model=Completion, responses=AS_CHUNKS)
async def complete(body: CompletionRequest, request: Request, services: ServicesDep, caller: RateLimitedCaller) -> Any:
    """Answer the last message from the articles.

    Sentences have citations such as [1]; `annotations` and `sources` of the message resolve them. A stream sends text
    only after the answer is verified, since these clients cannot retract text.
    """
    _require_known(body.model)
    run = QuestionRun.of(body.question(), caller, services, request_id_of(request))
    began, base = int(time.time()), str(request.base_url).rstrip("/")
    if body.stream:
        with_usage = bool(body.stream_options and body.stream_options.include_usage)
        return EventStream(_as_chunks(run, began, base, with_usage))
    async for one in events_while_connected(request, run):
        match one:
            case Answered(answer) | Declined(answer):
                return Completion.of(written(answer, base), answer, run.id, began, MODEL)
            case Failed(error):
                raise error
    return Response(status_code=CLIENT_CLOSED_REQUEST)


async def _as_chunks(run: QuestionRun, began: int, base: str, with_usage: bool) -> AsyncIterator[bytes]:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        return data(Chunk.of(delta, finish, run.id, began, MODEL).model_dump(exclude_none=True))

    yield chunk({"role": "assistant", "content": ""})
    async for one in events_with_problem(run):
        match one:
            case ProblemError():
                yield data({"error": openai_error(one)})
            case Answered(answer) | Declined(answer):
                text = written(answer, base)
                for piece in text.pieces:
                    yield chunk({"content": piece})
                yield chunk({"annotations": text.annotations, "sources": text.sources})
                yield chunk({}, "stop")
                if with_usage:
                    yield data(Chunk.counted(answer, run.id, began, MODEL).model_dump(exclude_none=True))
                yield data("[DONE]")


def _require_known(model: str) -> None:
    if model != MODEL:
        raise ProblemError("not-found", f"There is no model '{model[:80]}'. Ask for '{MODEL}'.")


def _turns(messages: Sequence[ChatMessage]) -> tuple[EarlierTurn, ...]:
    """Pair questions with the answers that follow them; skip questions without one."""
    turns, question = [], ""
    for message in messages:
        text = message.text().strip()
        if message.role == "user":
            question = text
        elif message.role == "assistant" and question:
            turns.append(EarlierTurn(question=question, answer=text))
            question = ""
    return tuple(turns[-100:])
