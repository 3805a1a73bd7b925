"""English verbs: the simple past and the participle → the base form. Pure."""

from __future__ import annotations

import re
from collections import defaultdict

from rag.text.english import IRREGULAR

_FORMS: dict[str, list[str]] = defaultdict(list)
for _form, _base in IRREGULAR.items():
    _FORMS[_base].append(_form)
PASTS = {
    forms[1]: base
    for base, forms in _FORMS.items()
    if len(forms) > 1 and not (len(forms) == 2 and forms[1].endswith(("en", "wn")))
} | {"beat": "beat", "cost": "cost"}
"""Irregular simple pasts, and their base forms."""
PARTICIPLES = frozenset(forms[-1] for forms in _FORMS.values() if len(forms) > 1) | {"been", "cost", "had"}

# Past tenses in -ed of verbs that end in -e, or not, against the rules below.
WITH_E = frozenset(
    """conced complet compet creat delet excit incit interfer invit ignit past phon postpon preced recit
    reunit tast unit wast welcom""".split()
)
WITHOUT_E = frozenset("belong bias debut focus long".split())
DOUBLED_L = frozenset("cancell compell controll expell fuell labell modell propell rebell signall travell".split())
SINGLE_VOWEL = re.compile(r"(?:[^aeiou]|qu|^)[aiou][bcdgklmnprtz]")
"""At the end of a stem: "nam", "vot", "fir"; such verbs have an -e where the stress is on that syllable."""
UNSTRESSED = re.compile(r"(?:it|op|on|or|ip|al|ol|et|ot)")


def base_of(past: str) -> str | None:
    """The base form of a simple past ("went", "planned"); None where that is none, or cannot be told from its form."""
    if past in PASTS:
        return PASTS[past]
    if not past.endswith("ed") or len(past) < 4 or past in IRREGULAR or past.endswith(("eed", "hundred", "kindred")):
        return past[:-1] if past in {"agreed", "freed", "guaranteed", "disagreed"} else None
    return _regular(past[:-2]) if re.search("[aeiouy]", past[:-2]) else None


def is_participle(word: str) -> bool:
    """Whether a word may follow "has" or "was" as the main verb."""
    return word in PARTICIPLES or (len(word) > 3 and word.endswith("ed"))


def _regular(stem: str) -> str | None:
    last = stem[-1]
    if last == "i":
        return f"{stem}e" if len(stem) < 3 else f"{stem[:-1]}y"
    if stem in WITH_E:
        return f"{stem}e"
    if stem in WITHOUT_E or last in "hwxyf":
        return stem
    if stem[-2:-1] == last:
        return _undoubled(stem)
    if last in "cuvzs" or stem.endswith(("iat", "uat", "ang", "eng", "ung", "dg", "rg", "lg")):
        return f"{stem}e"
    if re.search(r"[^aeioulrw]l\Z", stem):
        return f"{stem}e"
    if re.search(rf"{SINGLE_VOWEL.pattern}\Z", stem):
        vowels = len(re.findall("[aeiouy]+", stem))
        if vowels > 1 and re.search(rf"{UNSTRESSED.pattern}\Z", stem):
            return stem if stem.endswith("it") else None  # "Visit", but "promote" and "pivot".
        return f"{stem}e"
    return stem


def _undoubled(stem: str) -> str:
    if stem[-1] == "l":
        return stem[:-1] if stem in DOUBLED_L else stem
    return stem if stem[-1] in "sfz" or stem in {"add", "err"} else stem[:-1]
