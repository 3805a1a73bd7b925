"""Sentences become questions that a person would ask, or none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.question_generation.entities import Surroundings
from rag.text.question_generation.questions import questions_from

TEXT = """
The Weir Bridge has lost two arches. Engineers closed the bridge. Orla Dunmore kept the lamp. She never slept.
"It was time," Dunmore said. The town asked Ilse Brandreth, the mayor of Averell, for an answer.
The guild met in Pellinford.
"""


def asked(sentence: str, text: str = TEXT) -> list[str]:
    return [question.text for question in questions_from(sentence, Surroundings(f"{text}\n{sentence}"))]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Pellinford has five sirens.", "How many sirens does Pellinford have?"),
        ("The rowing club of Averell has nine boats.", "How many boats does the rowing club of Averell have?"),
        ("The Averell Guild launched nine boats from its yard.", "How many boats did the Averell Guild launch?"),
        ("Some 214,000 people visited the Corvane Museum.", "How many people visited the Corvane Museum?"),
        ("The bridge has cost 11.4 million selms.", "How much has the Weir Bridge cost?"),
        ("The bridge is 212 metres long and has no railing.", "How long is the Weir Bridge?"),
        ("Kelm of Averell was fined 9,000 selms.", "How much was Kelm of Averell fined?"),
        ("The Harbour Guild waited because the Ambel was in flood.", "Why did the Harbour Guild wait?"),
        ("The Tannery Gauge was opened in March 1968 by a crowd.", "When was the Tannery Gauge opened?"),
        ("In 2019 the Averell Guild sold its hall.", None),
        ("On 26 April 2023, Averell Hall closed its gate to the Guild.", None),
        ("In April 2023, Averell Hall joined the Guild.", "When did Averell Hall join the Guild?"),
        ("The Kessary Stone was found in Averell.", "Where was the Kessary Stone found?"),
        ("The Kessary Stone was stolen from its case.", "What happened to the Kessary Stone?"),
        ("Dunmore climbed the tower of Saint Osk twice.", "Who climbed the tower of Saint Osk twice?"),
        ("Dunmore, who leads the lynx project in Korrow, agreed.", "Who leads the lynx project in Korrow?"),
        ('"No," said Ilse Brandreth, the mayor of Averell, on Monday.', "Who is the mayor of Averell?"),
        ("The Averell Line was closed by Dunmore.", "Who closed the Averell Line?"),
        ("The Ambel Barrier is a wall of steel in the river.", "What is the Ambel Barrier?"),
    ],
)  # fmt: skip
def test_a_sentence_makes_the_question_that_it_answers(sentence: str, question: str | None) -> None:
    assert (question in asked(sentence)) if question else asked(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "It has five sirens.",
        "They opened the Weir Bridge in March 1968.",
        "That was built in 1968 by the town of Averell.",
        "He said that this one was closed in 2019.",
        "The letter that the guild sent reached the town of Averell in 2019.",
        "The dogs chased through Averell were found in 2019.",
        "The river entered 612 homes.",
        "When the lamp went out, Averell slept.",
        "Is the bridge at Averell open?",
        "Closed in 2019.",
        "Averell",
        "",
        "The town of Averell — closed in 2019 — slept.",
    ],
)
def test_what_leans_on_its_surroundings_or_is_involved_makes_none(sentence: str) -> None:
    assert asked(sentence) == []


def test_nobody_is_asked_for_by_who_without_a_sign_that_they_are_a_person() -> None:
    assert asked("Kestrel Maid left the port of Averell twice.", "") == []
    assert asked("Kestrel Maid left the port of Averell twice.", '"So be it," Maid said.') == [
        "Who left the port of Averell twice?"
    ]


@given(st.text(max_size=200) | st.lists(st.sampled_from([*TEXT.split(), ",", "who", "was", "12"])).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    for question in questions_from(f"{text}.", Surroundings(text)):
        assert question.text.endswith("?")
        assert "\n" not in question.text


@pytest.mark.parametrize("text", ["A" * 60_000, "A'" * 30_000, "Aa, the " * 8_000, "Aa bb. " * 9_000, "(" * 60_000])
def test_endless_text_takes_no_time(text: str) -> None:
    begun = time.monotonic()
    around = Surroundings(text)
    questions_from(text, around)
    assert len(around.people) + len(around.called) + len(around.capital) < 10
    assert time.monotonic() - begun < 2
