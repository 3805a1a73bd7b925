"""Readers' verdicts: kept, and turned into questions that rag eval can ask."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from rag.core.errors import IndexDamagedError
from rag.evaluation.datasets.loading import load_questions
from rag.store.conversations import FILE
from rag.store.feedback import VERDICTS, Feedback, FeedbackStore, as_questions

TEXT = "The Sorrel was sold. Captain Ilves stays."


def answer(answered: bool = True) -> dict[str, Any]:
    return {
        "question": "Who stays?",
        "answer": "Captain Ilves stays." if answered else "",
        "answered": answered,
        "sentences": [{"text": "Captain Ilves stays.", "citations": [1], "support": 1.0}] if answered else [],
        "sources": [
            {
                "number": number,
                "article_id": article,
                "start": 100,
                "end": 100 + len(TEXT),
                "text": TEXT,
                "quote": {"start": 121, "end": 141},
            }
            for number, article in ((1, "ferry"), (2, "lamp"))
        ],
    }


def test_feedback_comes_back_in_its_order(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "index")
    assert store.all() == []
    turn = {"question": "Which ferry?", "answer": "The Sorrel."}
    store.add(Feedback("wrong", "Who stays?", answer(), (turn,), "It was Ilves 😀"))
    store.add(Feedback("right", "Who left?", answer()))

    first, second = store.all()

    assert (first.verdict, first.question, first.answer, first.history, first.comment) == (
        "wrong",
        "Who stays?",
        answer(),
        (turn,),
        "It was Ilves 😀",
    )
    assert (first.id, second.id) == (1, 2)
    assert first.given_at.endswith("+00:00")
    assert [one.verdict for one in store.all(["right"])] == ["right"]


def test_feedback_of_several_threads_is_all_kept(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    threads = [
        threading.Thread(target=lambda: [store.add(Feedback("right", "Who?", answer())) for _ in range(5)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.all()) == 20


def test_damaged_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all, " * 50)
    with pytest.raises(IndexDamagedError, match="move the file away"):
        FeedbackStore(tmp_path).all()


def rows_of(*feedback: Feedback) -> list[dict[str, Any]]:
    return as_questions(feedback, {"ferry"}.__contains__)


def test_right_answers_bring_their_cited_quotes_as_gold() -> None:
    (row,) = rows_of(Feedback("right", "Who stays?", answer(), id=3))
    assert row["evidence_ids"] == ["ferry"]
    assert row["gold_sentences"] == ["Captain Ilves stays."]
    assert (row["id"], row["type"], row["answerable"]) == ("feedback-3", "feedback_right", True)


def test_a_refusal_that_was_right_is_an_unanswerable_question() -> None:
    (row,) = rows_of(Feedback("right", "Who?", answer(answered=False)))
    assert (row["answerable"], row["evidence_ids"], row["gold_sentences"]) == (False, [], [])


def test_wrong_answers_wait_for_a_person_to_fill_in_the_right_one() -> None:
    (row,) = rows_of(Feedback("wrong", "Who stays?", answer(), comment="The mate", given_at="2026-03-01T10:00:00"))
    assert (row["answerable"], row["answers"], row["evidence_ids"], row["gold_sentences"]) == (True, [], [], [])
    assert (row["given_answer"], row["comment"], row["as_of"]) == ("Captain Ilves stays.", "The mate", "2026-03-01")


def test_the_latest_verdict_on_a_question_counts() -> None:
    turn = {"question": "a", "answer": "b"}
    rows = rows_of(
        Feedback("wrong", "Who stays?", answer(), id=1),
        Feedback("right", "Who stays?", answer(), (turn,), id=2),
        Feedback("wrong_source", "Who stays?", answer(), id=3),
    )
    assert [(row["id"], row["type"]) for row in rows] == [
        ("feedback-2", "feedback_right"),
        ("feedback-3", "feedback_wrong_source"),
    ]


def test_cited_articles_that_are_gone_are_no_gold() -> None:
    (row,) = as_questions([Feedback("right", "Who stays?", answer())], lambda _: False)
    assert (row["evidence_ids"], row["gold_sentences"]) == ([], [])


def test_exported_rows_are_questions_that_the_evaluation_reads(tmp_path: Path) -> None:
    turn = {"question": "Which ferry?", "answer": "The Sorrel."}
    kinds = [Feedback(verdict, f"Who? {verdict}", answer(), (turn,), id=at) for at, verdict in enumerate(VERDICTS)]
    file = tmp_path / "feedback.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows_of(*kinds)), encoding="utf-8")

    questions = load_questions(file)

    assert [question.type for question in questions] == [f"feedback_{verdict}" for verdict in VERDICTS]
    assert all(question.answerable and question.history[0].answer == "The Sorrel." for question in questions)
