"""Read SQuAD's JSON, versions 1.1 and 2.0 (Rajpurkar et al. 2016, 2018)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from rag.core.errors import DatasetError
from rag.core.types import Article
from rag.evaluation.datasets.questions import Question, read_utf8, text_of, type_of
from rag.ingest.readers.metadata import clean_text, one_line

FORM = '{"data": [{"title": …, "paragraphs": [{"context": …, "qas": [{"id": …, "question": …, "answers": …}]}]}]}'


def questions(path: Path) -> Iterator[Question]:
    """Read the questions in the file's order. Errors number the questions, since the file has few lines."""
    number = 0
    for article_id, entry in _entries(path):
        for paragraph in _list(entry, "paragraphs", path, f"article '{article_id}'"):
            for qa in _list(paragraph, "qas", path, f"article '{article_id}'"):
                number += 1
                yield _question(qa, article_id, number, path)


def articles(path: Path) -> Iterator[Article]:
    """Read one article for each title: its paragraphs, separated by blank lines."""
    seen: set[str] = set()
    for article_id, entry in _entries(path):
        if article_id in seen:
            raise DatasetError(f"{path}: two articles have the title '{article_id}'. Join them, or rename one.")
        seen.add(article_id)
        where = f"article '{article_id}'"
        contexts = [paragraph.get("context") for paragraph in _list(entry, "paragraphs", path, where)]
        text = "\n\n".join(clean_text(context) for context in contexts if isinstance(context, str))
        if not text.strip():
            raise DatasetError(f"{path}: {where} has no text. Give its paragraphs a 'context', or delete it.")
        yield Article(article_id, article_id.replace("_", " "), text, origin=f"{path.resolve()}#{article_id}")


def _question(qa: dict[str, Any], article_id: str, number: int, path: Path) -> Question:
    words = text_of(qa, "question")
    if not words:
        raise DatasetError(f"{path}, question {number}: it has no 'question'. Write one, or delete it.")
    given = _list(qa, "answers", path, f"question {number}")
    answers = tuple(
        dict.fromkeys(text for text in (clean_text(str(answer.get("text", ""))) for answer in given) if text)
    )
    answerable = not qa.get("is_impossible", False)
    if answerable and not answers:
        raise DatasetError(
            f"{path}, question {number}: it has no 'answers' and is not marked 'is_impossible'. Correct one of the two."
        )
    return Question(
        id=one_line(qa.get("id")) or str(number),
        question=words,
        answers=answers if answerable else (),
        answerable=answerable,
        evidence_ids=(article_id,) if answerable else (),
        type=type_of(answerable),
        line=number,
    )


def _entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (id, entry) of each article."""
    try:
        root = json.loads(read_utf8(path))
    except json.JSONDecodeError as error:
        raise DatasetError(f"{path}, line {error.lineno}: this is not JSON ({error.msg}). Correct the file.") from None
    except RecursionError:
        raise DatasetError(f"{path}: the JSON is nested too deeply. SQuAD's form is {FORM}.") from None
    if not isinstance(root, dict) or not isinstance(root.get("data"), list):
        raise DatasetError(
            f"{path} is not in SQuAD's form, which is {FORM}. For rows of questions, use .jsonl or .csv."
        )
    for number, entry in enumerate(_list(root, "data", path, "the file"), start=1):
        article_id = "_".join(unquote(one_line(entry.get("title"))).split())
        if not article_id:
            raise DatasetError(f"{path}: article {number} has no 'title'. Write one; it is the article's id.")
        yield article_id, entry


def _list(entry: dict[str, Any], name: str, path: Path, where: str) -> list[dict[str, Any]]:
    """Return the list of objects of that name, empty if absent."""
    value = entry.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise DatasetError(f"{path}: '{name}' of {where} is no list of objects. SQuAD's form is {FORM}.")
    return value
