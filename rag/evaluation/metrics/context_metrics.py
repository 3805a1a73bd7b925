"""Measure the evidence that the answering model would read at each token budget, and whether the gold is in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache

from rag.answering.prompting import evidence_blocks
from rag.core.types import RankedPassage
from rag.evaluation.datasets.questions import Question
from rag.evaluation.metrics.answer_metrics import contains_gold, gold_words
from rag.evaluation.metrics.definitions import BUDGETS
from rag.evaluation.metrics.outcome import EvidenceRead
from rag.retrieval.context_selection import SLACK, EvidencePassage, select_context

CountTokens = Callable[[str], int]


def evidence_read(
    question: Question, ranked: Sequence[RankedPassage], count_tokens: CountTokens
) -> tuple[EvidenceRead, ...]:
    """Select evidence from the ranking at each budget, first stopping early if the search is sure, then filled.

    Returns an empty tuple for an unanswerable question.
    """
    if not question.answerable:
        return ()
    counted = cache(count_tokens)  # The budgets share most of their sentences.
    return tuple(
        _read(
            question,
            select_context(ranked, budget, counted, slack=math.inf if filled else SLACK),
            budget,
            filled,
            counted,
        )
        for filled in (False, True)
        for budget in BUDGETS
    )


def _read(
    question: Question, evidence: Sequence[EvidencePassage], budget: int, filled: bool, count_tokens: CountTokens
) -> EvidenceRead:
    gold = set(question.evidence_ids)
    texts: dict[str, list[str]] = {}
    for passage in evidence:
        texts.setdefault(passage.header.id, []).append(passage.text)
    wanted = gold_words(question)
    return EvidenceRead(
        budget=budget,
        filled=filled,
        tokens=count_tokens("\n\n".join(evidence_blocks(evidence))),
        gold=any(contains_gold(" ".join(said), wanted) for name, said in texts.items() if name in gold or not gold),
        articles=gold <= texts.keys(),
    )
