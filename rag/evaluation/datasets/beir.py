"""Read BEIR's folders (Thakur et al. 2021): ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/*.tsv``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rag.core.errors import DatasetError
from rag.core.types import Article
from rag.evaluation.datasets.questions import Question, read_objects, read_utf8, text_of
from rag.ingest.readers.metadata import TITLE_CHARACTERS, one_line

CORPUS = "corpus.jsonl"
QUERIES = "queries.jsonl"
QRELS = "qrels"
PREFERRED = "test"


def questions(folder: Path) -> Iterator[Question]:
    """Read the queries that ``qrels_file`` judges, without answers; any grade above 0 counts as relevant.

    Other queries belong to another split and are left out.
    """
    qrels = qrels_file(folder)
    relevant = _relevant(qrels)
    asked = set()
    for line, name, words, _ in _rows(folder / QUERIES, "query"):
        asked.add(name)
        if name in relevant:
            yield Question(name, words, (), answerable=True, evidence_ids=tuple(relevant[name][1]), line=line)
    for name, (line, _) in relevant.items():
        if name not in asked:
            raise DatasetError(f"{qrels}, line {line}: {QUERIES} has no query '{name}'. Add it, or delete the line.")


def qrels_file(folder: Path) -> Path:
    """Return ``qrels/test.tsv``, or the only file of judgements. Raises DatasetError if that is ambiguous."""
    files = sorted((folder / QRELS).glob("*.tsv"))
    for file in files:
        if file.stem == PREFERRED or len(files) == 1:
            return file
    if not files:
        raise DatasetError(f"{folder / QRELS} holds no .tsv file of judgements. Put {PREFERRED}.tsv there.")
    names = ", ".join(file.name for file in files)
    raise DatasetError(f"{folder / QRELS} holds {names}, and none is {PREFERRED}.tsv. Leave only the one to use there.")


def is_corpus(path: Path) -> bool:
    """Return whether the articles have BEIR's ``_id`` instead of an ``id``."""
    with path.open("rb") as lines:
        first = next((line for line in lines if line.strip()), b"")
    return b'"_id"' in first and b'"id"' not in first


def articles(path: Path) -> Iterator[Article]:
    """Read the articles of a ``corpus.jsonl``; the text of an article that is only a title is that title."""
    for _, name, words, title in _rows(path, "article"):
        heading = title[:TITLE_CHARACTERS] or words.partition("\n")[0][:80]
        yield Article(name, heading, words, origin=f"{path.resolve()}#{name}")


def _rows(path: Path, kind: str) -> Iterator[tuple[int, str, str, str]]:
    """Yield (line, id, text, title) of each row; the text of an article without text is its title."""
    lines: dict[str, int] = {}
    for line, row in read_objects(path):
        name, title = one_line(row.get("_id")), one_line(row.get("title"))
        words = text_of(row, "text") or (title if kind == "article" else "")
        if not name:
            raise DatasetError(f"{path}, line {line}: the {kind} has no '_id'. Give it one of its own.")
        if not words:
            raise DatasetError(f"{path}, line {line}: the {kind} has no 'text'. Write one, or delete the line.")
        if name in lines:
            raise DatasetError(
                f"{path}, line {line}: the id '{name}' is that of line {lines[name]} already. Give it its own."
            )
        lines[name] = line
        yield line, name, words, title


def _relevant(path: Path) -> dict[str, tuple[int, list[str]]]:
    """Map each query to the line of its first relevant article, and its relevant articles."""
    found: dict[str, tuple[int, list[str]]] = {}
    for line, text in enumerate(read_utf8(path).splitlines(), start=1):
        fields = [field.strip() for field in text.split("\t")]
        if not text.strip() or (line == 1 and fields[-1] == "score"):
            continue
        try:
            query, article, grade = fields[0], fields[1], int(fields[2])
        except (IndexError, ValueError):
            raise DatasetError(
                f"{path}, line {line}: this is no judgement. Write the query's id, the article's id and a whole "
                "number, with tabs between them."
            ) from None
        if grade > 0:
            ids = found.setdefault(query, (line, []))[1]
            if article not in ids:
                ids.append(article)
    if not found:
        raise DatasetError(f"{path} calls no article relevant. Give judgements with a grade above 0.")
    return found
