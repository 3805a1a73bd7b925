"""Fitting when to decline: what is learnt, what it says of itself, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from rag.errors import DatasetError
from rag.evaluation.calibrating import Case, cases, fit
from rag.evaluation.questions import Question


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
