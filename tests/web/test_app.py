"""The application and its server, without a browser."""

from __future__ import annotations

import importlib.util
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from rag.chatbot import Chatbot
from rag.core.errors import IndexEmptyError, ServeError
from rag.core.protocols import Generator
from rag.core.settings import Settings
from rag.testing import FakeEmbedder, FakeGenerator
from rag.web import server
from rag.web.conversations.cancellation import RunningAnswers
from rag.web.i18n import strings

ROOT = Path(__file__).parents[2]


def test_healthz_counts_articles_and_names_the_model(open_site: Callable) -> None:
    found = httpx.get(open_site().address + "/healthz")
    assert found.status_code == 200
    assert found.json() == {"status": "ok", "articles": 4, "passages": 4, "model": "fake-generator"}


def test_the_page_names_no_other_host_to_load_from(open_site: Callable) -> None:
    found = httpx.get(open_site().address)
    assert found.status_code == 200
    assert '<html\n\tlang="en"' in found.text
    assert "fonts.googleapis" not in found.text
    assert "cdn" not in found.text.lower().replace("cdninstance", "")
    assert "default-src 'self'" in found.headers["content-security-policy"]
    assert found.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_there_are_no_documentation_pages_that_load_scripts_from_elsewhere(open_site: Callable, path: str) -> None:
    assert httpx.get(open_site().address + path).status_code == 404


def test_the_icon_is_our_own(open_site: Callable) -> None:
    found = httpx.get(open_site().address + "/favicon.ico")
    assert found.headers["content-type"] == "image/svg+xml"


def test_nothing_can_be_uploaded_past_our_own_address(open_site: Callable) -> None:
    found = httpx.post(open_site().address + "/gradio_api/upload", files={"files": ("a.txt", b"x" * 5000)})
    assert found.status_code >= 400


# The server


def test_a_port_in_use_is_refused_before_any_model_is_loaded(
    monkeypatch: pytest.MonkeyPatch, web_settings: Settings
) -> None:
    monkeypatch.setattr(server, "open_app", lambda _: pytest.fail("the models were loaded"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServeError) as refused:
            server.serve(web_settings.model_copy(update={"port": port}), lambda _: None)
    assert str(refused.value) == (
        f"Port {port} on 127.0.0.1 is in use by another program. Choose another one with --port."
    )


def test_a_port_is_held_from_the_first_moment() -> None:
    with server.bind("127.0.0.1", 0) as held, pytest.raises(ServeError, match="in use"):
        server.bind("127.0.0.1", held.getsockname()[1])


def test_an_address_of_another_machine_is_refused_with_a_remedy() -> None:
    with pytest.raises(ServeError, match="--host"):
        server.bind("192.0.2.1", 7860)


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:7860"),
        ("0.0.0.0", "http://127.0.0.1:7860"),
        ("::1", "http://[::1]:7860"),
        ("portal.local", "http://portal.local:7860"),
    ],
)
def test_the_address_can_be_opened(host: str, shown: str) -> None:
    assert server.address(host, 7860) == shown


SERVE = """
    import sys, time
    sys.path.insert(0, {root!r})
    from pathlib import Path
    from rag.chatbot import Chatbot
    from rag.models import loading
    from rag.retrieval.opening import open_retriever
    from rag.store.opening import open_library
    from rag.core.settings import Settings
    from rag.testing import FakeEmbedder, FakeGenerator
    from rag.web.server import serve

    def open_with_fakes(settings, embedder, may_be_empty):
        library = open_library(settings)
        return Chatbot(library, open_retriever(library, embedder, settings), FakeGenerator(), settings)

    loading.open_embedder = lambda _: FakeEmbedder()
    Chatbot.open = open_with_fakes
    settings = Settings(
        index=Path({index!r}), embedder="fake-embedder", generator="fake-generator", port={port}
    )
    serve(settings, lambda address: print(address, flush=True))
    print("ended", flush=True)
"""


@pytest.mark.slow
def test_ready_is_called_once_it_answers_and_ctrl_c_ends_it_quietly(web_settings: Settings) -> None:
    with server.bind("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    code = textwrap.dedent(SERVE).format(root=str(ROOT), index=str(web_settings.index), port=port)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        assert address == f"http://127.0.0.1:{port}"
        assert httpx.get(address + "/healthz").json()["status"] == "ok"
        # An open page keeps a connection for as long as it is open; it must not hold the server up.
        with httpx.stream("GET", address + "/gradio_api/heartbeat/open-page") as heartbeat:
            assert next(heartbeat.iter_lines()) == "data: ALIVE"
            process.send_signal(signal.SIGINT)
            rest, complaints = process.communicate(timeout=30)
    assert rest == "ended\n"
    assert complaints == ""
    assert process.returncode == 0


def test_the_module_at_the_top_makes_the_application_when_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, open_chatbot: Callable[[Generator], Chatbot]
) -> None:
    spec = importlib.util.spec_from_file_location("footnote_app", ROOT / "app.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert "app" not in vars(module)
    with pytest.raises(AttributeError):
        module.application  # noqa: B018
    monkeypatch.setattr(module, "open_app", lambda _: open_chatbot(FakeGenerator()))
    assert module.app is module.app
    assert isinstance(module.app, Chatbot)


@pytest.fixture
def without_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.models.loading.open_embedder", lambda _: FakeEmbedder())
    monkeypatch.setattr("rag.models.loading.locate", lambda name, _: Path(name))
    monkeypatch.setattr("rag.models.loading.LlamaGenerator", lambda *_, **__: FakeGenerator())


@pytest.mark.slow
@pytest.mark.usefixtures("without_models")
def test_without_an_article_the_page_is_served_to_those_who_may_add_one(settings: Settings) -> None:
    app = server.open_app(settings)
    with TestClient(app) as client:
        assert client.get("/healthz").json()["articles"] == 0
        assert strings.NO_ARTICLES in client.get("/config").text
    app.state.close()


@pytest.mark.usefixtures("without_models")
def test_without_an_article_nothing_is_served_where_nobody_may_add_one(settings: Settings) -> None:
    with pytest.raises(IndexEmptyError, match="rag ingest"):
        server.open_app(settings.model_copy(update={"library_editing": "off"}))


# Stopping


def test_stopping_is_for_one_reader_and_a_new_question_ends_the_one_before() -> None:
    running = RunningAnswers()
    with running.question("a") as first, running.question("b") as other:
        with running.question("a") as second:
            assert first.is_set()
            assert not second.is_set()
            running.stop("a")
            assert second.is_set()
        assert not other.is_set()
        running.stop("nobody")
    assert other.is_set()


def test_at_the_end_every_answer_is_stopped() -> None:
    running = RunningAnswers()
    seen: list[threading.Event] = []
    with running.question("a") as event:
        running.close()
        seen.append(event)
        assert event.is_set()
    with running.question("b") as late:
        assert late.is_set()
