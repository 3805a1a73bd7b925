"""The addresses of the widget, without a browser."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from html import unescape
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.core.settings import Settings
from rag.web.app import SecurityHeadersMiddleware
from rag.web.i18n import strings
from rag.web.i18n.catalogs import use_language
from rag.web.i18n.middleware import LanguageMiddleware
from rag.web.rendering.environment import render
from rag.web.widget.module import frame_script, module
from rag.web.widget.routes import router

ORIGINS = ("https://portal.example", 'https://"><script>.example')
EMBEDS = {
    "emb_1": SimpleNamespace(id="emb_1", name="One", origins=ORIGINS, is_active=True),
    "emb_2": SimpleNamespace(id="emb_2", name="Two", origins=ORIGINS[:1], is_active=False),
}
SCRIPTS = {"/widget/v1/footnote.js": module, "/widget/v1/frame.js": frame_script}


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router(SimpleNamespace(find=EMBEDS.get)))
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(LanguageMiddleware, Settings().language)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("path", SCRIPTS)
def test_a_script_is_for_pages_of_every_origin_and_for_an_hour(client: TestClient, path: str) -> None:
    for method in ("GET", "HEAD"):
        found = client.request(method, path)
        assert found.status_code == 200
        assert found.headers["content-type"] == "text/javascript; charset=utf-8"
        assert found.headers["access-control-allow-origin"] == "*"
        assert found.headers["cross-origin-resource-policy"] == "cross-origin"
        assert found.headers["cache-control"] == "public, max-age=3600"
        assert found.content == (SCRIPTS[path]() if method == "GET" else b"")


@pytest.mark.parametrize("path", SCRIPTS)
def test_what_a_browser_has_is_not_sent_again(client: TestClient, path: str) -> None:
    tag = client.get(path).headers["etag"]
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", SCRIPTS)
def test_it_is_compressed_for_whoever_takes_that(client: TestClient, path: str) -> None:
    with client.stream("GET", path, headers={"Accept-Encoding": "br, gzip"}) as found:
        sent = b"".join(found.iter_raw())
    assert found.headers["content-encoding"] == "gzip"
    assert gzip.decompress(sent) == SCRIPTS[path]()
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"


def test_the_page_of_an_iframe_may_stand_on_its_embeds_pages_alone_and_load_nothing_else(client: TestClient) -> None:
    found = client.get("/embed/emb_1", headers={"Accept-Language": "ar"})
    assert found.status_code == 200
    assert found.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
        f"form-action 'none'; frame-ancestors {' '.join(ORIGINS)}"
    )
    assert "x-frame-options" not in found.headers
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert '<html lang="ar" dir="rtl" data-embed="emb_1"' in found.text
    [origins] = re.findall(r'data-origins="([^"]*)"', found.text)
    assert json.loads(unescape(origins)) == list(ORIGINS)
    assert re.findall(r"<script[^>]*>", found.text) == ['<script type="module" src="../widget/v1/frame.js">']
    assert not re.search(r" style=|<style| on\w+=", found.text)


@pytest.mark.parametrize("name", ["emb_2", "emb_3", "%3Cscript%3E", "."])
def test_an_embed_that_is_not_there_or_switched_off_is_a_sentence(client: TestClient, name: str) -> None:
    found = client.get(f"/embed/{name}", headers={"Accept-Language": "de"})
    assert found.status_code == 404
    if name == ".":
        return
    with use_language("de"):
        assert strings.WIDGET["no_embed"] in unescape(found.text)
    assert found.headers["content-security-policy"].endswith("frame-ancestors 'none'")
    assert found.headers["cache-control"] == "no-store"
    assert "<script" not in found.text


def test_an_embeds_id_makes_no_element() -> None:
    hostile = '"><script>alert(1)</script>'
    shown = render("embed.page", SimpleNamespace(id=hostile), json.dumps([hostile]))
    assert "<script>" not in shown
    assert re.findall(r"<script[^>]*>", shown) == ['<script type="module" src="../widget/v1/frame.js">']
