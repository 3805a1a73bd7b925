"""Prompts that fit the context of the model, whatever the question, the passages and the turns before."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.fitting import SPARE, fitting_messages
from rag.answering.prompting import INSTRUCTIONS, build_messages
from rag.core.types import Turn
from rag.retrieval.context_selection import EvidencePassage
from tests.helpers.made_passages import header, scored, stored

QUESTION = "Who keeps the lamp of Kelverry?"
TURN = Turn("Who was it before?", "Orla kept the lamp.")
LEAST = len(INSTRUCTIONS) + SPARE + 300
"""Room in which the shortest prompt fits."""


def evidence(*sentences: str, title: str = "The lamp") -> list[EvidencePassage]:
    """One passage for each sentence."""
    found = [scored(stored(at, header(f"lamp-{at}", title), text), 1.0) for at, text in enumerate(sentences, start=1)]
    return [EvidencePassage(at, one, one.sentences) for at, one in enumerate(found, start=1)]


def asked(question: str, read: Sequence[EvidencePassage], history: Sequence[Turn], room: int) -> str:
    system, user = fitting_messages(question, read, history, room=room, count_tokens=len)
    assert system.content == INSTRUCTIONS
    assert len(system.content) + len(user.content) + SPARE <= room
    return user.content


def test_what_fits_is_as_it_would_be_anyway() -> None:
    read = evidence("Rosa keeps it.", "Orla left.")
    assert fitting_messages(QUESTION, read, [TURN], room=10_000, count_tokens=len) == build_messages(
        QUESTION, read, [TURN]
    )


def test_the_turn_before_goes_first_and_then_the_last_passages() -> None:
    read = evidence("Rosa keeps it.", "Orla left.", "It was lit in 1921.")
    whole, without_turn, two = (
        sum(len(message.content) for message in build_messages(QUESTION, some, turns)) + SPARE
        for some, turns in ((read, [TURN]), (read, []), (read[:2], []))
    )
    assert TURN.answer in asked(QUESTION, read, [TURN], whole)
    assert TURN.answer not in asked(QUESTION, read, [TURN], whole - 1)
    assert "1921" in asked(QUESTION, read, [TURN], without_turn)
    left = asked(QUESTION, read, [TURN], two)
    assert "1921" not in left
    assert "Rosa keeps it." in left
    assert "Orla left." in left


def test_an_endless_sentence_is_begun_and_an_endless_question_keeps_both_its_ends() -> None:
    prompt = asked(f"Who, {'and ' * 5000}when?", evidence("Rosa " + "x" * 50_000, title="T" * 9000), [], LEAST)
    assert "\nRosa x" in prompt
    assert "Question: Who, and" in prompt
    assert prompt.endswith("when?")


@given(
    st.text(max_size=3000), st.lists(st.text(min_size=1, max_size=3000), min_size=1, max_size=5), st.text(max_size=900),
    st.integers(LEAST, 4096),
)  # fmt: skip
def test_every_prompt_fits(question: str, sentences: list[str], earlier: str, room: int) -> None:
    assert "Question:" in asked(question, evidence(*sentences), [Turn(earlier, earlier)], room)


@pytest.mark.parametrize("room", [-5, 0, 100])
def test_where_nothing_can_fit_the_shortest_comes(room: int) -> None:
    (_, user) = fitting_messages("why " * 999, evidence("Rosa " * 999), [TURN], room=room, count_tokens=len)
    assert len(user.content) < 300
