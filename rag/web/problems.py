"""What the API says where it cannot do what was asked: problem+json (RFC 9457), with the next step in ``detail``."""

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
    "invalid-json": (400, "The body is no JSON"),
    "token-missing": (401, "There is no token"),
    "token-expired": (401, "The token has expired"),
    "token-refused": (401, "The token is not taken"),
    "origin-refused": (403, "This page may not ask"),
    "not-found": (404, "There is nothing at this address"),
    "method-not-allowed": (405, "This address is not for that method"),
    "too-slow": (408, "The body came too slowly"),
    "too-large": (413, "The body is too large"),
    "wrong-media-type": (415, "The body has another type"),
    "invalid-request": (422, "The request cannot be understood"),
    "too-many-requests": (429, "Too many requests"),
    "unexpected": (500, "Something unexpected went wrong"),
    "empty-library": (503, "There are no articles yet"),
    "busy": (503, "Too many questions are waiting"),
    "unavailable": (503, "This does not work at the moment"),
}
"""By the last part of ``type``: the status and the title."""
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
    """A request that is not served. ``kind`` is one of KINDS, ``detail`` a sentence with the next step."""

    kind: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[Mapping[str, str]] = ()
    """For each field that is wrong, its name and what is wrong with it."""


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
    """The problem as an answer; clients of OpenAI's API find in it, under ``error``, what they look for."""
    content = as_json(problem, request_id_of(request))
    if is_openai(request.scope):
        content["error"] = openai_error(problem)
    return JSONResponse(content, KINDS[problem.kind][0], problem.headers, MEDIA_TYPE)


def openai_error(problem: ProblemError) -> dict[str, Any]:
    return {"message": problem.detail, "type": problem.kind.replace("-", "_"), "param": None, "code": problem.kind}


def request_id_of(request: HTTPConnection) -> str:
    """What names the request in logs and answers; edge.py gives it."""
    return str(getattr(request.state, "request_id", ""))
