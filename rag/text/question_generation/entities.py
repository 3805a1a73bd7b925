"""What a text tells of the names in it: which are people's, and what "the bridge" is called. Pure; English."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

_CAPITAL = r"(?<![\w'’-])[^\W\d_a-z][\w'’-]*"
ROLE_WORD = (
    r"(?:(?:act|auth|direct|profess|sail|doct|edit|invent|sculpt|govern|senat|may|conduct|curat|prosecut)or"
    r"|(?:sing|paint|writ|play|lawy|farm|lead|footbal|cricket|swimm|danc|design|engin|produc|manag|teach|broadcast"
    r"|preach|report|found|speak|keep|offic|minist|commission|bak|fish|run|work|research|driv)e?l?(?:er|ster)"
    r"|ist|ician|orian|arian|[a-z]man|woman|actress|character|judge|poet|architect|queen|king|monk|nun|soldier|chief"
    r"|captain|head|nurse|midwife|student|widow|president|chair|secretary|ambassador|spokesperson|chemist|composer)"
)
ROLE = re.compile(rf"{ROLE_WORD}\Z")
"""What somebody is called by what they do."""
SAYING = r"(?:said|says|added|recalled|explained|argued|told|asked|admitted|warned|replied)"
PERSON = (
    re.compile(rf"(?P<name>{_CAPITAL})(?:,[^,.]{{1,60}},)?\s{SAYING}\b"),
    re.compile(rf"\b{SAYING}\s(?:{_CAPITAL}\s)?(?P<name>{_CAPITAL})\b"),
    re.compile(rf"{_CAPITAL}\s(?P<name>{_CAPITAL}),\s(?:who\b|aged\b|\d\d,)"),
    re.compile(rf"(?:\A|[\n.?!”\"]\s*)(?P<name>{_CAPITAL}),\swho\b"),
    re.compile(rf"\b(?:Mr|Mrs|Ms|Dr|Professor|Inspector|President|Judge)\.?\s(?:{_CAPITAL}\s)?(?P<name>{_CAPITAL})"),
    re.compile(rf"(?:\A|[\n.?!”\"]\s*){_CAPITAL}\s(?P<name>{_CAPITAL})\b[^.\n]*(?:\.\s(?:He|She)|\s(?:he|his|she))\b"),
    re.compile(rf"{_CAPITAL}\s(?P<name>{_CAPITAL}),\s(?:the|an?)\s(?:[\w-]+\s){{0,3}}?[\w-]*{ROLE_WORD}\b"),
)
"""What shows that a name is a person's."""
NAMED = re.compile(rf"\b{_CAPITAL}(?:\s{_CAPITAL})+")


class Surroundings:
    """What a text tells of the names in it: which are people's, and what "the bridge" is called."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def people(self) -> frozenset[str]:
        """Names of people, by their last words."""
        found = {match["name"] for pattern in PERSON for match in pattern.finditer(self._text)}
        return frozenset(name.removesuffix("'s").removesuffix("’s") for name in found)

    @cached_property
    def common(self) -> frozenset[str]:
        """Words that the text writes with a small letter."""
        return frozenset(re.findall(r"(?<![\w'’])[a-zß-öø-ÿ][\w'’-]*", self._text))

    @cached_property
    def capital(self) -> frozenset[str]:
        """Words that the text writes with a capital within a sentence."""
        return frozenset(re.findall(rf"(?<=[\w,]\s)({_CAPITAL})", self._text))

    @cached_property
    def called(self) -> Mapping[str, str]:
        """The one name that ends with a word, by that word in small letters: "bridge" → "Weir Bridge"."""
        names: dict[str, set[str]] = defaultdict(set)
        for match in NAMED.finditer(self._text):
            words = match[0].split()
            # Nothing is known of a word that begins a sentence.
            if len(words) > 2 and words[0].lower() in self.common | {"the", "a", "an"}:
                words = words[1:]
            names[words[-1].lower()].add(" ".join(words))
        found = {word: next(iter(some)) for word, some in names.items() if len(some) == 1 and word in self.common}
        return {word: f"the {name}" if f"he {name}" in self._text else name for word, name in found.items()}

    def is_person(self, name: Sequence[str]) -> bool:
        return bool(name) and name[-1] in self.people and all(word[0].isupper() for word in name)
