"""Index the articles of an evaluation in the cache, once for each corpus and embedder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from rag.core.errors import ArticleError
from rag.core.protocols import Embedder
from rag.core.settings import Settings
from rag.core.types import IngestProgress
from rag.evaluation.datasets.loading import load_articles
from rag.ingest.pipeline import PIPELINE_VERSION, ingest
from rag.ingest.readers import find_files
from rag.store import schema

FIELDS = ("id", "title", "text", "date", "source", "url", "author", "tags")
"""What an article of a data set may have, by the names of the JSONL that can be ingested."""


def index_of(
    articles: Path, settings: Settings, embedder: Embedder, progress: Callable[[IngestProgress], None]
) -> Settings:
    """Build or update an index of the articles, and return the settings with ``index`` set to it.

    The folder is named after the contents, the embedder, the chunking and the library's format, so that changing any
    of them builds another index.

    Raises:
        PathError, DatasetError: if there are no such articles.
        ArticleError: if an article cannot be read.
    """
    corpus = articles.is_dir() and (articles / "corpus.jsonl").is_file()
    dataset = corpus or articles.suffix.lower() == ".json"
    files = (
        [articles / "corpus.jsonl" if corpus else articles] if dataset else [file for file, _ in find_files([articles])]
    )
    key = hashlib.sha256(f"{embedder.name} {settings.chunk_words} {schema.VERSION} {PIPELINE_VERSION}".encode())
    for file in files:
        key.update(hashlib.sha256(file.read_bytes()).digest())
    folder = settings.model_cache.parent / "evaluation" / key.hexdigest()[:16]
    own = settings.model_copy(update={"index": folder})
    report = ingest([_as_jsonl(articles, folder)] if dataset else [articles], own, embedder, progress)
    if report.failed:
        source, reason = report.failed[0]
        raise ArticleError(f"{len(report.failed)} articles cannot be read; the first is {source}: {reason}")
    return own


def _as_jsonl(articles: Path, folder: Path) -> Path:
    """Write the articles of a data set to a file that can be ingested."""
    file = folder / "articles.jsonl"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        rows = [{name: value for name in FIELDS if (value := getattr(one, name))} for one in load_articles(articles)]
        temporary = file.with_suffix(".tmp")
        temporary.write_text("".join(json.dumps(row, default=str) + "\n" for row in rows), encoding="utf-8")
        temporary.replace(file)
    return file
