"""The page's words in each language, read from words/; which language is spoken is a matter of the context.

A catalogue holds words by their names. A name in capitals is said as it is; a phrase has places for values, such as
``{title}``; a table of a phrase's forms is for what is counted, by the plural rules of the language; and a table in
capitals holds words that belong together.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

FOLDER = Path(__file__).parent / "messages"
DEFAULT = "en"
LOCALES = {"en": "en_GB", "de": "de", "fr": "fr", "es": "es", "ar": "ar"}
"""The languages there are, each with the locale that numbers and dates are written by."""

_spoken = ContextVar("language", default=DEFAULT)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words of one language. ``forms`` of what is counted, and ``groups``, are tables of words by their names."""

    locale: Locale
    words: Mapping[str, str]
    forms: Mapping[str, Mapping[str, str]]
    groups: Mapping[str, Mapping[str, str]]


@cache
def catalogue(language: str) -> Catalogue:
    """The words of a language. Raises KeyError for one that there is none of."""
    locale = Locale.parse(LOCALES[language])
    found = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    tables = {name: value for name, value in found.items() if isinstance(value, dict)}
    return Catalogue(
        locale,
        words={name: value for name, value in found.items() if name not in tables},
        forms={name: table for name, table in tables.items() if name.islower()},
        groups={name: table for name, table in tables.items() if name.isupper()},
    )


def language() -> str:
    """The language that is spoken in this context."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language until the end of the block. Raises KeyError for one that there are no words of."""
    catalogue(language)
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def direction() -> str:
    """ "rtl" where the language is written from the right, else "ltr"."""
    return _here().locale.text_direction


def own_name(language: str) -> str:
    """What a language calls itself."""
    name = Locale.parse(language).display_name or language
    return name[:1].upper() + name[1:]


def name_of(language: str) -> str:
    """What a language is called, by its code; nothing where that is not known."""
    return str(_here().locale.languages.get(language.partition("-")[0].lower(), ""))


def word(name: str) -> str:
    """A word that is said as it is. Raises KeyError for an unknown name, as the functions below do."""
    return _here().words[name]


def group(name: str) -> Mapping[str, str]:
    """Words that belong together, by their names, in their order."""
    return _here().groups[name]


def phrase(name: str, /, **values: str | int) -> str:
    """A phrase with values in their places; numbers as the language writes them."""
    return word(name).format_map(_written(values))


def counted(name: str, count: int, /, **values: str | int) -> str:
    """A phrase in the form that goes with a number, ``{count}`` in it."""
    here = _here()
    forms = here.forms[name]
    form = forms.get(here.locale.plural_form(count), forms["other"])
    return form.format_map(_written({"count": count, **values}))


def number(value: int) -> str:
    return format_decimal(value, locale=_here().locale)


def day(value: date) -> str:
    return format_date(value, "long", locale=_here().locale)


def listed(things: Sequence[str], style: str = "standard") -> str:
    """The things one after the other with an "and" before the last; with the style "or" that instead."""
    return format_list(things, style=style, locale=_here().locale)  # type: ignore[arg-type]


def _here() -> Catalogue:
    return catalogue(language())


def _written(values: Mapping[str, str | int]) -> dict[str, str]:
    return {name: number(value) if isinstance(value, int) else value for name, value in values.items()}
