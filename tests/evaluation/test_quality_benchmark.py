"""The page of quality figures: every set asked once, no figure made up where there is none."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FILE = Path(__file__).parents[2] / "benchmarks" / "quality.py"


@pytest.fixture(scope="module")
def quality() -> ModuleType:
    spec = importlib.util.spec_from_file_location("quality", FILE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["quality"] = module
    spec.loader.exec_module(module)
    return module


METRICS = (
    "right", "wrongly_declined", "declined_unanswerable", "trust", "citation_precision", "citation_recall", "aurc",
    "recall@1", "recall@5", "all_recall@5", "all_recall@10", "mrr@10", "ndcg@10", "passage_recall@1",
    "passage_recall@3", "passage_recall@10", "uncited_unmarked", "non_verbatim_quotes",
    *(
        f"{form}evidence_{kind}@{budget}"
        for form in ("", "filled_") for kind in ("recall", "all_recall", "tokens")
        for budget in (50, 100, 170, 240, 300, 380)
    ),
)  # fmt: skip


def result(**figures: float) -> dict[str, Any]:
    metrics = {**dict.fromkeys(METRICS), **figures}
    return {
        "questions": 3,
        "seconds": 60.0,
        "wall_seconds": 120,
        "failed": 1,
        "metrics": metrics,
        "intervals": {name: None if value is None else [value - 0.1, value + 0.1] for name, value in metrics.items()},
        "by_type": {"two_article": metrics},
        "latency_ms": {name: {"p50": None, "p95": None} for name in ("first_quote", "first_token")}
        | {"total": {"p50": 5400.2, "p95": 7100.0}},
        "tokens": {name: {"p50": 300, "p95": 420.4} for name in ("prompt", "completion")},
        "settings": {"chunk_words": 110, "decline_below": None},
        "models": {"embedder": {"name": "small"}, "generator": {"name": "large"}},
    }


def test_the_page_has_each_figure_with_its_interval(quality: ModuleType) -> None:
    seeds = next(quality.question_sets(None, 100))
    found = {
        "seeds": result(right=0.7, non_verbatim_quotes=2),
        "seeds-retrieval": result(**{"mrr@10": 0.5, "all_recall@5": 0.4}),
    }
    page = quality.page([seeds], found)

    assert "| seeds | 3 | 0.700 [0.60, 0.80] | – | – | – | – | – | – |" in page
    assert "| seeds | two_article | 0.700 | – | – | – |" in page
    assert "| seeds | – | – | 5,400 (7,100) | 300 (420) | 300 (420) |" in page
    assert "over all sets: 0 and 2. Questions that failed: 1." in page
    assert "| seeds | 3 | – | – | 0.400 [0.30, 0.50] | – | 0.500 [0.40, 0.60] | – | – | – | – |" in page
    assert "in 4 minutes" in page and "small, large" in page and "chunk_words 110" in page
    assert "Not measured yet" not in page


def test_the_evidence_is_shown_with_what_it_costs(quality: ModuleType) -> None:
    figures = {"evidence_recall@50": 0.8, "evidence_tokens@50": 46.4, "filled_evidence_recall@50": 0.82}
    rows = list(quality.evidence_rows({"b": result(**figures, **{"filled_evidence_tokens@50": 49.7}), "c": result()}))

    assert rows == [
        ["b", "gold words", "0.800 (46)", *["–"] * 5],
        ["b", "gold words, budget filled", "0.820 (50)", *["–"] * 5],
    ]


def test_the_way_that_is_left_is_told_from_the_way_behind(quality: ModuleType, tmp_path: Path) -> None:
    for name, questions in {"small": 40, "large": 160}.items():
        (tmp_path / name).write_text("{}\n" * questions, encoding="utf-8")
    large, small = (quality.QuestionSet(name, tmp_path / name, tmp_path, 100) for name in ("large", "small"))

    planned = quality.steps([large, small])

    # The search looks up all questions; of the answers the small set comes first.
    assert [(one.name, one.questions) for one in planned] == [
        *(("large-retrieval", 160), ("small-retrieval", 40)),
        *(("small", 40), ("large", 100)),
    ]
    found: dict[str, dict[str, Any]] = {}
    told = []
    for at, (step, seconds) in enumerate(zip(planned, (80, 20, 200, 500), strict=True)):
        told.append(quality.progress(planned, at, found))
        found[step.name] = {"wall_seconds": seconds}
    assert told[0].startswith("== 1 of 4: large, search alone, 160 questions (0 of 340 questions done in 0 min;")
    # 40 more at half a second each; nobody knows yet how long an answer takes.
    assert told[1].endswith(
        "(160 of 340 questions done in 1 min; 140 answers not timed yet; about 1 min left for the others)"
    )
    # 100 answers at 5 seconds each.
    assert told[3].endswith("(240 of 340 questions done in 5 min; about 8 min left)")


def test_sets_are_those_with_questions_and_one_without_articles_borrows_the_first(
    quality: ModuleType, tmp_path: Path
) -> None:
    for name, files in {"b": ["qa.jsonl", "corpus.jsonl"], "c": ["qa.jsonl"], "claims": ["claims.jsonl"]}.items():
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).touch()

    seeds, b, c = quality.question_sets(tmp_path, 100)

    assert (seeds.name, seeds.sample) == ("seeds", None)
    assert (b.name, b.articles, b.sample) == ("b", tmp_path / "b" / "corpus.jsonl", 100)
    assert (c.name, c.articles) == ("c", tmp_path / "b" / "corpus.jsonl")


def test_without_a_folder_of_sets_the_seeds_alone_are_asked(
    quality: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [one.name for one in quality.question_sets(tmp_path / "nowhere", 100)] == ["seeds"]
    assert "the seeds alone are asked" in capsys.readouterr().err


def test_a_failing_evaluation_ends_the_run(
    quality: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 2, ""))
    with pytest.raises(SystemExit, match="2"):
        quality.main(["--results", str(tmp_path / "results"), "--page", str(tmp_path / "page.md")])
    assert not (tmp_path / "page.md").exists()


def test_retrieval_is_asked_of_all_questions_and_answers_of_the_sample(
    quality: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, json.dumps(result(right=1.0)))

    monkeypatch.setattr(subprocess, "run", run)
    one = quality.QuestionSet("b", tmp_path / "qa.jsonl", tmp_path / "corpus.jsonl", 100)
    (tmp_path / "results").mkdir()

    quality.ask(quality.Step(one, answers=False, questions=400), tmp_path / "results")
    quality.ask(quality.Step(one, answers=True, questions=100), tmp_path / "results")

    assert "--retrieval-only" in asked[0] and "--sample" not in asked[0]
    assert asked[1][asked[1].index("--sample") + 1] == "100" and "--retrieval-only" not in asked[1]
    assert sorted(file.name for file in (tmp_path / "results").iterdir()) == ["b-retrieval.json", "b.json"]


def test_an_interrupted_run_goes_on_and_another_one_begins_anew(
    quality: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command[4])
        code = 0 if len(asked) != 2 else 130  # Ctrl-C during the second.
        return subprocess.CompletedProcess(command, code, json.dumps(result(right=1.0)))

    monkeypatch.setattr(subprocess, "run", run)
    arguments = ["--results", str(tmp_path / "results"), "--page", str(tmp_path / "page.md")]
    with pytest.raises(SystemExit):
        quality.main(arguments)
    quality.main(arguments)
    assert len(asked) == 3
    assert "# Quality" in (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "Not measured yet" not in (tmp_path / "page.md").read_text(encoding="utf-8")

    quality.main(arguments)  # That run came to its end: this one is another.
    assert len(asked) == 5


def test_the_page_of_an_interrupted_run_says_what_is_missing(
    quality: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b", "c"):
        (tmp_path / "sets" / name).mkdir(parents=True)
        (tmp_path / "sets" / name / "qa.jsonl").write_text("{}\n", encoding="utf-8")
    asked: list[str] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command[4])
        if len(asked) == last:
            raise KeyboardInterrupt
        return subprocess.CompletedProcess(command, 0, json.dumps(result(right=1.0)))

    monkeypatch.setattr(subprocess, "run", run)
    page = tmp_path / "page.md"
    arguments = ["--sets", str(tmp_path / "sets"), "--results", str(tmp_path / "results"), "--page", str(page)]

    last = 3  # In the search: there is no answer to show yet.
    with pytest.raises(KeyboardInterrupt):
        quality.main(arguments)
    assert not page.exists()

    last = 3 + 3  # The third search again, the answers of b, and then those of c are interrupted.
    with pytest.raises(KeyboardInterrupt):
        quality.main(arguments)
    assert "Not measured yet: c (answers), seeds (answers)." in page.read_text(encoding="utf-8")

    last = 0
    quality.main(arguments)
    assert len(asked) == 8  # Six steps, two of which were interrupted.
    assert "Not measured yet" not in page.read_text(encoding="utf-8")
