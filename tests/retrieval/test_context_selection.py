from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.types import (
    ArticleHeader,
    Passage,
    PassageVectors,
    RankedPassage,
    SentenceMatch,
    Span,
    StoredPassage,
    Vector,
)
from rag.retrieval.context_selection import (
    BEFORE,
    BEFORE_LEANING,
    LEANING,
    REDUNDANCY,
    SLACK,
    EvidencePassage,
    continue_context,
    heading,
    select_context,
)
from rag.text.tokenization import plain
from tests.helpers.made_passages import header, scored, stored

SAID = np.eye(3, dtype=np.float32)[0]
"""The vector of a sentence that says the same as every other one with it."""


def ranked(
    rank: int,
    *sentences: tuple[str, float],
    article: str = "",
    start: int = 0,
    title: str = "A title",
    day: date | None = None,
    vectors: Sequence[Vector] = (),
) -> RankedPassage:
    """A passage of sentences with their scores; without ``vectors`` no sentence repeats another."""
    name = article or f"article-{rank}"
    spans, text = [], ""
    for words, _ in sentences:
        spans.append(Span(start + len(text), start + len(text) + len(words)))
        text += words + " "
    passage = Passage(name, start, start + len(text.rstrip()), text.rstrip(), tuple(spans))
    header = ArticleHeader(name, title, "", "", "", day, (), "")
    rows = np.stack(vectors) if vectors else np.zeros((len(spans), 3), np.float32)
    return RankedPassage(
        stored=StoredPassage(rank, passage, header, PassageVectors(np.zeros(3, np.float32), rows)),
        rank=rank,
        score=10.0 - rank,
        cosine=0.5,
        coverage=0.5,
        dense_rank=rank,
        bm25_rank=None,
        sentences=tuple(SentenceMatch(span, score, 0.0) for span, (_, score) in zip(spans, sentences, strict=True)),
    )


def count(text: str) -> int:
    return len(text.split())


def cost(evidence: tuple[EvidencePassage, ...]) -> int:
    sentences = sum(count(found.ranked.passage.words_of(match.span)) for found in evidence for match in found.sentences)
    headers = {found.header for found in evidence}
    return sentences + sum(count(heading(header)) for header in headers)


def test_best_sentences_are_chosen_and_stand_in_the_order_of_the_document() -> None:
    passage = ranked(1, ("First one.", 0.9), ("Second two.", 0.7), ("Third three.", 1.1))
    (found,) = select_context([passage], 6, count)
    assert found.text == "First one. … Third three."
    assert [match.span for match in found.sentences] == [Span(0, 10), Span(23, 35)]


def test_budget_is_not_used_up_where_one_sentence_stands_out() -> None:
    passage = ranked(1, ("Nine words that answer the question all by themselves.", 1.2), ("Padding.", 0.3))
    assert select_context([passage], 30, count)[0].text == "Nine words that answer the question all by themselves."
    # A third of the budget is filled whatever the sentences are worth.
    assert select_context([passage], 60, count)[0].text.endswith("Padding.")


def test_budget_is_used_up_where_sentences_compete() -> None:
    passage = ranked(1, *((f"Sentence number {at} says much.", 1.0 - at / 20) for at in range(12)))
    assert len(select_context([passage], 62, count)[0].sentences) == 12


@pytest.mark.parametrize(("less", "read"), [(SLACK - 0.01, True), (SLACK + 0.01, False)])
def test_once_a_third_is_filled_only_what_is_worth_nearly_as_much_is_read(less: float, read: bool) -> None:
    passage = ranked(1, ("Ten words that fill more than a third of it.", 1.2), ("Padding.", 1.2 - less))
    # The sentence before is better, and lends a share of that.
    assert (select_context([passage], 30, count, slack=SLACK - BEFORE * less)[0].text.endswith("Padding.")) is read


def test_slack_decides_how_much_worse_a_sentence_may_be() -> None:
    passage = ranked(1, ("Padding.", 0.3), ("Ten words that fill more than a third of it.", 1.2))
    assert len(select_context([passage], 30, count)[0].sentences) == 1
    assert len(select_context([passage], 30, count, slack=1.0)[0].sentences) == 2
    assert len(select_context([passage], 30, count, slack=float("inf"))[0].sentences) == 2
    assert len(select_context([passage], 30, count, slack=0.0)[0].sentences) == 1


