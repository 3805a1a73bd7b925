"""Questions through the API, as JSON and as events."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse

from rag.core.events import Reading, Waiting
from rag.testing import FakeGenerator
from tests.web.api.api_site import QUESTION, ApiSite, bearer
from tests.web.held_generator import HeldGenerator

OpenApi = Callable[..., ApiSite]


def events_of(site: ApiSite, body: dict[str, Any]) -> list[tuple[str, Any]]:
    """What a real client of server-sent events reads."""
    with (
        httpx.Client(timeout=30) as client,
        connect_sse(client, "POST", f"{site.address}/api/v1/ask", json=body) as source,
    ):
        return [(one.event, json.loads(one.data)) for one in source.iter_sse()]


def test_an_answer_has_its_sources_and_the_words_that_it_rests_on(open_api: OpenApi) -> None:
    found = open_api().ask({"question": QUESTION})
    assert found.status_code == 200, found.text
    answer = found.json()
    assert "Orla Dunmore" in answer["answer"]
    assert answer["answered"] and answer["declined"] is None
    (number,) = answer["sentences"][0]["citations"]
    source = next(one for one in answer["sources"] if one["number"] == number)
    begin = source["start"]
    quoted = source["text"][source["quote"]["start"] - begin : source["quote"]["end"] - begin]
    assert "Orla Dunmore" in quoted


def test_the_quoted_words_stand_in_the_article_where_the_answer_says(open_api: OpenApi) -> None:
    site = open_api()
    source = site.ask({"question": QUESTION}).json()["sources"][0]
    quote = source["quote"]
    part = site.get(f"articles/{source['article_id']}?start={quote['start']}&end={quote['end']}").json()
    whole = site.get(f"articles/{source['article_id']}").json()
    assert part["text"] == whole["text"][quote["start"] : quote["end"]]
    assert part["text"] in source["text"]
    assert whole["length"] == len(whole["text"]) and whole["title"] == source["title"]


def test_the_events_are_those_of_the_chatbot_in_their_order(open_api: OpenApi) -> None:
    events = events_of(open_api(), {"question": QUESTION})
    names = [name for name, _ in events]
    assert names[:3] == ["asked", "sources_found", "quote_found"]
    assert names[-1] == "answered"
    assert {"text_added", "sentence_checked"} <= set(names)
    text = "".join(content["text"] for name, content in events if name == "text_added")
    assert text.strip() == events[-1][1]["answer"]["answer"]


def test_what_the_articles_do_not_say_is_declined_with_the_nearest_passages(open_api: OpenApi) -> None:
    events = events_of(open_api(decline_below=1.0), {"question": "What does the tram cost?"})
    name, content = events[-1]
    assert name == "declined"
    declined = content["answer"]["declined"]
    assert declined["message"] and len(declined["nearest"]) == len(declined["shortfalls"]) > 0


def test_a_conversation_goes_on_and_is_kept(open_api: OpenApi) -> None:
    site = open_api()
    headers = bearer(site.embed())
    first = site.ask({"question": QUESTION}, **headers).json()
    again = site.ask({"question": "How many steps did she climb?", "conversation": first["conversation"]}, **headers)
    assert again.json()["conversation"] == first["conversation"]
    assert [first["number"], again.json()["number"]] == [1, 2]
    kept = site.get(f"conversations/{first['conversation']}", **headers).json()
    assert [one["question"] for one in kept["exchanges"]] == [QUESTION, "How many steps did she climb?"]
    assert kept["exchanges"][0]["answer"]["answer"] == first["answer"]
    assert site.get("conversations", **headers).json()["total"] == 1


def test_a_question_asked_again_takes_the_place_of_the_last(open_api: OpenApi) -> None:
    site = open_api()
    headers = bearer(site.embed())
    chat = site.ask({"question": "Who won the rye prize?"}, **headers).json()["conversation"]
    site.ask({"question": QUESTION, "conversation": chat, "again": True}, **headers)
    kept = site.get(f"conversations/{chat}", **headers).json()["exchanges"]
    assert [one["question"] for one in kept] == [QUESTION]


def test_a_conversation_is_renamed_and_deleted(open_api: OpenApi) -> None:
    site = open_api()
    headers = bearer(site.embed())
    chat = site.ask({"question": QUESTION}, **headers).json()["conversation"]
    address = f"{site.address}/api/v1/conversations/{chat}"
    assert httpx.patch(address, json={"title": "The lamp"}, headers=headers).json()["title"] == "The lamp"
    assert site.get("conversations?text=lamp", **headers).json()["conversations"][0]["title"] == "The lamp"
    assert httpx.delete(address, headers=headers).status_code == 204
    assert site.get(f"conversations/{chat}", **headers).status_code == 404
    site.ask({"question": QUESTION}, **headers)
    assert httpx.delete(f"{site.address}/api/v1/conversations", headers=headers).json() == {"deleted": 1}


def test_a_program_without_a_name_keeps_the_turns_itself(open_api: OpenApi) -> None:
    generator = FakeGenerator()
    site = open_api(generator)
    body = {"question": "And how many steps?", "history": [{"question": QUESTION, "answer": "Orla Dunmore."}]}
    found = site.ask(body).json()
    assert found["conversation"] is None
    assert "Orla Dunmore" in str(generator.prompts[-1])
    assert site.get("conversations").json()["total"] == 0


def test_only_articles_that_the_filters_let_through_are_used(open_api: OpenApi) -> None:
    site = open_api()
    found = site.ask({"question": QUESTION, "filters": {"tags": ["food"]}}).json()
    shown = [*found["sources"], *(found["declined"] or {"nearest": []})["nearest"]]
    assert {one["title"] for one in shown} <= {"Bakery on Tanner Street wins the rye prize"}
    refused = site.ask({"question": QUESTION, "filters": {"tags": ["fod"]}})
    assert refused.status_code == 422
    assert "Did you mean 'food'?" in refused.json()["detail"]


def test_a_search_ranks_passages_without_the_model(open_api: OpenApi) -> None:
    generator = FakeGenerator()
    found = open_api(generator).ask({"question": "harbour lamp keeper", "limit": 2}, "search").json()
    assert [one["rank"] for one in found["passages"]] == [1, 2]
    assert found["passages"][0]["title"].startswith("Harbour lamp")
    assert generator.prompts == []


def test_a_verdict_is_kept_for_the_evaluation(open_api: OpenApi) -> None:
    from rag.store.feedback import FeedbackStore

    site = open_api()
    headers = bearer(site.embed())
    chat = site.ask({"question": QUESTION}, **headers).json()["conversation"]
    body = {"conversation": chat, "number": 1, "verdict": "wrong", "comment": "It was her sister."}
    assert site.ask(body, "feedback", **headers).status_code == 201
    (kept,) = FeedbackStore(site.settings.index).all(["wrong"])
    assert (kept.question, kept.comment) == (QUESTION, "It was her sister.")
    assert site.ask({**body, "number": 2}, "feedback", **headers).status_code == 404


def test_a_model_that_breaks_down_is_told_and_the_next_question_works(open_api: OpenApi) -> None:
    site = open_api(FakeGenerator(failing_after=2))
    name, content = events_of(site, {"question": QUESTION})[-1]
    assert name == "failed"
    assert content["problem"]["type"] == "urn:footnote:problem:unavailable"
    assert content["problem"]["detail"] == "The answering model failed. Ask again."
    assert site.ask({"question": QUESTION}).status_code == 503


def test_what_is_waited_for_is_told(open_api: OpenApi) -> None:
    generator = HeldGenerator(before=[Waiting(2), Reading(350, 1.94)])
    generator.go.set()
    events = events_of(open_api(generator), {"question": QUESTION})
    assert ("waiting", {"ahead": 2}) in events
    assert ("reading", {"tokens": 350, "seconds": 1.9}) in events


def test_the_id_of_a_request_stops_nobody_elses_answer(open_api: OpenApi) -> None:
    generator = HeldGenerator()
    site = open_api(generator)
    embed = site.embed()
    with ThreadPoolExecutor(2) as pool:
        asked = [
            pool.submit(site.ask, {"question": QUESTION}, **bearer(embed, who), **{"X-Request-Id": "same"})
            for who in ("ada", "bob")
        ]
        while len(generator.prompts) < 2:
            time.sleep(0.01)
        generator.go.set()
        answers = [one.result().json() for one in asked]
    assert {answer["answer"] for answer in answers} == {answers[0]["answer"]}
    for who, answer in zip(("ada", "bob"), answers, strict=True):
        kept = site.get(f"conversations/{answer['conversation']}", **bearer(embed, who)).json()
        assert kept["exchanges"][0]["stage"] == "answered"


@pytest.mark.parametrize("streamed", [True, False], ids=["events", "json"])
def test_the_answer_stops_when_the_client_goes(open_api: OpenApi, streamed: bool) -> None:
    generator = HeldGenerator()
    site = open_api(generator)
    headers = {**bearer(site.embed()), **({"Accept": "text/event-stream"} if streamed else {})}
    stopped = threading.Event()
    written = generator.stream

    def watched(messages: Any, max_tokens: int, cancelled: Callable[[], bool]) -> Any:
        yield from written(messages, max_tokens, cancelled)
        stopped.set()

    generator.stream = watched  # type: ignore[method-assign]
    with (
        httpx.Client() as client,
        pytest.raises(httpx.ReadTimeout),
        client.stream(
            "POST", f"{site.address}/api/v1/ask", json={"question": QUESTION}, headers=headers, timeout=2.0
        ) as answer,
    ):
        for _ in answer.iter_bytes():
            pass
    began = time.monotonic()
    assert stopped.wait(5), "the model goes on writing"
    assert time.monotonic() - began < 5
    reader = bearer(site.embeds.named("portal"))
    (chat,) = site.get("conversations", **reader).json()["conversations"]
    texts: list[str] = []
    while not any(texts) and time.monotonic() - began < 10:  # It is kept a moment after the model has stopped.
        texts = [one["text"] for one in site.get(f"conversations/{chat['id']}", **reader).json()["exchanges"]]
    kept = site.get(f"conversations/{chat['id']}", **reader).json()
    assert kept["exchanges"][0]["stage"] == "stopped"
