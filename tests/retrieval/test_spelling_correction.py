"""Misspelt words of a question are searched for as the articles have them."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.types import Article
from rag.ingest.chunking import chunk
from rag.retrieval.spelling_correction import corrected, corrections, lower_case_words
from rag.store import SqliteLibrary
from rag.testing import FakeEmbedder

KNOWN = {
    "flood": 9, "floor": 2, "receipt": 3, "quarter": 4, "negoti": 3, "destroi": 5, "brasolvin": 7, "anselhaven": 4,
    "cabl": 8, "cabin": 1, "govern": 6, "tamberai": 5, "wind": 4, "their": 9, "collect": 4, "collis": 4, "nation": 3,
}  # fmt: skip


def vocabulary(prefix: str) -> Mapping[str, int]:
    return {word: passages for word, passages in KNOWN.items() if word.startswith(prefix)}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("flodded", "flooded"),
        ("reciept", "receipt"),
        ("quater", "quarter"),
        ("quartter", "quarter"),
        ("quarer", "quarter"),
        ("uqarter", "quarter"),
        ("negotiatons", "negotiation"),
        ("goverment", "govern"),
        ("anselhafn", "anselhaven"),
        ("flooor", "floor"),
        ("tambaray", "tamberay"),
    ],
)
def test_the_nearest_word_is_meant(typed: str, meant: str) -> None:
    assert corrections([typed], vocabulary) == {typed: meant}


@pytest.mark.parametrize(
    "typed", ["wine", "zebra", "volcano", "floodgate", "2025", "17th", "温嘉禾", "a", "", "quatrain", "receptacle"]
)
def test_a_word_that_is_near_to_none_stays(typed: str) -> None:
    assert corrections([typed], vocabulary) == {}


def test_the_first_letter_alone_is_taken_for_right_where_three_find_nothing_unless_told_otherwise() -> None:
    assert corrections(["tembaray"], vocabulary) == {"tembaray": "tamberay"}
    assert corrections(["tembaray"], vocabulary, (3,)) == {}


def test_the_more_frequent_of_two_equally_near_words_is_meant() -> None:
    assert corrections(["floox"], vocabulary) == {"floox": "flood"}


def test_the_text_that_is_searched_has_the_correction_but_for_capitalised_words() -> None:
    text = "Was the lower Quater flodded, or its quater-deck? FLODDED!"
    meant = {"quater": "quarter", "flodded": "flood"}
    assert corrected(text, meant) == "Was the lower Quater flood, or its quarter-deck? FLODDED!"
    assert corrected(text, {}) is text


def test_only_words_in_lower_case_may_be_misspelt() -> None:
    assert lower_case_words("who won the World cup in iceland, the O’Brien or an iPhone?") == {
        *("who", "won", "the", "cup", "in", "iceland", "or", "an"),
    }


def test_a_library_names_its_words_by_their_beginning(tmp_path: Path) -> None:
    embedder = FakeEmbedder(16)
    library = SqliteLibrary.create(tmp_path / "library.db", embedder.name, embedder.dimensions)
    article = Article("flood", "The flood", "Floods came to Zürich. A flute was lost.", "/flood.md")
    passages = chunk(article, 30)
    library.store(article, passages, embedder.embed_passages(passages, [article.title]))
    assert library.vocabulary("fl") == {"flood": 1, "flute": 1}
    assert library.vocabulary("ZÜ") == {"zurich": 1}
    assert library.vocabulary("x") == {}
    library.remove(["flood"])
    assert library.vocabulary("fl") == {}


@given(st.text(max_size=30))
def test_any_word_is_looked_up_without_failure(word: str) -> None:
    meant = corrections([word], vocabulary)
    assert set(meant.values()) <= set(KNOWN)


def test_a_word_is_looked_up_fast_among_ten_thousand_of_its_beginning() -> None:
    letters = random.Random(1)
    begun = {"con" + "".join(letters.choices("aeiorstlnm", k=7)): 1 for _ in range(10_000)}
    started = time.process_time()
    corrections(["condemnation", "contrubtion", "consternatoin"], lambda prefix: begun)
    assert (time.process_time() - started) / 3 < 0.05
