from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.verification.claims import join, read, read_claim


def keys(text: str) -> list[str]:
    return read(text).keys


def kinds(text: str) -> dict[str, str]:
    return {term.key: term.kind for term in read(text).terms}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It cost 4.2 million crowns.", "It cost 4,200,000 crowns."),
        ("It cost $4.2 million.", "It cost 4,200,000 dollars."),
        ("The crew of twelve stays.", "The crew of 12 stays."),
        ("He owns thirty-one boats.", "He owns 31 boats."),
        ("He owns two hundred and thirty boats.", "He owns 230 boats."),
        ("It rose by 43 per cent.", "It rose by 43%."),
        ("It rose by 43 percent.", "It rose by 43 %."),
        ("It is 12 km long.", "It is twelve kilometres long."),
        ("It sank on May 17th, 2024.", "It sank on 17 May 2024."),
        ("It sank on 2024-05-17.", "It sank on 17 May 2024."),
        ("It sank in Sept 2024.", "It sank in September 2024."),
        ("The U.S. team left.", "The US team left."),
        ("Ilves took the lens.", "The lens was taken by Ilves."),
        ("He came third.", "He came 3rd."),
    ],
)
def test_the_same_said_in_another_form_has_the_same_terms(one: str, other: str) -> None:
    assert sorted(keys(one)) == sorted(keys(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It cost 4.2 million crowns.", "It cost 4.2 billion crowns."),
        ("It sank on 17 May 2024.", "It sank on 18 May 2024."),
        ("It is 12 km long.", "It is 12 miles long."),
        ("He came third.", "He owns 3."),
        ("It was built in the 1990s.", "It was built in 1990."),
    ],
)
def test_what_differs_in_a_figure_or_unit_has_other_terms(one: str, other: str) -> None:
    assert set(keys(one)) != set(keys(other))


def test_names_are_words_with_a_capital_within_a_sentence_or_before_another_capital() -> None:
    found = kinds("Workers met Rosa Ilves. Anders Pohl of the WHO carried the lens.")
    assert {key for key, kind in found.items() if kind == "name"} == {"rosa", "ilv", "ander", "pohl", "who"}
    assert kinds("Beyoncé sang.")["beyonc"] == "name"


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("The firm did not pay.", "pai"),
        ("The firm didn’t pay.", "pai"),
        ("The firm never paid.", "pai"),
        ("They left without pay.", "pai"),
        ("The firm refused to pay.", "refus"),
        ("The firm failed to pay.", "fail"),
    ],
)
def test_a_negation_stands_before_what_it_negates(text: str, negated: str) -> None:
    statement = read(text)
    assert [statement.terms[at].key for at in statement.negations] == [negated]


@pytest.mark.parametrize("text", ["The firm paid.", "Not only the firm paid."])
def test_what_negates_nothing_is_no_negation(text: str) -> None:
    assert read(text).negations == ()


def test_a_passive_is_turned_round() -> None:
    turned = read("In 2010, Rosa was beaten by Anders Pohl in the final.").turned
    assert turned is not None
    assert turned.verb == "beat"
    assert [term.key for term in turned.terms] == ["#2010", "ander", "pohl", "beat", "rosa", "final"]
    assert read("It lies by the river.").turned is None
    assert read("Prices rose by 8 per cent.").turned is None


def test_news_are_the_terms_that_the_question_did_not_have() -> None:
    claim = read_claim("Rosa Ilves keeps her post.", "Who keeps her post?")
    assert [term.key for term in claim.terms if term.news] == ["rosa", "ilv"]


@pytest.mark.parametrize("answer", ["Yes.", "Yes", "No.", "Rosa Ilves", "Rosa Ilves.", "12"])
def test_a_bare_answer_says_what_the_question_says(answer: str) -> None:
    claim = read_claim(answer, "Who keeps her post?")
    assert claim.bare
    assert {"keep", "post"} <= set(claim.keys)


def test_a_sentence_says_only_what_it_says() -> None:
    claim = read_claim("Captain Rosa Ilves keeps her post.", "Does the crew stay?")
    assert not claim.bare
    assert "crew" not in claim.keys


def test_joined_statements_have_all_terms_and_negations() -> None:
    both = join([read("The firm paid."), read("The bank did not pay.")])
    assert both.keys == ["firm", "pai", "bank", "pai"]
    assert both.negations == (3,)
    assert len({term.phrase for term in both.terms}) == 2


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_can_be_read(text: str, question: str) -> None:
    claim = read_claim(text, question)
    assert all(0 <= at <= len(claim.terms) for at in claim.negations)
    assert all(term.key for term in claim.terms)


PIECES = "1,2 4.2 million hundred and twelve 17th May 2024 $ % U.S. was taken by n't not . , ( Ilves 1.2,3.4 ½ ²"


@given(st.lists(st.sampled_from(PIECES.split()), max_size=12).map(" ".join))
def test_figures_of_any_shape_can_be_read(text: str) -> None:
    assert len(read(text).terms) <= 3 * len(text.split())
