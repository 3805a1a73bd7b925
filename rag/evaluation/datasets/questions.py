"""Questions with their gold answers: reading and validating rows, and selecting among the questions.

Every error names the line of its row.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from rag.core.errors import ArticleError, DatasetError
from rag.core.types import Turn
from rag.ingest.readers.metadata import clean_text, one_line, parse_date

Row = Mapping[str, Any]

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


def read_utf8(path: Path) -> str:
    """Read a file without its byte order mark. Raises DatasetError with the line that is not UTF-8."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DatasetError(f"{path}, line {line}: the text is not UTF-8. Save the file as UTF-8.") from None


def read_objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line from 1, object) of a JSONL file; empty lines are skipped."""
    for line, text in enumerate(read_utf8(path).split("\n"), start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            problem = str(error).partition(": line ")[0]
            raise DatasetError(f"{path}, line {line}: this is not JSON ({problem}). Correct that line.") from None
        if not isinstance(row, dict):
            raise DatasetError(f"{path}, line {line}: this is no JSON object. Write the row as {{…}}.")
        yield line, row


def question_of(row: Row, line: int, path: Path) -> Question:
    """Validate a row in the JSONL form of ``load_questions``. Raises DatasetError if it is wrong."""
    where = f"{path}, line {line}"
    words = text_of(row, "question")
    if not words:
        raise DatasetError(f"{where}: the row has no 'question'. Write one, or delete the row.")
    answers = _texts(row.get("answers"), f"{where}: 'answers'")
    evidence = tuple(map(one_line, _texts(row.get("evidence_ids"), f"{where}: 'evidence_ids'")))
    answerable = row.get("answerable")
    if answerable is None:
        answerable = bool(answers or evidence)
    if not isinstance(answerable, bool):
        raise DatasetError(f"{where}: 'answerable' is {answerable!r}. Write true or false, or leave it out.")
    sentences, sets = _gold_sentences(row, where)
    return Question(
        id=one_line(row.get("id")) or str(line),
        question=words,
        answers=answers,
        answerable=answerable,
        evidence_ids=evidence,
        type=one_line(row.get("type")) or type_of(answerable),
        gold_sentences=sentences,
        history=_history(row.get("history"), where),
        as_of=_day(row.get("as_of"), where),
        line=line,
        gold_sentence_sets=sets,
    )


def text_of(row: Row, name: str) -> str:
    """Return the cleaned text of a field; empty if it is missing or not a string."""
    value = row.get(name)
    return clean_text(value) if isinstance(value, str) else ""


def type_of(answerable: bool) -> str:
    """Return the type of a question whose data set names none."""
    return "answerable" if answerable else "unanswerable"


def each_once(questions: Iterable[Question], path: Path, unit: str) -> Iterator[Question]:
    """Yield the questions. Raises DatasetError if two have the same id; ``unit`` is what ``line`` counts."""
    lines: dict[str, int] = {}
    for question in questions:
        if question.id in lines:
            raise DatasetError(
                f"{path}, {unit} {question.line}: the id '{question.id}' is that of {unit} {lines[question.id]} "
                "already. Give every question an id of its own."
            )
        lines[question.id] = question.line
        yield question


def _texts(value: object, what: str) -> tuple[str, ...]:
    """Return the texts of a list, or a single text, without duplicates and empty ones."""
    if value is None:
        return ()
    values = value if isinstance(value, list) else [value]
    for one in values:
        if isinstance(one, bool) or not isinstance(one, str | int | float):
            raise DatasetError(f"{what} holds {_short(one)}, which is no text. Write a list of texts.")
    return tuple(dict.fromkeys(text for text in (clean_text(str(one)) for one in values) if text))


def _gold_sentences(row: Row, where: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the sentences of ``gold_sentences``, else the facts of ``evidence_facts`` (``[{article_id, fact}]``)."""
    value = row.get("gold_sentences")
    if value is None:
        facts = row.get("evidence_facts") or []
        if not isinstance(facts, list) or not all(isinstance(fact, dict) for fact in facts):
            raise DatasetError(f"{where}: 'evidence_facts' is no list of objects. Write [{{\"fact\": …}}].")
        return _texts([fact.get("fact", "") for fact in facts], f"{where}: 'evidence_facts'"), ()
    what = f"{where}: 'gold_sentences'"
    if isinstance(value, list) and any(isinstance(one, list) for one in value):
        sets = tuple(texts for one in value if (texts := _texts(one, what)))  # One set for each annotator.
        return tuple(dict.fromkeys(chain.from_iterable(sets))), sets
    return _texts(value, what), ()


def _history(value: object, where: str) -> tuple[Turn, ...]:
    if value is None:
        return ()
    turns: list[Any] = value if isinstance(value, list) else [value]
    if not all(
        isinstance(turn, dict) and isinstance(turn.get("question"), str) and isinstance(turn.get("answer"), str)
        for turn in turns
    ):
        raise DatasetError(
            f"{where}: 'history' is not understood. Write the earlier turns, the oldest first, as "
            '[{"question": "…", "answer": "…"}].'
        )
    return tuple(Turn(clean_text(turn["question"]), clean_text(turn["answer"])) for turn in turns)


def _day(value: object, where: str) -> date | None:
    try:
        return parse_date(value)
    except ArticleError:
        raise DatasetError(f"{where}: 'as_of' is {_short(value)}. Write a day as YYYY-MM-DD.") from None


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


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
