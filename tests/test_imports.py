"""What is heavy is imported in one place, and late. Import-linter (``make lint``) checks the direction of imports."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rag"
HEAVY = ["numpy", "torch", "faiss", "llama_cpp", "gradio", "sentence_transformers"]


def module_name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def imported(file: Path) -> Iterator[str]:
    """The dotted name of everything that a file imports, at the top or within a function."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_heavy_packages_are_imported_in_exactly_one_module() -> None:
    packages = {name: {found.partition(".")[0] for found in imported(file)} for name, file in FILES.items()}
    importers = {
        package: [name for name in packages if package in packages[name]]
        for package in ("faiss", "sentence_transformers", "llama_cpp", "gradio", "sklearn")
    }
    inside = {name for name in importers.pop("gradio") if not name.startswith("rag.web.page.")}
    assert inside == set(), "gradio is for rag/web/page/ alone"
    assert importers == {
        "faiss": ["rag.store.vector_index"],
        "sentence_transformers": ["rag.models.embedding"],
        "llama_cpp": ["rag.models.llama"],
        "sklearn": ["rag.evaluation.calibration"],
    }


def loaded_by(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_by("import rag") == set()


@pytest.mark.slow
def test_importing_the_chatbot_loads_no_model_library() -> None:
    assert loaded_by("import rag.chatbot, rag.testing") == {"numpy"}


def test_the_package_and_the_way_of_a_question_can_be_seen_at_a_glance() -> None:
    entries = [entry.name for entry in PACKAGE.iterdir() if entry.name != "__pycache__"]
    assert len(entries) <= 15
    rooms = {name.split(".")[1] for name in imported(PACKAGE / "chatbot.py") if name.startswith("rag.")}
    assert rooms == {"answering", "core", "models", "retrieval", "store", "verification"}
