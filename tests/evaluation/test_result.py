"""The result file: everything in it, and nothing that JSON does not know."""

from __future__ import annotations

import json
from collections.abc import Callable

from rag.core.settings import Settings
from rag.evaluation.datasets.questions import Question
from rag.evaluation.runner import asking, assemble
from rag.testing import FakeGenerator

QUESTIONS = [
    Question("ferry", "Who bought the car ferry Sorrel?", ("Dunmore shipping cooperative",), True, ("ferry",)),
    Question("moon", "How far is the moon from Jupiter?", (), False, type="off_topic"),
]


def result_of(make_chatbot: Callable, settings: Settings) -> dict:
    chatbot = make_chatbot(FakeGenerator(), decline_below=0.1)
    outcomes = [asking(chatbot)(question) for question in QUESTIONS]

    def text_of(article_id: str) -> str | None:
        article = chatbot.library.article(article_id)
        return article.text if article else None

    return assemble(outcomes, text_of, settings, seed=0, seconds=1.5, retrieval_only=False)


def test_a_result_has_figures_settings_models_and_rows(make_chatbot: Callable, settings: Settings) -> None:
    result = result_of(make_chatbot, settings.model_copy(update={"embedder": "all-MiniLM-L6-v2"}))

    assert result["schema"] == 1
    assert result["questions"] == 2
    assert result["metrics"]["right"] == 1.0
    assert result["metrics"]["declined_unanswerable"] == 1.0
    assert result["metrics"]["trust"] == 1.0
    assert result["metrics"]["non_verbatim_quotes"] == 0
    assert result["settings"]["chunk_words"] == 110
    assert result["models"]["embedder"]["sha256"].startswith("53aa51172d14")
    assert result["models"]["generator"] == {"name": "fake-generator", "sha256": None}
    assert [row["verdict"] for row in result["rows"]] == ["right", "declined_right"]


def test_a_result_is_plain_json(make_chatbot: Callable, settings: Settings) -> None:
    text = json.dumps(result_of(make_chatbot, settings), allow_nan=False)

    assert json.loads(text)["rows"][0]["id"] == "ferry"
