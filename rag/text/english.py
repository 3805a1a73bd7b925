"""English words that claims are compared by: numbers, units, irregular forms, contraries. From english.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from rag.text.tokenization import NUMBER_WORDS, stem

_TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _sides(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Return (1 or -1 for its side, number of the pair) for each word; the last pair that has it counts."""
    return {
        word: (side, number)
        for number, pair in enumerate(pairs)
        for side, words in zip((1, -1), pair, strict=True)
        for word in words.split()
    }


def _bases(verbs: str) -> dict[str, str]:
    return {form: forms.split()[0] for forms in verbs.split(";") for form in forms.split()}


MONTHS = """january february march april may june july august september october november december""".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
SHORT = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sept": 9, "sep": 9, "oct": 10}
SHORT |= {"nov": 11, "dec": 12}
TENS = {word: 10 * at for at, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
SMALL = {word: int(digits) for word, digits in NUMBER_WORDS.items()} | TENS
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "m": 1e6, "bn": 1e9}
ORDINALS = _TABLES["ordinals"].split()
OFTEN_NO_FIGURE = {"#1", "#1st", "#2nd"}
"""Written "one", "first" and "second", which are pronouns, adverbs and parts of a minute more often than figures."""
SYMBOLS = {"%": "percent", "$": "dollar", "€": "euro", "£": "pound"}
UNITS = {stem(name): stem(names.split()[0]) for names in _TABLES["units"].split(";") for name in names.split()}
DIRECTIONS = _sides(_TABLES["directions"])
"""Function words that turn the sense: side (1 or -1) and number of the pair of contraries."""
CONTRARIES = {"#1st" if word == "first" else stem(word): side for word, side in _sides(_TABLES["contraries"]).items()}
"""Stems of words of meaning: side (1 or -1) and number of the pair of contraries."""
NEGATIONS = frozenset("not no never without neither nor none nobody nothing nowhere cannot unable hardly".split())
NEGATING = frozenset(stem(word) for word in "fail refuse deny lack reject".split())
BE = frozenset("is are was were be been being".split())
IRREGULAR = _bases(_TABLES["irregular_verbs"])
"""Irregular forms of verbs, and their base forms."""
OTHER_IRREGULAR = _bases(_TABLES["other_irregular_forms"])
OPENERS = frozenset(_TABLES["openers"].split())
CLAUSES = frozenset("and but or while when where who which that because although though if than whereas".split())
ORDINARY_ENDINGS = ("ing", "ed", "ly", "tion", "sion", "ment", "ness", "ity", "s")
AUXILIARIES = BE | frozenset("has have had do does did will would can could may might must shall should".split())
