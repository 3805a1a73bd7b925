from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rag.answering.prompting import INSTRUCTIONS, build_messages
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
from rag.retrieval.context_selection import EvidencePassage, choose

TEXT = "The ferry was sold. Nobody was surprised."


@pytest.fixture
def evidence() -> tuple[EvidencePassage, ...]:
    spans = (Span(0, 19), Span(20, 41))
    header = ArticleHeader("ferry", "Ferry sold", "", "", "", None, (), "")
    vectors = PassageVectors(np.zeros(1, np.float32), np.zeros((2, 1), np.float32))
    stored = StoredPassage(1, Passage("ferry", 0, 41, TEXT, spans), header, vectors)
    matches = tuple(SentenceMatch(span, 0.5, 0.5) for span in spans)
    return choose([RankedPassage(stored, 1, 1.0, 0.5, 0.5, 1, 1, matches)], 100, lambda text: len(text.split()))


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
