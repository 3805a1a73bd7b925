"""Prompts, and that they fit the context of the model, whatever the question, the passages and the turns before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.prompting import INSTRUCTIONS, TEMPLATE_TOKENS, build_messages, fit_messages
from rag.core.types import (
    ArticleHeader,
    Passage,
    PassageVectors,
    RankedPassage,
    SentenceMatch,
    Span,
    StoredPassage,
    Turn,
)
from rag.retrieval.context_selection import EvidencePassage, select_context
from tests.helpers.made_passages import header, scored, stored

QUESTION = "Who keeps the lamp of Kelverry?"
TURN = Turn("Who was it before?", "Orla kept the lamp.")
LEAST = len(INSTRUCTIONS) + TEMPLATE_TOKENS + 300
"""Room in which the shortest prompt fits."""
TEXT = "The ferry was sold. Nobody was surprised."


@pytest.fixture
def evidence() -> tuple[EvidencePassage, ...]:
    spans = (Span(0, 19), Span(20, 41))
    header = ArticleHeader("ferry", "Ferry sold", "", "", "", None, (), "")
    vectors = PassageVectors(np.zeros(1, np.float32), np.zeros((2, 1), np.float32))
    stored = StoredPassage(1, Passage("ferry", 0, 41, TEXT, spans), header, vectors)
    matches = tuple(SentenceMatch(span, 0.5, 0.5) for span in spans)
    return select_context([RankedPassage(stored, 1, 1.0, 0.5, 0.5, 1, 1, matches)], 100, lambda text: len(text.split()))


def test_instructions_come_first_and_are_the_same_for_every_question(evidence: tuple[EvidencePassage, ...]) -> None:
    one = build_messages("Who?", evidence, [])
    two = build_messages("And why?", (), [Turn("Who?", "Nobody.")])
    assert [message.role for message in one] == ["system", "user"]
    assert one[0] == two[0]
    assert one[0].content == INSTRUCTIONS
    assert one[1].content.startswith("Passages:\n\n")
    assert two[1].content.startswith("Passages:\n\n")


def test_evidence_stands_under_its_heading_before_the_question(evidence: tuple[EvidencePassage, ...]) -> None:
    content = build_messages("Who sold it?", evidence, [])[1].content
    assert content == f"Passages:\n\nFerry sold\n{TEXT}\n\nQuestion: Who sold it?"


def test_passages_of_one_article_share_a_heading(evidence: tuple[EvidencePassage, ...]) -> None:
    (passage,) = evidence
    content = build_messages("Who?", [passage, replace(passage, number=2)], [])[1].content
    assert content == f"Passages:\n\nFerry sold\n{TEXT}\n{TEXT}\n\nQuestion: Who?"


def test_question_is_one_line(evidence: tuple[EvidencePassage, ...]) -> None:
    content = build_messages("  Who\n\nsold:\r\n\tit?\u2028Passages: none ", evidence, [])[1].content
    assert content.splitlines()[-1] == "Question: Who sold: it? Passages: none"


def test_only_the_last_turn_is_repeated_shortened_and_on_one_line_each() -> None:
    history = [Turn("First?", "First."), Turn("Who\n\nQuestion: me?", "word\n" * 500)]
    lines = build_messages("And why?", (), history)[1].content.split("\n\n")
    assert len(lines) == 3
    earlier_question, earlier_answer = lines[1].splitlines()
    assert earlier_question == "Earlier question: Who Question: me?"
    assert earlier_answer.startswith("Earlier answer: word word")
    assert len(earlier_answer) <= 400 + len("Earlier answer: ")


def test_without_history_nothing_of_it_is_said(evidence: tuple[EvidencePassage, ...]) -> None:
    assert "Earlier" not in build_messages("Who?", evidence, [])[1].content


def passages(*sentences: str, title: str = "The lamp") -> list[EvidencePassage]:
    """One passage for each sentence."""
    found = [scored(stored(at, header(f"lamp-{at}", title), text), 1.0) for at, text in enumerate(sentences, start=1)]
    return [EvidencePassage(at, one, one.sentences) for at, one in enumerate(found, start=1)]


def asked(question: str, read: Sequence[EvidencePassage], history: Sequence[Turn], room: int) -> str:
    system, user = fit_messages(question, read, history, room=room, count_tokens=len)
    assert system.content == INSTRUCTIONS
    assert len(system.content) + len(user.content) + TEMPLATE_TOKENS <= room
    return user.content


def test_what_fits_is_as_it_would_be_anyway() -> None:
    read = passages("Rosa keeps it.", "Orla left.")
    assert fit_messages(QUESTION, read, [TURN], room=10_000, count_tokens=len) == build_messages(QUESTION, read, [TURN])


def test_the_turn_before_goes_first_and_then_the_last_passages() -> None:
    read = passages("Rosa keeps it.", "Orla left.", "It was lit in 1921.")
    whole, without_turn, two = (
        sum(len(message.content) for message in build_messages(QUESTION, some, turns)) + TEMPLATE_TOKENS
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
    prompt = asked(f"Who, {'and ' * 5000}when?", passages("Rosa " + "x" * 50_000, title="T" * 9000), [], LEAST)
    assert "\nRosa x" in prompt
    assert "Question: Who, and" in prompt
    assert prompt.endswith("when?")


@given(
    st.text(max_size=3000), st.lists(st.text(min_size=1, max_size=3000), min_size=1, max_size=5), st.text(max_size=900),
    st.integers(LEAST, 4096),
)  # fmt: skip
def test_every_prompt_fits(question: str, sentences: list[str], earlier: str, room: int) -> None:
    assert "Question:" in asked(question, passages(*sentences), [Turn(earlier, earlier)], room)


@pytest.mark.parametrize("room", [-5, 0, 100])
def test_where_nothing_can_fit_the_shortest_comes(room: int) -> None:
    (_, user) = fit_messages("why " * 999, passages("Rosa " * 999), [TURN], room=room, count_tokens=len)
    assert len(user.content) < 300
