"""How likely the articles hold an answer: a logistic regression over signals of the search, kept in a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rag.core.errors import CalibrationError
from rag.retrieval.retriever import Retrieved

FILE = "calibration.json"
SHIPPED = Path(__file__).with_name("answerability.json")
CONSIDERED = 5
"""Passages whose signals count."""
SIGNALS = ("passage_cosine", "sentence_cosine", "coverage")
ANSWER_SIGNALS = ("support", "quote_cosine", "passage_cosine", "second_thought")
"""What speaks for or against an answer that is written (rag/verification/confidence.py)."""
OF_THE_MODEL = ("second_thought",)
"""Those that come from the answering model, on a scale of its own."""


class Collection(BaseModel):
    """A set of questions that a calibration was fitted on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    questions: int = Field(ge=0)
    answerable: int = Field(ge=0)


class AnswerCalibration(BaseModel):
    """Weights of what speaks for an answer once it is written, and the threshold below which it does not stand.

    ``means`` are those of the signals in what it was fitted on; a signal that is not to be had counts as its mean, as
    do those of the model itself where another ``generator`` writes. ``ranges`` are what lay between the lowest and the
    highest twentieth of the signals of the model itself. ``auc`` and ``wrongly_declined`` as in Calibration.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    generator: str
    intercept: float
    weights: dict[str, float]
    means: dict[str, float]
    ranges: dict[str, tuple[float, float]] = {}
    decline_below: float = Field(ge=0.0, le=1.0)
    auc: float = Field(ge=0.0, le=1.0)
    wrongly_declined: float = Field(ge=0.0, le=1.0)
    fitted_on: tuple[Collection, ...]

    @model_validator(mode="after")
    def _knows_the_signals(self) -> AnswerCalibration:
        if not set(ANSWER_SIGNALS) == set(self.weights) == set(self.means):
            raise ValueError(f"the weights of an answer must be those of {', '.join(ANSWER_SIGNALS)}")
        return self

    def is_settled(self, found: Mapping[str, float], generator: str, threshold: float) -> bool:
        """Whether the answer is on the same side of the threshold whatever the model itself says of it."""
        if generator != self.generator:
            return True
        if set(self.ranges) != set(OF_THE_MODEL):
            return False
        extremes = (dict(zip(self.ranges, ends, strict=True)) for ends in product(*self.ranges.values()))
        return len({self.probability({**found, **extreme}, generator) >= threshold for extreme in extremes}) == 1

    def probability(self, found: Mapping[str, float], generator: str) -> float:
        """How likely an answer of this generator stands, 0 to 1."""
        theirs = {} if generator == self.generator else {name: self.means[name] for name in OF_THE_MODEL}
        known = {**self.means, **found, **theirs}
        logit = self.intercept + sum(weight * (known[name] - self.means[name]) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-logit))


class Calibration(BaseModel):
    """Weights of the signals, the threshold below which a question is declined, and where they come from.

    ``auc`` is the area under the ROC curve and ``wrongly_declined`` the share of answerable questions below the
    threshold, both cross-validated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    schema_version: Literal[1] = 1
    embedder: str
    intercept: float
    weights: dict[str, float]
    decline_below: float = Field(ge=0.0, le=1.0)
    auc: float = Field(ge=0.0, le=1.0)
    wrongly_declined: float = Field(ge=0.0, le=1.0)
    fitted_on: tuple[Collection, ...]
    answer: AnswerCalibration | None = None

    @model_validator(mode="after")
    def _knows_the_signals(self) -> Calibration:
        if set(self.weights) != set(SIGNALS):
            raise ValueError(f"the weights must be those of {', '.join(SIGNALS)}")
        return self

    def probability(self, retrieved: Retrieved) -> float:
        """Return the probability that the passages hold an answer, 0 to 1; 0 if there are none."""
        if not retrieved.passages:
            return 0.0
        found = signals(retrieved)
        logit = self.intercept + sum(weight * found[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-logit))


def signals(retrieved: Retrieved) -> Mapping[str, float]:
    """The best cosine of a passage, the best of a sentence, and the best word coverage of the first passages.

    Cosines are -1 to 1, the coverage 0 to 1; all are 0 if nothing was found.
    """
    top = retrieved.passages[:CONSIDERED]
    return {
        "passage_cosine": max((found.cosine for found in top), default=0.0),
        "sentence_cosine": max((match.cosine for found in top for match in found.sentences), default=0.0),
        "coverage": max((found.coverage for found in top), default=0.0),
    }


def load_calibration(index: Path, embedder: str) -> Calibration:
    """The calibration beside the index, or else the shipped one.

    Raises CalibrationError if the index's own is damaged or belongs to another embedder. The shipped one serves
    every embedder, less exactly: cosines of another model lie elsewhere.
    """
    own = index / FILE
    if not own.is_file():
        return shipped_calibration()
    try:
        calibration = Calibration.model_validate_json(own.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        problem = str(error).splitlines()[0]
        raise CalibrationError(f"{own} cannot be used ({problem}). {REMEDY}") from None
    if calibration.embedder != embedder:
        raise CalibrationError(
            f"{own} was fitted with the embedder '{calibration.embedder}', and the index has '{embedder}'. {REMEDY}"
        )
    return calibration


def shipped_calibration() -> Calibration:
    """The calibration that comes with Footnote; what it was fitted on is written in its file."""
    return Calibration.model_validate_json(SHIPPED.read_text(encoding="utf-8"))


REMEDY = "Run rag calibrate QA again, or delete the file: the shipped calibration serves then."


def save_calibration(calibration: Calibration, file: Path) -> None:
    """Write the calibration; what was there before stays until the new one is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".tmp")
    temporary.write_text(calibration.model_dump_json(indent=2) + "\n", encoding="utf-8")
    temporary.replace(file)
