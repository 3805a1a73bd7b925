"""Who is let in through the API: pages of other origins, tokens, subjects, filters and limits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from rag.web.api import rate_limits
from rag.web.embed.tokens import sign
from tests.web.api.api_site import PORTAL, QUESTION, ApiSite, bearer

OpenApi = Callable[..., ApiSite]
EVIL = "https://evil.example"
PASSWORD = "a long enough password"
ASKED: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/api/v1/ask", {"question": QUESTION}),
    ("POST", "/api/v1/search", {"question": QUESTION}),
    ("GET", "/api/v1/articles/harbour", None),
    ("GET", "/api/v1/suggestions", None),
    ("GET", "/api/v1/conversations", None),
    ("DELETE", "/api/v1/conversations", None),
    ("GET", "/api/v1/conversations/abc", None),
    ("PATCH", "/api/v1/conversations/abc", {"title": "x"}),
    ("DELETE", "/api/v1/conversations/abc", None),
    ("POST", "/api/v1/feedback", {"conversation": "abc", "number": 1, "verdict": "right"}),
    ("GET", "/api/v1/openapi.json", None),
    ("GET", "/api/v1/docs", None),
    ("GET", "/v1/models", None),
    ("GET", "/v1/models/footnote", None),
    ("POST", "/v1/chat/completions", {"model": "footnote", "messages": [{"role": "user", "content": QUESTION}]}),
]


def kind_of(found: httpx.Response) -> str:
    return str(found.json()["type"]).removeprefix("urn:footnote:problem:")


def test_every_address_of_the_schema_is_tried_here(open_api: OpenApi) -> None:
    schema = open_api().get("openapi.json").json()
    asked = {(method, path) for method, path, _ in ASKED}
    known = {
        (
            method.upper(),
            path.replace("{conversation}", "abc").replace("{article_id}", "harbour").replace("{model}", "footnote"),
        )
        for path, methods in schema["paths"].items()
        for method in methods
    }
    assert known <= asked


def test_nobody_asks_without_a_token_where_there_is_a_login(open_api: OpenApi) -> None:
    site = open_api(viewer_password=SecretStr(PASSWORD))
    embed = site.embed()
    for method, path, body in ASKED:
        for headers in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic YTpi"}):
            found = httpx.request(method, site.address + path, json=body, headers=headers)
            assert (found.status_code, kind_of(found)) == (401, "token-missing"), path
        found = httpx.request(method, site.address + path, json=body, headers=bearer(embed))
        assert found.status_code in {200, 404}, (path, found.text)


def test_nobody_asks_with_a_forged_token(open_api: OpenApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "REFUSED_TOKENS", "1000/minute")
    site = open_api()
    headers = {"Authorization": f"Bearer {sign(site.embed(), 'ada', PORTAL)[:-2]}"}
    for method, path, body in ASKED:
        found = httpx.request(method, site.address + path, json=body, headers=headers)
        assert (found.status_code, kind_of(found)) == (401, "token-refused"), path


def test_a_page_of_another_origin_is_refused_everywhere(open_api: OpenApi) -> None:
    site = open_api()
    embed = site.embed()
    for method, path, body in ASKED:
        for headers in ({}, bearer(embed)):
            found = httpx.request(method, site.address + path, json=body, headers={**headers, "Origin": EVIL})
            assert (found.status_code, kind_of(found)) == (403, "origin-refused"), path
            assert "access-control-allow-origin" not in found.headers


def test_a_page_of_an_embed_may_read_the_answers(open_api: OpenApi) -> None:
    site = open_api()
    found = site.ask({"question": QUESTION}, **bearer(site.embed()), Origin=PORTAL)
    assert found.status_code == 200
    assert found.headers["access-control-allow-origin"] == PORTAL
    assert "Origin" in found.headers["vary"]
    assert "access-control-allow-credentials" not in found.headers
    assert "set-cookie" not in found.headers


def test_a_page_asks_first_whether_it_may(open_api: OpenApi) -> None:
    site = open_api(viewer_password=SecretStr(PASSWORD))
    site.embed()

    def preflight(origin: str) -> httpx.Response:
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        return httpx.options(f"{site.address}/api/v1/ask", headers=asked)

    allowed = preflight(PORTAL)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == PORTAL
    assert "authorization" in allowed.headers["access-control-allow-headers"].lower()
    refused = preflight(EVIL)
    assert refused.status_code == 403 and "access-control-allow-origin" not in refused.headers
    site.embeds.change("portal", is_active=False)
    assert preflight(PORTAL).status_code == 403


def test_a_token_for_one_origin_is_no_use_at_another(open_api: OpenApi) -> None:
    site = open_api()
    embed = site.embeds.create("both", (PORTAL, "https://other.example"))
    found = site.ask({"question": QUESTION}, **bearer(embed), Origin="https://other.example")
    assert (found.status_code, kind_of(found)) == (403, "origin-refused")


def test_footnotes_own_page_in_a_frame_asks_with_the_portals_token(open_api: OpenApi) -> None:
    site = open_api()
    found = site.ask({"question": QUESTION}, **bearer(site.embed()), Origin=site.address)
    assert found.status_code == 200


def test_a_token_opens_nothing_but_the_api(open_api: OpenApi) -> None:
    site = open_api(viewer_password=SecretStr(PASSWORD))
    headers = bearer(site.embed())
    for path in ("/", "/config", "/gradio_api/info", "/chats/abc.json"):
        found = httpx.get(site.address + path, headers={**headers, "Accept": "*/*"})
        assert found.status_code == 401, path


def test_nobody_names_themselves_from_outside(open_api: OpenApi) -> None:
    site = open_api()
    embed = site.embed()
    chat = site.ask({"question": QUESTION}, **bearer(embed)).json()["conversation"]
    pretended = {"X-Footnote-Reader": f"embed:{embed.id}:ada", "X-Footnote-Role": "editor"}
    assert site.get(f"conversations/{chat}", **pretended).status_code == 404
    assert site.get(f"conversations/{chat}", **pretended, **bearer(embed, "bob")).status_code == 404


def test_conversations_belong_to_their_subject_and_embed(open_api: OpenApi) -> None:
    site = open_api()
    embed, other = site.embed(), site.embed("other")
    ada, bob, elsewhere = bearer(embed, "ada"), bearer(embed, "bob"), bearer(other, "ada")
    chat = site.ask({"question": QUESTION}, **ada).json()["conversation"]
    for headers in (bob, elsewhere):
        assert site.get(f"conversations/{chat}", **headers).status_code == 404
        assert site.get("conversations", **headers).json()["total"] == 0
        assert site.ask({"question": "And?", "conversation": chat}, **headers).status_code == 404
        judged = {"conversation": chat, "number": 1, "verdict": "right"}
        assert site.ask(judged, "feedback", **headers).status_code == 404
        address = f"{site.address}/api/v1/conversations/{chat}"
        assert httpx.patch(address, json={"title": "x"}, headers=headers).status_code == 404
        assert httpx.delete(address, headers=headers).status_code == 404
        assert httpx.delete(f"{site.address}/api/v1/conversations", headers=headers).json() == {"deleted": 0}
    assert site.get(f"conversations/{chat}", **ada).json()["title"] == QUESTION


def test_an_embed_has_only_its_part_of_the_library(open_api: OpenApi) -> None:
    site = open_api()
    headers = bearer(site.embed(tags=("food",)))
    hidden = site.ask({"question": QUESTION}).json()["sources"][0]["article_id"]
    assert site.get(f"articles/{hidden}").status_code == 200
    assert site.get(f"articles/{hidden}", **headers).status_code == 404
    for body in ({"question": QUESTION}, {"question": QUESTION, "filters": {"languages": ["en"]}}):
        assert "Dunmore" not in site.ask(body, **headers).text
        assert "Orla" not in site.ask(body, "search", **headers).text
    for filters in ({"tags": ["harbour"]}, {"tags": ["harbor"]}):
        refused = site.ask({"question": QUESTION, "filters": filters}, **headers)
        assert refused.status_code == 422
        assert "There are" not in refused.text and "Did you mean" not in refused.text
    completion = {"model": "footnote", "messages": [{"role": "user", "content": QUESTION}]}
    found = httpx.post(f"{site.address}/v1/chat/completions", json=completion, headers=headers)
    assert "Dunmore" not in found.text
    suggested = site.get("suggestions", **headers).json()["questions"]
    assert suggested and all("lamp" not in question and "bridge" not in question for question in suggested)


def test_a_revoked_token_is_refused_while_the_server_runs(open_api: OpenApi) -> None:
    site = open_api()
    headers = bearer(site.embed())
    assert site.get("conversations", **headers).status_code == 200
    site.embeds.change("portal", revoked_at=datetime.now(UTC))
    found = site.get("conversations", **headers)
    assert (found.status_code, kind_of(found)) == (401, "token-refused")
    assert found.headers["www-authenticate"] == "Bearer"


def test_limits_by_subject_say_when_to_come_back(open_api: OpenApi) -> None:
    site = open_api(subject_limit="3/minute")
    embed = site.embed()
    for _ in range(3):
        assert site.ask({"question": QUESTION}, "search", **bearer(embed)).status_code == 200
    found = site.ask({"question": QUESTION}, "search", **bearer(embed))
    assert (found.status_code, kind_of(found)) == (429, "too-many-requests")
    assert 1 <= int(found.headers["retry-after"]) <= 60
    assert f"Try again in {found.headers['retry-after']} second" in found.json()["detail"]
    assert site.ask({"question": QUESTION}, "search", **bearer(embed, "bob")).status_code == 200


def test_limits_by_address_and_by_embed(open_api: OpenApi) -> None:
    site = open_api(address_limit="4/minute", embed_limit="2/minute")
    one, other = site.embed(), site.embed("other")

    def status(embed: Any, subject: str) -> int:
        return site.ask({"question": QUESTION}, "search", **bearer(embed, subject)).status_code

    assert [status(one, str(who)) for who in range(3)] == [200, 200, 429]
    assert [status(other, str(who)) for who in range(3)] == [200, 200, 429]


def test_one_who_guesses_tokens_has_to_wait(open_api: OpenApi) -> None:
    site = open_api()
    embed = site.embed()
    guess = {"Authorization": f"Bearer {sign(embed, 'ada', PORTAL)[:-3]}abc"}
    found = [site.get("conversations", **guess).status_code for _ in range(12)]
    assert found == [401] * 10 + [429] * 2


def test_a_subject_asks_few_questions_at_once(open_api: OpenApi) -> None:
    from tests.web.held_generator import HeldGenerator

    generator = HeldGenerator()
    site = open_api(generator)
    headers = bearer(site.embed())
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(site.ask, {"question": QUESTION}, **headers) for _ in range(5)]
        while sum(one.done() for one in asked) < 2:
            pass
        generator.go.set()
        found = sorted(one.result().status_code for one in asked)
    assert found == [200, 200, 200, 429, 429]
