"""``rag list | show | remove | stats | backup | doctor`` over a small index, without models."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from rag.cli import app
from rag.core.types import Article
from rag.ingest.chunking import chunk
from rag.store import SqliteLibrary
from rag.testing import FakeEmbedder

EMBEDDER = FakeEmbedder(16, name="all-MiniLM-L6-v2")
STORY = "The lighthouse on Gull Rock went dark after a storm had flooded its engine room. Its keeper carried the lens."
ARTICLES = [
    Article("gull-rock", "Gull Rock dark", STORY, "/a/gull.md", "Gazette", "https://example.org/1", "Ina Weld",
            date(2024, 5, 1), ("sea",), "en", (), (0, 30)),
    Article("gull-again", "Dark at Gull Rock", STORY + " Yes.", "/a/again.md", "Courier", date=date(2024, 5, 2)),
    Article("ferry", "The ferry", "The ferry was sold. It sails on.", "/a/ferry.md", "Gazette"),
    Article("ferry-copy", "The ferry", "The ferry was sold. It sails on.", "/b/ferry.md", "Gazette"),
]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run ``rag`` over an index of three articles."""
    for name in ("index", "models", "model_cache"):
        monkeypatch.setenv(f"RAG_{name.upper()}", str(tmp_path / name))
    library = SqliteLibrary.create(tmp_path / "index" / "library.db", EMBEDDER.name, EMBEDDER.dimensions)
    for article in ARTICLES:
        passages = chunk(article, 30)
        library.store(article, passages, EMBEDDER.embed_passages(passages, [article.title] * len(passages)))
    library.close()
    return lambda *arguments, given=None: CliRunner().invoke(app, [str(one) for one in arguments], input=given)


def as_json(result: Result) -> dict:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def assert_refused(result: Result, code: int, *words: str) -> None:
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize("command", ["list", "show", "remove", "stats", "backup", "doctor"])
def test_help_of_every_command_has_an_example(run, command: str) -> None:
    assert f"Example: rag {command}" in run(command, "--help").stdout


@pytest.mark.parametrize("command", [["list"], ["show", "x"], ["remove", "x"], ["stats"], ["backup", "copy.db"]])
def test_without_an_index_each_says_how_to_make_one(run, tmp_path: Path, command: list[str]) -> None:
    assert_refused(run(*command, "--index", tmp_path / "none"), 1, "no index", "rag ingest PATH")


