"""How likely an answer is before any model has read, and the file that says so."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rag.core.errors import CalibrationError
from rag.core.types import ArticleHeader, Passage, PassageVectors, RankedPassage, SentenceMatch, Span, StoredPassage
from rag.retrieval.retriever import Retrieved
from rag.text.tokenization import WeightedWords
from rag.verification.answerability import (
    FILE,
    SIGNALS,
    Calibration,
    load_calibration,
    save_calibration,
    shipped_calibration,
    signals,
)

VECTOR = np.zeros(2, np.float32)


def found(passage_cosine: float, sentence_cosine: float, coverage: float, rank: int = 1) -> RankedPassage:
    span = Span(0, 4)
    stored = StoredPassage(
        rank,
        Passage("ferry", 0, 4, "Sold", (span,)),
        ArticleHeader("ferry", "", "", "", "", None, (), ""),
        PassageVectors(VECTOR, VECTOR[None, :]),
    )
    match = SentenceMatch(span, sentence_cosine, 0.0)
    return RankedPassage(stored, rank, 1.0, passage_cosine, coverage, 1, 1, (match,))


def retrieved(*passages: RankedPassage) -> Retrieved:
    return Retrieved("question", VECTOR, WeightedWords({}), passages)


def test_signals_are_the_best_of_the_first_five_passages() -> None:
    passages = [found(0.1, 0.2, 0.3), found(0.5, 0.1, 0.1), *[found(0.0, 0.0, 0.0)] * 3, found(0.9, 0.9, 0.9)]
    assert signals(retrieved(*passages)) == {"passage_cosine": 0.5, "sentence_cosine": 0.2, "coverage": 0.3}


def test_probability_is_the_logistic_function_of_the_weighted_signals() -> None:
    calibration = Calibration(
        embedder="any",
        intercept=-1.0,
        weights={"passage_cosine": 2.0, "sentence_cosine": 1.0, "coverage": 0.5},
        decline_below=0.5,
        auc=0.9,
        wrongly_declined=0.0,
        fitted_on=(),
    )
    # -1 + 2 × 0.25 + 0.5 + 0.5 × 0.4 = 0.2, and 1 / (1 + e^-0.2) = 0.549834.
    assert calibration.probability(retrieved(found(0.25, 0.5, 0.4))) == pytest.approx(0.549834, abs=1e-6)


def test_question_is_likelier_answerable_the_better_the_passages_fit() -> None:
    poor, fair, good = (shipped_calibration().probability(retrieved(found(fit, fit, fit))) for fit in (0.0, 0.5, 1.0))
    assert 0 < poor < fair < good < 1
    assert poor < 0.1
    assert good > 0.9


def test_without_passages_no_question_is_answerable() -> None:
    assert shipped_calibration().probability(retrieved()) == 0.0


def test_the_shipped_calibration_says_what_it_was_fitted_on() -> None:
    shipped = shipped_calibration()
    assert shipped.embedder == "all-MiniLM-L6-v2"
    assert len(shipped.fitted_on) >= 3
    assert all(0 < one.answerable < one.questions for one in shipped.fitted_on)
    assert set(shipped.weights) == set(SIGNALS)


def test_an_index_without_its_own_calibration_has_the_shipped_one(tmp_path: Path) -> None:
    assert load_calibration(tmp_path, "another-embedder") == shipped_calibration()


def test_own_calibration_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    own = shipped_calibration().model_copy(update={"decline_below": 0.42})
    save_calibration(own, tmp_path / "index" / FILE)
    assert load_calibration(tmp_path / "index", own.embedder) == own
    assert [file.name for file in (tmp_path / "index").iterdir()] == [FILE]


def test_calibration_of_another_embedder_is_refused(tmp_path: Path) -> None:
    save_calibration(shipped_calibration(), tmp_path / FILE)
    with pytest.raises(CalibrationError, match=r"fitted with the embedder 'all-MiniLM-L6-v2'.*rag calibrate"):
        load_calibration(tmp_path, "another-embedder")


@pytest.mark.parametrize(
    "change",
    [{"weights": {"luck": 1.0}}, {"decline_below": 1.5}, {"intercept": float("nan")}, {"unknown": 1}],
    ids=["signal", "bound", "nan", "key"],
)
def test_damaged_calibration_is_refused_with_the_remedy(tmp_path: Path, change: dict[str, object]) -> None:
    values = {**shipped_calibration().model_dump(), **change}
    (tmp_path / FILE).write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(CalibrationError, match="delete the file"):
        load_calibration(tmp_path, "all-MiniLM-L6-v2")


def test_calibration_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff{")
    with pytest.raises(CalibrationError, match="cannot be used"):
        load_calibration(tmp_path, "all-MiniLM-L6-v2")
