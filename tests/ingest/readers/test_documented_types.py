"""What docs/articles.md says is what is read; and what is heavy is loaded only once it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag.ingest.readers import document, document_builder, email, jsonl, markdown, pdf, xml, zip_reader
from rag.ingest.readers.file_types import FILE_TYPES, FileType

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "articles.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", FILE_TYPES, ids=lambda kind: kind.name)
def test_every_kind_is_documented_with_its_endings(kind: FileType) -> None:
    assert f"| {kind.name} | `{' '.join(kind.suffixes)}` |" in PAGE


def test_limits_are_documented() -> None:
    def mebibytes(limit: int) -> str:
        return f"{limit >> 20} MiB"

    for row in (
        f"| {mebibytes(document.MAX_BYTES)} | a file",
        f"no limit but {mebibytes(jsonl.MAX_LINE_BYTES)} a line",
        f"| {mebibytes(xml.MAX_HTML_BYTES)}, {xml.MAX_ELEMENTS:,} elements | a page",
        f"| {markdown.MAX_CHARACTERS:,} characters, {markdown.MAX_LINES:,} lines, {markdown.MAX_MARKS:,} marks |",
        f"| {pdf.MAX_PAGES:,} pages | a PDF",
        f"| {document_builder.MAX_CHARACTERS:,} characters | the text",
        f"| {mebibytes(xml.MAX_XML_BYTES)} | one XML part",
        f"| {mebibytes(jsonl.MAX_JSON_BYTES)} | JSON",
        f"| {email.MAX_PARTS:,} parts, {email.MAX_HEADERS:,} headers, {email.MAX_LINES:,} lines | an e-mail",
        f"| {zip_reader.MAX_MEMBERS:,} files, {zip_reader.MAX_UNPACKED_BYTES >> 30} GiB unpacked, "
        f"{zip_reader.MAX_RATIO} times",
    ):
        assert row in PAGE


def test_plain_files_load_no_parser_of_other_kinds(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Title\n\nWords.")
    script = (
        "import sys, pathlib, rag.ingest.readers\n"
        "[print(article.title, end=' ') for article in rag.ingest.readers.load(pathlib.Path('a.md'), 'a')]\n"
        "print(*[name for name in ('lxml', 'trafilatura', 'pypdfium2', 'numpy') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "Title"
    assert done.stdout.split()[1:] in ([], ["numpy"])  # rag.core.types has numpy's arrays.


@pytest.mark.parametrize(("package_name", "module"), [("trafilatura", "html"), ("pypdfium2", "pdf")])
def test_heavy_packages_are_imported_in_exactly_one_module(package_name: str, module: str) -> None:
    files = [
        file.stem
        for file in (ROOT / "rag").rglob("*.py")
        if f"import {package_name}" in file.read_text(encoding="utf-8")
    ]
    assert files == [module]
