"""A stratified sample of the seeds questions, asked end to end. ``rag eval seeds/questions.jsonl`` asks them all."""

from __future__ import annotations

import re
import string

import pytest

from rag.core.types import Answer, Turn

EVERY = {"answerable": 11, "two_article": 13, "follow_up": 11, "unanswerable_close": 20, "off_topic": 7}
"""One question of each type in so many is asked."""


@pytest.fixture(scope="module")
def asked(real_chatbot, seed_questions) -> list[tuple[dict, Answer]]:
    sample = []
    for kind, every in EVERY.items():
        sample += [row for row in seed_questions if row["type"] == kind][::every]
    turns = {row["id"]: [Turn(**turn) for turn in row.get("history", [])] for row in sample}
    return [(row, real_chatbot.answer(row["question"], turns[row["id"]])) for row in sample]


def test_at_least_twenty_questions_are_asked(asked) -> None:
    assert len(asked) >= 20


def test_most_answerable_questions_are_answered_with_the_gold_answer_and_article(asked) -> None:
    answerable = [(row, answer) for row, answer in asked if row["answerable"]]
    right = [row["id"] for row, answer in answerable if is_right(row, answer) and cites_gold(row, answer)]

    assert len(right) >= 0.6 * len(answerable), right


def test_off_topic_questions_are_declined_before_the_model_is_asked(asked) -> None:
    off_topic = [answer for row, answer in asked if row["type"] == "off_topic"]

    at_once = [answer for answer in off_topic if not answer.answered and answer.usage.completion_tokens == 0]

    assert len(at_once) >= 0.8 * len(off_topic)


def test_every_quote_stands_in_its_article_word_for_word(asked, real_chatbot) -> None:
    for _, answer in asked:
        for source in answer.sources:
            text = real_chatbot.library.article(source.header.id).text
            assert text[source.quote.start : source.quote.end] == source.quoted
            assert text[source.passage.start : source.passage.end] == source.passage.text
            assert source.quoted.strip()


def test_every_citation_points_to_a_source_that_is_shown(asked) -> None:
    for _, answer in asked:
        numbers = {source.number for source in answer.sources}
        for sentence in answer.sentences:
            assert set(sentence.citations) <= numbers


def is_right(row: dict, answer: Answer) -> bool:
    return any(f" {normalised(gold)} " in f" {normalised(answer.text)} " for gold in row["answers"])


def cites_gold(row: dict, answer: Answer) -> bool:
    cited = {number for sentence in answer.sentences for number in sentence.citations}
    return any(source.header.id in row["evidence_ids"] for source in answer.sources if source.number in cited)


def normalised(text: str) -> str:
    """SQuAD's: lower case, no punctuation, no articles."""
    plain = "".join(" " if c in "–—" else c for c in text.lower() if c not in string.punctuation + "“”‘’")
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", plain).split())