def test_list_names_the_newest_first(run) -> None:
    lines = run("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["gull-again", "gull-rock", "ferry"]
    assert lines[0].endswith("(nearly the same as gull-rock)")
    assert "2024-05-01" in lines[1] and "Gull Rock dark" in lines[1] and "Gazette" in lines[1]


def test_list_by_pages(run) -> None:
    found = as_json(run("list", "--limit", 1, "--offset", 1, "--json"))
    assert [article["id"] for article in found["articles"]] == ["gull-rock"]
    assert (found["total"], found["offset"]) == (3, 1)
    assert "2 to 2 of 3" in run("list", "--limit", 1, "--offset", 1).stderr


def test_list_finds_by_text_and_source(run) -> None:
    assert [one["id"] for one in as_json(run("list", "--find", "FERRY", "--json"))["articles"]] == ["ferry"]
    assert len(as_json(run("list", "--source", "Gazette", "--json"))["articles"]) == 2
    nothing = run("list", "--find", "zebra")
    assert (nothing.exit_code, nothing.stdout) == (0, "") and "No article matches" in nothing.stderr


def test_show_says_all_there_is(run) -> None:
    shown = run("show", "gull-rock").stdout
    for words in ("Gull Rock dark", "/a/gull.md", "https://example.org/1", "Ina Weld", "gull-again", "sea", STORY):
        assert words in shown
    found = as_json(run("show", "ferry", "--json"))
    assert found["origins"] == ["/a/ferry.md", "/b/ferry.md"]
    assert found["passages"] == 1
    assert found["text"] == ARTICLES[2].text
    again = as_json(run("show", "gull-again", "--json"))
    assert (again["duplicate_of"], again["duplicates"]) == ("gull-rock", [])
    assert as_json(run("show", "gull-rock", "--json"))["pages"] == 2


def test_show_text_is_the_text_alone(run) -> None:
    assert run("show", "gull-rock", "--text").stdout == STORY + "\n"


@pytest.mark.parametrize("command", [["show"], ["remove", "--yes"]])
def test_an_unknown_id_names_close_ones(run, command: list[str]) -> None:
    assert_refused(run(*command, "gul-rock"), 2, "'gul-rock'", "gull-rock")
    assert_refused(run(*command, "FERR"), 2, "Did you mean ferry?")
    assert_refused(run(*command, "zzzzzz"), 2, "rag list")


def test_remove_says_what_went_and_the_search_no_longer_finds_it(run, tmp_path: Path) -> None:
    result = run("remove", "ferry", "gull-rock", "--yes")
    assert result.stdout == "Removed: ferry  The ferry\nRemoved: gull-rock  Gull Rock dark\n"
    library = SqliteLibrary.open(tmp_path / "index" / "library.db")
    assert library.ids() == ["gull-again"]
    assert library.duplicate_count() == 0
    assert (tmp_path / "index" / f"vectors-{library.generation()}.faiss").exists()
    library.close()
    assert as_json(run("remove", "gull-again", "--yes", "--json")) == {"removed": ["gull-again"]}


def test_remove_of_a_known_and_an_unknown_one_removes_nothing(run) -> None:
    assert_refused(run("remove", "ferry", "nobody", "--yes"), 2, "'nobody'")
    assert as_json(run("stats", "--json"))["articles"] == 3


def test_remove_where_nobody_can_be_asked_needs_yes(run) -> None:
    assert_refused(run("remove", "ferry", given="y\n"), 2, "--yes")
    assert as_json(run("stats", "--json"))["articles"] == 3


@pytest.mark.parametrize(("answer", "left"), [("y\n", 2), ("n\n", 3), ("", 3)])
def test_remove_asks_at_a_terminal(run, monkeypatch: pytest.MonkeyPatch, answer: str, left: int) -> None:
    monkeypatch.setattr("rag.cli.library._is_interactive", lambda: True)
    result = run("remove", "ferry", given=answer)
    assert "Remove this article?" in result.stderr
    assert result.exit_code == (0 if left == 2 else 1)
    assert as_json(run("stats", "--json"))["articles"] == left


def test_stats_count_what_is_there(run, tmp_path: Path) -> None:
    found = as_json(run("stats", "--json"))
    assert {key: found[key] for key in ("articles", "passages", "sentences", "sources", "duplicates")} == {
        "articles": 3, "passages": 3, "sentences": 7, "sources": 2, "duplicates": 1,
    }  # fmt: skip
    assert found["embedder"] == EMBEDDER.name
    assert found["generation"] == 4
    assert found["bytes"] >= (tmp_path / "index" / "library.db").stat().st_size
    assert found["articles_by_source"] == {"Gazette": 2, "Courier": 1}
    assert "3 articles from 2 sources" in run("stats").stdout


def test_backup_is_verified_and_overwrites_nothing_unasked(run, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert "3 articles" in run("backup", copy).stdout
    assert SqliteLibrary.open(copy).ids() == ["ferry", "gull-again", "gull-rock"]
    assert_refused(run("backup", copy), 2, "exists already", "--force")
    assert as_json(run("backup", copy, "--force", "--json")) == {"file": str(copy), "bytes": copy.stat().st_size}


def test_doctor_names_every_check_and_fails_where_a_problem_remains(run, tmp_path: Path) -> None:
    result = run("doctor")
    assert result.exit_code == 1
    assert "✓ full text:" in result.stdout
    assert "✗ answering model:" in result.stdout and "rag models pull" in result.stdout
    report = json.loads(run("doctor", "--json", "--repair").stdout)
    assert report["healthy"] is False
    assert any("vector file" in sentence for sentence in report["repaired"])
    assert {"name", "state", "message", "remedy"} == set(report["checks"][0])
    assert next(check for check in report["checks"] if check["name"] == "vector file")["state"] == "ok"


def test_doctor_is_content_where_all_is_well(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.cli.doctor._models", lambda _: [])
    assert run("doctor", "--repair").exit_code == 0
    assert as_json(run("doctor", "--json"))["healthy"] is True
