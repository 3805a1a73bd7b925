"""The back end of an example portal with Footnote's chat in its pages.

``make portal`` starts it together with Footnote (run.py); docs/embedding.md explains it step by step.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from pathlib import Path
from socket import socket
from string import Template

import jwt
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent
PORT = 8010
USERS = {"ada": "Ada Fenwick", "bo": "Bo Lindqvist"}
PAGES = {"/": ("index.html", "Today"), "/help": ("help.html", "Help"), "/framed": ("framed.html", "In a frame")}
COOKIE = "portal_login"


@dataclass(frozen=True)
class Config:
    """The portal's settings for Footnote. ``secret`` and ``kid`` are those of ``rag embed create`` or ``rotate``."""

    footnote: str
    """The address at which browsers reach Footnote."""
    embed: str
    secret: str = field(repr=False)
    kid: str
    integrity: str
    """The hash of the widget, from ``rag embed snippet``."""
    port: int = PORT
    token_lifetime: timedelta = timedelta(minutes=10)

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @classmethod
    def of_environment(cls, environment: Mapping[str, str]) -> Config:
        """Exit with the name of a missing variable."""
        names = ("FOOTNOTE_ADDRESS", "FOOTNOTE_EMBED", "FOOTNOTE_SECRET", "FOOTNOTE_KID", "FOOTNOTE_INTEGRITY")
        missing = [name for name in names if not environment.get(name)]
        if missing:
            sys.exit(
                f"{', '.join(missing)} must be set: rag embed create and rag embed snippet say to what. "
                "Or run make portal, which does all of it."
            )
        address, embed, secret, kid, integrity = (environment[name] for name in names)
        return cls(address.rstrip("/"), embed, secret, kid, integrity, port_of(environment))


def port_of(environment: Mapping[str, str]) -> int:
    """Exit if PORTAL_PORT is not a port."""
    port = environment.get("PORTAL_PORT", str(PORT))
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        sys.exit(f"PORTAL_PORT is '{port}', which is no port. Set it to a number from 1 to 65535.")
    return int(port)


def create_portal(config: Config) -> Starlette:
    """Create the portal's application, for pages at ``config.origin``."""
    cookie_key = secrets.token_urlsafe(32)  # Logins end with the portal.

    def user_of(request: Request) -> str | None:
        """Return the user of the signed login cookie."""
        with suppress(jwt.PyJWTError):
            user = jwt.decode(request.cookies.get(COOKIE, ""), cookie_key, algorithms=["HS256"])["sub"]
            return user if user in USERS else None
        return None

    def page(request: Request) -> Response:
        user, path = user_of(request), request.url.path
        if user is None:
            return RedirectResponse("/login", 303)
        file, title = PAGES[path]
        return drawn(file, title, navigation(path) + goodbye(USERS[user]))

    def login_page(request: Request) -> Response:
        return drawn("login.html", "Log in", "")

    def drawn(file: str, title: str, header: str) -> HTMLResponse:
        known = {"footnote": config.footnote, "embed": config.embed, "integrity": config.integrity}
        values = {name: escape(value) for name, value in known.items()}
        main = Template(read(file)).substitute(values)
        return HTMLResponse(Template(read("layout.html")).substitute(title=title, header=header, main=main))

    async def login(request: Request) -> Response:
        user = (await request.form()).get("user")
        if user not in USERS:
            return RedirectResponse("/login", 303)
        response = RedirectResponse("/", 303)
        signed = jwt.encode({"sub": user}, cookie_key, algorithm="HS256")
        response.set_cookie(COOKIE, signed, httponly=True, samesite="lax")  # With https: secure=True as well.
        return response

    def logout(request: Request) -> Response:
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE)
        return response

    def footnote_token(request: Request) -> Response:
        """Sign a short-lived token for the user: all that Footnote needs of a portal."""
        user = user_of(request)
        if user is None:
            return JSONResponse({"detail": "You are logged out of the portal. Log in, and ask again."}, 401)
        now = int(time.time())
        claims = {
            "aud": config.embed,
            "sub": user,
            "origin": config.origin,
            "iat": now,
            "exp": now + int(config.token_lifetime.total_seconds()),
            "jti": secrets.token_urlsafe(12),
        }
        token = jwt.encode(claims, config.secret, algorithm="HS256", headers={"kid": config.kid})
        return JSONResponse({"token": token}, headers={"Cache-Control": "no-store"})

    async def guard(request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Refuse POST requests of other origins, and set the Content-Security-Policy of the portal's pages."""
        # SameSite is not enough: to a browser every port of one host is the same site.
        if request.method == "POST" and request.headers.get("origin") != config.origin:
            return JSONResponse({"detail": "Only the portal's own pages may do this. Open it anew."}, 403)
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = policy(config.footnote)
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return Starlette(
        routes=[
            *(Route(path, page) for path in PAGES),
            Route("/login", login_page),
            Route("/login", login, methods=["POST"]),
            Route("/logout", logout, methods=["POST"]),
            Route("/footnote-token", footnote_token, methods=["POST"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=guard)],
    )


def policy(footnote: str) -> str:
    """A Content-Security-Policy as strict as one can be: of Footnote's, the widget, the API and the framed page."""
    return (
        f"default-src 'none'; script-src 'self' {footnote}/widget/; connect-src 'self' {footnote}/api/; "
        f"frame-src {footnote}/embed/; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def navigation(current: str) -> str:
    here = ' aria-current="page"'
    links = (f'<a href="{path}"{here if path == current else ""}>{title}</a>' for path, (_, title) in PAGES.items())
    return f"<nav>{''.join(links)}</nav>"


def goodbye(name: str) -> str:
    return f'<form method="post" action="/logout">{escape(name)} <button>Log out</button></form>'


def read(file: str) -> str:
    return (HERE / "pages" / file).read_text(encoding="utf-8")


def serve(config: Config, listening: socket) -> None:
    """Serve the portal until Ctrl-C."""
    server = uvicorn.Server(uvicorn.Config(create_portal(config), log_level="warning", timeout_graceful_shutdown=1))
    with suppress(KeyboardInterrupt):
        server.run([listening])


def bound(port: int) -> socket:
    """Bind a socket to the port, or exit if it is taken."""
    listening = socket()
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen()
    except OSError as error:
        sys.exit(f"The portal cannot have port {port} ({error.strerror}). Choose another one with PORTAL_PORT.")
    return listening


def main() -> None:
    """Serve the portal as the environment says, beside a running Footnote."""
    config = Config.of_environment(os.environ)
    with bound(config.port) as listening:
        sys.stderr.write(f"The portal is at {config.origin} (Ctrl-C ends it)\n")
        serve(config, listening)


if __name__ == "__main__":
    main()
