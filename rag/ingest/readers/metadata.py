"""What a source says of itself → the fields of an article: one-line titles, dates, tags, languages."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from rag.core.errors import ArticleError

TITLE_CHARACTERS = 200
DEFAULT_LANGUAGE = "en"
TAGS = re.compile("(\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f)|[\U000e0000-\U000e007f]+")
"""Unicode's invisible twins of the ASCII characters; the flags of Scotland and others are written with them."""


def clean_text(text: str) -> str:
    """The text with ``\\n`` for line ends, without invisible letters and what SQLite or UTF-8 has no place for.

    The latter are NULs and lone surrogates.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not text.isascii():
        text = TAGS.sub(lambda match: match[1] or "", text)
    return re.sub(r"[\ud800-\udfff]", "\ufffd", text).strip("\ufeff \t\n").strip()


def one_line(value: object) -> str:
    """A field such as a title or an author as one line of text; "" for None."""
    return "" if value is None else " ".join(clean_text(str(value)).split())


def choose_title(*candidates: object) -> str:
    """The first candidate that is not empty, as one line of at most TITLE_CHARACTERS."""
    return next((line[:TITLE_CHARACTERS].rstrip() for line in map(one_line, candidates) if line), "")


def parse_date(value: Any) -> date | None:
    """A date from what YAML or JSON holds; None where there is none. Raises ArticleError where it is no date."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(str(value).strip().replace("Z", "+00:00")).date()
    except ValueError:
        raise ArticleError(f"The date '{one_line(value)}' is not understood. Write it as YYYY-MM-DD.") from None


def parse_metadata_date(value: object) -> date | None:
    """The day that metadata written by a program begins with, as ``2024-05-17T…`` or ``D:20240517…``; else None."""
    match = re.match(r"(?:D:)?(\d{4})-?(\d\d)-?(\d\d)(?!\d{8})", one_line(value))
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def parse_tags(value: Any) -> tuple[str, ...]:
    """Tags from a list, or from one string with commas between them."""
    if not isinstance(value, list):
        value = one_line(value).split(",")
    return tuple(tag for tag in map(one_line, value) if tag)


def parse_language(value: object) -> str:
    """The language of a tag such as ``fr-CA`` as ISO 639 has it (``fr``); DEFAULT_LANGUAGE where it names none."""
    match = re.match(r"([A-Za-z]{2,3})(?:[-_].*)?\Z", one_line(value))
    return match[1].lower() if match and match[1].lower() != "und" else DEFAULT_LANGUAGE


def same_words(one: str, other: str) -> bool:
    """Whether two titles say the same, but for case, spaces and punctuation."""
    return re.findall(r"\w+", one.casefold()) == re.findall(r"\w+", other.casefold()) != []
