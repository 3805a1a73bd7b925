"""Read CSV into one article a row, with the same names as JSONL. The smallest example of a reader."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import partial

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.plain_text import text_of
from rag.ingest.readers.records import OTHER_FIELDS, TEXT_FIELDS, article_from_record, articles_from_records

DELIMITERS = ",;\t|"
MAX_FIELD = 16 << 20  # Characters of the longest field that is read.


def read(document: Document) -> Iterator[Found]:
    """Read the articles of a table whose first row names the columns; one must be ``text``, ``body`` or ``content``.

    The delimiter is found from the first row. An ArticleError stands for a wrong row. Raises ArticleError if no column
    is a text.
    """
    words = text_of(document)
    delimiter, names = header_of(words)
    if not set(names) & set(TEXT_FIELDS):
        raise ArticleError(
            "The table has no column named text. Name the columns in the first line, such as id,title,text; or save "
            "it as a spreadsheet, which needs no names."
        )
    csv.field_size_limit(MAX_FIELD)
    rows = csv.reader(io.StringIO(words, newline=""), delimiter=delimiter, skipinitialspace=True)
    next(rows)
    try:
        yield from articles_from_records(
            (f"Row {number}", partial(_article, row, names, number, delimiter, document))
            for number, row in enumerate(rows, start=1)
            if any(field.strip() for field in row)
        )
    except csv.Error as error:
        raise ArticleError(f"Line {rows.line_num} is not CSV ({error}). Correct it; the rest was not read.") from None


def _article(row: list[str], names: list[str], number: int, delimiter: str, document: Document) -> Article:
    if any(field.strip() for field in row[len(names) :]):
        raise ArticleError(
            f"Row {number} has {len(row)} fields for {len(names)} columns. Put a field with a {delimiter!r} in it in "
            'double quotes (").'
        )
    fields = {name: field for name, field in zip(names, row, strict=False) if field.strip()}
    return article_from_record(fields, f"Row {number}", number, document)


def header_of(words: str) -> tuple[str, list[str]]:
    """Return the delimiter and the column names in lower case, from the first line."""
    line = words.partition("\n")[0][:10_000]
    known = {*TEXT_FIELDS, *OTHER_FIELDS}
    headers = [(delimiter, _names(line, delimiter)) for delimiter in DELIMITERS]
    return max(headers, key=lambda header: len(known & set(header[1])))


def is_table(words: str) -> bool:
    """Return whether a text begins with column names of articles: at least two, a text among them."""
    _, names = header_of(words)
    return len(names) > 1 and bool(set(names) & set(TEXT_FIELDS)) and set(names) <= {*TEXT_FIELDS, *OTHER_FIELDS}


def _names(line: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []
    return [name.strip().lower() for name in row]
