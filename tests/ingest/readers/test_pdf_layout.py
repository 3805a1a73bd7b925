from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.pdf_layout import Line, add_pages, without_headers_and_footers

WIDE = "The car ferry Sorrel was sold on Thursday to the cooperative of"


def page(*lines: str | None, size: float = 10, left: float = 50, top: float = 700) -> list[Line]:
    """Lines below each other; None is an empty one. A hyphen at the end is one that PDFium found to be broken."""
    return [
        Line(words.removesuffix("-"), left, left + len(words) * size / 2, top - 12 * row, size, words.endswith("-"))
        for row, words in enumerate(lines)
        if words
    ]


def built(*pages: list[Line], title: str = "") -> DocumentBuilder:
    builder = DocumentBuilder(title)
    add_pages(pages, builder)
    return builder


def text_of(*lines: str | None) -> str:
    return built(page(*lines)).text


def test_wrapped_lines_make_paragraphs() -> None:
    assert text_of(WIDE, "Dunmore. Nobody was", None, WIDE, "Dunmore again.") == (
        f"{WIDE} Dunmore. Nobody was\n\n{WIDE} Dunmore again."
    )


def test_short_last_line_or_an_indent_parts_paragraphs() -> None:
    lines = page(f"{WIDE} the", "island.", f"{WIDE} the", f"{WIDE} end.", f"{WIDE} the")
    indented = Line(lines[4].words, 65, lines[4].right, lines[4].bottom, 10)
    assert built([*lines[:4], indented]).text == (f"{WIDE} the island.\n\n{WIDE} the {WIDE} end.\n\n{WIDE} the")


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([f"{WIDE} Thurs-", "day night and so on"], f"{WIDE} Thursday night and so on"),
        ([f"{WIDE} Jean-", "Paul and others"], f"{WIDE} Jean-Paul and others"),
        ([f"{WIDE} well-", "known as a well-known ship"], f"{WIDE} well-known as a well-known ship"),
        ([f"{WIDE} 1990-", "1995 and later on"], f"{WIDE} 1990-1995 and later on"),
    ],
)
def test_broken_words_are_mended(lines: list[str], text: str) -> None:
    assert text_of(*lines) == text


def test_lines_that_end_early_stay_lines() -> None:
    assert text_of(WIDE, WIDE, None, "Roses are red", "Violets are blue") == (
        f"{WIDE} {WIDE}\n\nRoses are red\nViolets are blue"
    )


def test_bullets_and_numbers_begin_items() -> None:
    assert text_of(WIDE, "• one thing that", "goes on", "• another", "▪ third") == (
        f"{WIDE}\n\n- one thing that goes on\n- another\n- third"
    )
    assert text_of("Steps are these.", "1. Open", "2. Close") == "Steps are these.\n\n1. Open\n2. Close"


def test_larger_short_lines_are_headings_by_their_size() -> None:
    first = [*page("A", "great title", size=20, top=780), *page("Section", size=14, top=740), *page(WIDE, WIDE)]
    builder = built(first, page(WIDE, WIDE, WIDE))
    found = [(one.level, builder.text[one.start : one.end]) for one in builder.headings]
    assert found == [(1, "A great title"), (2, "Section")]


def test_long_larger_text_is_no_heading() -> None:
    builder = built([*page(*[WIDE] * 6, size=14, top=780), *page(*[WIDE] * 20)])
    assert builder.headings == ()


def test_lines_of_a_table_of_contents_are_no_headings() -> None:
    builder = built([*page("1 Introduction … 1", "2 Use … 2", size=14, top=780), *page(WIDE, WIDE)])
    assert (builder.headings, builder.text.startswith("1 Introduction … 1\n2 Use … 2")) == ((), True)


def test_paragraph_goes_on_over_the_page_and_the_column() -> None:
    column = page("harbour. So there.", left=400, top=780)
    builder = built([*page(WIDE), *column], page(WIDE), page("rest. End."))
    assert builder.text == f"{WIDE} harbour. So there.\n\n{WIDE} rest. End."
    second = builder.text.index(WIDE, 1)
    assert builder.pages == (0, second, builder.text.index("rest"))


def test_sentence_that_ended_does_not_go_on() -> None:
    assert built(page("Ends."), page("begins")).text == "Ends.\n\nbegins"


def test_heads_and_feet_of_pages_are_left_out() -> None:
    pages = [
        [*page("The Gazette", top=790), *page(f"Text {word}.", f"More {word}."), *page(f"Page {number} of 9", top=20)]
        for number, word in enumerate(("one", "two", "three", "four"))
    ]
    assert [[line.words for line in one] for one in without_headers_and_footers(pages)] == [
        [f"Text {word}.", f"More {word}."] for word in ("one", "two", "three", "four")
    ]


def test_two_pages_have_no_heads() -> None:
    pages = [page("Same."), page("Same.")]
    assert without_headers_and_footers(pages) == pages


def test_empty_pages_count() -> None:
    assert built([], page("Text."), [], page("More."), []).pages == (0, 0, 7, 7, 12)


@pytest.mark.parametrize("words", ["a" * 300_000, "a-" * 100_000, "." * 200_000, '."' * 100_000, "… " * 100_000])
def test_endless_line_takes_no_longer_than_others(words: str) -> None:
    started = time.process_time()
    built([*page("Before"), Line(words, 50, 400, 600, 10, True), *page("after", top=588)])
    assert time.process_time() - started < 2


lines = st.builds(
    Line,
    st.text("abc -.•1", min_size=1, max_size=12).map(str.strip).filter(bool),
    *[st.floats(0, 800)] * 3,
    st.sampled_from([0.0, 8.0, 10.0, 20.0]),
    st.booleans(),
)


@given(st.lists(st.lists(lines, max_size=6), max_size=5))
def test_any_layout_keeps_its_letters_and_its_offsets(pages: list[list[Line]]) -> None:
    builder = built(*pages)
    text = builder.text

    def letters(words: str) -> str:
        return "".join(filter(str.isalnum, words))

    assert letters(text) == letters("".join(line.words for one in without_headers_and_footers(pages) for line in one))
    assert len(builder.pages) == len(pages)
    assert list(builder.pages) == sorted(builder.pages)
    assert all(text[one.start : one.end].strip() == text[one.start : one.end] != "" for one in builder.headings)
