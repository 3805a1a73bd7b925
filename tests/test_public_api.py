"""What ``import rag`` offers to programs, and what it loads."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import rag
from rag.models import loading
from rag.testing import FakeEmbedder, FakeGenerator

ROOT = Path(__file__).parents[1]


def test_importing_rag_loads_none_of_its_modules() -> None:
    script = "import sys, rag; print([name for name in sys.modules if name.startswith('rag.')])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", rag.__all__)
def test_a_public_name_is_there_in_whatever_order_modules_are_imported(name: str) -> None:
    import rag.evaluation.runner
    import rag.ingest.pipeline

    assert getattr(rag, name) is getattr(rag, name)
    assert callable(getattr(rag, name)) or name == "Event"


def test_public_names_are_listed() -> None:
    assert set(rag.__all__) <= set(dir(rag))
    assert sorted(rag.__all__) == rag.__all__


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Answers'"):
        _ = rag.Answers


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.name
)
def test_the_documents_import_public_names(page: Path) -> None:
    lines = re.findall(r"from rag import ([\w, ]+)", page.read_text(encoding="utf-8"))
    named = {name.strip() for line in lines for name in line.split(",")}
    assert named <= set(rag.__all__)


def test_the_example_answers_and_measures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "harbour.md").write_text(
        '---\ntitle: "A harbour master for Kelverry"\n---\nThe harbour master of Kelverry is Orla Dunmore.'
    )
    question = {"id": "1", "question": "Who is the harbour master of Kelverry?", "answers": ["Orla Dunmore"]}
    (tmp_path / "questions.jsonl").write_text(json.dumps(question))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAG_EMBEDDER", "fake-embedder")
    monkeypatch.setattr(loading, "open_embedder", lambda _: FakeEmbedder())
    monkeypatch.setattr(loading, "open_generator", lambda _: FakeGenerator())

    runpy.run_path(str(ROOT / "examples" / "ask.py"))

    printed = capsys.readouterr().out
    assert printed.startswith("The harbour master of Kelverry is Orla Dunmore.\n[1] A harbour master for Kelverry: “")
    assert "'exact_match': " in printed or "'answered': " in printed
