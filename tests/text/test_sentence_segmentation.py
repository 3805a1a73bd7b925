from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text import abbreviations
from rag.text.sentence_segmentation import split_sentences
from tests.text.sentence_cases import CASES, WRONG

LISTED = [(language, case) for language, cases in CASES.items() for case in cases.strip().splitlines()]
PIECES = st.sampled_from(
    [
        *"aZ1.,!?;:\"'()-«»“”…。！？।؟ \t\n\r\f\u00a0\u2028\u0085|*•é😀走กข",
        "e\u0301",
        "हिन्दी",
        "نعم",
        "Πού;",
        "word ",
        *("Dr. ", "The end. ", "\n\n", "\r\n\r\n", "x" * 70, "- item\n", "3. ", "U.S. ", " \n \n", "a | b\n"),
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=120).map("".join))


def sentences(text: str, language: str = "") -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text, language)]


@pytest.mark.parametrize(("language", "case"), LISTED)
def test_sentences_end_where_a_reader_says(language: str, case: str, request: pytest.FixtureRequest) -> None:
    if case in WRONG:
        request.applymarker(pytest.mark.xfail(strict=True, reason="see WRONG"))
    assert sentences(case.replace("‖", ""), language) == [part.strip() for part in case.split("‖")]


def test_without_a_language_only_some_ordinals_are_taken_for_ends() -> None:
    texts = {case.replace("‖", ""): language for language, case in LISTED}
    differing = [text for text, language in texts.items() if sentences(text) != sentences(text, language)]
    assert len(differing) == 3
    assert all(texts[text] == "de" and any(n in text for n in ("1. FC", "2. Stock", "16. Jh.")) for text in differing)


@pytest.mark.parametrize(("language", "case"), [pair for pair in LISTED if pair[1] not in WRONG])
def test_a_sentence_is_its_own_only_sentence(language: str, case: str) -> None:
    for sentence in sentences(case.replace("‖", ""), language):
        assert sentences(sentence, language) == [sentence]


@given(TEXTS, st.sampled_from(["", "en", "de", "zh", "th", "xx"]))
def test_sentences_are_the_text_without_the_white_space_between_them(text: str, language: str) -> None:
    end = 0
    for span in split_sentences(text, language):
        assert end <= span.start < span.end
        assert text[end : span.start].strip() == ""
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        end = span.end
    assert text[end:].strip() == ""


@given(TEXTS, TEXTS)
def test_paragraphs_do_not_change_each_other(first: str, second: str) -> None:
    """But for lists and tables, which may go on after a blank line."""
    first, second = (text.replace("|", "").replace("- ", "").replace("* ", "").strip() for text in (first, second))
    first, second = ("\n\n".join(text.split()) if "\n" in text else text for text in (first, second))
    assert sentences(f"{first}\n\n{second}") == sentences(first) + sentences(second)


ENGLISH = [part.strip() for case in CASES["en"].strip().splitlines() for part in case.split("‖") if case not in WRONG]


@given(st.lists(st.sampled_from([one for one in ENGLISH if one[-1] in ".!?" and one[0] not in "(["]), max_size=6))
def test_what_was_cut_stays_cut_as_a_text_grows(parts: list[str]) -> None:
    """Cuts before a whole word hold, whatever follows it."""
    text = " ".join(parts)
    whole = {span.start for span in split_sentences(text)}
    for end in range(len(text)):
        if text[end] == " ":
            starts = [span.start for span in split_sentences(text[:end])]
            assert set(starts[:-1]) <= whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("First line\r\n\r\nSecond line.\r\n", ["First line", "Second line."]),
        ("Buy:\n\n- milk\n\n- bread and\n  butter\n", ["Buy:", "- milk", "- bread and\n  butter"]),
        ("Sails | Mr. Weld | 3. May\nOars | Mrs. Henk. She rows. | 4. May", None),
        ("- He came. He went.\n- She stayed.", ["- He came. He went.", "- She stayed."]),
        ("They came at five\no'clock. He went\nhome at six.", ["They came at five\no'clock.", "He went\nhome at six."]),
        ("\ufeff", ["\ufeff"]),
        (" \n\t\n ", []),
        ("", []),
    ],
)
def test_lines_and_paragraphs(text: str, expected: list[str] | None) -> None:
    assert sentences(text) == (text.split("\n") if expected is None else expected)


def test_quotation_that_never_ends_does_not_swallow_the_text() -> None:
    assert sentences('He said: "It rained. ' + "It rained. " * 50)[-2:] == ["It rained.", "It rained."]


@pytest.mark.parametrize(
    "text",
    [
        ". " * 200_000,
        "a" + " " * 500_000 + "b",
        "ก" + " " * 500_000 + "ก",
        "!" * 500_000 + "a",
        "(" * 200_000,
        '"a ' * 100_000,
        "z. " * 50_000,
        "กขคงจฉช " * 30_000,
        "|\n" * 50_000,
        "- a\n" * 30_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_time_grows_with_the_length_and_no_faster(text: str) -> None:
    started = time.perf_counter()
    split_sentences(text)
    assert time.perf_counter() - started < 3


def test_abbreviations_are_written_as_they_are_looked_up() -> None:
    folded = (
        abbreviations.NEVER_LAST,
        abbreviations.BEFORE_NUMBERS,
        abbreviations.TIMES,
        abbreviations.LAST,
        abbreviations.AFTER_TIMES,
        abbreviations.AFTER_ORDINALS,
        abbreviations.STARTERS,
    )
    for words in (*folded, abbreviations.SELDOM_LAST):
        assert [word for word in words if word.endswith(".") or word != unicodedata.normalize("NFC", word)] == []
    for words in folded:
        assert [word for word in words if word != word.lower()] == []
