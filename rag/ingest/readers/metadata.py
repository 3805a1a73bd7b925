"""Clean and parse the metadata of files: titles, dates, tags, languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from rag.core.errors import ArticleError
from rag.core.types import Article, Heading

if TYPE_CHECKING:
    from lxml.etree import _Element

TITLE_CHARACTERS = 200
DEFAULT_LANGUAGE = "en"
TAGS = re.compile("(\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f)|[\U000e0000-\U000e007f]+")
"""Invisible copies of the ASCII characters, which can hide text; flags such as Scotland's use them and are kept."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says about itself; "" or None if it says nothing. ``language`` is as the file spells it."""

    title: str = ""
    author: str = ""
    date: date | None = None
    source: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""

    def article(
        self, article_id: str, title: str, text: str, origin: str, headings: tuple[Heading, ...] = (),
        pages: tuple[int, ...] = (),
    ) -> Article:  # fmt: skip
        """Return an article with this metadata."""
        return Article(
            article_id, title, text, origin, self.source, self.url, self.author, self.date, self.tags,
            parse_language(self.language), headings, pages,
        )  # fmt: skip

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Metadata:
        """Read the fields of front matter or of a record. Raises ArticleError if the date is not one."""
        names = ("title", "author", "source", "url", "language")
        texts = {name: one_line(fields.get(name)) for name in names}
        return cls(**texts, date=parse_date(fields.get("date")), tags=parse_tags(fields.get("tags")))

    @classmethod
    def from_properties(cls, elements: Iterable[_Element], tags: str) -> Metadata:
        """Read the properties that Office files and books declare: Dublin Core and the programs' own elements.

        ``tags`` is the name of the elements that hold keywords.
        """
        found: dict[str, list[str]] = {}
        for element in elements:
            if words := one_line(element.text):
                found.setdefault(str(element.tag).rpartition("}")[2], []).append(words)
        first = {name: values[0] for name, values in found.items()}
        dates = (parse_metadata_date(first.get(name)) for name in ("created", "creation-date", "date", "modified"))
        return cls(
            title=choose_title(first.get("title")),
            author=first.get("initial-creator") or ", ".join(found.get("creator", [])),
            date=next(filter(None, dates), None),
            source=first.get("publisher", ""),
            tags=tuple(found.get(tags, [])),
            language=first.get("language", ""),
        )


def clean_text(text: str) -> str:
    """Normalise line ends to ``\\n`` and remove invisible characters, NULs, lone surrogates and outer white space."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not text.isascii():
        text = TAGS.sub(lambda match: match[1] or "", text)
    return re.sub(r"[\ud800-\udfff]", "\ufffd", text).strip("\ufeff \t\n").strip()


def one_line(value: object) -> str:
    """Return a field such as a title as one line of text; "" for None."""
    return "" if value is None else " ".join(clean_text(str(value)).split())


def choose_title(*candidates: object) -> str:
    """Return the first candidate that is not empty, as one line of at most TITLE_CHARACTERS."""
    return next((line[:TITLE_CHARACTERS].rstrip() for line in map(one_line, candidates) if line), "")


def parse_date(value: Any) -> date | None:
    """Parse a date that a person wrote in YAML, JSON or CSV. Raises ArticleError if it is not a date."""
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
    """Parse the day of a timestamp that a program wrote (``2024-05-17T…``, ``D:20240517…``), or return None."""
    match = re.match(r"(?:D:)?(\d{4})-?(\d\d)-?(\d\d)(?!\d{8})", one_line(value))
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def parse_tags(value: Any) -> tuple[str, ...]:
    """Return tags from a list, or from one comma-separated string."""
    if not isinstance(value, list):
        value = one_line(value).split(",")
    return tuple(tag for tag in map(one_line, value) if tag)


def parse_language(value: object) -> str:
    """Return the ISO 639 code of a language tag: ``fr`` for ``fr-CA``; DEFAULT_LANGUAGE if it names no language."""
    match = re.match(r"([A-Za-z]{2,3})(?:[-_].*)?\Z", one_line(value))
    return match[1].lower() if match and match[1].lower() != "und" else DEFAULT_LANGUAGE


def same_words(one: str, other: str) -> bool:
    """Return whether two titles are equal except for case, spaces and punctuation."""
    return re.findall(r"\w+", one.casefold()) == re.findall(r"\w+", other.casefold()) != []
