"""What two embeds of different parts of a library are told, and that neither is told what the other asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from rag.core.events import Waiting
from rag.core.serialization import event_as_json
from rag.testing import FakeGenerator
from rag.web.embed.store import Embed
from tests.helpers.heron_articles import FOLLOW_UP, WIDE, WORDS, ingested
from tests.web.api.api_site import ApiSite, bearer

HIDDEN = [word for source, word in WORDS.items() if source != "Town"]


@pytest.fixture
def generator() -> FakeGenerator:
    return FakeGenerator()


@pytest.fixture
def site(open_api: Callable[..., ApiSite], generator: FakeGenerator, tmp_path: Path) -> ApiSite:
    folder = tmp_path / "heron"
    folder.mkdir()
    settings = ingested(folder)
    return open_api(generator, index=settings.index, decline_below=0.0)


@pytest.fixture
def everything(site: ApiSite) -> Embed:
    return site.embed("staff")


@pytest.fixture
def town(site: ApiSite) -> Embed:
    return site.embed("town", sources=("Town",))


def test_a_caller_that_brings_the_history_is_not_given_the_evidence_of_another_embed(
    site: ApiSite, generator: FakeGenerator, everything: Embed, town: Embed
) -> None:
    told = site.ask({"question": WIDE}, **bearer(everything)).json()
    body = {"question": FOLLOW_UP, "history": [{"question": WIDE, "answer": told["answer"]}]}
    found = site.ask(body, **bearer(town))
    assert {one["source"] for one in found.json()["sources"]} == {"Town"}
    assert not [word for word in HIDDEN if word in str(generator.prompts[-1]) or word in found.text]


def test_a_client_of_the_chat_completions_is_not_given_the_evidence_of_another_embed(
    site: ApiSite, generator: FakeGenerator, everything: Embed, town: Embed
) -> None:
    site.ask({"question": WIDE}, **bearer(everything))
    said = [("user", WIDE), ("assistant", "The guild."), ("user", FOLLOW_UP)]
    body = {"model": "footnote", "messages": [{"role": role, "content": content} for role, content in said]}
    found = httpx.post(f"{site.address}/v1/chat/completions", json=body, headers=bearer(town), timeout=30)
    assert found.status_code == 200
    assert not [word for word in HIDDEN if word in str(generator.prompts[-1]) or word in found.text]


def test_a_conversation_goes_on_from_its_own_evidence_while_another_embed_asks_the_same(
    site: ApiSite, generator: FakeGenerator, everything: Embed, town: Embed
) -> None:
    chat = site.ask({"question": WIDE}, **bearer(town)).json()["conversation"]
    read = generator.prompts[-1][1].content.rpartition("\n\nQuestion:")[0]
    site.ask({"question": WIDE}, **bearer(everything))
    found = site.ask({"question": FOLLOW_UP, "conversation": chat}, **bearer(town))
    assert generator.prompts[-1][1].content.startswith(read)
    assert not [word for word in HIDDEN if word in str(generator.prompts[-1]) or word in found.text]


def test_an_embed_that_was_narrowed_has_nothing_of_what_its_conversations_read_before(
    site: ApiSite, generator: FakeGenerator, everything: Embed
) -> None:
    chat = site.ask({"question": WIDE}, **bearer(everything)).json()["conversation"]
    body = {"question": FOLLOW_UP, "conversation": chat, "filters": {"sources": ["Town"]}}
    found = site.ask(body, **bearer(everything)).json()
    assert {one["source"] for one in found["sources"]} == {"Town"}
    assert not [word for word in HIDDEN if word in str(generator.prompts[-1])]


def test_suggestions_are_about_the_articles_of_each_embed_in_whatever_order_they_are_asked_for(
    site: ApiSite, everything: Embed, town: Embed
) -> None:
    for _ in range(4):
        site.get("suggestions", **bearer(everything))
        suggested = site.get("suggestions", **bearer(town)).text
        assert "Town" in suggested
        assert not [source for source in ("Board", "Press", "Court") if source in suggested]


def test_searches_of_two_embeds_in_turn_find_what_each_may_see(site: ApiSite, everything: Embed, town: Embed) -> None:
    for _ in range(2):
        wide = site.ask({"question": WIDE, "limit": 50}, "search", **bearer(everything)).json()
        narrow = site.ask({"question": WIDE, "limit": 50}, "search", **bearer(town))
        assert {one["source"] for one in wide["passages"]} == set(WORDS)
        assert {one["source"] for one in narrow.json()["passages"]} == {"Town"}
        assert not [word for word in HIDDEN if word in narrow.text]


def test_conversations_and_verdicts_of_one_embed_are_not_there_for_another(
    site: ApiSite, everything: Embed, town: Embed
) -> None:
    chat = site.ask({"question": WIDE}, **bearer(everything)).json()["conversation"]
    assert site.get(f"conversations/{chat}", **bearer(town)).status_code == 404
    assert site.get("conversations?text=footbridge", **bearer(town)).json()["total"] == 0
    assert site.ask({"question": FOLLOW_UP, "conversation": chat}, **bearer(town)).status_code == 404
    verdict = {"conversation": chat, "number": 1, "verdict": "wrong"}
    assert site.ask(verdict, "feedback", **bearer(town)).status_code == 404


def test_who_waits_is_told_a_number_and_nothing_of_the_questions_before() -> None:
    assert event_as_json(Waiting(2)) == ("waiting", {"ahead": 2})
