"""A citation finds its words again, and reads nothing but what was written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.types import ArticleHeader, Span
from rag.web.library.citations import LONGEST, Citation, Quote, citation_of, read_citation
from tests.web.made_exchanges import SENTENCES, TEXT, source


def header(text_sha256: str) -> ArticleHeader:
    return ArticleHeader("lamp", "", "", "", "", None, (), text_sha256)


def test_an_article_is_unchanged_changed_or_gone() -> None:
    citation = citation_of(source(text_sha256="ab"), ())
    assert citation.state(header("ab")) == "unchanged"
    assert citation.state(header("cd")) == "changed"
    assert citation.state(None) == "gone"


def test_words_are_found_where_they_were_or_nearest_to_it() -> None:
    quote = Quote(10, "the pier")
    assert quote.found_in("          the pier the pier") == Span(10, 18)
    assert quote.found_in("the pier, and long after it the pier") == Span(0, 8)
    assert quote.found_in("Now\nthe\n  pier again") == Span(4, 14)
    assert quote.found_in("the piers of Osk and the  pie r") == Span(0, 8)
    assert quote.found_in("the quay") is None
    assert Quote(0, " \n").found_in("  \n ") is None


def test_only_the_words_that_still_stand_are_found() -> None:
    citation = citation_of(source(), [SENTENCES[2], SENTENCES[0], SENTENCES[2]])
    assert [quote.start for quote in citation.quotes] == [100, 146]
    assert citation.found_in(f"A new beginning. {TEXT[:20]}") == (Span(17, 33),)


@given(st.text(), st.text(), st.lists(st.tuples(st.integers(0, 10**9), st.text())))
def test_what_was_written_is_read_again(article_id: str, sha256: str, quotes: list[tuple[int, str]]) -> None:
    citation = Citation(article_id, sha256, tuple(Quote(*quote) for quote in quotes))
    written = citation.written()
    assert written.isascii()
    assert len(written) > LONGEST or read_citation(written) == citation


@pytest.mark.parametrize(
    "written",
    ["", "x", "{}", "null", "[1, 2, 3]", '["a", "b"]', '["a", "b", [[-1, "x"]]]', '["a", "b", [["0", "x"]]]',
     '["a", "b", [[0]]]', '["a", "b", [7]]', "[" * 5000, json.dumps(["a", "b", [[0, "x" * LONGEST]]])],
)  # fmt: skip
def test_anything_else_is_no_citation(written: str) -> None:
    assert read_citation(written) is None


@given(st.text(max_size=60), st.text(max_size=20), st.integers(0, 80))
def test_what_is_found_says_the_same_words(text: str, words: str, start: int) -> None:
    found = Quote(start, words).found_in(text)
    assert found is None or text[found.start : found.end].split() == words.split()
