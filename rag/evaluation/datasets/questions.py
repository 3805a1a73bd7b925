"""Questions with their gold answers, and selecting among them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rag.core.errors import DatasetError
from rag.core.types import Turn

NAMED_PROBLEMS = 5
"""Most rows that an error names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a data set.

    Attributes:
        answers: accepted gold answers; any one is right.
        evidence_ids: the gold articles, all of which are needed.
        as_of: the day on which the question is asked.
        line: where the row begins in its file, from 1; in SQuAD's JSON, the number of the question.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    answerable: bool
    evidence_ids: tuple[str, ...] = ()
    type: str = "answerable"
    gold_sentences: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    as_of: date | None = None
    line: int = 0
    gold_sentence_sets: tuple[tuple[str, ...], ...] = ()
    """The gold sentences of each annotator, if there are several; ``gold_sentences`` are those of all."""


def gold_sentences_of(value: Sequence[Any]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return (all gold sentences once, the set of each annotator) of a list of sentences or of such lists."""
    sets = tuple(tuple(sentences) for sentences in value if not isinstance(sentences, str))
    flat = [sentence for sentence in value if isinstance(sentence, str)]
    return tuple(dict.fromkeys([*flat, *(sentence for sentences in sets for sentence in sentences)])), sets


def check_gold(questions: Sequence[Question], known_article_ids: Collection[str], path: Path | None = None) -> None:
    """Raise DatasetError if questions name unknown gold articles; the message names ``path``, their file."""
    known = frozenset(known_article_ids)
    missing = [(question, [name for name in question.evidence_ids if name not in known]) for question in questions]
    problems = [f"line {question.line} ('{names[0]}')" for question, names in missing if names]
    if not problems:
        return
    named = ", ".join(problems[:NAMED_PROBLEMS])
    rest = len(problems) - NAMED_PROBLEMS
    more = f" and {rest:,} more" if rest > 0 else ""
    where = f"{path}: " if path else ""
    raise DatasetError(
        f"{where}{len(problems):,} of {len(questions):,} questions name gold articles (evidence_ids) that are not "
        f"among the {len(known):,} articles: {named}{more}. Correct those ids, or give the articles that belong to the "
        "questions."
    )


def of_types(questions: Sequence[Question], types: Collection[str]) -> list[Question]:
    """Return the questions of the types, in their order. Raises DatasetError for a type that no question has."""
    there = Counter(question.type for question in questions)
    unknown = sorted(set(types) - set(there))
    if unknown:
        names = ", ".join(f"{name} ({count:,})" for name, count in sorted(there.items()))
        raise DatasetError(f"No question is of the type '{unknown[0]}'. The types are: {names}.")
    return [question for question in questions if question.type in types]


def limit(questions: Sequence[Question], count: int) -> list[Question]:
    """Return at most the first ``count`` questions. Raises DatasetError if that leaves none."""
    _check_count(count)
    return list(questions[:count])


def sample(questions: Sequence[Question], count: int, seed: int) -> list[Question]:
    """Draw ``count`` questions at random, in proportion to the types, at least one of each if ``count`` allows.

    The same seed draws the same questions, whatever their order; the result keeps their order.

    Raises:
        DatasetError: if ``count`` is below 1.
    """
    _check_count(count)
    by_type: dict[str, list[str]] = {}
    for question in questions:
        by_type.setdefault(question.type, []).append(question.id)
    shares = _shares({name: len(ids) for name, ids in by_type.items()}, min(count, len(questions)))
    drawn: set[str] = set()
    for name, ids in by_type.items():
        shuffled = sorted(ids)
        random.Random(f"{seed} {name}").shuffle(shuffled)
        drawn.update(shuffled[: shares[name]])
    return [question for question in questions if question.id in drawn]


def _shares(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """Return how many to draw of each type, by largest remainders, after one of each if ``count`` allows."""
    sure = 1 if count >= len(sizes) else 0
    left, pool = count - sure * len(sizes), sum(sizes.values()) - sure * len(sizes)
    if pool == 0:
        return dict.fromkeys(sizes, sure)
    shares = {name: sure + left * (size - sure) // pool for name, size in sizes.items()}
    remainders = {name: left * (size - sure) % pool for name, size in sizes.items()}
    for name in sorted(sizes, key=lambda name: (-remainders[name], name))[: count - sum(shares.values())]:
        shares[name] += 1
    return shares


def _check_count(count: int) -> None:
    if count < 1:
        raise DatasetError(f"{count} questions cannot be asked. Give a number from 1.")
