"""Which addresses are the API's. Pure."""

from __future__ import annotations

from starlette.types import Scope

API = "/api/v1"
OPENAI = "/v1"
"""Where clients of OpenAI's API find what they know."""


def is_api(scope: Scope) -> bool:
    """Whether a request is for the API, and not for the page."""
    return scope["type"] == "http" and path_of(scope).startswith((f"{API}/", f"{OPENAI}/"))


def is_openai(scope: Scope) -> bool:
    return path_of(scope).startswith(f"{OPENAI}/")


def path_of(scope: Scope) -> str:
    """The path without the folder that the whole application is served under."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
