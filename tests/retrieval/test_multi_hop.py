"""Articles that the best passages name come up behind them."""

from __future__ import annotations

import pytest

from rag.core.types import RankedPassage
from rag.retrieval.multi_hop import JUST_BEHIND, LIFT, boost_mentioned_articles
from tests.helpers.made_passages import header, scored, stored

QUESTION = "Who owns the paper in which the cartoon of the tall king appeared?"


def one(number: int, score: float, title: str, text: str, article: str = "") -> RankedPassage:
    return scored(stored(number, header(article or title, title), text), score)


CARTOON = one(1, 3.0, "The tall king", "The cartoon appeared in the Halden Courier in 1931.")
PAPER = one(2, 1.0, "Halden Courier", "It belongs to Ina Weld.")


def scores(*passages: RankedPassage, question: str = QUESTION) -> list[float]:
    return [found.score for found in boost_mentioned_articles(passages, question)]


def named(title: str, text: str, question: str = QUESTION) -> bool:
    """Whether an article of this title is lifted by a passage of this text."""
    before = one(1, 3.0, "Another", text), one(2, 1.0, title, "It belongs to Ina Weld.")
    return scores(*before, question=question)[1] > 1.0


def test_an_article_that_the_best_passage_names_is_lifted_and_says_so() -> None:
    naming, lifted = boost_mentioned_articles([CARTOON, PAPER], QUESTION)

    assert naming is CARTOON
    assert lifted.score == pytest.approx(1.0 + LIFT)
    assert lifted.signals == {"found": 1.0, "named by another": pytest.approx(LIFT)}


@pytest.mark.parametrize("before", [1.8, 2.5, 2.99, 3.0 - JUST_BEHIND])
def test_the_named_one_comes_up_to_just_behind_the_naming_one_and_never_ahead(before: float) -> None:
    paper = one(2, before, "Halden Courier", "It belongs to Ina Weld.")

    ahead, behind = scores(CARTOON, paper)

    assert ahead == 3.0
    assert behind == pytest.approx(3.0 - JUST_BEHIND)
    assert behind < ahead


@pytest.mark.parametrize("before", [3.0 - JUST_BEHIND / 2, 3.0, 3.5])
def test_one_that_is_as_good_already_stays_where_it_is(before: float) -> None:
    paper = one(2, before, "Halden Courier", "It belongs to Ina Weld.")
    assert scores(CARTOON, paper) == [3.0, before]


def test_every_passage_of_the_named_article_is_lifted() -> None:
    further = one(3, 0.5, "Halden Courier", "It was founded by a baker.")
    assert scores(CARTOON, PAPER, further) == [3.0, pytest.approx(2.3), pytest.approx(1.8)]


def test_the_order_in_which_passages_come_does_not_matter() -> None:
    assert scores(PAPER, CARTOON) == [pytest.approx(2.3), 3.0]


def test_names_are_read_in_the_best_passage_of_each_of_the_first_two_articles() -> None:
    first = one(1, 4.0, "A", "Nothing is named.")
    same = one(2, 3.9, "A", "Nor here, where the Halden Courier is.", "A")
    second = one(3, 3.5, "B", "He read the Halden Courier.")
    third = one(4, 3.2, "C", "She wrote for the Evening Lamp.")
    lamp = one(5, 1.0, "Evening Lamp", "It belongs to nobody.")

    assert scores(first, same, second, third, PAPER, lamp) == [4.0, 3.9, 3.5, 3.2, pytest.approx(2.3), 1.0]
    assert scores(first, same, PAPER) == [4.0, 3.9, 1.0]


def test_an_article_does_not_lift_itself() -> None:
    best = one(1, 3.0, "Halden Courier", "The Halden Courier was founded by a baker.", "courier")
    assert scores(best, one(2, 1.0, "Halden Courier", "It belongs to Ina Weld.", "courier")) == [3.0, 1.0]


def test_a_title_that_the_question_has_brings_nothing_new() -> None:
    assert scores(CARTOON, PAPER, question="Who owns the Halden Courier?") == [3.0, 1.0]
    # In another form of its words too, but not where the words stand apart.
    assert scores(CARTOON, PAPER, question="Who reads halden couriers?") == [3.0, 1.0]
    assert scores(CARTOON, PAPER, question="Which courier went to Halden?") == [3.0, pytest.approx(2.3)]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Halden Courier", "He wrote for the Halden Courier.", True),
        ("Halden Courier", "HE WROTE FOR THE HALDEN COURIER.", True),
        ("Halden Courier", "He wrote for the Courier of Halden.", False),
        ("Halden Courier", "He wrote for the New Halden Couriers.", True),
        ("Courier", "He wrote for the Courier.", True),
        ("Courier", "He sent a courier.", False),
        ("Courier (newspaper)", "He wrote for the Courier.", True),
        ("Courier (newspaper)", "He sent a courier.", False),
        ("Halden Courier (newspaper)", "He wrote for the Halden Courier.", True),
        ("1984", "He wrote for it in 1984.", False),
        ("2024–25", "He wrote for it in 2024–25.", False),
        ("(newspaper)", "He wrote for a newspaper.", False),
        ("", "He wrote for it.", False),
        ("The Lamp", "He wrote for the lamp.", True),
        ("Art", "He wrote on art for Arthur Weld.", False),
        ("Malmö", "He wrote in Malmö.", True),
        ("Ahoy!", "He wrote for Ahoy! in 1931.", True),
        ("It", "It was he who wrote it.", False),
    ],
)
def test_what_is_a_name_of_an_article(title: str, text: str, expected: bool) -> None:
    assert named(title, text) is expected


def test_nothing_found_names_nothing() -> None:
    assert boost_mentioned_articles([], QUESTION) == []
    assert boost_mentioned_articles([PAPER], QUESTION) == [PAPER]