@pytest.mark.parametrize(
    "text",
    [
        "He left in May.",
        "“She left,” said Weld.",
        "IT WAS SOLD.",
        "Their boat sank.",
        "These were sold.",
        "Both were sold.",
        "The company was sold.",
        "The organisation was sold.",
        "The organization was sold.",
        "The former owner left.",
        "The two were sold.",
        "The others left.",
    ],
)
def test_what_leans_on_the_sentence_before(text: str) -> None:
    assert LEANING.match(plain(text))


@pytest.mark.parametrize(
    "text",
    [
        "Henk left in May.",
        "Heather left.",
        "Italy won.",
        "Thistles grow there.",
        "The companies were sold.",
        "The Halden company was sold.",
        "Sold, it was.",
        "A company was sold.",
        "I left.",
        "",
    ],
)
def test_what_stands_alone(text: str) -> None:
    assert not LEANING.match(plain(text))


def test_a_sentence_that_leans_brings_the_one_before_it() -> None:
    passage = ranked(1, ("Nobody knew.", 0.1), ("The Sorrel is old.", 0.2), ("She was sold in May.", 1.2))
    # Nine of the budget's eleven, with the heading; the first sentence would fit, and is worth too little.
    assert select_context([passage], 12, count)[0].text == "The Sorrel is old. She was sold in May."


def test_a_sentence_that_does_not_lean_comes_alone() -> None:
    passage = ranked(1, ("The Sorrel is old.", 0.2), ("Henk sold the Sorrel.", 1.2))
    assert select_context([passage], 12, count)[0].text == "Henk sold the Sorrel."


def test_a_sentence_that_leans_comes_alone_where_there_is_no_room() -> None:
    passage = ranked(1, ("The Sorrel is old.", 0.2), ("She was sold in May.", 1.2))
    # The heading has two words, the sentences five and four.
    assert select_context([passage], 2 + 5 + 4, count)[0].text == "The Sorrel is old. She was sold in May."
    assert select_context([passage], 2 + 5 + 3, count)[0].text == "She was sold in May."


def test_only_the_sentence_just_before_is_brought_and_only_from_its_own_passage() -> None:
    chain = ranked(1, ("The Sorrel is old.", 0.1), ("She is slow.", 0.2), ("She was sold in May.", 1.2))
    assert select_context([chain], 12, count)[0].text == "She is slow. She was sold in May."
    apart = [
        ranked(1, ("She was sold in May.", 1.2), article="a", start=90),
        ranked(2, ("The Sorrel is old.", 0.1), article="a"),
    ]
    assert [found.text for found in select_context(apart, 13, count)] == ["She was sold in May."]


def test_a_sentence_read_already_is_not_brought_again() -> None:
    passage = ranked(1, ("The Sorrel is old.", 1.2), ("She was sold in May.", 1.1))
    assert select_context([passage], 20, count)[0].text == "The Sorrel is old. She was sold in May."
    same_words = [
        ranked(1, ("The Sorrel is old.", 1.3)),
        ranked(2, ("The Sorrel is old.", 0.2), ("She was sold in May.", 1.2)),
    ]
    assert [found.text for found in select_context(same_words, 40, count)] == [
        "The Sorrel is old.",
        "She was sold in May.",
    ]


def test_a_sentence_behind_a_better_one_is_worth_more_and_most_where_it_leans() -> None:
    def chosen(behind: str, other_score: float) -> str:
        """Which sentence comes next, after one with a score of 2 that leaves room for one of four words."""
        passage = ranked(1, ("Henk left in May.", other_score), ("Best of all.", 2.0), (behind, 1.0))
        return select_context([passage], 2 + 3 + 4, count, slack=9.0)[0].text.replace("Best of all.", "").strip()

    # The sentence before is better by 1.
    assert chosen("Weld stayed on board.", 1.0 + BEFORE - 0.01) == "Weld stayed on board."
    assert chosen("Weld stayed on board.", 1.0 + BEFORE + 0.01) == "Henk left in May."
    assert chosen("She stayed on board.", 1.0 + BEFORE + BEFORE_LEANING - 0.01) == "She stayed on board."
    assert chosen("She stayed on board.", 1.0 + BEFORE + BEFORE_LEANING + 0.01) == "Henk left in May."


