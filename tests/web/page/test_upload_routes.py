"""Uploading over HTTP, and the handlers when they are called without the page."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.core.settings import Settings
from rag.web.i18n import strings
from rag.web.library.ingest_job import IngestJob
from rag.web.library.uploads import Uploads
from rag.web.page import upload_routes

WHALE = b"# A whale\n\nA whale was seen off Vellmouth on Monday."


def upload(address: str, name: str = "whale.md", content: bytes = WHALE, **headers: str) -> httpx.Response:
    return httpx.post(f"{address}/library/uploads", params={"name": name}, content=content, headers=headers)


def eventually(is_so: Callable[[], Any]) -> None:
    until = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.05)


def fire(address: str, target: str, event: str, data: list[Any], said: dict[str, str] | None = None) -> list[Any]:
    """Call the handlers of an event of the component with that id directly, as anybody can; returns the answers."""
    config = httpx.get(f"{address}/config").json()
    (component,) = [part["id"] for part in config["components"] if part["props"].get("elem_id") == target]
    calls = [call for call in config["dependencies"] if [component, event] in [list(one) for one in call["targets"]]]
    assert calls, f"{target} has no {event}"
    return [
        httpx.post(
            f"{address}/gradio_api/run/predict",
            json={"data": data, "fn_index": call["id"], "session_hash": "direct", "event_data": said,
                  "trigger_id": component},
        ).json()
        for call in calls
    ]  # fmt: skip


def test_a_file_that_is_sent_is_taken_in(open_library_site: Callable) -> None:
    site = open_library_site()
    assert upload(site.address, "../../Whale news.md").status_code == 202
    eventually(lambda: site.library.find("whale", 1))
    (origin,) = site.library.origins(site.library.find("whale", 1)[0].id)
    assert Path(origin).is_relative_to((site.settings.index / "uploads").resolve())
    assert Path(origin).name == "Whale news.md"
    assert Path(origin).read_bytes() == WHALE


def test_a_name_is_needed(open_library_site: Callable) -> None:
    answer = upload(open_library_site().address, "../..")
    assert (answer.status_code, answer.json()) == (
        400, {"message": "The file has no name. Give it one, and upload it again."},
    )  # fmt: skip


@pytest.mark.parametrize("counted", [True, False])
def test_a_file_over_the_limit_is_refused_and_leaves_nothing_behind(tmp_path: Path, counted: bool) -> None:
    uploads = Uploads(tmp_path)
    taken: list[Path] = []

    class Waiting(IngestJob):
        def __init__(self) -> None:
            pass

        def add(self, sources: Any, *, new_batch: bool = True) -> None:
            taken.extend(sources)

    app = FastAPI()
    app.include_router(upload_routes.router(uploads, Waiting(), lambda _: "", limit=1 << 20))
    client = TestClient(app)

    def send(size: int) -> httpx.Response:
        body: Any = b"x" * size if counted else iter([b"x" * size])
        return client.post(upload_routes.PATH, params={"name": "x.txt"}, content=body)

    refused = send((1 << 20) + 1)
    assert (refused.status_code, refused.json()["message"]) == (413, strings.TOO_LARGE.format(size=1))
    assert taken == []
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
    assert send(1 << 20).status_code == 202
    assert taken == [uploads.path_of("x.txt")]


def test_a_disk_that_is_full_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads = Uploads(tmp_path)

    def full() -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads, "new_part", full)
    app = FastAPI()
    app.include_router(upload_routes.router(uploads, None, lambda _: ""))  # type: ignore[arg-type]
    answer = TestClient(app).post(upload_routes.PATH, params={"name": "x.txt"}, content=b"x")
    assert answer.status_code == 507
    assert "No space left on device" in answer.json()["message"]


# Who may not


def test_without_an_ingest_nobody_may_change_anything(open_site: Callable) -> None:
    answer = upload(open_site().address)
    assert (answer.status_code, answer.json()["message"]) == (403, strings.EDITING_OFF)


def test_other_websites_may_not_upload(open_library_site: Callable) -> None:
    site = open_library_site()
    answer = upload(site.address, Origin="https://evil.example")
    assert (answer.status_code, answer.json()["message"]) == (403, strings.EDITING_FOREIGN)
    assert not (site.settings.index / "uploads").exists()


def test_behind_a_proxy_nobody_is_local(open_library_site: Callable) -> None:
    answer = upload(open_library_site().address, **{"X-Forwarded-For": "203.0.113.9"})
    assert (answer.status_code, answer.json()["message"]) == (403, strings.EDITING_LOCAL)


def test_read_only_every_handler_refuses_by_itself(open_library_site: Callable) -> None:
    given: list[object] = []
    site = open_library_site(lambda *sources, **_: given.append(sources), library_editing="off")
    assert upload(site.address).status_code == 403
    page = ["", 0, ""]
    answers = fire(site.address, "reader", "click", page, {"do": "remove", "article": "harbour"})
    assert strings.EDITING_OFF.partition("=")[0] in str(answers)
    fire(site.address, "list", "click", page, {"do": "remove", "article": "harbour"})
    fire(site.address, "work", "click", page, {"do": "remove", "article": "harbour"})
    answers = fire(site.address, "add", "click", ["https://gazette.example/"])
    assert strings.EDITING_OFF.partition("=")[0] in str(answers)
    fire(site.address, "cancel", "click", [])
    assert site.library.article("harbour")
    assert given == []


def test_the_same_calls_work_where_they_are_allowed(open_library_site: Callable) -> None:
    site = open_library_site()
    answers = fire(site.address, "reader", "click", ["", 0, ""], {"do": "remove", "article": "harbour"})
    assert "Removed “Harbour lamp goes out for the winter”." in str(answers)
    assert site.library.article("harbour") is None


def test_read_only_articles_can_be_read_without_the_paths_of_their_files(
    open_library_site: Callable, web_articles: Path
) -> None:
    opening = ["", 0, ""], {"do": "open", "article": "harbour"}
    shown = str(fire(open_library_site(library_editing="off").address, "list", "click", *opening))
    assert "Orla Dunmore" in shown
    assert "harbour.md" in shown
    assert str(web_articles) not in shown
    assert "fn-danger" not in shown


def test_what_makes_no_sense_changes_nothing(open_library_site: Callable, library_settings: Settings) -> None:
    site = open_library_site()
    for said in (None, {}, {"do": "explode"}, {"do": "page", "to": "x"}, {"do": "open", "article": "%ED%A0%80"}):
        for answer in fire(site.address, "list", "click", ["", 0, ""], said):
            assert "error" not in answer or answer["error"] is None, (said, answer)
    assert site.library.count_found() == 4
