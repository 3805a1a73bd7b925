"""Fitting when to decline: what is learnt, what it says of itself, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from rag.core.errors import DatasetError
from rag.evaluation.calibration import Case, answer_cases, cases, fit, fit_answers
from rag.evaluation.datasets.questions import Question
from rag.verification.answerability import ANSWER_SIGNALS


def drawn(count: int, *, answerable: bool, collection: str = "a", shift: float = 0.0) -> list[Case]:
    """Cases whose signals lie around .6 where they are answerable, and around .3 where not."""
    generator = np.random.default_rng([count, answerable, len(collection)])
    centre = 0.6 if answerable else 0.3
    return [
        Case(
            collection,
            "answerable" if answerable else "off_topic",
            answerable,
            f"{collection}/{at // 2}",
            {name: float(generator.normal(centre + shift, 0.1)) for name in ("passage_cosine", "sentence_cosine")}
            | {"coverage": float(generator.uniform(0, 1))},
        )
        for at in range(count)
    ]


def both(**options) -> list[Case]:
    return drawn(60, answerable=True, **options) + drawn(40, answerable=False, **options)


def test_signals_that_tell_the_kinds_apart_are_weighed_and_noise_is_not() -> None:
    calibration, _ = fit(both(), "small", 0.05)
    assert calibration.auc > 0.95
    assert min(calibration.weights["passage_cosine"], calibration.weights["sentence_cosine"]) > 5
    assert abs(calibration.weights["coverage"]) < 3
    assert calibration.embedder == "small"


def test_no_more_of_any_collection_is_wrongly_declined_than_was_allowed() -> None:
    harder = both(collection="harder", shift=-0.05)
    calibration, curve = fit(both() + harder, "small", 0.05)
    (point,) = [point for point in curve if point.threshold == calibration.decline_below]
    assert point.by_type["a: answerable"] <= 0.05
    assert point.by_type["harder: answerable"] <= 0.05
    assert point.wrongly_declined == pytest.approx(calibration.wrongly_declined, abs=1e-4)
    assert point.declined_unanswerable > 0.5


def test_the_curve_declines_ever_more() -> None:
    _, curve = fit(both(), "small", 0.05)
    assert [point.threshold for point in curve] == sorted({point.threshold for point in curve})
    for name in ("wrongly_declined", "declined_unanswerable"):
        shares = [getattr(point, name) for point in curve]
        assert shares == sorted(shares)
        assert 0 <= shares[0] <= shares[-1] <= 1


def test_the_same_cases_give_the_same_calibration() -> None:
    assert fit(both(), "small", 0.03) == fit(both(), "small", 0.03)


def test_what_it_was_fitted_on_is_said() -> None:
    calibration, _ = fit(both() + drawn(12, answerable=True, collection="b"), "small", 0.03)
    assert [(one.name, one.questions, one.answerable) for one in calibration.fitted_on] == [
        ("a", 100, 60),
        ("b", 12, 12),
    ]


@pytest.mark.parametrize(("answerable", "others", "kind"), [(9, 40, "9 answerable"), (40, 3, "3 unanswerable")])
def test_too_few_questions_of_a_kind_are_refused(answerable: int, others: int, kind: str) -> None:
    found = drawn(answerable, answerable=True) + drawn(others, answerable=False)
    with pytest.raises(DatasetError, match=f"There are {kind} questions"):
        fit(found, "small", 0.03)


def test_questions_about_too_few_articles_are_refused() -> None:
    same = [replace(case, group="a/ferry") for case in drawn(20, answerable=True)]
    with pytest.raises(DatasetError, match="20 answerable questions near 1 articles"):
        fit(same + drawn(40, answerable=False), "small", 0.03)


def test_questions_about_one_article_are_one_group(make_chatbot: Callable, generator) -> None:
    questions = [
        Question("1", "Who bought the ferry Sorrel?", ("Dunmore",), True, ("ferry",)),
        Question("2", "For how much was the Sorrel sold?", ("4,200,000",), True, ("ferry", "choir")),
        Question("3", "Who carried the lens?", (), False),
    ]
    first, second, third = cases("seeds", questions, make_chatbot(generator).retriever, 5)
    assert first.group == second.group == "seeds/ferry"
    assert third.group.startswith("seeds/")
    assert first.signals["coverage"] > 0
    assert (third.answerable, third.type) == (False, "answerable")


def answers(count: int, *, answerable: bool) -> list[Case]:
    """Answers that the model agrees with where they are right; the figures are there in all of them."""
    generator = np.random.default_rng([count, answerable])
    return [
        Case(
            "a",
            "answerable" if answerable else "close",
            answerable,
            f"a/{at // 2}",
            {
                "support": float(generator.uniform(0.3 if answerable else 0.0, 1)),
                "second_thought": float(generator.normal(1 if answerable else -1, 1)),
                "passage_cosine": 0.5,
            },
        )
        for at in range(count)
    ]


def test_which_answers_stand_is_learnt_from_the_signals_they_have() -> None:
    found = answers(60, answerable=True) + answers(40, answerable=False)
    calibration, curve = fit_answers(found, "writer", 0.1)
    assert calibration.generator == "writer"
    assert calibration.auc > 0.85
    assert calibration.weights["second_thought"] > 0.5
    assert calibration.weights["support"] > 0
    assert calibration.weights["passage_cosine"] == calibration.weights["quote_cosine"] == 0
    assert calibration.wrongly_declined <= 0.1
    assert calibration.means["second_thought"] == pytest.approx(0.2, abs=0.3)
    assert set(calibration.means) == set(ANSWER_SIGNALS)
    low, high = calibration.ranges["second_thought"]
    assert -3 < low < -0.5
    assert 0.5 < high < 3
    assert [point.threshold for point in curve] == sorted({point.threshold for point in curve})


def test_answers_of_a_run_are_cases_and_those_declined_at_once_are_not() -> None:
    def row(number: int, answer: dict | None, **changes) -> dict:
        given = {"id": str(number), "type": "t", "answerable": True, "evidence_ids": ["gold"], "answer": answer}
        return {**given, **changes}

    signals = {"support": 1, "second_thought": -0.5}
    written = {"signals": signals, "sources": [{"article_id": "shown"}]}
    result = {
        "rows": [
            row(1, written),
            row(2, written, answerable=False, evidence_ids=[]),
            row(3, {"signals": {}, "sources": []}),
            row(4, None),
        ]
    }
    found = list(answer_cases(result, "own"))
    assert [(case.answerable, case.group, case.signals) for case in found] == [
        (True, "own/gold", signals),
        (False, "own/shown", signals),
    ]


def test_too_few_answers_are_refused() -> None:
    with pytest.raises(DatasetError, match="at least 10 of each kind"):
        fit_answers(answers(60, answerable=True), "writer", 0.1)
