"""The evaluation with real models: the same questions and the same seed give the same figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.real.command_line import rag

SEEDS = Path(__file__).parents[2] / "seeds"
SMALL = "smollm2-135m-instruct"


def evaluate(index: Path, folder: Path) -> dict[str, Any]:
    done = rag(
        "eval", SEEDS / "questions.jsonl", "--index", index, "--sample", "12", "--seed", "3", "--json",
        "--report", folder / "report", folder=folder, RAG_GENERATOR=SMALL, RAG_DECLINE_BELOW="0",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_two_runs_with_the_same_seed_give_the_same_figures(seeds_index: Path, tmp_path: Path) -> None:
    first, second = (evaluate(seeds_index, tmp_path) for _ in range(2))

    assert first["questions"] == 12
    assert first["failed"] == 0
    for part in ("metrics", "intervals", "by_type", "tokens", "settings", "models"):
        assert first[part] == second[part], part
    assert [row["answer"]["answer"] for row in first["rows"]] == [row["answer"]["answer"] for row in second["rows"]]
    assert any(row["answer"]["answer"] for row in first["rows"])
    assert first["metrics"]["non_verbatim_quotes"] == first["metrics"]["uncited_unmarked"] == 0
    assert (tmp_path / "report" / "index.html").stat().st_size > 10_000
