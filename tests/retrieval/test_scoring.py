"""What a passage scores, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from rag.core.types import Article, Heading, PassageVectors, RankedPassage, StoredPassage, Vector
from rag.ingest.chunking import chunk
from rag.retrieval.scoring import (
    GAP,
    Candidate,
    PreparedQuery,
    add_neighbour_scores,
    add_signal,
    score_passage,
    title_stems,
)
from tests.helpers.made_passages import header, scored, stored

WEIGHTS = {"sold": 1.0, "ferri": 2.0, "sorrel": 3.0}


def vector(*numbers: float) -> Vector:
    return np.array(numbers, dtype=np.float32)


def search(*phrases: str) -> PreparedQuery:
    return PreparedQuery.of("Who sold the ferry Sorrel?", vector(1, 0, 0), WEIGHTS, phrases)


FERRY = stored(
    7,
    header("ferry", "Sorrel news"),
    "Henk sold the ferry.",
    "Nobody asked why.",
    vector=vector(0.8, 0.6, 0),
    of_sentences=[vector(0.6, 0.8, 0), vector(0, 1, 0)],
)


def test_a_passage_is_scored_by_sentence_cosine_words_pairs_and_rank() -> None:
    found = score_passage(Candidate(FERRY, 2, 5, None), search())

    assert found.signals == {
        # 0.6 is the cosine; "sold" and "ferry" are 3 of 6 of the weight, of which a sentence is given a quarter.
        "best sentence": pytest.approx(2 * (0.6 + 0.5 / 4)),
        "passage": pytest.approx(0.8),
        # The title has "Sorrel".
        "words": pytest.approx(1.0),
        # "sold ferry" weighs 3 and "ferry Sorrel" 5; only the first stands in the sentences.
        "pairs of words": pytest.approx(0.3 * 3 / 8),
        "fused rank": pytest.approx(0.3 / 2),
    }
    assert found.score == pytest.approx(1.45 + 0.8 + 1.0 + 0.1125 + 0.15)
    assert (found.rank, found.dense_rank, found.bm25_rank) == (2, 5, None)
    assert (found.cosine, found.coverage) == (pytest.approx(0.8), pytest.approx(1.0))
    assert [match.cosine for match in found.sentences] == [pytest.approx(0.6), pytest.approx(0.0)]
    assert [match.coverage for match in found.sentences] == [pytest.approx(0.5), 0.0]
    assert [match.span for match in found.sentences] == list(FERRY.passage.sentences)


def test_the_heading_of_a_section_has_words_of_the_question_too() -> None:
    plain = stored(1, header("a"), "Henk sold it.")
    headed = stored(2, header("b"), "Henk sold it.", heading="Sorrel › The ferry")

    assert score_passage(Candidate(plain, 1, 1, 1), search()).coverage == pytest.approx(1 / 6)
    assert score_passage(Candidate(headed, 1, 1, 1), search()).coverage == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("phrases", "gain"),
    [
        (("sold the ferry",), 0.5),
        (("SOLD the Férry",), 0.5),
        (("Sorrel news",), 0.5),
        (("ferry the sold",), 0.0),
        (("sold the ferry", "Gull Rock"), 0.25),
    ],
)
def test_words_in_quotation_marks_count_where_they_stand_as_they_are(phrases: tuple[str, ...], gain: float) -> None:
    with_phrases = score_passage(Candidate(FERRY, 1, 1, 1), search(*phrases))
    without = score_passage(Candidate(FERRY, 1, 1, 1), search())

    assert with_phrases.signals["quoted words"] == pytest.approx(gain)
    assert with_phrases.score == pytest.approx(without.score + gain)
    assert "quoted words" not in without.signals


def test_words_in_quotation_marks_may_go_over_the_end_of_a_line() -> None:
    found = stored(1, header("a"), "Henk sold\nthe ferry.")

    assert score_passage(Candidate(found, 1, 1, 1), search("sold the ferry")).signals["quoted words"] == pytest.approx(
        0.5
    )


def test_a_question_without_words_is_scored_by_its_vector_and_rank() -> None:
    found = score_passage(Candidate(FERRY, 1, 1, None), PreparedQuery.of("?!", vector(1, 0, 0), {}))

    assert found.coverage == 0.0
    assert found.score == pytest.approx(2 * 0.6 + 0.8 + 0.3)


def test_lifting_adds_to_the_score_and_says_so() -> None:
    found = scored(FERRY, 2.0)

    up = add_signal(found, "days", 0.5)

    assert (up.score, up.signals) == (2.5, {"found": 2.0, "days": 0.5})
    assert add_signal(found, "an older one", -0.5).score == 1.5
    assert add_signal(found, "days", 0.0) is found
    assert (found.score, found.signals) == (2.0, {"found": 2.0})


def test_stems_of_a_title_are_those_of_its_content_words() -> None:
    assert title_stems("The ferries of Sorrel") == ("ferri", "sorrel")
    assert title_stems("") == ()


def at(number: int, start: int, score: float, article: str = "ferry") -> RankedPassage:
    """A passage of ten characters."""
    return scored(stored(number, header(article), "Ten chars.", start=start), score)


def gains(*passages: RankedPassage) -> list[float]:
    return [found.signals["neighbours"] for found in add_neighbour_scores(passages)]


def test_a_passage_is_given_a_share_of_the_one_before_and_of_the_one_behind() -> None:
    assert gains(at(1, 0, 2.0), at(2, 12, 1.0)) == [pytest.approx(0.3 * 1.0), pytest.approx(0.3 * 2.0)]
    # In whichever order they come.
    assert gains(at(2, 12, 1.0), at(1, 0, 2.0)) == [pytest.approx(0.3 * 2.0), pytest.approx(0.3 * 1.0)]
    lower, higher = add_neighbour_scores([at(1, 0, 2.0), at(2, 12, 1.0)])
    assert (lower.score, higher.score) == (pytest.approx(2.3), pytest.approx(1.6))


@pytest.mark.parametrize(("first", "last"), [(3.0, 1.0), (1.0, 3.0)])
def test_of_two_neighbours_the_better_one_speaks(first: float, last: float) -> None:
    assert gains(at(1, 0, first), at(2, 11, 2.0), at(3, 22, last))[1] == pytest.approx(0.3 * 3.0)


def test_a_weak_neighbour_found_speaks_against_a_passage_that_would_have_been_given_its_own_share() -> None:
    assert gains(at(1, 0, 2.0), at(2, 12, -1.0))[0] == pytest.approx(-0.3)
    assert gains(at(1, 0, 2.0)) == [pytest.approx(0.6)]


def test_neighbours_stand_in_the_same_article_and_at_most_a_gap_apart() -> None:
    own = [pytest.approx(0.6), pytest.approx(0.3)]
    assert gains(at(1, 0, 2.0), at(2, 12, 1.0, "lamp")) == own
    assert gains(at(1, 0, 2.0), at(2, 10 + GAP + 1, 1.0)) == own
    assert gains(at(1, 0, 2.0), at(2, 10 + GAP, 1.0)) == own[::-1]


def test_passages_of_two_sections_are_no_neighbours() -> None:
    text = "Sale\n\nHenk sold the ferry to Dunmore.\n\nNobody wept for the old line.\n\nCrew\n\nTwelve of them stay on."
    headings = (Heading(0, 4, 1), Heading(text.index("Crew"), text.index("Crew") + 4, 1))
    passages = chunk(Article("ferry", "", text, "ferry.md", headings=headings), 6)
    assert [passage.heading for passage in passages] == ["Sale", "Sale", "Crew"]

    vectors = PassageVectors(vector(1), vector(1)[None, :])
    first, second, third = (StoredPassage(at, passage, header("ferry"), vectors) for at, passage in enumerate(passages))

    assert gains(scored(first, 1.0), scored(second, 2.0), scored(third, 3.0)) == [
        pytest.approx(0.3 * 2.0),
        pytest.approx(0.3 * 1.0),
        pytest.approx(0.3 * 3.0),
    ]


def test_nothing_found_has_no_neighbours() -> None:
    assert add_neighbour_scores([]) == []
