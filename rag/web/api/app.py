"""The API as an ASGI application: routes, middleware and error handlers."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.core.errors import RagError
from rag.web.api import ask, conversations, docs_page, openai, search
from rag.web.api.authentication import AuthenticationMiddleware
from rag.web.api.body_limits import BodyLimitMiddleware
from rag.web.api.dependencies import Services
from rag.web.api.response_schemas import ProblemReply
from rag.web.auth.proxies import Proxies
from rag.web.embed.tokens import TokenVerifier
from rag.web.paths import API, OPENAI, is_api
from rag.web.problems import MEDIA_TYPE, ProblemError, problem_of, request_id_of, response

log = logging.getLogger(__name__)

VERSION = "1.0"
"""Raised for additions; incompatible changes get another path."""
ABOUT = (
    "Answers questions from a collection of articles and nothing else. Every sentence of an answer quotes the "
    "passages that support it; a question that the articles do not answer is declined."
)
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {"description": "Why the request failed.", "content": {MEDIA_TYPE: {}}, "model": ProblemReply}
}


def create_api(services: Services, tokens: TokenVerifier) -> FastAPI:
    """Create the application for all paths under /api/v1/ and /v1/. CORS and logins are handled in front of it."""
    api = _with_routes()
    api.state.services = services
    api.add_middleware(BodyLimitMiddleware)
    api.add_middleware(AuthenticationMiddleware, tokens, Proxies(services.settings), services.limits)
    return api


def schema() -> dict[str, Any]:
    """Return the OpenAPI schema, which docs/openapi.json holds."""
    return _with_routes().openapi()


def _with_routes() -> FastAPI:
    api = FastAPI(
        title="Footnote",
        version=VERSION,
        description=ABOUT,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=PROBLEMS,
    )
    for part in (ask, search, conversations):
        api.include_router(part.routes, prefix=API)
    api.include_router(openai.routes, prefix=OPENAI)
    _add_error_handlers(api)

    @api.get(f"{API}/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(docs_page.page(api.openapi()))

    return api


class ApiMiddleware:
    """Pass requests of the API to it, and all others on."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._api if is_api(scope) else self._app)(scope, receive, send)


def _add_error_handlers(api: FastAPI) -> None:
    @api.exception_handler(ProblemError)
    async def problem(request: Request, error: ProblemError) -> JSONResponse:
        return response(error, request)

    @api.exception_handler(RagError)
    async def rag_error(request: Request, error: RagError) -> JSONResponse:
        return response(problem_of(error), request)

    @api.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return response(_invalid(error), request)

    @api.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        kind = {404: "not-found", 405: "method-not-allowed", 400: "invalid-json"}.get(error.status_code, "unexpected")
        return response(ProblemError(kind, NEXT_STEPS[kind], dict(error.headers or {})), request)

    @api.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("Request %s failed", request_id_of(request), exc_info=error)
        return response(ProblemError("unexpected", ask.UNEXPECTED), request)


NEXT_STEPS = {
    "not-found": f"Nothing is at this address. {API}/docs lists every route.",
    "method-not-allowed": f"Use another method. {API}/docs lists every route.",
    "invalid-json": "The body is not valid JSON. Correct it, and send it again.",
    "unexpected": ask.UNEXPECTED,
}


def _invalid(error: RequestValidationError) -> ProblemError:
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return ProblemError("invalid-json", NEXT_STEPS["invalid-json"])
    fields = [{"field": _name(one["loc"]), "problem": str(one["msg"]).removeprefix("Value error, ")} for one in found]
    first = fields[0]
    more = f" ({len(fields) - 1} more in errors)" if len(fields) > 1 else ""
    where = f"'{first['field']}'" if first["field"] else "the body"
    detail = f"Correct {where}: {first['problem']}{more}. {API}/docs lists every field."
    return ProblemError("invalid-request", detail, errors=fields)


def _name(location: tuple[int | str, ...]) -> str:
    """Return the path of a field without "body" or "query" in front."""
    return ".".join(str(part) for part in location[1:])
