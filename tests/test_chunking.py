from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.chunking import chunk, count_words, split_sentences
from rag.types import Article, Span

LETTERS = [*"aZ1.,!?;:\"'()-«»“”…。！？।؟ \t\n\r\f\u00a0\u2028\u0085é😀走ก", "e\u0301", "हिन्दी", "نعم"]
WORDS = ["word ", "Dr. ", "The end. ", "\n\n", "\r\n\r\n", "x" * 70, "- item\n", "3.5 ", "U.S. ", " \n \n"]
PIECES = st.sampled_from(LETTERS + WORDS)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=120).map("".join))


def article(text: str, language: str = "en") -> Article:
    return Article("a", "A title", text, "a.txt", language=language)


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text, language)]


@given(TEXTS, st.integers(1, 160), st.sampled_from(["en", "de", "zh", "hi", "ar", "xx", ""]))
@example("x" * 20_000 + " " + "y" * 20_000, 5, "en")
@example("word " * 1000, 30, "en")
@example("走" * 1000, 30, "zh")
def test_passages_cover_the_text_exactly(text: str, limit: int, language: str) -> None:
    covered = [0] * len(text)
    end_of_last = 0
    for passage in chunk(article(text, language), limit):
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
        assert count_words(passage.text) <= 1.5 * limit + 1
    assert [at for at, letter in enumerate(text) if covered[at] != 1 and not letter.isspace()] == []


@given(TEXTS)
def test_sentences_are_the_text_without_the_white_space_between_them(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "It rained. It stopped! Why?", ["It rained.", "It stopped!", "Why?"]),
        ("en", "Mr. Smith met Dr. Ruiz on Jan. 5 at 4.20 p.m. in the U.S. Senate.", None),
        ("en", "It cost $3.5 million, i.e. too much. He paid.", ["It cost $3.5 million, i.e. too much.", "He paid."]),
        ("fr", "Il est parti à 3 h. Elle reste ! Pourquoi ?", ["Il est parti à 3 h.", "Elle reste !", "Pourquoi ?"]),
        ("de", "Am 3. Mai kam Dr. Müller z. B. an. Er ging.", ["Am 3. Mai kam Dr. Müller z. B. an.", "Er ging."]),
        ("ar", "ذهب الولد. هل عاد؟ نعم.", ["ذهب الولد.", "هل عاد؟", "نعم."]),
        ("zh", "他来了。我走了！你呢？", ["他来了。", "我走了！", "你呢？"]),
        ("hi", "यह एक वाक्य है। यह दूसरा है।", ["यह एक वाक्य है।", "यह दूसरा है।"]),
        ("en", "First line\r\n\r\nSecond line.\r\n", ["First line", "Second line."]),
        ("en", "Buy:\n\n- milk\n\n- bread and\n  butter\n", ["Buy:", "- milk", "- bread and\n  butter"]),
        ("en", "\ufeff", ["\ufeff"]),
        ("en", " \n\t\n ", []),
    ],
)  # fmt: skip
def test_sentences_of(language: str, text: str, expected: list[str] | None) -> None:
    assert sentences(text, language) == ([text] if expected is None else expected)


def test_unknown_language_splits_like_english() -> None:
    assert sentences("It rained. It stopped.", "klingon") == ["It rained.", "It stopped."]


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
    assert count_words(text) == words


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
    assert [count_words(passage.text) for passage in passages] == [30, 30, 30, 10]
    assert " ".join(passage.text for passage in passages) == text


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