def test_what_repeats_a_sentence_loses_a_share_of_its_worth() -> None:
    def second(other_score: float) -> str:
        sentences = ("Weld stayed aboard.", other_score), ("Bought in May.", 1.0), ("Sold in May.", 2.0)
        passage = ranked(1, *sentences, vectors=[SAID[::-1], SAID, SAID])
        (found,) = select_context([passage], 2 + 3 + 3, count, slack=9.0)
        (other,) = (match for match in found.sentences if match.score < 2.0)
        return passage.passage.words_of(other.span)

    assert second(1.0 - REDUNDANCY - 0.01) == "Bought in May."
    assert second(1.0 - REDUNDANCY + 0.01) == "Weld stayed aboard."


def test_neighbours_stand_without_an_ellipsis() -> None:
    (found,) = select_context([ranked(1, ("First one.", 0.9), ("Second two.", 0.8), ("Third.", 0.1))], 6, count)
    assert found.text == "First one. Second two."


def test_passages_are_numbered_from_one_in_the_order_of_their_ranks() -> None:
    passages = [ranked(1, ("Weak.", 0.5)), ranked(2, ("Middling words that cost.", 0.6)), ranked(3, ("Strong.", 0.9))]
    evidence = select_context(passages, 7, count)
    assert [(found.number, found.ranked.rank) for found in evidence] == [(1, 1), (2, 3)]


def test_passages_of_an_article_stand_together_as_they_stand_in_it() -> None:
    passages = [
        ranked(1, ("Late.", 1.0), article="a", start=500),
        ranked(2, ("Other.", 1.0), article="b"),
        ranked(3, ("Early.", 1.0), article="a", start=20),
    ]
    evidence = select_context(passages, 99, count)
    assert [found.text for found in evidence] == ["Early.", "Late.", "Other."]
    assert [found.number for found in evidence] == [1, 2, 3]


def test_article_pays_for_its_heading_once() -> None:
    same = [ranked(rank, (f"Sentence {rank}.", 1.0), article="a", start=rank * 50) for rank in (1, 2)]
    assert len(select_context(same, 2 + 2 + 2, count)) == 2
    other = [ranked(rank, (f"Sentence {rank}.", 1.0)) for rank in (1, 2)]
    assert len(select_context(other, 2 + 2 + 2, count)) == 1


def test_sentence_that_repeats_another_gives_way_to_news() -> None:
    first = ranked(1, ("Sold in May.", 1.0), vectors=[SAID])
    again = ranked(2, ("It was sold in May.", 0.9), ("Rosa stays aboard.", 0.8), vectors=[SAID, SAID[::-1]])
    assert [found.text for found in select_context([first, again], 5 + 5, count)] == [
        "Sold in May.",
        "Rosa stays aboard.",
    ]


def test_sentence_that_does_not_fit_makes_room_for_a_shorter_one() -> None:
    (found,) = select_context([ranked(1, ("Best.", 0.9), ("Far too long to fit.", 0.8), ("Short.", 0.7))], 4, count)
    assert found.text == "Best. … Short."


def test_first_sentence_is_chosen_even_over_budget() -> None:
    (found,) = select_context([ranked(1, ("one two three four five six", 1.0), ("seven", 0.5))], 1, count)
    assert found.text == "one two three four five six"


def test_a_sentence_is_chosen_whatever_the_budget() -> None:
    for budget in (-5, 0, 1):
        assert [found.text for found in select_context([ranked(1, ("One two.", 1.0))], budget, count)] == ["One two."]


def test_same_words_are_not_chosen_twice() -> None:
    evidence = select_context(
        [ranked(1, ("Sold for cash.", 2.0)), ranked(2, ("Sold for cash.", 1.9), ("More.", 0.2))], 99, count
    )
    assert [found.text for found in evidence] == ["Sold for cash.", "More."]


def test_nothing_found_is_no_evidence() -> None:
    assert select_context([], 100, count) == ()


def test_source_marks_the_best_sentence_or_the_quote_given() -> None:
    (found,) = select_context([ranked(1, ("First one.", 0.2), ("Second two.", 0.9))], 99, count)
    assert found.as_source().quoted == "Second two."
    assert found.as_source(Span(0, 5)).quoted == "First"
    assert (found.as_source().number, found.as_source().score) == (1, 9.0)


def test_heading_names_the_day_without_a_leading_zero() -> None:
    assert heading(ranked(1, ("x", 0.0), title="Ferry sold", day=date(2024, 5, 7)).header) == "Ferry sold (7 May 2024)"
    assert heading(ranked(1, ("x", 0.0)).header) == "A title"


