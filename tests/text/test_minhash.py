from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.minhash import NEAR, bands, signature, similarity

WORDS = [f"word{number}" for number in range(3000)]
STORY = " ".join(random.Random(1).choices(WORDS, k=400))


def alike(one: str, other: str) -> float:
    """The estimated similarity; 0 where the texts share no band and would never be compared."""
    first, second = signature(one), signature(other)
    assert first is not None and second is not None
    return float(similarity(first, second[None])[0]) if set(bands(first)) & set(bands(second)) else 0.0


def changed(text: str, share: float, seed: int) -> str:
    words = text.split()
    for at in random.Random(seed).sample(range(len(words)), round(share * len(words))):
        words[at] = f"other{at}"
    return " ".join(words)


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def test_signatures_are_the_same_for_ever() -> None:
    """They are stored in libraries."""
    found = signature("The ferry Sorrel was sold on Thursday to a cooperative. " * 3)
    assert found is not None
    assert found[:4].tolist() == [1374111019, 217273260, 266651445, 297688612]
    assert bands(found)[:2] == [-3187034844676347821, -8455320699826858095]


def test_case_accents_and_punctuation_do_not_matter() -> None:
    assert alike("Café owners, in Zürich: cheer! " * 5, "cafe owners in ZURICH cheer " * 5) == 1.0


@pytest.mark.parametrize("text", ["", "Four words are few.", "  ... !!! ", "word " * 19])
def test_texts_of_fewer_than_twenty_words_have_no_signature(text: str) -> None:
    assert signature(text) is None


@pytest.mark.parametrize("seed", range(20))
def test_a_story_with_a_new_head_and_a_few_other_words_is_found(seed: int) -> None:
    assert alike(STORY, "By our own reporter in the harbour today. " + changed(STORY, 0.01, seed)) >= NEAR


@pytest.mark.parametrize("seed", range(20))
def test_a_story_told_in_many_other_words_is_another(seed: int) -> None:
    assert alike(STORY, changed(STORY, 0.15, seed)) < NEAR


@given(st.floats(0.0, 0.3), st.integers(0, 10_000))
def test_the_estimate_is_near_the_true_share(share: float, seed: int) -> None:
    other = changed(STORY, share, seed)
    one, two = shingles(STORY), shingles(other)
    first, second = signature(STORY), signature(other)
    assert first is not None and second is not None
    assert float(similarity(first, second[None])[0]) == pytest.approx(len(one & two) / len(one | two), abs=0.2)


def test_chinese_is_compared_by_its_characters() -> None:
    text = "渡轮在星期四被卖给合作社旧船主经营这条航线三十一年船长留任船员保留合同到二零二七年"
    assert alike(text, text.replace("三", "四", 1)) > 0.4
    assert alike(text, text[::-1]) < 0.2


def test_a_long_text_has_the_signature_of_its_shingles_alone() -> None:
    long = " ".join(WORDS * 4)
    first, twice = signature(long), signature(f"{long} {long}")
    assert first is not None and twice is not None
    np.testing.assert_array_equal(first, twice)
