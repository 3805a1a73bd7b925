"""The commands as a person runs them: a process of its own, the real models, JSON on stdout."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from rag.core.settings import Settings
from rag.models.weights import locate
from tests.real.command_line import GUARDED, environment_with, rag


def test_ask_as_json_prints_the_documented_object_and_opens_no_connection(seeds_index: Path, tmp_path: Path) -> None:
    question = "How many people were on board the trawler that was hit on Maddow Bank?"

    done = rag("ask", question, "--index", seeds_index, "--json", folder=tmp_path)

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert list(answer) == [
        "question", "answer", "answered", "sentences", "sources", "declined", "timings", "usage", "model",
        "confidence", "signals", "filters", "as_of",
    ]  # fmt: skip
    assert answer["answered"] is True
    assert answer["declined"] is None
    assert list(answer["timings"]) == ["retrieve_ms", "first_quote_ms", "first_token_ms", "total_ms"]
    assert answer["usage"]["prompt_tokens"] > 100
    assert {"text", "citations", "support"} == set(answer["sentences"][0])
    for source in answer["sources"]:
        assert {"number", "article_id", "title", "url", "date", "start", "end", "text", "quote", "score"} <= set(source)
        assert source["start"] <= source["quote"]["start"] < source["quote"]["end"] <= source["end"]


def test_ask_for_people_prints_footnotes_and_their_sources(seeds_index: Path, tmp_path: Path) -> None:
    done = rag("ask", "Who is the harbour master of Kelverry?", "--index", seeds_index, folder=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "Judith Penhale" in done.stdout
    (number,) = re.findall(r"Kelverry\.\[(\d)\]", done.stdout)
    assert f"\n[{number}] " in done.stdout
    assert "Traceback" not in done.stderr


def test_a_declined_question_ends_with_0_and_shows_the_nearest(seeds_index: Path, tmp_path: Path) -> None:
    done = rag("ask", "how do i reset my router password", "--index", seeds_index, "--json", folder=tmp_path)

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["answered"] is False
    assert answer["declined"]["reason"] == "not_in_articles"
    assert len(answer["declined"]["nearest"]) == 3
    assert answer["usage"]["completion_tokens"] == 0


def test_the_page_is_served_without_a_connection_to_anywhere(seeds_index: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["serve", "--port", str(port), "--index", str(seeds_index), "--json"]
    with subprocess.Popen(
        [sys.executable, "-c", GUARDED, *command],
        cwd=tmp_path,
        env=environment_with(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            address = json.loads(server.stdout.readline())["address"]
            health = httpx.get(f"{address}/healthz").json()
            page = httpx.get(address)
        finally:
            server.send_signal(signal.SIGINT)
            _, errors = server.communicate(timeout=60)

    assert health["status"] == "ok"
    assert health["articles"] >= 30
    assert page.status_code == 200
    assert "CONNECTED" not in errors
    assert server.returncode == 0


def test_ingest_then_search_finds_what_was_put_in(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("The clock of Brenna\n\nThe clock of Brenna strikes thirteen at noon.", "utf-8")

    put = rag("ingest", "one.txt", "--index", "own", "--json", folder=tmp_path)
    again = rag("ingest", "one.txt", "--index", "own", "--json", folder=tmp_path)
    found = rag("search", "When does the clock strike thirteen?", "--index", "own", "--json", folder=tmp_path)

    assert json.loads(put.stdout)["added"] == 1
    assert json.loads(again.stdout)["embedded_passages"] == 0
    (passage,) = json.loads(found.stdout)["passages"]
    assert passage["text"] == "The clock of Brenna strikes thirteen at noon."


def test_a_file_that_is_not_text_is_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Good\n\nA good article about a lamp.", "utf-8")
    (tmp_path / "bad.txt").write_bytes(bytes(range(256)) * 20)

    done = rag("ingest", ".", "--index", "own", "--json", folder=tmp_path)

    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["added"] == 1
    assert [Path(failed["source"]).name for failed in report["failed"]] == ["bad.txt"]
    assert "not text" in report["failed"][0]["reason"]


@pytest.mark.parametrize("damage", ["truncated", "altered"])
def test_a_damaged_model_is_refused_with_the_remedy_and_nothing_is_lost(
    seeds_index: Path, tmp_path: Path, damage: str
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "all-MiniLM-L6-v2").symlink_to(locate("all-MiniLM-L6-v2", Settings()).resolve())
    data = bytearray(locate("smollm2-135m-instruct", Settings()).read_bytes())
    if damage == "truncated":
        del data[len(data) // 2 :]
    else:
        data[len(data) // 2] ^= 0xFF
    (models / "smollm2-135m-instruct.gguf").write_bytes(data)
    before = sorted(file.name for file in seeds_index.iterdir())

    done = rag(
        "ask", "Who?", "--index", seeds_index, folder=tmp_path, RAG_MODELS=str(models),
        RAG_MODEL_CACHE=str(tmp_path / "cache"), RAG_GENERATOR="smollm2-135m-instruct",
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stdout == ""
    assert "rag models pull smollm2-135m-instruct" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(file.name for file in seeds_index.iterdir()) == before
