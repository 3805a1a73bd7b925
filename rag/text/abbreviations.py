"""Abbreviations and words that begin sentences, of many languages at once, from abbreviations.toml.

One table for all languages, since articles name people and places of other languages. Entries have no final full stop
and are in lower case, except SELDOM_LAST. If the next word is in lower case the sentence goes on anyway, so only what
comes before a capital or a digit is listed.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

_TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _words(table: str) -> frozenset[str]:
    return frozenset(_TABLES[table].split())


NEVER_LAST = _words("never_last")
"""A sentence does not end here: something that belongs to the word must follow."""
SELDOM_LAST = _words("seldom_last")
"""A sentence ends here only if the next word is one that begins sentences: names follow these. In their own case.

Those that are a capital and consonants in small letters, such as Hr and Ltd, need not be listed."""
BEFORE_NUMBERS = _words("before_numbers")
"""Not the end before a number."""
TIMES = _words("times")
"""The end, but not before a weekday or a time zone."""
AFTER_TIMES = _words("after_times")
LAST = _words("last")
"""Letters with full stops that close a list, and the sentence if a capital follows."""
ORDINAL_LANGUAGES = _words("ordinal_languages")
"""Languages that write "3." for "third"."""
AFTER_ORDINALS = _words("after_ordinals")
"""Capitalised words that follow an ordinal in German, for texts whose language is not known."""
STARTERS = _words("starters") - frozenset("la le lo al de da von van ten te".split())
"""Words that begin sentences and hardly ever names; particles of names (Le Pen, De Niro) are left out."""
