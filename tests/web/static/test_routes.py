"""The fonts, and how long browsers keep what they have fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient

from rag.web.static import routes, theme

SHEET = theme.read("fonts.css")


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(routes.router())

    @app.get("/assets/{name}")
    def asset(name: str) -> Response:
        return Response(status_code=200 if name == "there.js" else 404)

    app.add_middleware(routes.CacheControlMiddleware)
    with TestClient(app) as client:
        yield client


def test_each_font_is_named_in_the_style_sheet_and_there_and_all_are_small() -> None:
    named = re.findall(r'url\("fonts/([^"]+)"\)', SHEET)
    assert sorted(named) == sorted(theme.fonts())
    assert set(theme.EARLY_FONTS) <= theme.fonts()
    assert sum((theme.FONTS / name).stat().st_size for name in named) <= 400_000
    assert SHEET.count("font-display: swap;") == len(named)
    assert "SIL OPEN FONT LICENSE Version 1.1" in (theme.FONTS / "OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(theme.fonts()))
def test_fonts_are_kept_for_good(client: TestClient, name: str) -> None:
    answer = client.get(f"/fonts/{name}")
    assert answer.content == (theme.FONTS / name).read_bytes()
    assert answer.headers["content-type"] == "font/woff2"
    assert answer.headers["cache-control"] == "max-age=31536000, immutable"


@pytest.mark.parametrize(
    "name", ["OFL.txt", "README.md", "none.woff2", "..%2Ftheme.py", "..%2F..%2F__init__.py", "%00"]
)
def test_nothing_but_fonts_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/fonts/{name}").status_code == 404


def test_what_has_its_hash_in_its_name_is_kept_and_what_is_missing_is_not(client: TestClient) -> None:
    assert client.get("/assets/there.js").headers["cache-control"] == "max-age=31536000, immutable"
    assert "cache-control" not in client.get("/assets/gone.js").headers
    assert client.get("/favicon.ico").headers["cache-control"] == "max-age=86400"
