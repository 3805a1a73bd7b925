"""``rag --help`` is quick: it imports nothing that only a running command needs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SLOW = (
    *("babel", "faiss", "fastapi", "gradio", "httpx", "jinja2", "llama_cpp", "numpy", "pydantic_settings"),
    *("rich.progress", "scipy", "sentence_transformers", "sklearn", "sqlite3", "torch"),
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    ["--help", "ask --help", "search --help", "eval --help", "calibrate --help", "serve --help", "embed create --help"],
)
def test_help_imports_nothing_slow(arguments: str) -> None:
    assert loaded(arguments, SLOW) == []


def test_help_of_all_commands_does_not_import_pydantic() -> None:
    """Typer itself imports it for a command with options, but not to list the commands."""
    assert loaded("--help", ("pydantic",)) == []


def loaded(arguments: str, modules: tuple[str, ...]) -> list[str]:
    """Run ``rag`` with the arguments, and return those of the modules that it imported."""
    script = (
        "import sys; from rag.cli import app; app(sys.argv[1:], standalone_mode=False); "
        f"print(' '.join(name for name in {modules!r} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments.split()],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert "Usage:" in done.stdout, done.stderr
    return done.stderr.split()
