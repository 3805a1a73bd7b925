from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.core.types import Article, Heading, Span
from rag.ingest.chunking import WORD, chunk

LETTERS = [*"aZ1.,!?;:\"'()-«»“”…。！？।؟ \t\n\r\f\u00a0\u2028\u0085é😀走ก", "e\u0301", "हिन्दी", "نعم"]
WORDS = [
    "word ",
    "Dr. ",
    "The end. ",
    "\n\n",
    "\r\n\r\n",
    "x" * 70,
    "- item\n",
    "a | b\n",
    "Buy:\n",
    "3.5 ",
    "U.S. ",
    " \n \n",
]
PIECES = st.sampled_from(LETTERS + WORDS)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=120).map("".join))


def article(text: str, language: str = "en", headings: Sequence[Heading] = ()) -> Article:
    return Article("a", "A title", text, "a.txt", language=language, headings=tuple(headings))


HEADINGS = st.lists(st.builds(Heading, st.integers(0, 200), st.integers(0, 220), st.integers(1, 6)), max_size=5)


@given(TEXTS, HEADINGS, st.integers(1, 160), st.sampled_from(["en", "de", "zh", "hi", "ar", "th", "xx", ""]))
@example("x" * 20_000 + " " + "y" * 20_000, [], 5, "en")
@example("word " * 1000, [], 30, "en")
@example("走" * 1000, [], 30, "zh")
@example("!" * 20_000, [], 5, "en")
@example("- item\n" * 100, [], 30, "en")
def test_passages_cover_the_text_exactly(text: str, headings: list[Heading], limit: int, language: str) -> None:
    covered = [0] * len(text)
    end_of_last = 0
    passages = chunk(article(text, language, headings), limit)
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert passage.start >= end_of_last
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
        for span in passage.sentences:
            assert end_of_last <= span.start < span.end <= passage.end
            assert text[span.start : span.end] == text[span.start : span.end].strip()
            assert passage.words_of(span) == text[span.start : span.end]
            end_of_last = span.end
            for at in range(span.start, span.end):
                covered[at] += 1
        assert len(WORD.findall(passage.text)) <= 1.5 * limit
    in_headings = {at for heading in headings for at in range(heading.start, heading.end)}
    missing = [at for at, letter in enumerate(text) if covered[at] != 1 and not letter.isspace()]
    assert [at for at in missing if at not in in_headings or covered[at] > 1] == []
    named = "".join(passage.heading for passage in passages)
    assert [text[at] for at in missing if text[at] not in named] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one", 1),
        ("don't stop", 3),
        ("走了吗", 3),
        ("यह हिन्दी है", 3),
        ("cafe\u0301 noir", 2),
        ("ไป", 2),
        ("..", 0),
    ],
)
def test_words_are_counted(text: str, words: int) -> None:
    assert len(WORD.findall(text)) == words


def test_one_word_article_is_one_passage() -> None:
    (passage,) = chunk(article("Hello"))
    assert (passage.start, passage.end, passage.sentences) == (0, 5, (Span(0, 5),))


def test_article_without_words_has_no_passage() -> None:
    assert chunk(article(" \n\n\t")) == []


def test_sentences_stay_whole_where_they_fit() -> None:
    text = "One two three four five. Six seven eight nine. Ten eleven twelve thirteen."
    assert [passage.text for passage in chunk(article(text), 9)] == [
        "One two three four five. Six seven eight nine.",
        "Ten eleven twelve thirteen.",
    ]


def test_passage_ends_with_its_paragraph_once_two_thirds_full() -> None:
    text = "One two three four five six seven.\n\nEight nine."
    assert [passage.text for passage in chunk(article(text), 10)] == [
        "One two three four five six seven.",
        "Eight nine.",
    ]
    assert len(chunk(article(text), 11)) == 1


def test_sentence_that_is_too_long_is_cut_between_words() -> None:
    text = " ".join(f"w{number}" for number in range(100))
    passages = chunk(article(text), 30)
    assert [len(WORD.findall(passage.text)) for passage in passages] == [30, 30, 30, 10]
    assert " ".join(passage.text for passage in passages) == text


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("one two three, four five six seven eight", 4, ["one two three,", "four five six seven", "eight"]),
        ("one two, three four five six seven eight", 6, ["one two, three four five six", "seven eight"]),
        ("one, two three\nfour five six\nseven eight nine", 5, ["one, two three", "four five six", "seven eight nine"]),
        ("一二三四，五六七八九十", 6, ["一二三四，", "五六七八九十"]),
        ("กิกิกิ", 3, ["กิ", "กิ", "กิ"]),
    ],
)
def test_too_long_a_sentence_is_cut_at_the_best_place_of_its_second_half(
    text: str, limit: int, expected: list[str]
) -> None:
    assert [passage.text for passage in chunk(article(text), limit)] == expected


