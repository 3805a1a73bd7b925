"""Logins through the gate, as the tests of it need them."""

from __future__ import annotations

from typing import Any

import httpx
from fastapi.testclient import TestClient

from rag.core.settings import Settings

VIEWER, EDITOR = "correct horse battery", "staple of the editors"
PAGE = {"accept": "text/html"}


def changed(settings: Settings, **changes: object) -> Settings:
    """The settings with changes, checked as they are when they are read."""
    return Settings(**{**settings.model_dump(exclude_unset=True), **changes})


def token_of(client: TestClient) -> str:
    return str(client.cookies[cookie_of(client)])


def cookie_of(client: TestClient) -> str:
    """The name of the cookie that a login is kept in."""
    return str(client.app.state.cookie)


def log_in(client: TestClient, password: str = VIEWER, **more: Any) -> httpx.Response:
    return client.post("/login", data={"password": password, **more.pop("fields", {})}, **more)
