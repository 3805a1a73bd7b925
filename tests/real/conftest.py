"""The real models over the real seeds. ``make test`` fetches the weights; without them these tests fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.core.settings import Settings
from rag.ingest.pipeline import ingest
from rag.models.loading import open_embedder

SEEDS = Path(__file__).parents[2] / "seeds"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.real)


@pytest.fixture(scope="session")
def real_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(index=tmp_path_factory.mktemp("seeds") / "index", offline=True)


@pytest.fixture(scope="session")
def real_embedder(real_settings: Settings):
    return open_embedder(real_settings)


@pytest.fixture(scope="session")
def seeds_index(real_settings: Settings, real_embedder) -> Path:
    report = ingest([SEEDS], real_settings, real_embedder)
    assert report.failed == ()
    assert report.added >= 30
    return real_settings.index


@pytest.fixture(scope="session")
def real_chatbot(real_settings: Settings, seeds_index: Path) -> Chatbot:
    return Chatbot.open(real_settings)


@pytest.fixture(scope="session")
def seed_questions() -> list[dict]:
    lines = (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
