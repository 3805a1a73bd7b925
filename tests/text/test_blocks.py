from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.blocks import LONGEST_ITEM, find_blocks

LINES = st.sampled_from(
    [
        "",
        " ",
        "Prose that goes on",
        "and on.",
        "- item",
        "  more of it",
        "1. one",
        "2. two",
        "a | b",
        "| --- |",
        "Verse",
        "第一行",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(LINES, max_size=20).map("\n".join))


def blocks(text: str) -> list[tuple[str, str]]:
    return [(block.kind, text[block.span.start : block.span.end]) for block in find_blocks(text, 0, len(text))]


@given(TEXTS, st.integers(0, 50), st.integers(0, 50))
def test_blocks_are_the_text_without_the_white_space_between_them(text: str, start: int, length: int) -> None:
    end = min(start + length, len(text))
    at = start
    for block in find_blocks(text, start, end):
        words = text[block.span.start : block.span.end]
        assert words == words.strip() != ""
        assert text[at : block.span.start].strip() == ""
        at = block.span.end
    assert text[at:end].strip() == ""


@given(TEXTS)
def test_the_first_block_begins_a_paragraph_and_so_does_all_prose(text: str) -> None:
    found = list(find_blocks(text, 0, len(text)))
    assert all(block.begins_paragraph for block in found[:1])
    assert all(block.begins_paragraph for block in found if block.kind == "prose")


WRAPPED = (
    "The ferry leaves the harbour at nine\nand comes back in the evening, if\nthe weather allows it. Nobody has\n"
    "ever complained about that."
)
VERSE = "The moon is up, the stars\nare bright. We go\ninto the night"
CAPITALISED = "The moon has come and gone away\nThe stars are out tonight they say\nAnd nobody will come to stay"
WRAPPED_ADDRESS = WRAPPED.replace("\n", f"\nhttps://example.org/{'x' * 80}\n", 1)
LONG = "A long one. " * 19 + "The last one."
CHINESE = "一个很长的段落在这里换行\n因为它太长了所以要换行吧\n到这里结束。"
CODE = "ferry = load(name, country)\n    sail = True\n    print(sail and bool(name))"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WRAPPED, [("prose", WRAPPED)]),
        (VERSE, [("line", line) for line in VERSE.split("\n")]),
        (CAPITALISED, [("line", line) for line in CAPITALISED.split("\n")]),
        (CODE, [("line", line.strip()) for line in CODE.split("\n")]),
        (CHINESE, [("prose", CHINESE)]),
        (WRAPPED_ADDRESS, [("prose", WRAPPED_ADDRESS)]),
        ("One line", [("prose", "One line")]),
        (f"Two. Short ones.\n{LONG}", [("prose", "Two. Short ones."), ("prose", LONG)]),
    ],
)  # fmt: skip
def test_wrapped_lines_are_joined_and_others_are_not(text: str, expected: list[tuple[str, str]]) -> None:
    assert blocks(text) == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Buy:\n- milk\n- bread\n  and butter\n- eggs", ["prose", "row", "row", "row"]),
        ("Buy:\n\n- milk\n\n- bread", ["prose", "row", "row"]),
        ("1. Go.\n2. Come.\n\nThen rest.", ["row", "row", "prose"]),
        ("(a) Go.\n(b) Come.", ["row", "row"]),
        ("• milk and\nbutter\n• bread", ["row", "row"]),
        ("It was sold at the end of May in the year\n12. It was never seen again by any of us.", ["prose"]),
        ("He counted the crew and found them to be\n- as he had feared - only two of the old\nones.", ["prose"]),
        ("a | b\nc | d", ["row", "row"]),
        ("a | b\n\nc | d", ["row", "row"]),
        ("| a | b |\n|---|---|\n| c | d |", ["row", "row", "row"]),
        ("The probability P(A | B) is small.", ["prose"]),
        ("- " + "Long item. " * (LONGEST_ITEM // 10), ["prose"]),
    ],
)
def test_lists_and_tables(text: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in blocks(text)] == kinds


def test_only_the_first_row_begins_a_paragraph() -> None:
    text = "Buy:\n- milk\n- bread\n\nGo."
    assert [block.begins_paragraph for block in find_blocks(text, 0, len(text))] == [True, True, False, True]
