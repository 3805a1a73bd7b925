"""Sentences derived from the seeds: those that hold are told from corrupted ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_fit import Accuracy, accuracies, pair, predict
from support_negatives import derive

from rag.core.settings import Settings
from rag.store import FILE, SqliteLibrary
from rag.verification.entailment import shipped_model

EACH = 25
LEAST = 0.88
"""Balanced accuracy over all kinds, a little below what is measured."""
LEAST_OF_A_KIND = 0.8


@pytest.fixture(scope="module")
def found(seeds_index: Path, real_settings: Settings, real_embedder) -> list[Accuracy]:
    library = SqliteLibrary.open(seeds_index / FILE, real_settings.embedder)
    derived = derive(library.passages([int(one) for one in library.passage_ids()]), EACH, seed=20)
    vectors = real_embedder.embed_sentences([one.text for one in derived])
    pairs = [
        pair("seeds", one.kind, one.supported, one.text, one.question, one.evidence, vector)
        for one, vector in zip(derived, vectors, strict=True)
    ]
    return accuracies(pairs, predict(pairs, shipped_model()))


def test_sentences_that_hold_are_told_from_corrupted_ones(found: list[Accuracy]) -> None:
    assert found[0].balanced >= LEAST


@pytest.mark.parametrize("kind", ["number", "name", "negation", "role"])
def test_no_kind_of_corruption_is_overlooked(found: list[Accuracy], kind: str) -> None:
    (of_kind,) = [one for one in found if one.kind == kind]
    assert of_kind.balanced >= LEAST_OF_A_KIND


def test_verbatim_sentences_are_supported(found: list[Accuracy]) -> None:
    (of_kind,) = [one for one in found if one.kind == "verbatim"]
    assert of_kind.right >= 0.98
