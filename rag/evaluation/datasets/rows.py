"""Read rows of a file, and validate them as questions; every error names the line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from rag.core.errors import ArticleError, DatasetError
from rag.core.types import Turn
from rag.evaluation.datasets.questions import Question, gold_sentences_of
from rag.ingest.readers.metadata import clean_text, one_line, parse_date

Row = Mapping[str, Any]


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
        return gold_sentences_of([texts for texts in (_texts(one, what) for one in value) if texts])
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
