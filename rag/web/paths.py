"""The paths of the API."""

from __future__ import annotations

from starlette.types import Scope

API = "/api/v1"
OPENAI = "/v1"
"""For clients of OpenAI's API."""


def is_api(scope: Scope) -> bool:
    """Return whether a request is for the API."""
    return scope["type"] == "http" and path_of(scope).startswith((f"{API}/", f"{OPENAI}/"))


def is_openai(scope: Scope) -> bool:
    return path_of(scope).startswith(f"{OPENAI}/")


def path_of(scope: Scope) -> str:
    """Return the path below the application's root."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