def with_headings(*lines: str) -> Article:
    """An article of lines with a blank line between them; those that begin with # are headings."""
    text, headings = "", []
    for line in lines:
        words = line.lstrip("#").strip()
        if line.startswith("#"):
            headings.append(Heading(len(text), len(text) + len(words), line.count("#")))
        text += f"{words}\n\n"
    return article(text.rstrip(), headings=headings)


def test_passage_ends_before_a_heading_and_the_next_names_it() -> None:
    text = with_headings("It rained.", "# Spring", "The ice broke.", "## In May", "They sailed. Nobody stayed.")
    assert [(passage.heading, passage.text) for passage in chunk(text)] == [
        ("", "It rained."),
        ("Spring", "The ice broke."),
        ("Spring › In May", "They sailed. Nobody stayed."),
    ]


def test_heading_without_text_goes_before_the_next_one() -> None:
    text = with_headings("# A", "One.", "# Empty", "# B", "Two.", "# Last")
    assert [(passage.heading, passage.text) for passage in chunk(text)] == [("A", "One."), ("Empty / B / Last", "Two.")]


def test_article_of_headings_alone_is_made_of_their_words() -> None:
    assert [(passage.heading, passage.text) for passage in chunk(with_headings("# A", "## B", "# C"))] == [
        ("", "A\n\nB\n\nC")
    ]


LIST = "Bring these things with you:\n- a lamp\n- two oars\n- some bread"


def test_short_list_stays_together_and_with_its_introduction() -> None:
    before = "One two three four five six."
    assert [passage.text for passage in chunk(article(f"{before} {LIST}"), 12)] == [before, LIST]
    (passage,) = chunk(article(LIST), 12)
    assert [passage.words_of(span) for span in passage.sentences] == LIST.split("\n")


def test_list_without_introduction_leaves_the_sentence_before_it() -> None:
    text = LIST.replace(":", ".")
    assert [passage.text for passage in chunk(article(text), 11)] == [text]
    assert [passage.text for passage in chunk(article(text), 6)] == text.split("\n", 1)


def test_long_list_is_cut_between_items_and_its_introduction_keeps_the_first() -> None:
    items = [f"- item number {number} of many" for number in range(10)]
    text = "\n".join(["One two three four five six.", "Bring these:", *items])
    passages = [passage.text for passage in chunk(article(text), 12)]
    assert passages[1].startswith("Bring these:\n- item number 0 of many")
    assert [line for passage in passages[1:] for line in passage.split("\n")] == ["Bring these:", *items]


def test_table_is_cut_between_rows() -> None:
    rows = [f"Ship {number} | Captain. Mate {number} | {number} crowns" for number in range(20)]
    passages = chunk(article("\n".join(rows)), 30)
    assert len(passages) > 3
    assert [passage.words_of(span) for passage in passages for span in passage.sentences] == rows


def test_verse_is_cut_between_lines() -> None:
    verse = "\n".join(["The moon is up. The stars", "are out and we", "go on into the night"] * 10)
    passages = [passage.text for passage in chunk(article(verse), 30)]
    assert "\n".join(passages) == verse


def test_endless_word_is_cut_by_characters() -> None:
    passages = chunk(article("x" * 100_000), 30)
    assert max(len(passage.text) for passage in passages) <= 30 * 60
    assert "".join(passage.text for passage in passages) == "x" * 100_000


@pytest.mark.parametrize(
    "text", ["word " * 200_000, "x" * 1_000_000, "A. " * 50_000, "a" + " \n" * 100_000 + "b", '("He said. ' * 10_000]
)
def test_strange_text_of_great_length_takes_seconds_at_most(text: str) -> None:
    started = time.perf_counter()
    passages = chunk(article(text))
    assert time.perf_counter() - started < 5
    assert passages[0].start == 0
    assert passages[-1].end == len(text.rstrip())
