"""What would be read at each budget, and whether the gold is in it: by hand, a token being a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from rag.core.types import ArticleHeader, Passage, PassageVectors, RankedPassage, SentenceMatch, Span, StoredPassage
from rag.evaluation.datasets.questions import Question
from rag.evaluation.metrics.answer_metrics import gold_words
from rag.evaluation.metrics.context_metrics import evidence_read
from rag.evaluation.metrics.definitions import BUDGETS
from rag.evaluation.metrics.outcome import EvidenceRead

QUESTION = Question("q", "When was the oven built?", ("1921",), True, ("oven",))
WORDS = " ".join(["word"] * 38)


def ranked(rank: int, article: str, *sentences: tuple[str, float], title: str = "A title") -> RankedPassage:
    """A passage of sentences with their scores, none of which repeats another; its heading has two words."""
    text, spans = "", []
    for words, _ in sentences:
        spans.append(Span(len(text), len(text) + len(words)))
        text += words + " "
    passage = Passage(article, 0, len(text) - 1, text[:-1], tuple(spans))
    header = ArticleHeader(article, title, "", "", "", None, (), "")
    vectors = PassageVectors(np.zeros(3, np.float32), np.zeros((len(spans), 3), np.float32))
    matches = tuple(SentenceMatch(span, score, 0.0) for span, (_, score) in zip(spans, sentences, strict=True))
    return RankedPassage(StoredPassage(rank, passage, header, vectors), rank, 1.0, 0.5, 0.5, rank, None, matches)


def count(text: str) -> int:
    return len(text.split())


def at(budget: int, read: Sequence[EvidenceRead], *, filled: bool = False) -> EvidenceRead:
    (found,) = [one for one in read if (one.budget, one.filled) == (budget, filled)]
    return found


def test_the_gold_comes_in_with_the_budget_that_has_room_for_it() -> None:
    first = ranked(1, "mill", (f"Mills {WORDS}.", 0.9))  # 39 words, and 2 of the heading.
    second = ranked(2, "oven", (f"Ovens {WORDS}.", 0.85), ("It was built in 1921.", 0.8))

    read = evidence_read(QUESTION, [first, second], count)

    # 41 of 50 are taken; then 41 more do not fit, and 2 + 5 do.
    assert at(50, read) == EvidenceRead(50, filled=False, tokens=48, gold=True, articles=True)
    assert at(100, read) == EvidenceRead(100, filled=False, tokens=41 + 41 + 5, gold=True, articles=True)
    assert len(read) == 2 * len(BUDGETS)


def test_stopping_early_reads_less_than_filling_the_budget() -> None:
    # 39 words and 2 of the heading are more than a third of 100; what comes after is worth much less than the best.
    passage = ranked(1, "oven", (f"Ovens {WORDS}.", 1.2), ("Henk built this one in 1921.", 0.1))

    read = evidence_read(QUESTION, [passage], count)

    assert at(100, read) == EvidenceRead(100, filled=False, tokens=41, gold=False, articles=True)
    assert at(100, read, filled=True) == EvidenceRead(100, filled=True, tokens=47, gold=True, articles=True)
    # Of 170 tokens, a third is not yet filled.
    assert at(170, read).gold


def test_gold_words_in_another_article_or_in_a_heading_are_none() -> None:
    other = ranked(1, "mill", ("The mill was built in 1921.", 0.9))
    headed = ranked(1, "oven", ("The oven stands still.", 0.9), title="Built in 1921")

    assert not any(one.gold for one in evidence_read(QUESTION, [other], count))
    assert not any(one.gold for one in evidence_read(QUESTION, [headed], count))
    # Where nobody says which article is the right one, any may be.
    assert all(one.gold for one in evidence_read(replace(QUESTION, evidence_ids=()), [other], count))


def test_every_gold_article_must_be_there() -> None:
    question = replace(QUESTION, evidence_ids=("oven", "mill"))
    oven, mill = ranked(1, "oven", ("Built in 1921.", 0.9)), ranked(2, "mill", (f"Mills {WORDS}.", 0.8))

    assert at(50, evidence_read(question, [oven, mill], count)).articles
    assert not at(50, evidence_read(question, [oven], count)).articles
    # The first takes 3 + 2 tokens; the second, with 39 + 2, fits into 50 and not into what is left of 45.
    longer = ranked(2, "mill", (f"Mills {WORDS} and {WORDS}.", 0.8))
    read = evidence_read(question, [oven, longer], count)
    assert (at(50, read).articles, at(50, read).gold, at(100, read).articles) == (False, True, True)


def test_a_gold_sentence_may_go_over_two_chosen_ones() -> None:
    question = replace(QUESTION, answers=("Yes",), gold_sentences=("It was lit; it burned.",))
    passage = ranked(1, "oven", ("It was lit;", 0.9), ("it burned.", 0.8))

    assert at(50, evidence_read(question, [passage], count)).gold


def test_an_empty_ranking_gives_no_evidence() -> None:
    assert at(50, evidence_read(QUESTION, [], count)) == EvidenceRead(50, False, 0, gold=False, articles=False)


def test_nothing_is_looked_for_where_there_is_no_answer() -> None:
    unanswerable = Question("u", "Who?", (), False)
    assert evidence_read(unanswerable, [ranked(1, "oven", ("Built in 1921.", 0.9))], count) == ()


@pytest.mark.parametrize(
    ("answers", "sentences", "expected"),
    [
        (("1921",), ("It was built in 1921.",), ("1921",)),
        (("Yes",), ("It was built in 1921.",), ("It was built in 1921.",)),
        (("no.", "Never"), (), ("Never",)),
        (("one two three four five six seven eight nine ten eleven",), ("S.",), ("S.",)),
        (("one two three four five six seven eight nine ten eleven",), (), None),
        (("Yes",), (), ()),
    ],
)
def test_what_is_looked_for(answers: tuple[str, ...], sentences: tuple[str, ...], expected: tuple | None) -> None:
    question = replace(QUESTION, answers=answers, gold_sentences=sentences)
    assert gold_words(question) == (answers if expected is None else expected)
