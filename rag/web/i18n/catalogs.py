"""Gettext catalogues, one a language, and the language of the current context.

The ids of messages are names (``msgid "ASK"``), so English is a catalogue like the others. Messages that belong
together share a ``msgctxt``. Values are put into ``{places}`` by ``str.format``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from gettext import c2py
from pathlib import Path

from babel import Locale, dates, numbers
from babel.messages.pofile import read_po

FILE = "locales/{language}/LC_MESSAGES/footnote.po"
DEFAULT = "en"
LOCALES = {"en": "en_GB", "de": "de", "fr": "fr", "es": "es", "ar": "ar"}
"""The languages of the interface, each with the locale by which its numbers and dates are written."""

_language = ContextVar("language", default=DEFAULT)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The messages of one language by their ids: plain ones, plural forms, and those of each context."""

    locale: Locale
    messages: Mapping[str, str]
    plurals: Mapping[str, Sequence[str]]
    contexts: Mapping[str, Mapping[str, str]]
    plural_index: Callable[[int], int]

    def plural(self, name: str, count: int) -> str:
        """Return the plural form of a message that goes with a number."""
        return self.plurals[name][self.plural_index(count)]

    def plural_categories(self, name: str) -> dict[str, str]:
        """Return the plural forms of a message by CLDR category, such as "one", which ``Intl.PluralRules`` selects."""
        return {self.locale.plural_form(count): self.plural(name, count) for count in range(200)}


@cache
def catalog(language: str) -> Catalog:
    """Read the catalogue of a language. Raises KeyError if there is none."""
    locale = Locale.parse(LOCALES[language])
    with (Path(__file__).parent / FILE.format(language=language)).open("rb") as file:
        found = read_po(file)
    messages: dict[str, str] = {}
    plurals: dict[str, Sequence[str]] = {}
    contexts: dict[str, dict[str, str]] = {}
    for message in found:
        if not message.id:
            continue  # The header.
        if message.pluralizable:
            plurals[message.id[0]] = tuple(message.string or ())
        elif message.context:
            contexts.setdefault(message.context, {})[str(message.id)] = str(message.string)
        else:
            messages[str(message.id)] = str(message.string)
    return Catalog(locale, messages, plurals, contexts, c2py(found.plural_expr))


def current_language() -> str:
    """Return the language of this context."""
    return _language.get()


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Use a language until the end of the block. Raises KeyError if there is no catalogue of it."""
    catalog(language)
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def current_locale() -> Locale:
    """Return the locale by which numbers, dates and lists are written in this context."""
    return _current().locale


def direction() -> str:
    """Return "rtl" if the language is written from right to left, else "ltr"."""
    return _current().locale.text_direction


def native_name(language: str) -> str:
    """Return what a language calls itself."""
    name = Locale.parse(language).display_name or language
    return name[:1].upper() + name[1:]


def language_name(code: str) -> str:
    """Return the name of a language in the current one; its code if the name is unknown."""
    return str(_current().locale.languages.get(code.partition("-")[0].lower(), "")) or code


def gettext(name: str, /, **values: str | int) -> str:
    """Return a message with values in its places. Raises KeyError for an unknown id, as the functions below do."""
    return _filled(_current().messages[name], values)


def ngettext(name: str, count: int, /, **values: str | int) -> str:
    """Return a message in the plural form that goes with ``count``, which is one of its values."""
    return _filled(_current().plural(name, count), {"count": count, **values})


def context(name: str) -> Mapping[str, str]:
    """Return the messages of a context by their ids, in the order of the catalogue."""
    return _current().contexts[name]


def format_number(value: int) -> str:
    return numbers.format_decimal(value, locale=_current().locale)


def format_day(value: date) -> str:
    return dates.format_date(value, "long", locale=_current().locale)


def _current() -> Catalog:
    return catalog(current_language())


def _filled(text: str, values: Mapping[str, str | int]) -> str:
    if not values:
        return text
    return text.format_map(
        {name: format_number(value) if isinstance(value, int) else value for name, value in values.items()}
    )
