"""The command line without models: usage, errors, exit codes, and what goes to stdout."""

from __future__ import annotations

import json
import socket
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rag.chatbot import Chatbot
from rag.cli import app
from rag.ingest.pipeline import ingest
from rag.retrieval.opening import open_retriever
from rag.store.feedback import Feedback, FeedbackStore
from rag.store.opening import open_library
from rag.testing import FakeEmbedder, FakeGenerator

COMMANDS = ["ingest", "search", "ask", "eval", "calibrate", "models", "serve", "feedback export"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run ``rag`` with index, models and cache of its own."""
    for name in ("index", "models", "model_cache"):
        monkeypatch.setenv(f"RAG_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("RAG_OFFLINE", "1")
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def assert_refused(result, code: int, *words: str) -> None:
    """One sentence or two on stderr, nothing on stdout, no traceback."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_has_an_example(run, command: str) -> None:
    result = run(*command.split(), "--help")

    assert result.exit_code == 0
    assert f"Example: rag {command}" in result.stdout


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize("question", ["", "   \n\t "])
def test_an_empty_question_is_wrong_usage(run, command: str, question: str) -> None:
    assert_refused(run(command, question), 2, "The question is empty.", "Type a question")


def test_an_endless_question_is_wrong_usage(run) -> None:
    assert_refused(run("ask", "why " * 25_000), 2, "99,999 characters", "Shorten it")


def test_a_missing_path_is_wrong_usage(run, tmp_path: Path) -> None:
    assert_refused(run("ingest", tmp_path / "nowhere"), 2, "nowhere", "Check the spelling")


def test_a_folder_without_articles_fails(run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert_refused(run("ingest", tmp_path / "empty"), 1, "No article was found", ".md")


@pytest.mark.parametrize("command", ["ask", "search"])
def test_asking_without_an_index_says_how_to_make_one(run, command: str) -> None:
    assert_refused(run(command, "Who?"), 1, "no index", "rag ingest PATH")


def test_asking_an_emptied_index_says_how_to_fill_it(run, tmp_path: Path) -> None:
    from rag.store import SqliteLibrary

    SqliteLibrary.create(tmp_path / "index" / "library.db", "all-MiniLM-L6-v2", 384)

    assert_refused(run("ask", "Who?"), 1, "holds no articles", "rag ingest PATH")


def test_a_missing_model_says_how_to_pull_it(run, articles_folder: Path, settings) -> None:
    ingest([articles_folder], settings, FakeEmbedder(name="all-MiniLM-L6-v2"))

    assert_refused(run("ask", "Who keeps the lighthouse?"), 1, "rag models pull qwen2.5-coder-1.5b-instruct")


def test_a_changed_embedder_is_refused(run, articles_folder: Path, settings) -> None:
    ingest([articles_folder], settings, FakeEmbedder(name="another"))

    assert_refused(run("ask", "Who?"), 1, "made with the embedder 'another'", "--index")


def test_an_unknown_setting_is_wrong_usage(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_TREADS", "2")

    assert_refused(run("models"), 2, "RAG_TREADS", "Did you mean 'RAG_THREADS'?")


def test_a_port_in_use_is_said_before_models_are_loaded(run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = run("serve", "--port", port)

    assert result.exit_code == 1
    assert f"Port {port} on 127.0.0.1 is in use" in result.stderr
    assert "--port" in result.stderr


def test_a_port_out_of_bounds_is_wrong_usage(run) -> None:
    assert_refused(run("serve", "--port", "70000"), 2, "port", "65535")


def test_an_unknown_option_is_wrong_usage(run) -> None:
    assert run("ask", "Who?", "--nonsense").exit_code == 2


def test_pulling_an_unknown_model_names_those_there_are(run) -> None:
    assert_refused(run("models", "pull", "qwen2.5-coder-1.5b"), 1, "qwen2.5-coder-1.5b-instruct")


def test_pulling_offline_opens_no_connection_and_says_so(run) -> None:
    assert_refused(run("models", "pull", "smollm2-135m-instruct"), 1, "offline")


def test_evaluating_nothing_is_wrong_usage(run) -> None:
    assert_refused(run("eval"), 2, "No questions were given", "rag eval QA")


def test_evaluating_a_broken_file_names_the_line(run, tmp_path: Path) -> None:
    (tmp_path / "qa.jsonl").write_text('{"id": "1", "question": "Who?", "answers": ["I"]}\n{"id": \n', "utf-8")

    assert_refused(run("eval", tmp_path / "qa.jsonl"), 2, "line 2")


def test_comparing_with_a_missing_result_says_how_to_make_one(run, tmp_path: Path) -> None:
    assert_refused(run("eval", "--compare", tmp_path / "a.json", tmp_path / "b.json"), 2, "a.json", "rag eval")


def test_a_drop_that_is_no_number_is_wrong_usage(run) -> None:
    assert_refused(run("eval", "--compare", "a.json", "b.json", "--max-drop", "right"), 2, "METRIC=DROP")


def test_models_as_json_is_one_object_on_stdout(run) -> None:
    result = run("models", "--json")

    models = {model["name"]: model for model in json.loads(result.stdout)["models"]}
    assert models["all-MiniLM-L6-v2"]["role"] == "embedding"
    assert models["qwen2.5-coder-1.5b-instruct"]["state"] == "missing"


def test_models_as_a_table_names_every_model_whole(run) -> None:
    result = run("models")

    assert "qwen2.5-coder-1.5b-instruct" in result.stdout
    assert "Apache-2.0" in result.stdout


@pytest.fixture
def fakes(run, monkeypatch: pytest.MonkeyPatch, articles_folder: Path, settings):
    """``run`` over the ingested articles, with a fake embedder in place of the real one."""
    embedder = FakeEmbedder(name="all-MiniLM-L6-v2")
    ingest([articles_folder], settings, embedder)
    monkeypatch.setattr("rag.models.loading.open_embedder", lambda _: embedder)
    return run


ABOUT = {
    "ferry": "Who bought the car ferry Sorrel",
    "lighthouse": "Who carried the brass lens up the stairs of Gull Rock",
    "bakery": "Where is the bakery that won the rye prize",
    "mill": "When does the paper mill open",
    "choir": "Where does the choir sing in autumn",
}


def rows(tmp_path: Path, *questions: dict) -> Path:
    file = tmp_path / "qa.jsonl"
    file.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
    return file


def test_calibrating_writes_beside_the_index_and_prints_the_curve(fakes, tmp_path: Path) -> None:
    questions = rows(
        tmp_path,
        *({"question": f"{ABOUT[name]} {at}?", "evidence_ids": [name]} for name in ABOUT for at in range(3)),
        *({"question": f"Unlike {ABOUT[name].split()[-1]} {at}", "answerable": False} for name in ABOUT for at in "ab"),
    )

    result = fakes("calibrate", questions, "--json")

    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    written = json.loads((tmp_path / "index" / "calibration.json").read_text(encoding="utf-8"))
    assert {**printed, "curve": None, "file": None} == {**written, "curve": None, "file": None}
    assert len(printed["curve"]) >= 19
    assert "Declines below" in fakes("calibrate", questions).stdout


def test_calibrating_on_too_few_questions_is_wrong_usage(fakes, tmp_path: Path) -> None:
    questions = rows(tmp_path, {"question": "Who bought the ferry?", "evidence_ids": ["ferry"]})

    assert_refused(fakes("calibrate", questions), 2, "1 answerable", "near 1 articles", "at least 10")


def test_exported_feedback_is_one_row_a_line(fakes, tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "index")
    answer = {"answer": "Ina", "answered": True, "sentences": [], "sources": []}
    store.add(Feedback("wrong", "Who bought the ferry?", answer, comment="A cooperative"))
    store.add(Feedback("right", "Who wrote it?", answer))

    result = fakes("feedback", "export")

    assert result.exit_code == 0
    (row,) = map(json.loads, result.stdout.splitlines())
    assert (row["question"], row["type"], row["comment"]) == (
        "Who bought the ferry?",
        "feedback_wrong",
        "A cooperative",
    )
    assert "1 question exported; 1 of them still need" in result.stderr
    file = tmp_path / "feedback.jsonl"
    assert len(json.loads(fakes("feedback", "export", file, "--verdicts", "right,wrong", "--json").stdout)["rows"]) == 2
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2


def test_an_unknown_verdict_is_wrong_usage(fakes) -> None:
    assert_refused(fakes("feedback", "export", "--verdicts", "bad"), 2, "no verdict 'bad'", "wrong_source")


QUESTION = "Who bought the ferry, the mill or the lighthouse?"


def articles_of(printed: dict) -> set[str]:
    return {passage["article_id"] for passage in printed["passages"]}


@pytest.mark.parametrize(
    ("options", "articles"),
    [
        ([], {"ferry", "lighthouse", "bakery", "mill", "choir"}),
        (["--source", "the coast gazette"], {"ferry", "lighthouse"}),
        (["--tag", "Transport"], {"ferry"}),
        (["--tag", "transport", "--tag", "harbour", "--since", "2024-05-17", "--until", "2024-05-17"], {"ferry"}),
        (["--until", "2023-12-31"], {"lighthouse"}),
        (["--source", "The Coast Gazette", "--since", "2024-01-01", "--language", "EN"], {"ferry"}),
    ],
)
def test_a_search_keeps_to_its_filters(fakes, options: list[str], articles: set[str]) -> None:
    result = fakes("search", QUESTION, *options, "--limit", 50, "--json")

    assert result.exit_code == 0, result.output
    assert articles_of(json.loads(result.stdout)) == articles


def test_a_search_explains_itself(fakes) -> None:
    asked = "Who bought the ferrry Sorrel?"

    said = fakes("search", asked, "--limit", 1, "--explain").stdout
    printed = json.loads(fakes("search", asked, "--limit", 1, "--explain", "--json").stdout)

    assert "score " in said and "by words rank 1" in said
    assert "No article has “ferrry”; “ferry” was searched for." in said
    assert "Found and left out:" in said
    assert printed["searched"] == "Who bought the ferry Sorrel?"
    assert printed["respelled"] == {"ferrry": "ferry"}
    assert printed["passages"][0]["signals"]["best sentence"] > 0
    assert {"article_id", "start", "end", "dense_rank", "bm25_rank", "reason"} == set(printed["left_out"][0])
    assert "left_out" not in json.loads(fakes("search", asked, "--json").stdout)


def test_json_says_on_what_terms_was_searched(fakes) -> None:
    options = ["--source", "The Coast Gazette", "--tag", "harbour", "--until", "2024-12-31", "--as-of", "2024-06-01"]

    printed = json.loads(fakes("search", QUESTION, *options, "--json").stdout)

    assert printed["as_of"] == "2024-06-01"
    assert printed["filters"] == {
        "sources": ["The Coast Gazette"],
        "tags": ["harbour"],
        "languages": [],
        "since": None,
        "until": "2024-12-31",
    }
    unfiltered = json.loads(fakes("search", QUESTION, "--json").stdout)
    assert not any(unfiltered["filters"].values())
    assert date.fromisoformat(unfiltered["as_of"]) >= date(2025, 1, 1)


def test_filters_that_leave_nothing_together_are_explained(fakes) -> None:
    options = ["--tag", "harbour", "--until", "2023-12-31"]

    result = fakes("search", QUESTION, *options)

    assert (result.exit_code, result.stdout) == (0, "")
    assert "No article matches the filters." in result.stderr
    assert articles_of(json.loads(fakes("search", QUESTION, *options, "--json").stdout)) == set()


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--source", "Cost Gazette"], ["No article has the source 'Cost Gazette'.", "mean 'The Coast Gazette'?"]),
        (["--tag", "harbor"], ["No article has the tag 'harbor'.", "mean 'harbour'?"]),
        (["--language", "xx"], ["No article has the language 'xx'.", "'en'"]),
        (["--since", "17 May"], ["'17 May' is not a date.", "such as 2024-05-17"]),
        (["--until", "2024-02-30"], ["'2024-02-30' is not a date."]),
        (["--as-of", "tomorrow"], ["'tomorrow' is not a date."]),
        (["--since", "2024-05-17", "--until", "2024-05-16"], ["before it begins", "Exchange the two."]),
        (["--since", "2031-01-01"], ["the last of 2024-05-17"]),
    ],
)
def test_a_filter_that_makes_no_sense_is_wrong_usage(fakes, command: str, options: list[str], words: list[str]) -> None:
    assert_refused(fakes(command, QUESTION, *options), 2, *words)


def test_an_answer_keeps_to_its_filters_and_its_day(fakes, monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings = settings.model_copy(update={"embedder": "all-MiniLM-L6-v2", "decline_below": 0.0})
    library, generator = open_library(settings), FakeGenerator()
    retriever = open_retriever(library, FakeEmbedder(), settings)
    monkeypatch.setattr("rag.chatbot.Chatbot.open", lambda _: Chatbot(library, retriever, generator, settings))
    options = ["--until", "2023-12-31", "--as-of", "2024-02-29"]

    result = fakes("ask", "Who carried the brass lens?", *options, "--json")

    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert {source["article_id"] for source in printed["sources"]} == {"lighthouse"}
    assert (printed["filters"]["until"], printed["as_of"]) == ("2023-12-31", "2024-02-29")
    assert "asked on 29 February 2024" in generator.prompts[-1][-1].content
    declined = json.loads(fakes("ask", QUESTION, *options, "--tag", "harbour", "--json").stdout)["declined"]
    assert declined["reason"] == "nothing_fits"


def test_a_declined_question_says_below_each_of_the_nearest_passages_why_it_falls_short(
    fakes, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    settings = settings.model_copy(update={"embedder": "all-MiniLM-L6-v2", "decline_below": 1.0})
    library = open_library(settings)
    retriever = open_retriever(library, FakeEmbedder(), settings)
    monkeypatch.setattr("rag.chatbot.Chatbot.open", lambda _: Chatbot(library, retriever, FakeGenerator(), settings))
    question = "Which volcano erupted near Reykjavik?"

    declined = json.loads(fakes("ask", question, "--json").stdout)["declined"]
    lines = fakes("ask", question).stdout.splitlines()

    assert declined["looked_for"][0] == "Reykjavik"
    assert len(declined["shortfalls"]) == len(declined["nearest"]) == 3
    assert lines[0] == declined["message"]
    assert lines[3::3] == [f"    {shortfall}" for shortfall in declined["shortfalls"]]
