"""Articles of four sources about one bridge, such that a follow-up goes on from what the question before has read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag.core.settings import Settings
from rag.ingest.pipeline import ingest
from rag.testing import FakeEmbedder

ARTICLES = {
    (
        "Town",
        "open",
    ): "The footbridge Heron was built by the guild of masons. The footbridge Heron opens every morning. "
    "The footbridge Heron has nine arches of marlin oak. The footbridge Heron was painted by the guild of masons. "
    "The footbridge Heron is swept twice a week. The footbridge Heron was closed for a winter by the guild of masons. "
    "The footbridge Heron has a lamp at each end.",
    ("Board", "closed"): "The footbridge Heron was built for nine obsidian ducats and a marlik.",
    ("Press", "open"): "Builders of tamarind boats praised the arches of the old footbridge.",
    ("Court", "closed"): "The guild was sued for quartz.",
}
WORDS = {"Town": "marlin", "Board": "obsidian", "Press": "tamarind", "Court": "quartz"}
"""A word of each source that the others do not have."""
QUESTIONS = (
    "Who was the footbridge Heron built by?",
    "And what was it built for before?",
    "Why was it built?",
    "And how many arches has the footbridge Heron?",
    "Who praised the footbridge Heron?",
    "What do the volcanoes of the moon cost?",
)
WIDE, FOLLOW_UP = QUESTIONS[:2]


def ingested(folder: Path, *sources: str, **changes: Any) -> Settings:
    """Settings of a library in ``folder`` that holds the articles (of some sources) and answers any question."""
    for (source, tag), text in ARTICLES.items():
        if sources and source not in sources:
            continue
        file = folder / f"{source}.md"
        file.write_text(
            f'---\ntitle: "Heron, {source}"\nsource: {source}\ntags: [{tag}]\n---\n{text}', encoding="utf-8"
        )
    chosen = {"embedder": "fake-embedder", "generator": "fake-generator", "decline_below": 0.0, **changes}
    settings = Settings(index=folder / "index", **chosen)
    ingest(sorted(folder.glob("*.md")), settings, FakeEmbedder())
    return settings
