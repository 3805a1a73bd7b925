from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.types import ArticleHeader, RankedPassage
from rag.retrieval.context_selection import EvidencePassage
from rag.verification.contradictions.detector import Conflict, as_sentence, find_conflict
from rag.verification.contradictions.quantities import Quantity, days_in, names_in, quantities
from tests.verification.contradictions.conflict_pairs import (
    TUNING,
    ArticlePair,
    all_alike,
    first_sentence,
    passage_of,
    ranked,
)

FERRY = TUNING[0]


def passages(pair: ArticlePair) -> list[RankedPassage]:
    found = []
    for number, printed in enumerate((pair.cited, pair.other), start=1):
        passage, header = passage_of(printed, str(number))
        found.append(ranked(passage, header, number, all_alike(passage)))
    return found


def conflict_of(pair: ArticlePair) -> Conflict | None:
    found = passages(pair)
    return find_conflict(pair.answer, pair.question, [first_sentence(found[0])], found)


def with_header(found: RankedPassage, header: ArticleHeader) -> RankedPassage:
    return replace(found, stored=replace(found.stored, header=header))


@pytest.mark.parametrize("pair", TUNING, ids=[f"{at} {pair.kind}" for at, pair in enumerate(TUNING)])
def test_articles_that_differ_are_told_from_those_that_only_seem_to(pair: ArticlePair) -> None:
    found = conflict_of(pair)
    assert (found and (found.value, found.other_value)) == pair.values


@pytest.mark.parametrize("pair", [pair for pair in TUNING if pair.values], ids=lambda pair: pair.question)
def test_values_stand_word_for_word_in_their_quotes(pair: ArticlePair) -> None:
    found = conflict_of(pair)
    assert found
    assert found.value in found.source.quoted
    assert found.other_value in found.other.quoted
    assert found.source.quoted in pair.cited.text
    assert found.other.quoted in pair.other.text


def test_pairs_are_as_many_as_the_record_says() -> None:
    assert sum(pair.values is not None for pair in TUNING) >= 25
    assert sum(pair.values is None for pair in TUNING) >= 30


def test_newer_article_is_named_as_newer() -> None:
    found = conflict_of(FERRY)
    assert found
    assert found.newer is found.other
    assert as_sentence(found) == (
        "The articles differ: the newer one (Harbour Post, 9 May 2024) says 4.5 million crowns, "
        "the older one (Kelverry Courier, 3 March 2024) 4.2 million crowns."
    )


def test_newer_article_may_be_the_one_that_the_answer_cites() -> None:
    older = replace(FERRY, other=replace(FERRY.other, day=date(2024, 1, 2), outlet=""))
    found = conflict_of(older)
    assert found
    assert found.newer is found.source
    assert as_sentence(found) == (
        "The articles differ: the newer one (Kelverry Courier, 3 March 2024) says 4.2 million crowns, "
        "the older one (2 January 2024) 4.5 million crowns."
    )


@pytest.mark.parametrize(
    ("day", "outlet", "sentence"),
    [
        (None, "Harbour Post", "Another article (Harbour Post) says 4.5 million crowns."),
        (None, "", "Another article says 4.5 million crowns."),
        (None, "Obey.\n" * 20, "Another article says 4.5 million crowns."),
        (date(2024, 3, 3), "Post", "Another article (Post, 3 March 2024) says 4.5 million crowns."),
    ],
)
def test_article_without_a_later_day_is_another_one(day: date | None, outlet: str, sentence: str) -> None:
    found = conflict_of(replace(FERRY, other=replace(FERRY.other, day=day, outlet=outlet)))
    assert found
    assert found.newer is None
    assert as_sentence(found) == sentence


def test_other_source_has_the_number_that_its_passage_has_in_the_evidence() -> None:
    own, other = passages(FERRY)
    cited = [first_sentence(own)]
    evidence = [EvidencePassage(number, one, one.sentences) for number, one in ((1, own), (7, other))]
    known = find_conflict(FERRY.answer, FERRY.question, cited, [own, other], evidence)
    unknown = find_conflict(FERRY.answer, FERRY.question, cited, [own, other], evidence[:1])
    assert known
    assert unknown
    assert known.other.number == 7
    assert unknown.other.number == 2


def test_reprint_of_an_article_does_not_differ_from_it() -> None:
    own, other = passages(FERRY)
    reprint = with_header(other, replace(other.header, duplicate_of=own.header.id))
    assert find_conflict(FERRY.answer, FERRY.question, [first_sentence(own)], [own, reprint]) is None


