"""Right or not: SQuAD's published behaviour, and where Footnote goes beyond it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.datasets.questions import Question
from rag.evaluation.metrics.answer_metrics import (
    contains_gold,
    exact_match,
    f1,
    gold_sentence_recall,
    gold_texts,
    holds_gold,
    is_long,
    is_right,
    normalise,
)

LONG = "The cellar is cold all year round, so the loaf can rest there for two whole days."
SENTENCES = ("The cellar is cold all year.", "The loaf rests for two days.", "A baker turns it at night.")


def question(*answers: str, sentences: tuple[str, ...] = (), sets: tuple[tuple[str, ...], ...] = ()) -> Question:
    return Question("q", "?", answers, True, ("a",), gold_sentences=sentences, gold_sentence_sets=sets)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Cat, an animal; and a half.", "cat animal and half"),
        ("Theatre of Athens", "theatre of athens"),
        ("well-known   U.S.\tact", "wellknown us act"),
        ("a.an.the", "aanthe"),
        ("4,200.50 $", "420050"),
        ("1914–1918", "1914–1918"),
        ("“the” ’n", "“ ” ’n"),
        ("!?", ""),
        ("The", ""),
    ],
)
def test_normalisation_is_that_of_squads_script(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("prediction", "golds", "exact", "overlap"),
    [
        ("the Eiffel Tower!", ["Eiffel tower"], 1, 1),
        # 1 of 3 predicted words and 1 of 1 gold words: 2 · (1/3) · 1 / (1/3 + 1) = 1/2.
        ("it was Paris", ["Paris"], 0, 0.5),
        # The best of several gold answers: against "north pole" 2 · (2/3) · (2/2) / (5/3) = 0.8.
        ("cold north pole", ["pole", "the north pole", "south"], 0, 0.8),
        # Repeated words count as often as both have them: 1 in common of 2 and 3: 2 / 5.
        ("no no", ["no yes yes"], 0, 0.4),
        ("Rome", ["Paris"], 0, 0),
        # SQuAD 2.0: no gold answer is the empty one, which the empty prediction alone matches.
        ("", [], 1, 1),
        ("the", [], 1, 1),
        ("Paris", [], 0, 0),
        ("", ["Paris"], 0, 0),
        # Gold answers that normalise to nothing are left out, and where none remains it is the empty one.
        ("", ["the", "Paris"], 0, 0),
        ("", ["the", "?"], 1, 1),
    ],
)
def test_exact_match_and_f1_are_those_of_squads_script(
    prediction: str, golds: list[str], exact: float, overlap: float
) -> None:
    assert exact_match(prediction, golds) == exact
    assert f1(prediction, golds) == pytest.approx(overlap)


@given(st.text(), st.lists(st.text(), max_size=3))
def test_an_exact_match_has_an_f1_of_one(prediction: str, golds: list[str]) -> None:
    assert 0 <= exact_match(prediction, golds) <= f1(prediction, golds) <= 1


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("It was sold for 4,200,000 crowns.", "4200000 crowns"),
        ("The ferry Sorrel was sold.", "the Sorrel"),
        ("Tobias Renn’s crew", "Tobias Renn"),
        ("Renn's crew", "renn’s"),
        ("a Paris-based bank", "Paris"),
        ("a well-known, cheap café", "Well known"),
        ("by e-mail", "email"),
        ("from 1914–1918", "1914-1918"),
        ("from 1914 — she said — on", "1914"),
        ("yes—no", "yes"),
        ("“Blue” and/or «green»", "green"),
        ("€5 million", "5 million"),
        ("cafe\u0301", "caf\u00e9"),
        ("STRASSE", "Straße"),
        ("１２ ships", "12 ships"),
        ("東京で会いました", "東京"),
        ("東京2020年", "2020"),
        ("The The played", "The The"),
        ("Grade A, he said", "A"),
        ("sung by !!!", "!!!"),
    ],
)
def test_a_gold_answer_within_a_longer_one(text: str, gold: str) -> None:
    assert contains_gold(text, ["nothing of it", gold])


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("1,611 members", "611"),
        ("5.10 tallens", "5"),
        ("5.10 tallens", "10"),
        ("notable", "no"),
        ("Parisian", "Paris"),
        ("in 1918", "1914"),
        ("", "x"),
        ("band", "A"),
        ("x", ""),
    ],
)
def test_parts_of_words_and_numbers_are_no_gold_answer(text: str, gold: str) -> None:
    assert not contains_gold(text, [gold])


@given(st.text(alphabet="ab -'’.東", min_size=1), st.text(alphabet="ab .-"), st.text(alphabet="ab .-"))
def test_a_text_contains_what_is_put_into_it(gold: str, before: str, after: str) -> None:
    assert contains_gold(f"{before} {gold} {after}", [gold]) or not gold.strip()


def test_no_gold_answer_is_contained_nowhere() -> None:
    assert not contains_gold("anything", [])


def test_recall_of_gold_sentences() -> None:
    asked = question(LONG, sentences=SENTENCES)
    # Without a and the: {cellar is cold all year} 3 of 5 said; {loaf rests for two days} 2 of 5; {baker turns it at
    # night} 0 of 5. At least half: 1 of 3 sentences.
    assert gold_sentence_recall("Its cellar is cold for two hours.", asked) == pytest.approx(1 / 3)
    assert gold_sentence_recall(" ".join(SENTENCES), asked) == 1
    assert gold_sentence_recall("", asked) == 0


def test_a_word_said_once_covers_one_word_only() -> None:
    # {no no no yes}: "no yes" has 2 of 4 words, "no" has 1 of 4.
    asked = question(LONG, sentences=("No, no, no, yes.",))
    assert gold_sentence_recall("no yes", asked) == 1
    assert gold_sentence_recall("no", asked) == 0


def test_the_best_of_several_annotators_counts() -> None:
    asked = question(LONG, sentences=SENTENCES, sets=(SENTENCES[:2], SENTENCES[2:]))
    assert gold_sentence_recall("A baker turns it.", asked) == 1
    assert gold_sentence_recall("The loaf rests for two days.", asked) == 1 / 2


def test_long_answers_are_right_by_their_sentences() -> None:
    asked = question(LONG, sentences=SENTENCES)
    two_of_three = "The cellar is cold all year and the loaf rests there for two days."
    assert is_long(asked) and is_right(asked, two_of_three) and not is_right(asked, "The cellar is cold all year.")
    short = question("two days", sentences=SENTENCES)
    assert not is_long(short) and is_right(short, "For two days.") and not is_right(short, "The cellar is cold.")
    assert not is_long(question(LONG))
    ten = "one two three four five six seven eight nine ten"
    assert not is_long(question(ten, sentences=SENTENCES)) and is_long(question(f"{ten} eleven", sentences=SENTENCES))


@pytest.mark.parametrize(
    ("asked", "article", "text", "gold"),
    [
        (question("Renn"), "a", "It was Renn.", True),
        (question("Renn"), "b", "It was Renn.", False),
        (question("Renn"), "a", "It was Moor.", False),
        (question("Renn", sentences=("A baker turns it.",)), "a", "… a baker\nturns it …", True),
        # Yes and no stand everywhere and prove nothing; without other gold words the article decides.
        (question("no", sentences=("A baker turns it.",)), "a", "There is no baker.", False),
        (question("No."), "a", "There is a baker.", True),
        (question(), "a", "Anything.", True),
        (question(), "b", "Anything.", False),
    ],
)
def test_gold_passages(asked: Question, article: str, text: str, gold: bool) -> None:
    assert holds_gold(asked, article, text) is gold


def test_gold_texts() -> None:
    assert gold_texts(question("Yes", "Renn", sentences=("S.",))) == ("S.", "Renn")
