from __future__ import annotations

import math
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.tokenization import (
    WeightedWords,
    all_words,
    content_words,
    inverse_document_frequency,
    numbers,
    plain,
    stem,
    stems,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Bridge's END", ["the", "bridge", "end"]),
        ("the museum’s clock, it's", ["the", "museum", "clock", "it"]),
        ("Café Zürich naïve", ["cafe", "zurich", "naive"]),
        ("1,250.5 tonnes", ["1,250.5", "tonnes"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("हिन्दी", ["हनद"]),
        ("ﬁnance", ["finance"]),
        ("😀 -- _ ...", []),
    ],
)
def test_words_are_lower_case_without_accents_or_possessives(text: str, words: list[str]) -> None:
    assert all_words(text) == words


def test_content_words_leave_stop_words_out() -> None:
    assert content_words("Why didn't the ferry sail, and who won't pay?") == ["ferry", "sail", "pay"]


def test_content_words_of_stop_words_alone_are_all_of_them() -> None:
    assert content_words("Who is it?") == ["who", "is", "it"]


@given(st.text(max_size=60))
def test_plain_text_is_plain_already(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("ferries", "ferri"), ("ferry", "ferri"), ("running", "run"), ("three", "3"), ("twenty", "20")],
)
def test_stem(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_inflected_forms_and_number_words_have_one_stem() -> None:
    assert stems("Two ferries sailed") == stems("2 ferry sailing")


def test_stems_are_right_in_several_threads_at_once() -> None:
    words = [f"{root}{ending}" for root in ("nation", "relat", "hope", "walk") for ending in ("al", "ings", "fulness")]
    expected = {word: stem(word) for word in words}
    wrong: list[object] = []

    def work() -> None:
        for _ in range(60):
            for word in words:
                try:
                    found: object = stem.__wrapped__(word)
                except Exception as error:
                    found = error
                if found != expected[word]:
                    wrong.append((word, found))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4,200,000 crowns in 2024", {"4200000", "2024"}),
        ("3.5 per cent", {"3.5"}),
        ("three of the 12", {"3", "12"}),
        ("the 21st, at 4.20", {"21", "4.20"}),
        ("no figures", set()),
    ],
)
def test_numbers(text: str, expected: set[str]) -> None:
    assert numbers(text) == expected


def test_rare_words_weigh_more() -> None:
    assert inverse_document_frequency(1, 100) == pytest.approx(math.log(1 + 99.5 / 1.5))
    assert (
        inverse_document_frequency(0, 100) > inverse_document_frequency(1, 100) > inverse_document_frequency(100, 100)
    )
    assert inverse_document_frequency(100, 100) > 0


def test_coverage_is_the_share_of_the_weight() -> None:
    words = WeightedWords({"ferri": 3.0, "sail": 1.0})
    assert words.coverage({"ferri", "moon"}) == 0.75
    assert words.coverage({"ferri", "sail"}) == 1.0
    assert words.coverage([]) == 0.0
    assert WeightedWords({}).coverage({"ferri"}) == 0.0
