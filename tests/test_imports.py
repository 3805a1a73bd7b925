"""Imports point one way, and what is heavy is imported in one place."""

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
ADAPTERS = {"embedding", "reranking", "library", "vector_index", "generation", "endpoint"}
LAYERS = [
    {"types", "errors", "filters", "events", "protocols"},
    {"settings"},
    {"articles", "catalog", "chunking", "words", "evidence", "prompting", "testing", "suggestions", "wire", "feedback"}
    | {"chats", "chats_file"}
    | {"fitting"}
    | {"download", "wheels", "weights"}
    | {"dates"}
    | {"alignment", "claims", "lexicon", "support"}
    | {"clauses", "inflection", "questioning", "surroundings"}
    | {"asking", "courtesies", "phrasing", "spelling"}
    | {"abbreviations", "languages", "layout", "sections", "sentences"}
    | {"duplicates", "facets", "index_lock", "vector_file", "vector_size"}
    | {"parsing", "parsing_worker", "isolation", "pace", "inference", "turns"}
    | {"fetching", "public_addresses", "visiting"}
    | {"commands", "disguises", "instructions"}
    | {"completions", "endpoint_address", "exchange", "markers"}
    | ADAPTERS,
    {"filter_fields", "fusion", "second_look"},
    {"embeds", "mentions", "third_look", "timeliness"},
    {"conflicts", "embed_tokens", "issuer_keys", "likeness", "values"},
    {"retrieval", "grounding", "doctor"},
    {"calibration", "draft", "sought"},
    {"declining", "standing", "writing"},
    {"opening"},
    {"chatbot", "ingestion"},
    {"watching"},
    {"evaluation", "web", "cli"},
]
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}
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


def part(name: str) -> str | None:
    """The file or folder of rag/ that a dotted name lies in; None for other packages and for rag itself."""
    first, _, rest = name.partition(".")
    name = rest.partition(".")[0]
    return name if first == "rag" and name and not name.startswith("__") else None


def test_heavy_packages_are_imported_in_exactly_one_module() -> None:
    packages = {name: {found.partition(".")[0] for found in imported(file)} for name, file in FILES.items()}
    importers = {
        package: [name for name in packages if package in packages[name]]
        for package in ("faiss", "sentence_transformers", "llama_cpp", "gradio", "sklearn")
    }
    inside = {name for name in importers.pop("gradio") if not name.startswith("rag.web.page.")}
    assert inside == set(), "gradio is for rag/web/page/ alone"
    assert importers == {
        "faiss": ["rag.vector_index"],
        "sentence_transformers": ["rag.embedding"],
        "llama_cpp": ["rag.generation"],
        "sklearn": ["rag.evaluation.calibrating", "rag.evaluation.fitting_support"],
    }


@pytest.mark.parametrize("name", [name for name in FILES if part(name)])
def test_imports_point_one_way(name: str) -> None:
    own = part(name)
    assert own in LEVEL, f"give rag/{own} its place among the layers"
    others = {part(found) for found in imported(FILES[name])} - {own, None}
    assert {other for other in others if LEVEL[other] > LEVEL[own]} == set()


def test_adapters_never_import_each_other() -> None:
    crossing = {
        (name, part(found))
        for name, file in FILES.items()
        if part(name) in ADAPTERS
        for found in imported(file)
        if part(found) in ADAPTERS - {part(name)}
    }
    assert crossing == set()


def test_types_and_errors_import_nothing_of_the_rest() -> None:
    assert {part(found) for name in ("types", "errors") for found in imported(FILES[f"rag.{name}"])} == {None}


def loaded_by(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_by("import rag") == set()


def test_importing_the_chatbot_loads_no_model_library() -> None:
    assert loaded_by("import rag.chatbot, rag.testing") == {"numpy"}
