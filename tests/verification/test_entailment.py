from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rag.verification.claims import read, read_claim
from rag.verification.entailment import SHIPPED, SIGNALS, Quote, SupportModel, shipped_model, signals

FERRY = "The car ferry Sorrel was sold by Tobias Henk to the Dunmore cooperative for 4.2 million crowns on 17 May 2024."
TUG = "In March, after the storm, the tug Mariner rescued the trawler Osprey 12 kilometres off Gull Rock."
PRICE = "Diesel prices rose by 8 per cent before the election, and the ministry did not cap them."
RACE = "Anders Pohl beat Rosa Ilves in the final of the Harrow regatta on Thursday."


def quote(text: str, *, beside: str = "", passage: str = "", cosine: float | None = None) -> Quote:
    statement = read(text)
    own, near = frozenset(statement.keys), frozenset(read(beside).keys)
    return Quote((statement,), own, near, frozenset(), own | near | frozenset(read(passage).keys), cosine)


def support(sentence: str, text: str, question: str = "", **around: str) -> float:
    return shipped_model().probability(read_claim(sentence, question), quote(text, **around))


HOLD = [
    (FERRY, "Tobias Henk sold the car ferry Sorrel to the Dunmore cooperative for 4,200,000 crowns."),
    (FERRY, "The Sorrel was sold on May 17, 2024."),
    (FERRY, "On 17 May 2024, the car ferry Sorrel was sold for 4.2 million crowns."),
    (TUG, "The tug Mariner rescued the trawler Osprey."),
    (TUG, "The trawler Osprey was rescued by the tug Mariner in March."),
    (TUG, "The tug Mariner rescued the trawler Osprey twelve km off Gull Rock."),
    (PRICE, "Diesel prices rose by 8% before the election."),
    (PRICE, "The ministry didn't cap diesel prices."),
    (RACE, "Rosa Ilves was beaten by Anders Pohl in the final."),
    (RACE, "On Thursday Anders Pohl beat Rosa Ilves in the final of the Harrow regatta."),
]
FAIL = [
    ("number", FERRY, "The car ferry Sorrel was sold to the Dunmore cooperative for 4.3 million crowns."),
    ("number", PRICE, "Diesel prices rose by 18 per cent before the election."),
    ("name", FERRY, "The car ferry Sorrel was sold by Anders Pohl to the Dunmore cooperative."),
    ("name", RACE, "Anders Pohl beat Greta Hollander in the final of the Harrow regatta."),
    ("date", FERRY, "The car ferry Sorrel was sold to the Dunmore cooperative on 17 June 2024."),
    ("date", RACE, "Anders Pohl beat Rosa Ilves in the final of the Harrow regatta on Monday."),
    ("unit", FERRY, "The car ferry Sorrel was sold to the Dunmore cooperative for 4.2 million dollars."),
    ("unit", TUG, "The tug Mariner rescued the trawler Osprey 12 miles off Gull Rock."),
    ("negation", FERRY, "The car ferry Sorrel was not sold to the Dunmore cooperative for 4.2 million crowns."),
    ("negation", PRICE, "The ministry did cap diesel prices."),
    ("negation", TUG, "The tug Mariner never rescued the trawler Osprey."),
    ("role", RACE, "Rosa Ilves beat Anders Pohl in the final of the Harrow regatta."),
    ("role", RACE, "Anders Pohl was beaten by Rosa Ilves in the final of the Harrow regatta."),
    ("role", TUG, "The trawler Osprey rescued the tug Mariner."),
    ("contrary", PRICE, "Diesel prices fell by 8 per cent before the election."),
    ("contrary", PRICE, "Diesel prices rose by 8 per cent after the election."),
]


@pytest.mark.parametrize(("text", "sentence"), HOLD)
def test_what_the_quote_says_in_other_words_is_supported(text: str, sentence: str) -> None:
    assert support(sentence, text) >= 0.5


@pytest.mark.parametrize(("kind", "text", "sentence"), FAIL)
def test_what_the_quote_does_not_say_is_not_supported(kind: str, text: str, sentence: str) -> None:
    assert support(sentence, text) < 0.5


@pytest.mark.parametrize("text", [FERRY, TUG, PRICE, RACE])
def test_a_sentence_supports_itself(text: str) -> None:
    assert support(text, text) > 0.9


def test_a_title_says_who_she_is() -> None:
    said = "She was born in Harrow in 1971."
    named = support("Rosa Ilves was born in Harrow in 1971.", said, beside="Rosa Ilves")
    assert named >= 0.5
    assert named > support("Rosa Ilves was born in Harrow in 1971.", said)


def test_a_false_premise_that_the_sentence_repeats_is_no_support() -> None:
    question = "When was the ferry Sorrel sold to the Pellinford council?"
    assert support("The ferry Sorrel was sold to the Pellinford council on 17 May 2024.", FERRY, question) < 0.5


def test_a_bare_answer_needs_what_was_asked_as_well() -> None:
    assert support("Tobias Henk.", FERRY, "Who sold the car ferry Sorrel?") >= 0.5
    assert support("Tobias Henk.", FERRY, "Who painted the church in Pellinford?") < 0.5
    assert support("Rosa Ilves.", FERRY, "Who sold the car ferry Sorrel?") < 0.5


def test_the_day_of_an_article_is_a_day_that_it_says() -> None:
    day = date(2024, 5, 23)
    found = support("Anders Pohl beat Rosa Ilves on 23 May 2024.", RACE, beside=f"{day.day} {day:%B %Y}")
    assert found > support("Anders Pohl beat Rosa Ilves on 24 May 2024.", RACE, beside=f"{day.day} {day:%B %Y}")


def test_a_nearer_vector_never_makes_support_less() -> None:
    claim = read_claim("The ferry changed hands in spring.", "")
    chances = [shipped_model().probability(claim, quote(FERRY, cosine=at / 10)) for at in range(-10, 11)]
    assert chances == sorted(chances)


def test_no_signal_makes_support_more_the_less_the_quote_says() -> None:
    model = shipped_model()
    for fit in (model.with_vector, model.without_vector):
        assert max(fit.weights[name] for name in SIGNALS) <= 0


WORDS = "ferry Sorrel sold 4.2 million Rosa not never by was 2027 17 May km % $ the Ilves before in , . rise".split()


@given(
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(max_size=40),
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(max_size=40),
    st.sampled_from(["", "Who sold the Sorrel?", "not"]),
    st.none() | st.floats(-1, 1),
)
def test_support_is_a_probability_whatever_is_said(
    sentence: str, text: str, question: str, cosine: float | None
) -> None:
    claim = read_claim(sentence, question)
    found = signals(claim, quote(text, cosine=cosine))
    assert all(0 <= found[name] <= 1 for name in SIGNALS)
    assert 0 <= shipped_model().probability(claim, quote(text, cosine=cosine)) <= 1


def test_a_file_without_all_signals_is_refused() -> None:
    content = json.loads(SHIPPED.read_text(encoding="utf-8"))
    del content["with_vector"]["weights"]["negated"]
    with pytest.raises(ValidationError, match="the weights must be those of"):
        SupportModel.model_validate(content)
