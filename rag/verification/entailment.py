"""Estimate if a quote entails a sentence: a logistic regression over signals, with weights in entailment.json.

docs/decisions/0014-support.md says what was tried, and how well it tells sentences that hold from corrupted ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from rag.verification.alignment import Alignment
from rag.verification.claims import Statement, join

SHIPPED = Path(__file__).with_name("entailment.json")
SIGNALS = (
    "words_absent",
    "news_absent",
    "names_absent",
    "names_before",
    "names_apart",
    "names_replaced",
    "figures_absent",
    "figures_apart",
    "figures_replaced",
    "units_changed",
    "negated",
    "contrary",
    "swapped",
    "moved",
    "words_moved",
    "pairs_absent",
    "spread",
)
ORDERED = ("names_replaced", "figures_replaced", "contrary", "swapped", "moved", "words_moved", "pairs_absent")
"""Signals that need the words in order, and are 0 for a bare answer, whose words come from two texts."""
COSINE = "cosine"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that may support a claim, and their context.

    ``beside`` are the keys of title and day, ``before`` those of the sentence before, which may say who "she" is;
    ``passage`` those of the whole passage. ``cosine`` is that of the claim and the quote, -1 to 1, None if
    there is no vector.
    """

    statements: tuple[Statement, ...]
    keys: Set[str]
    """Those of the terms of all statements."""
    beside: Set[str]
    before: Set[str]
    passage: Set[str]
    cosine: float | None = None

    def joined(self, other: Quote) -> Quote:
        """Join this quote with one of another passage."""
        cosines = [cosine for cosine in (self.cosine, other.cosine) if cosine is not None]
        return Quote(
            self.statements + other.statements,
            self.keys | other.keys,
            self.beside | other.beside,
            self.before | other.before,
            self.passage | other.passage,
            max(cosines, default=None),
        )


class Fit(BaseModel):
    """A logistic regression: the logarithm of the odds is the intercept plus the weighted signals."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    intercept: float
    weights: dict[str, float]

    def probability(self, found: Mapping[str, float]) -> float:
        logit = self.intercept + sum(weight * found[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))


class SupportModel(BaseModel):
    """Two fits: for sentences whose vector is known, and for those without one. ``fitted_on`` counts their pairs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    with_vector: Fit
    without_vector: Fit
    fitted_on: dict[str, int]

    @model_validator(mode="after")
    def _knows_the_signals(self) -> SupportModel:
        if set(self.without_vector.weights) != set(SIGNALS) or set(self.with_vector.weights) != {*SIGNALS, COSINE}:
            raise ValueError(f"the weights must be those of {', '.join(SIGNALS)}, and of {COSINE} with a vector")
        return self

    def probability(self, claim: Statement, quote: Quote) -> float:
        """Return the probability that the quote entails the claim, 0 to 1; 0 if the claim has no terms."""
        return self.of_signals(signals(claim, quote)) if claim.terms else 0.0

    def of_signals(self, found: Mapping[str, float]) -> float:
        """Return the probability from the signals, with or without a cosine."""
        return (self.with_vector if COSINE in found else self.without_vector).probability(found)


@lru_cache(maxsize=1)
def shipped_model() -> SupportModel:
    """Return the model shipped with Footnote; its file says what it was fitted on."""
    return SupportModel.model_validate_json(SHIPPED.read_text(encoding="utf-8"))


def signals(claim: Statement, quote: Quote) -> dict[str, float]:
    """Each 0 to 1 and larger the less the quote says the claim; ``cosine`` alone is -1 to 1, larger for nearer.

    "Absent" terms are nowhere in the passage, those "apart" in other sentences of it. "Replaced" ones are where
    the quote has another of their kind, "moved" ones in another place of the quote, within another phrase. "Swapped" is
    1 if two of them changed sides of a word. "Spread" is the share of the quote's sentences after the first.
    """
    alignment = Alignment.of(claim, join(quote.statements))
    beside = quote.keys | quote.beside
    terms = [term for term in claim.terms if term.kind != "direction"] or list(claim.terms)
    words = [term for term in terms if term.news and term.kind in ("word", "unit")]
    names = {term.key for term in terms if term.kind == "name"}
    figures = {term.key for term in terms if term.kind == "figure"}
    news = [term for term in terms if term.news]
    found = {
        "words_absent": _share([term.key not in beside for term in words]),
        "news_absent": _share([term.key not in beside for term in news]),
        "names_absent": _many(len(names - beside - quote.passage)),
        "names_before": _many(len((names & quote.before) - beside)),
        "names_apart": _many(len((names & quote.passage) - beside - quote.before)),
        "figures_absent": _many(len(figures - beside - quote.passage)),
        "figures_apart": _many(len((figures & quote.passage) - beside)),
        "units_changed": _many(alignment.units_changed()),
        "negated": _many(alignment.negations_alone()),
        "spread": (len(quote.statements) - 1) / len(quote.statements),
        **dict.fromkeys(ORDERED, 0.0),
    }
    if not claim.bare:
        moved = [term for term in alignment.moved() if term.news]
        named = sum(term.kind in ("name", "figure") for term in moved)
        found |= {
            "names_replaced": _many(alignment.replaced("name", quote.beside)),
            "figures_replaced": _many(alignment.replaced("figure", quote.beside)),
            "contrary": _many(alignment.contraries()),
            "swapped": float(alignment.swapped()),
            "moved": _many(named),
            "words_moved": _many(len(moved) - named),
            "pairs_absent": alignment.pairs_absent(),
        }
    if quote.cosine is not None:
        found[COSINE] = quote.cosine
    return found


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _many(count: int) -> float:
    """Map a count to 0 for none, 1/2 for one, and near 1 for many."""
    return count / (count + 1)