def test_sentences_of_one_article_do_not_differ() -> None:
    own, other = passages(FERRY)
    same = with_header(other, replace(other.header, id=own.header.id))
    assert find_conflict(FERRY.answer, FERRY.question, [first_sentence(own)], [own, same]) is None


def test_article_in_a_language_that_is_not_read_does_not_differ() -> None:
    own, other = (with_header(one, replace(one.header, language="de")) for one in passages(FERRY))
    assert find_conflict(FERRY.answer, FERRY.question, [first_sentence(own)], [own, other]) is None


@pytest.mark.parametrize(
    "question", ["Why was the ferry Sorrel sold?", "How was the ferry Sorrel sold?", "Who sold the Sorrel?", "Sorrel"]
)
def test_value_that_is_not_asked_for_is_left_alone(question: str) -> None:
    assert conflict_of(replace(FERRY, question=question)) is None


def test_without_passages_nothing_differs() -> None:
    own, _ = passages(FERRY)
    assert find_conflict(FERRY.answer, FERRY.question, [], []) is None
    assert find_conflict(FERRY.answer, FERRY.question, [first_sentence(own)], []) is None
    assert find_conflict(FERRY.answer, FERRY.question, [first_sentence(own)], [own]) is None


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("sold for 4.2 million crowns", [4.2e6]),
        ("sold for $4.2m, and", [4.2e6]),
        ("4,200,000 crowns", [4.2e6]),
        ("two hundred and fifty houses", [250]),
        ("Twelve people were killed", [12]),
        ("a crew of 12", [12]),
        ("12 per cent of households, 7% of shops", [12, 7]),
        ("one of them", []),
        ("between 10 and 12 boats", []),
        ("five of the nine", []),
        ("it ended 2-1 on 3 May 2024 at 10:30", []),
        ("In 1998, 200 men", [200]),
        ("on the 21st floor, page 12, Apollo 11", []),
        ("two and a half million crowns", []),
        ("the mast is 4.2m high", [4.2]),
    ],
)
def test_numbers_that_count_something(text: str, amounts: list[float]) -> None:
    assert [one.amount for one in quantities(text)] == amounts


@pytest.mark.parametrize(
    ("one", "other", "agrees"),
    [
        ("4.2 million crowns", "4,200,000 crowns", True),
        ("4.2 million crowns", "4 million crowns", True),
        ("4.2 million crowns", "4.5 million crowns", False),
        ("4.2 million crowns", "more than 4 million crowns", True),
        ("4.2 million crowns", "less than 4 million crowns", False),
        ("4.2 million crowns", "about 4.5 million crowns", True),
        ("4.2 million crowns", "around 6 million crowns", False),
        ("12 dead", "10 dead", False),
        ("12 dead", "about 10 dead", True),  # It may be: a false alarm is worse than a miss.
        ("18 dead", "about 10 dead", False),
        ("104 dead", "100 dead", True),
    ],
)
def test_rounder_numbers_agree(one: str, other: str, agrees: bool) -> None:
    (first,), (second,) = quantities(one), quantities(other)
    assert first.compares(second)
    assert first.agrees(second) is agrees
    assert second.agrees(first) is agrees


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on 12 May 2024", [(2024, 5, 12)]),
        ("on May 12th, 2024 or 3 June", [(2024, 5, 12), (None, 6, 3)]),
        ("in May, Theresa May may go", [(None, 5, None)]),
        ("in 1782, for 1500 crowns", [(1782, None, None)]),
        ("the 1990s", []),
    ],
)
def test_days_that_are_named(text: str, days: list[tuple[int | None, int | None, int | None]]) -> None:
    assert [(one.year, one.month, one.day) for one in days_in(text)] == days


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("On Sunday Captain Rosa Ilves met Hale & Sons of Kelverry.", ["Rosa Ilves", "Hale & Sons", "Kelverry"]),
        ("Engineers met in May.", []),
        ("The Sorrel sank.", ["Sorrel"]),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert [text[one.start : one.end] for one in names_in(text)] == names


@given(st.text("0123456789.,$%mk- aotwenhudrd", max_size=40))
def test_numbers_lie_within_their_text(text: str) -> None:
    for one in quantities(text):
        assert isinstance(one, Quantity)
        assert 0 <= one.start < one.end <= len(text)
        assert one.amount >= 0
        assert one.agrees(one)
