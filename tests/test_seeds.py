"""The articles that come with Footnote, and the questions about them, are what the evaluation takes them for."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path

import pytest

from rag.core.types import Article
from rag.ingest import readers

SEEDS = Path(__file__).parents[1] / "seeds"
TYPES = {"answerable", "two_article", "follow_up", "unanswerable_close", "off_topic"}
UNANSWERABLE = {"unanswerable_close", "off_topic"}


def one_spaced(text: str) -> str:
    return " ".join(text.split())


def squad(text: str) -> str:
    """Text as SQuAD's evaluation compares it: lower case, no punctuation, no English articles."""
    bare = "".join(letter for letter in text.lower() if letter not in string.punctuation)
    return one_spaced(re.sub(r"\b(a|an|the)\b", " ", bare))


@pytest.fixture(scope="module")
def seeds() -> dict[str, Article]:
    found = [found for file, suggested in readers.find_files([SEEDS]) for found in readers.load(file, suggested)]
    assert [unreadable for unreadable in found if isinstance(unreadable, readers.Unreadable)] == []
    return {article.id: article for article in found if isinstance(article, Article)}


@pytest.fixture(scope="module")
def questions() -> list[dict]:
    lines = (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_there_are_thirty_articles_or_more(seeds: dict[str, Article]) -> None:
    assert len(seeds) >= 30
    assert len({article.title for article in seeds.values()}) == len(seeds)


def test_every_article_names_its_title_day_author_and_source(seeds: dict[str, Article]) -> None:
    wanting = {
        article.id
        for article in seeds.values()
        if not (article.date and article.author and article.source)
        or not (SEEDS / f"{article.id}.md").read_text(encoding="utf-8").startswith("---\ntitle: ")
    }
    assert wanting == set()


def test_every_article_has_350_to_1000_words(seeds: dict[str, Article]) -> None:
    lengths = {article.id: len(article.text.split()) for article in seeds.values()}
    assert {name: length for name, length in lengths.items() if not 350 <= length <= 1000} == {}


def test_there_are_150_questions_or_more_of_every_type(questions: list[dict]) -> None:
    assert len(questions) >= 150
    assert {row["type"] for row in questions} == TYPES


def test_questions_have_ids_and_words_of_their_own(questions: list[dict]) -> None:
    assert len({row["id"] for row in questions}) == len(questions)
    asked = {(one_spaced(row["question"]).lower(), json.dumps(row.get("history"))) for row in questions}
    assert len(asked) == len(questions)
    assert all(row["question"].strip() for row in questions)


def test_evidence_exists_and_gold_sentences_stand_in_it(seeds: dict[str, Article], questions: list[dict]) -> None:
    unknown = {(row["id"], name) for row in questions for name in row["evidence_ids"] if name not in seeds}
    assert unknown == set()
    missing = [
        (row["id"], sentence)
        for row in questions
        for sentence in row["gold_sentences"]
        if not any(one_spaced(sentence) in one_spaced(seeds[name].text) for name in row["evidence_ids"])
    ]
    assert missing == []


def test_every_answerable_question_has_an_answer_in_its_gold_sentences(questions: list[dict]) -> None:
    wanting = []
    for row in questions:
        gold, answers = squad(" ".join(row["gold_sentences"])), [squad(answer) for answer in row["answers"]]
        if row["type"] not in UNANSWERABLE and not any(answer and answer in gold for answer in answers):
            wanting.append(row["id"])
    assert wanting == []


def test_every_article_of_a_question_about_two_gives_a_gold_sentence(
    seeds: dict[str, Article], questions: list[dict]
) -> None:
    wanting = [
        (row["id"], name)
        for row in questions
        if row["type"] == "two_article"
        for name in row["evidence_ids"]
        if not any(one_spaced(sentence) in one_spaced(seeds[name].text) for sentence in row["gold_sentences"])
    ]
    assert wanting == []
    assert {len(set(row["evidence_ids"])) for row in questions if row["type"] == "two_article"} == {2}


def test_unanswerable_questions_have_neither_answers_nor_gold_sentences(questions: list[dict]) -> None:
    for row in questions:
        assert row["answerable"] is (row["type"] not in UNANSWERABLE), row["id"]
        if not row["answerable"]:
            assert (row["answers"], row["gold_sentences"]) == ([], []), row["id"]


def test_follow_ups_and_only_they_have_a_history(questions: list[dict]) -> None:
    for row in questions:
        turns = row.get("history", [])
        assert bool(turns) is (row["type"] == "follow_up"), row["id"]
        assert all(turn["question"].strip() and turn["answer"].strip() for turn in turns), row["id"]
