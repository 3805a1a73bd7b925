"""``rag eval --retrieval-only`` from end to end, with a fake of the embedding model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rag.cli import app
from rag.core.errors import ModelMissingError
from rag.core.settings import Settings
from rag.testing import FakeEmbedder, FakeGenerator

ROW = {
    "id": "lens",
    "question": "Who carried the brass lens up the stairs?",
    "answers": ["Anders Pohl"],
    "evidence_ids": ["lighthouse"],
}


@pytest.fixture
def evaluated(
    make_chatbot: Callable, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], dict]:
    """A function that asks the one question and returns the result."""
    make_chatbot(FakeGenerator())
    monkeypatch.setattr("rag.cli.console.open_embedder", lambda _: FakeEmbedder())
    monkeypatch.setattr("rag.cli.console.settings_of", lambda _: settings)
    questions = tmp_path / "qa.jsonl"
    questions.write_text(json.dumps(ROW), encoding="utf-8")

    def run() -> dict:
        done = CliRunner().invoke(app, ["eval", str(questions), "--retrieval-only", "--json"])
        assert done.exit_code == 0, done.output
        found: dict = json.loads(done.stdout)
        return found

    return run


def test_without_the_answering_model_there_is_no_figure_of_the_evidence_but_a_reason(
    evaluated: Callable[[], dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str, settings: Settings) -> Path:
        raise ModelMissingError(f"The model {name} is not there. Run: rag models pull")

    monkeypatch.setattr("rag.models.weights.locate", missing)
    result = evaluated()

    assert result["metrics"]["passage_recall@1"] == 1
    assert result["metrics"]["evidence_recall@170"] is None
    assert "Run: rag models pull" in result["reasons"]["evidence_recall@170"]


def test_with_it_the_evidence_is_measured_in_its_tokens(
    evaluated: Callable[[], dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.models.weights.locate", lambda *_: Path("weights.gguf"))
    monkeypatch.setattr("rag.models.llama.open_tokenizer", lambda *_: FakeGenerator().count_tokens)
    result = evaluated()

    assert result["metrics"]["evidence_recall@170"] == 1
    assert 0 < result["metrics"]["evidence_tokens@50"] <= result["metrics"]["filled_evidence_tokens@50"] <= 50
