"""Load questions, and the articles they are about, from the file formats of evaluation data sets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rag.core.errors import ArticleError, DatasetError, PathError
from rag.core.types import Article
from rag.evaluation.datasets import beir, squad
from rag.evaluation.datasets.questions import Question, each_once, question_of, read_objects, read_utf8
from rag.ingest.readers import jsonl

ANSWER_SEPARATOR = "|"
QUESTIONS = "qa.jsonl"
CSV_FIELDS = ("id", "question", "type", "as_of")


def load_questions(path: Path) -> list[Question]:
    """Load the questions of a file or folder, in its order.

    ``.jsonl``  a question a line: ``question``, and any of ``id, answers, answerable, evidence_ids, type,
                gold_sentences, history, as_of``
    ``.csv``    columns ``question`` and ``answer`` (several with "|" between them, none: unanswerable), and any of
                ``id, type, evidence_ids, as_of``
    ``.json``   SQuAD, version 1.1 or 2.0
    a folder    its ``qa.jsonl``, or BEIR: ``corpus.jsonl, queries.jsonl, qrels/*.tsv``

    A question without ``answerable`` is answerable if it has answers or evidence.

    Raises:
        PathError: if there is no such file or folder.
        DatasetError: if a row is wrong; the message names its line.
    """
    questions = list(_loader(path)(path))
    if not questions:
        raise DatasetError(f"{path} holds no question. Put one in, or give another file.")
    return questions


def own_articles(questions: Path) -> Path | None:
    """Return the folder of the questions if it contains their articles too, else None."""
    return questions if (questions / beir.CORPUS).is_file() else None


def load_articles(path: Path) -> Iterator[Article]:
    """Load the articles of a JSONL corpus, a folder with ``corpus.jsonl``, or SQuAD's JSON.

    Raises:
        PathError: if there is no such file or folder.
        DatasetError: if a row is wrong or an id occurs twice; the message names the line.
    """
    if not path.exists():
        raise PathError(f"There is no file or folder {path}. Check the spelling, or give another path.")
    if path.is_dir():
        path = path / beir.CORPUS
        if not path.is_file():
            raise DatasetError(f"{path} is missing. Put the articles there, or give the path of their file.")
    suffix = path.suffix.lower()
    if suffix == ".json":
        found = squad.articles(path)
    elif suffix == ".jsonl":
        found = beir.articles(path) if beir.is_corpus(path) else _articles(path)
    else:
        raise DatasetError(f"{path} is no corpus. Give a .jsonl file, SQuAD's .json, or a folder with {beir.CORPUS}.")
    empty = True
    for article in found:
        empty = False
        yield article
    if empty:
        raise DatasetError(f"{path} holds no article. Put one in, or give another file.")


def _loader(path: Path) -> Callable[[Path], Iterable[Question]]:
    if path.is_dir():
        if (path / beir.QUERIES).is_file():
            return beir.questions
        if (path / QUESTIONS).is_file():
            return lambda folder: _loader(folder / QUESTIONS)(folder / QUESTIONS)
        raise DatasetError(
            f"{path} has neither {QUESTIONS} nor {beir.QUERIES}, as BEIR's folders have. Give the path of a file of "
            "questions."
        )
    if not path.is_file():
        raise PathError(f"There is no file or folder {path}. Check the spelling, or give another path.")
    loaders: dict[str, Callable[[Path], Iterable[Question]]] = {
        ".jsonl": lambda file: each_once((question_of(row, at, file) for at, row in read_objects(file)), file, "line"),
        ".csv": lambda file: each_once(_from_csv(file), file, "line"),
        ".json": lambda file: each_once(squad.questions(file), file, "question"),
    }
    loader = loaders.get(path.suffix.lower())
    if loader is None:
        kinds = ", ".join(loaders)
        raise DatasetError(f"Questions are not read from files such as {path}. Give one of {kinds}, or BEIR's folder.")
    return loader


def _from_csv(path: Path) -> Iterator[Question]:
    reader = csv.reader(io.StringIO(read_utf8(path), newline=""), strict=True)
    columns: list[str] | None = None
    begins = 1
    try:
        for row in reader:
            line, begins = begins, reader.line_num + 1
            if not any(field.strip() for field in row):
                continue
            if columns is None:
                columns = _columns(row, line, path)
                continue
            if len(row) != len(columns):
                raise DatasetError(
                    f"{path}, line {line}: the row has {len(row)} fields, and the first line names {len(columns)} "
                    'columns. Put fields with a comma in them in double quotes ("), and leave none out.'
                )
            yield _csv_question(dict(zip(columns, row, strict=True)), line, path)
    except csv.Error as error:
        raise DatasetError(
            f"{path}, line {begins}: the row that begins here is not CSV ({error}). Put fields with a quote in them in "
            'double quotes ("), and double the quote.'
        ) from None


def _columns(row: list[str], line: int, path: Path) -> list[str]:
    columns = [name.strip().lower() for name in row]
    for wanted in ("question", "answer"):
        if columns.count(wanted) != 1:
            how_often = "no column" if wanted not in columns else "more than one column"
            raise DatasetError(
                f"{path}, line {line}: there is {how_often} '{wanted}' among {', '.join(columns)}. Name the columns in "
                "the first line, with commas between them: question,answer."
            )
    return columns


def _csv_question(row: dict[str, str], line: int, path: Path) -> Question:
    fields: dict[str, object] = {name: row[name].strip() or None for name in CSV_FIELDS if name in row}
    fields["answers"] = row["answer"].split(ANSWER_SEPARATOR)
    fields["evidence_ids"] = row.get("evidence_ids", "").split(ANSWER_SEPARATOR)
    return question_of(fields, line, path)


def _articles(path: Path) -> Iterator[Article]:
    for found in jsonl.load(path, path.stem):
        if isinstance(found, ArticleError):
            raise DatasetError(f"{path}: {found}")
        yield found
