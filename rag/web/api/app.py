"""The API as an application: its routes, what stands before them, and how it says what is wrong."""

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
from rag.web.api.authentication import Entrance
from rag.web.api.body_limits import Bodies
from rag.web.api.dependencies import Desk
from rag.web.api.response_schemas import ProblemReply
from rag.web.auth.proxies import Proxies
from rag.web.embed.tokens import Tokens
from rag.web.paths import API, OPENAI, is_api
from rag.web.problems import MEDIA_TYPE, ProblemError, problem_of, request_id_of, response

log = logging.getLogger(__name__)

VERSION = "1.0"
"""Raised where something is added; what takes something away gets other addresses."""
ABOUT = (
    "Questions answered from a collection of articles, and from nothing else. Every sentence of an answer has the "
    "words of the articles that support it; what the articles do not say is declined."
)
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {"description": "Why it was not served.", "content": {MEDIA_TYPE: {}}, "model": ProblemReply}
}


def create_api(desk: Desk, tokens: Tokens) -> FastAPI:
    """The application of every address under /api/v1/ and /v1/; it stands behind the gate and the edge."""
    api = _with_routes()
    api.state.desk = desk
    api.add_middleware(Bodies)
    api.add_middleware(Entrance, tokens, Proxies(desk.settings), desk.limits)
    return api


def schema() -> dict[str, Any]:
    """What can be asked and answered, as OpenAPI describes it. The file docs/openapi.json holds it."""
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
    _answer_errors(api)

    @api.get(f"{API}/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(docs_page.page(api.openapi()))

    return api


class WithApi:
    """Hands requests of the API to it, and all others to the page."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._api if is_api(scope) else self._app)(scope, receive, send)


def _answer_errors(api: FastAPI) -> None:
    @api.exception_handler(ProblemError)
    async def told(request: Request, error: ProblemError) -> JSONResponse:
        return response(error, request)

    @api.exception_handler(RagError)
    async def of_footnote(request: Request, error: RagError) -> JSONResponse:
        return response(problem_of(error), request)

    @api.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return response(_invalid(error), request)

    @api.exception_handler(HTTPException)
    async def of_http(request: Request, error: HTTPException) -> JSONResponse:
        kind = {404: "not-found", 405: "method-not-allowed", 400: "invalid-json"}.get(error.status_code, "unexpected")
        return response(ProblemError(kind, NEXT_STEPS[kind], dict(error.headers or {})), request)

    @api.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("Request %s failed", request_id_of(request), exc_info=error)
        return response(ProblemError("unexpected", ask.UNEXPECTED), request)


NEXT_STEPS = {
    "not-found": f"There is nothing at this address. {API}/docs lists what there is.",
    "method-not-allowed": f"Use another method. {API}/docs lists what there is.",
    "invalid-json": "The body is no JSON. Correct it, and send it again.",
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
    """The field as a caller writes it, without where it stands."""
    return ".".join(str(part) for part in location[1:])
