"""Running questions: every outcome is kept, a failure stops nothing, an interrupted run goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rag.core.errors import IndexEmptyError, RagError
from rag.evaluation.datasets.questions import Question
from rag.evaluation.metrics.definitions import BUDGETS
from rag.evaluation.metrics.outcome import Outcome, RankedHit
from rag.evaluation.runner import asking, fingerprint, run, searching
from rag.retrieval.retriever import Retrieved
from rag.testing import FakeGenerator
from rag.text.tokenization import WeightedWords

QUESTIONS = [
    Question("ferry", "Who bought the car ferry Sorrel?", ("Dunmore shipping cooperative",), True, ("ferry",)),
    Question("lens", "Who carried the brass lens up the stairs?", ("Anders Pohl",), True, ("lighthouse",)),
    Question("moon", "How far is the moon from Jupiter?", (), False, type="off_topic"),
]


def note(asked: list[str]) -> Callable[[Question], Outcome]:
    def ask(question: Question) -> Outcome:
        asked.append(question.id)
        return Outcome(question, (RankedHit("ferry", True),), None, None)

    return ask


def test_every_question_is_asked_once_in_order_and_progress_is_told(tmp_path: Path) -> None:
    asked: list[str] = []
    told: list[int] = []

    outcomes = run(QUESTIONS, note(asked), tmp_path / "run.jsonl", told.append)

    assert asked == ["ferry", "lens", "moon"]
    assert [outcome.question.id for outcome in outcomes] == asked
    assert told == [0, 1, 2, 3]


@pytest.mark.timeout(20)
def test_workers_ask_at_the_same_time_and_outcomes_keep_their_order(tmp_path: Path) -> None:
    together = threading.Barrier(3)  # Nobody gets past it before all three have come.

    def ask(question: Question) -> Outcome:
        together.wait(timeout=10)
        return Outcome(question, (), None, None)

    outcomes = run(QUESTIONS, ask, tmp_path / "run.jsonl", lambda _: None, workers=3)

    assert [outcome.question.id for outcome in outcomes] == ["ferry", "lens", "moon"]
    assert len((tmp_path / "run.jsonl").read_text(encoding="utf-8").splitlines()) == 3


def test_an_error_of_the_program_ends_the_run_and_keeps_what_was_asked(tmp_path: Path) -> None:
    def ask(question: Question) -> Outcome:
        if question.id == "lens":
            raise ZeroDivisionError
        return Outcome(question, (), None, None)

    with pytest.raises(ZeroDivisionError):
        run(QUESTIONS, ask, tmp_path / "run.jsonl", lambda _: None)

    asked: list[str] = []
    run(QUESTIONS, note(asked), tmp_path / "run.jsonl", lambda _: None)
    assert "ferry" not in asked


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    journal = tmp_path / "run.jsonl"
    whole = run(QUESTIONS, note([]), journal, lambda _: None)
    lines = journal.read_text(encoding="utf-8").splitlines()
    journal.write_text(lines[0] + "\n" + lines[1][:40], encoding="utf-8")
    asked: list[str] = []

    again = run(QUESTIONS, note(asked), journal, lambda _: None)

    assert asked == ["lens", "moon"]
    assert again == whole


def test_a_run_interrupted_twice_still_loses_nothing(tmp_path: Path) -> None:
    journal = tmp_path / "run.jsonl"
    run(QUESTIONS[:1], note([]), journal, lambda _: None)
    with journal.open("a", encoding="utf-8") as file:
        file.write('{"question": {"id": "le')  # No line end: the power went.
    run(QUESTIONS[:2], note([]), journal, lambda _: None)
    asked: list[str] = []

    run(QUESTIONS[:2], note(asked), journal, lambda _: None)

    assert asked == []


def test_a_question_that_failed_is_asked_again_by_the_next_run(tmp_path: Path) -> None:
    journal = tmp_path / "run.jsonl"
    run(QUESTIONS[:1], lambda question: Outcome(question, (), None, "It broke."), journal, lambda _: None)
    asked: list[str] = []

    run(QUESTIONS[:1], note(asked), journal, lambda _: None)

    assert asked == ["ferry"]


def test_asking_goes_through_the_stream_and_keeps_the_ranking(make_chatbot: Callable) -> None:
    ask = asking(make_chatbot(FakeGenerator(), decline_below=0.0))

    outcome = ask(QUESTIONS[0])

    assert outcome.error is None
    assert outcome.answer is not None
    assert outcome.answer["answered"] is True
    assert outcome.ranked[0] == RankedHit("ferry", True)


def test_the_model_is_told_the_day_on_which_a_question_is_asked(make_chatbot: Callable) -> None:
    generator = FakeGenerator()

    asking(make_chatbot(generator, decline_below=0.0))(replace(QUESTIONS[0], as_of=date(2024, 2, 5)))
    asking(make_chatbot(generator, decline_below=0.0))(QUESTIONS[0])

    dated, undated = (prompt[-1].content for prompt in generator.prompts)
    assert "The question is asked on 5 February 2024.\n\nQuestion: Who bought" in dated
    assert "asked on" not in undated


def test_a_model_that_fails_gives_an_outcome_with_the_reason(make_chatbot: Callable) -> None:
    ask = asking(make_chatbot(FakeGenerator(failing_after=2), decline_below=0.0))

    outcome = ask(QUESTIONS[0])

    assert outcome.answer is None
    assert outcome.error == "The answering model failed. Ask again."
    assert outcome.ranked[0].article_id == "ferry"


def test_searching_asks_no_model(make_chatbot: Callable) -> None:
    generator = FakeGenerator()
    chatbot = make_chatbot(generator)

    outcome = searching(chatbot.retriever)(QUESTIONS[1])

    assert outcome.ranked[0] == RankedHit("lighthouse", True)
    assert outcome.answer is None
    assert generator.prompts == []


class NotedSearch:
    """A search that notes what it is asked for, and fails where it is told to."""

    def __init__(self, error: RagError | None = None) -> None:
        self.asked: list[tuple[object, ...]] = []
        self._error = error

    def retrieve(self, question: str, limit: int, history: object = (), *, as_of: date | None = None) -> Retrieved:
        self.asked.append((question, limit, history, as_of))
        if self._error:
            raise self._error
        return Retrieved(question, np.zeros(3, np.float32), WeightedWords({}), ())


def test_searching_is_told_the_day_and_how_many_passages_are_looked_at() -> None:
    search = NotedSearch()
    ask = searching(search, 7)

    ask(replace(QUESTIONS[0], as_of=date(2024, 2, 5)))
    ask(QUESTIONS[1])

    assert search.asked == [
        (QUESTIONS[0].question, 7, (), date(2024, 2, 5)),
        (QUESTIONS[1].question, 7, (), None),
    ]


def test_a_search_that_fails_gives_an_outcome_with_the_reason() -> None:
    outcome = searching(NotedSearch(IndexEmptyError("The index holds no articles yet.")))(QUESTIONS[0])

    assert (outcome.error, outcome.ranked) == ("The index holds no articles yet.", ())


def test_evidence_is_looked_at_where_its_tokens_can_be_counted(make_chatbot: Callable) -> None:
    generator = FakeGenerator()
    chatbot = make_chatbot(generator, decline_below=0.0)

    for ask in (asking(chatbot, generator.count_tokens), searching(chatbot.retriever, 20, generator.count_tokens)):
        read = ask(QUESTIONS[0]).evidence
        assert [(one.budget, one.filled) for one in read] == [
            (budget, filled) for filled in (False, True) for budget in BUDGETS
        ]
        assert all(one.gold and one.articles for one in read)
    assert asking(chatbot)(QUESTIONS[0]).evidence == searching(chatbot.retriever)(QUESTIONS[0]).evidence == ()


@pytest.mark.parametrize("other", [("a", 2), ("b", 1), ("a", 1, None)])
def test_a_journal_is_of_one_run_alone(other: tuple) -> None:
    assert fingerprint("a", 1) == fingerprint("a", 1)
    assert fingerprint("a", 1) != fingerprint(*other)
