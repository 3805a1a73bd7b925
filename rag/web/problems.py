"""Errors of the API as problem+json (RFC 9457), with the next step in ``detail``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi.responses import JSONResponse
from starlette.requests import HTTPConnection

from rag.core.errors import (
    IndexBusyError,
    IndexEmptyError,
    RagError,
    TokenExpiredError,
    TokenRefusedError,
    UnknownArticleError,
    UnknownChatError,
    UsageError,
)
from rag.web.paths import is_openai

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:footnote:problem:"
KINDS = {
    "invalid-json": (400, "The body is not valid JSON"),
    "token-missing": (401, "The token is missing"),
    "token-expired": (401, "The token has expired"),
    "token-refused": (401, "The token is invalid"),
    "origin-refused": (403, "The origin is not allowed"),
    "not-found": (404, "Not found"),
    "method-not-allowed": (405, "Method not allowed"),
    "too-slow": (408, "The body arrived too slowly"),
    "too-large": (413, "The body is too large"),
    "wrong-media-type": (415, "Unsupported media type"),
    "invalid-request": (422, "The request is invalid"),
    "too-many-requests": (429, "Too many requests"),
    "unexpected": (500, "Something went wrong"),
    "empty-library": (503, "There are no articles yet"),
    "busy": (503, "Too many questions are waiting"),
    "unavailable": (503, "Temporarily unavailable"),
}
"""The status and title of each kind of problem, which is the last part of its ``type``."""
OF_ERRORS: Sequence[tuple[type[RagError], str]] = (
    (TokenExpiredError, "token-expired"),
    (TokenRefusedError, "token-refused"),
    (UnknownChatError, "not-found"),
    (UnknownArticleError, "not-found"),
    (UsageError, "invalid-request"),
    (IndexEmptyError, "empty-library"),
    (IndexBusyError, "busy"),
    (RagError, "unavailable"),
)


@dataclass(eq=False)
class ProblemError(Exception):
    """A request that failed. ``kind`` is one of KINDS, ``detail`` says what to do."""

    kind: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[Mapping[str, str]] = ()
    """The name and the problem of each invalid field."""


def problem_of(error: RagError) -> ProblemError:
    kind = next(kind for raised, kind in OF_ERRORS if isinstance(error, raised))
    headers = {"WWW-Authenticate": "Bearer"} if KINDS[kind][0] == 401 else {}
    return ProblemError(kind, str(error), headers)


def as_json(problem: ProblemError, request_id: str) -> dict[str, Any]:
    status, title = KINDS[problem.kind]
    return {
        "type": f"{TYPE}{problem.kind}",
        "title": title,
        "status": status,
        "detail": problem.detail,
        "request_id": request_id,
        **({"errors": list(problem.errors)} if problem.errors else {}),
    }


def response(problem: ProblemError, request: HTTPConnection) -> JSONResponse:
    """Return the problem as a response; for clients of OpenAI's API also in the form that they expect."""
    content = as_json(problem, request_id_of(request))
    if is_openai(request.scope):
        content["error"] = openai_error(problem)
    return JSONResponse(content, KINDS[problem.kind][0], problem.headers, MEDIA_TYPE)


def openai_error(problem: ProblemError) -> dict[str, Any]:
    return {"message": problem.detail, "type": problem.kind.replace("-", "_"), "param": None, "code": problem.kind}


def request_id_of(request: HTTPConnection) -> str:
    """Return the id of a request in logs and responses, which CorsMiddleware assigns."""
    return str(getattr(request.state, "request_id", ""))