SENTENCE = st.tuples(
    st.lists(st.sampled_from(["it", "a", "b"]), min_size=1, max_size=6).map(" ".join), st.floats(-1, 2)
)
VECTORS = st.sampled_from([SAID, SAID[::-1], -SAID, np.full(3, 3**-0.5, np.float32)])


@st.composite
def ranked_passages(draw: st.DrawFn) -> list[RankedPassage]:
    passages = []
    for rank in range(1, draw(st.integers(0, 13)) + 1):
        sentences = draw(st.lists(SENTENCE, min_size=1, max_size=6))
        vectors = [draw(VECTORS) for _ in sentences]
        article = draw(st.sampled_from(["north", "south", ""]))
        passages.append(ranked(rank, *sentences, article=article, start=100 * (20 - rank), vectors=vectors))
    return passages


@given(ranked_passages(), st.integers(0, 60))
def test_budget_order_and_uniqueness_hold_for_any_passages(passages: list[RankedPassage], budget: int) -> None:
    evidence = select_context(passages, budget, count)
    chosen = [found.ranked.passage.words_of(match.span) for found in evidence for match in found.sentences]
    assert bool(chosen) == bool(passages)
    assert len(chosen) == len(set(chosen))
    assert cost(evidence) <= budget or len(chosen) == 1
    assert [found.number for found in evidence] == list(range(1, len(evidence) + 1))
    places = [(found.header.id, found.ranked.passage.start) for found in evidence]
    assert len(places) == len(set(places))
    articles = [name for name, _ in groupby(places, key=lambda place: place[0])]
    assert len(articles) == len(set(articles))
    assert all(before[1] < after[1] for before, after in pairwise(places) if before[0] == after[0])
    for found in evidence:
        starts = [match.span.start for match in found.sentences]
        assert starts == sorted(starts)
        assert starts
        assert set(found.sentences) <= set(found.ranked.sentences)
        assert (
            found.text.replace("… ", "").split()
            == " ".join(found.ranked.passage.words_of(match.span) for match in found.sentences).split()
        )


def one_each(*ids: int, first_number: int = 1) -> list[EvidencePassage]:
    """Evidence of passages of one sentence each, numbered on."""
    found = [scored(stored(id_, header(f"a{id_}"), f"Sentence {id_}."), 1.0) for id_ in ids]
    return [EvidencePassage(number, one, one.sentences) for number, one in enumerate(found, start=first_number)]


def continued(previous: list[EvidencePassage], chosen: list[EvidencePassage], found: list[EvidencePassage]) -> list:
    """(number, id) of the passages that a follow-up reads."""
    context = [one.as_context() for one in previous]
    read = continue_context(context, chosen, [one.ranked for one in found])
    return [(one.number, one.ranked.stored.id) for one in read]


def test_a_follow_up_reads_on_from_what_was_read_and_numbers_on() -> None:
    assert continued(one_each(1, 2), one_each(2, 3), one_each(1, 2, 3)) == [(1, 1), (2, 2), (3, 3)]


def test_of_what_was_read_nothing_is_kept_from_the_first_passage_on_that_the_search_did_not_find() -> None:
    """It may be gone, or the filters of the question may not let it through."""
    assert continued(one_each(1, 2, 3), one_each(1, 3), one_each(1, 3)) == [(1, 1), (2, 3)]
    assert continued(one_each(1, 2), one_each(2), one_each(2)) == [(1, 2)]


def test_another_passage_that_took_the_row_is_not_taken_for_what_was_read() -> None:
    longer = scored(stored(1, header("b"), "Another sentence that is longer."), 1.0)
    found = [EvidencePassage(1, longer, longer.sentences)]
    assert continued(one_each(1), found, found) == [(1, 1)]
    assert continue_context([one_each(1)[0].as_context()], found, [longer]) == tuple(found)


def test_the_chosen_evidence_comes_alone_if_little_of_it_was_read() -> None:
    assert continued(one_each(1), one_each(2, 3, 4), one_each(1, 2, 3, 4)) == [(1, 2), (2, 3), (3, 4)]
    assert continued(one_each(*range(1, 8)), one_each(7), one_each(*range(1, 8))) == [(1, 7)]
    assert continued([], one_each(1), one_each(1)) == [(1, 1)]
