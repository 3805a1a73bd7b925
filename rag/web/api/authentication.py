"""Authenticate callers of the API: by an embed's token, or as the reader whom AccessMiddleware found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.core.errors import RagError, TokenExpiredError, TokenRefusedError
from rag.core.filters import EVERYTHING, Filters
from rag.core.types import ArticleHeader
from rag.store.facets import admits
from rag.web.api.cors import NOT_ALLOWED
from rag.web.api.rate_limits import RateLimits
from rag.web.auth.identity import bearer_of, reader_of
from rag.web.auth.permissions import is_cross_origin
from rag.web.auth.proxies import Proxies
from rag.web.embed.tokens import TokenVerifier, VerifiedToken
from rag.web.problems import ProblemError, problem_of, response


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request, and which articles they may read."""

    owner: str
    """Whose conversations the caller may read; "" if callers cannot be told apart."""
    address: str
    """The client's IP address."""
    filters: Filters = EVERYTHING
    """Those of the embed; no other article exists for this caller."""
    embed: str = ""
    """The id of the embed, if any."""

    def may_read(self, header: ArticleHeader) -> bool:
        """Return whether the embed's filters let an article through."""
        return admits(self.filters, header)


def caller_of(request: Request) -> Caller:
    """Return the caller that AuthenticationMiddleware found."""
    caller: Caller = request.state.caller
    return caller


class AuthenticationMiddleware:
    """Put the Caller into ``request.state.caller``, or refuse the request."""

    def __init__(self, app: ASGIApp, tokens: TokenVerifier, proxies: Proxies, limits: RateLimits) -> None:
        self._app = app
        self._tokens = tokens
        self._proxies = proxies
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            scope["state"]["caller"] = await self._caller(request)
        except ProblemError as problem:
            await response(problem, request)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _caller(self, request: Request) -> Caller:
        """Raises ProblemError if the request is refused."""
        address, token = self._proxies.address(request), bearer_of(request)
        if not token:
            if is_cross_origin(request):
                raise ProblemError("origin-refused", NOT_ALLOWED)
            return Caller(reader_of(request), address)
        try:
            admission = await anyio.to_thread.run_sync(partial(self._tokens.verify, token))
            _require_origin(request, admission)
        except RagError as error:
            if isinstance(error, TokenRefusedError) and not isinstance(error, TokenExpiredError):
                # An expired token was valid once, so it is no guess.
                self._limits.count_refused_token(address)
            raise problem_of(error) from None
        embed = admission.embed
        return Caller(f"embed:{embed.id}:{admission.subject}", address, embed.filters.filters(), embed.id)


def _require_origin(request: Request, admission: VerifiedToken) -> None:
    """Refuse a page that uses a token of another origin. The page in an iframe has Footnote's own origin."""
    if not is_cross_origin(request):
        return
    allowed = (admission.origin,) if admission.origin else admission.embed.origins
    if request.headers.get("origin") not in allowed:
        raise ProblemError("origin-refused", "The token is for pages of another origin. Sign it for this one.")
