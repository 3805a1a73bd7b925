"""What a sentence tells that another may tell otherwise: quantities, days and names. Pure; English words."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from rag.text.english import IRREGULAR, MONTHS, SHORT, SMALL, SYMBOLS, UNITS, WEEKDAYS
from rag.text.tokenization import STOP_WORDS, WORD, all_words, plain, stem

SCALES = {
    "dozen": 12, "hundred": 10**2, "thousand": 10**3, "k": 10**3, "million": 10**6, "m": 10**6, "mn": 10**6,
    "billion": 10**9, "bn": 10**9, "trillion": 10**12, "tn": 10**12,
}  # fmt: skip
DEAD, PERCENT = "dead", stem("percent")
SYNONYMS = (
    "dead die died death toll kill fatalities perish",
    "begin start open",
    "end finish close",
    "found establish",
    "buy purchase acquire",
    "choose elect appoint name",
    "hurt injure wound",
    "cost price",
)
"""Words that mean the same beside a number, a day or a name."""
SAME = {stem(word): stem(words.split()[0]) for words in SYNONYMS for word in words.split()}
METRES = re.compile(r"\s(?:high|long|wide|tall|deep|above|below|of|from|away|apart|sprint|race)\b")
"""What follows an "m" that is a metre and not a million."""
_SMALL = "|".join(sorted(SMALL, key=len, reverse=True))
_SCALE = "|".join(sorted(SCALES, key=len, reverse=True))
AMOUNT = re.compile(
    r"(?<![\w.,:/#–-])(?P<currency>[$€£]\s?)?"
    rf"(?:(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s?(?P<scale>{_SCALE})\b)?"
    rf"|(?<!and a half )(?<!a half )\b(?P<words>(?:{_SMALL}|{_SCALE})(?:(?:\s|-|\sand\s)(?:{_SMALL}|{_SCALE}))*)\b)"
    r"(?P<percent>\s?%)?(?!\w|[:/.,–-]\d|\s?(?:°|and a (?:half|quarter)))",
    re.IGNORECASE,
)
LINKED = re.compile(r"[\s,]*(?:to|or|and|–|-|—|from|by|of the|out of)[\s,]*(?:about|around|some)?\s*", re.IGNORECASE)
"""What joins the two ends of a range, or a part and its whole."""
BEFORE_NAMES_OF_NUMBERS = re.compile(
    r"\b(?:number|no|nos|chapter|article|page|section|aged?|route|type|step|level|grade|phase|room|platform|pier|gate"
    r"|day|week|year|version|unit|part|season|episode|class|lot|line|under)\.?\s$",
    re.IGNORECASE,
)
BOUNDS: Sequence[tuple[Literal["about", "above", "below"], str]] = (
    ("above", r"more than|over|above|at least|upwards of|exceeding|well over|just over|no fewer than|no less than"),
    ("below", r"less than|fewer than|under|below|at most|up to|as many as|nearly|almost|close to|just under|not quite"),
    ("about", r"about|around|roughly|some|approximately|approx\.?|circa|c\.|ca\.|(?:an )?estimated|perhaps|maybe|~"),
)
BOUND = [(kind, re.compile(rf"(?<!\w)(?:{words})\s?(?:the |a |an )?$", re.IGNORECASE)) for kind, words in BOUNDS]
OR_SO = re.compile(r"\s?(?:\+|or so\b|or more\b|or less\b|or thereabouts\b|plus\b)", re.IGNORECASE)
CLAUSE = re.compile(r"[.,;:()!?–—“”\"]")
PASSED_OVER = frozenset("of were was been have has had being are is the its their".split())
UNIT = re.compile(rf"(?=(?P<whole>(?P<word>{WORD.pattern})(?:(?<!s)[ -](?!(?:was|has|is)\b)[^\W\d_]+s\b)?))(?P=word)")
"""A word, and with it the plural right after it: "fishing boats"."""
UNIT_WORDS = 3
EXACT_BELOW = 100
"""Counts below this are told exactly, where nothing says "about"."""
ROUGHLY = 0.12
"""Share by which a value that is told roughly may differ from another."""

_MONTH = "|".join([*map(str.title, MONTHS), *map(str.title, SHORT)])
DAY = re.compile(
    rf"(?:(?<![\d.,])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?\b(?P<month>{_MONTH})\b(?:\.(?=\s[\d]))?"
    r"(?:\s+(?P<day_after>\d{1,2})(?:st|nd|rd|th)?(?![\d:.,]\d|\d))?(?:,?\s+(?P<year>\d{4})\b)?"
    r"|(?<![\d.,$€£#–-])\b(?P<only_year>1\d{3}|20\d\d)\b(?![.,:–-]?\d|s\b|-)"
)
IN_TIME = re.compile(
    r"\b(?:in|since|of|until|till|by|from|before|after|during|early|late|mid|and|to|between|around|about|circa|spring"
    r"|summer|autumn|winter|year)[\s-]$|\($",
    re.IGNORECASE,
)

_NAME_WORD = r"[^\W\d_a-zß-öø-ÿ][^\W_]*(?:['’.-][^\W_]+)*"
NAME = re.compile(rf"{_NAME_WORD}(?:(?:\.?\s(?:(?:de|van|von|der|la|le|du|al)\s)*|\s?&\s?){_NAME_WORD})*")
CALENDAR = frozenset([*MONTHS, *WEEKDAYS])
TITLES = frozenset(
    "mr mrs ms dr sir dame lord lady captain judge mayor president minister professor king queen st saint".split()
)
NO_NAMES = STOP_WORDS | CALENDAR | TITLES
"""What may begin a run of words with capitals and is no part of the name."""


@dataclass(frozen=True, slots=True)
class Value(ABC):
    """Characters ``start`` to ``end`` of a sentence, the end not included, which another may say otherwise."""

    start: int
    end: int

    @abstractmethod
    def compares(self, other: Value) -> bool:
        """Whether both are of one kind and may be values of one thing."""

    @abstractmethod
    def agrees(self, other: Value) -> bool:
        """Whether both may be true at once."""

    def among(self, others: Sequence[Value]) -> bool:
        """Whether one of the others says the same, or may."""
        return any(self.compares(other) and self.agrees(other) for other in others)

    def with_unit(self, other: Value) -> Value:
        """The same, with as much of its unit as the other has too."""
        return self


@dataclass(frozen=True, slots=True)
class Quantity(Value):
    """A number and what it counts; the span is that of the number."""

    amount: float
    step: float
    """The unit of its last digit that is not a zero: 100,000 for 4.2 million."""
    bound: Literal["exact", "about", "above", "below"]
    unit: tuple[str, ...]
    """Stems of the words that say what is counted, the nearest first."""
    unit_ends: tuple[int, ...] = ()
    """Where those of them end in the sentence that come after the number."""

    def compares(self, other: Value) -> bool:
        if not isinstance(other, Quantity) or not self.unit or not other.unit:
            return False
        dead = DEAD in self.unit and DEAD in other.unit
        return dead or self.unit[0] in other.unit or other.unit[0] in self.unit

    def with_unit(self, other: Value) -> Value:
        if not isinstance(other, Quantity):
            return self
        shared = (end for word, end in zip(self.unit, self.unit_ends, strict=False) if word in other.unit)
        return replace(self, end=max(self.end, next(shared, self.end)))

    def agrees(self, other: Value) -> bool:
        """The same, one rounder than the other, or within "more than" and the like."""
        if not isinstance(other, Quantity):
            return False
        coarse: Quantity = self if self.step >= other.step else other
        fine: Quantity = other if coarse is self else self
        difference = abs(self.amount - other.amount)
        rough = "about" in (self.bound, other.bound)
        if difference == 0 or (rough and difference <= ROUGHLY * max(self.amount, other.amount)):
            return True
        if _beyond(self, other) or _beyond(other, self):
            return True
        rounded = coarse.step > fine.step and difference <= coarse.step / 2 and coarse.bound in ("exact", "about")
        return rounded and (rough or coarse.amount >= EXACT_BELOW)


@dataclass(frozen=True, slots=True)
class Day(Value):
    """A day, month or year that a sentence names; None for what it does not say."""

    year: int | None
    month: int | None
    day: int | None

    def compares(self, other: Value) -> bool:
        return isinstance(other, Day) and (
            (self.year and other.year) is not None or (self.month and other.month) is not None
        )

    def agrees(self, other: Value) -> bool:
        if not isinstance(other, Day):
            return False
        fields = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(one is None or two is None or one == two for one, two in fields)


@dataclass(frozen=True, slots=True)
class Name(Value):
    """A run of words with capitals; ``words`` are plain and without titles such as "Captain"."""

    words: tuple[str, ...]

    def compares(self, other: Value) -> bool:
        return isinstance(other, Name)

    def agrees(self, other: Value) -> bool:
        """One may be a form of the other: a word in common, or its initials."""
        if not isinstance(other, Name):
            return False
        one, two = set(self.words), set(other.words)
        return bool(one & two) or _initials(self) in two or _initials(other) in one


def quantities(text: str) -> list[Quantity]:
    """The numbers that count something, in order. Ranges, years, scores and numbers in names are left out."""
    matches = list(AMOUNT.finditer(text))
    linked = {
        match.start()
        for one, two in pairwise(matches)
        if LINKED.fullmatch(text, one.end(), two.start())
        for match in (one, two)
    }
    days = [(day.start, day.end) for day in days_in(text)]
    found = []
    for match in matches:
        in_day = any(start < match.end() and match.start() < end for start, end in days)
        if match.start() not in linked and not in_day and not _is_name_of_number(text, match):
            quantity = _quantity(text, match)
            if quantity:
                found.append(quantity)
    return found


def days_in(text: str) -> list[Day]:
    """The days, months and years that a text names with their names or numbers, in order."""
    found = []
    for match in DAY.finditer(text):
        year, day = match["year"] or match["only_year"], match["day"] or match["day_after"]
        month = match["month"] and 1 + [name[:3] for name in MONTHS].index(match["month"][:3].lower())
        bare = not year and not day
        if (match["only_year"] or bare) and not IN_TIME.search(text[max(0, match.start() - 12) : match.start()]):
            continue
        found.append(
            Day(match.start(), match.end(), int(year) if year else None, month or None, int(day) if day else None)
        )
    return found


def names_in(text: str, around: str = "") -> list[Name]:
    """The names of a sentence, in order; ``around`` is the text it stands in.

    A single word that begins the sentence is one only where ``around`` has it with a capital within a sentence too.
    """
    found = []
    for match in NAME.finditer(text):
        start, run = match.start(), match[0]
        while (first := WORD.match(run)) and plain(first[0]) in NO_NAMES and " " in run[first.end() :]:
            after = run[first.end() :].lstrip(". ")
            start, run = start + len(run) - len(after), after
        words = tuple(word for word in all_words(run) if word not in STOP_WORDS | TITLES)
        if not words or CALENDAR.issuperset(words):
            continue
        begins = start == 0 and " " not in run
        if begins and not re.search(rf"[\w,]\s{re.escape(run)}\b", around):
            continue
        found.append(Name(start, start + len(run), words))
    return found


def meaning(word: str) -> str:
    """The stem of a plain word, or the one that stands for all that mean the same."""
    found = stem(SYMBOLS.get(word) or IRREGULAR.get(word, word))
    return SAME.get(found) or UNITS.get(found, found)


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    amount, step, end = _amount(text, match)
    if amount is None:
        return None
    before, rest = text[max(0, match.start() - 24) : match.start()], text[end:]
    bound: Literal["exact", "about", "above", "below"] = next(
        (kind for kind, at in BOUND if at.search(before)), "exact"
    )
    if OR_SO.match(rest):
        bound = "above" if "more" in rest[:9] or "+" in rest[:2] else "about"
    after = _unit(rest)
    unit, ends = tuple(word for word, _ in after), tuple(end + at for _, at in after)
    if match["currency"] or match["percent"]:
        sign = meaning(match["currency"].strip()) if match["currency"] else PERCENT
        unit, ends = (sign, *unit), (end, *ends)
    elif not unit:
        unit = tuple(meaning(word) for word in _words_before(text[: match.start()]))
    return Quantity(match.start(), end, amount, step, bound, unit, ends)


def _amount(text: str, match: re.Match[str]) -> tuple[float | None, float, int]:
    """(the number, its step, where it ends)."""
    if match["words"]:
        amount = _spelled(re.split(r"[\s-]+", match["words"].lower()))
        return (amount, _step(f"{amount:.0f}"), match.end()) if amount else (None, 0, match.end())
    digits, scale, end = match["digits"].replace(",", ""), (match["scale"] or "").lower(), match.end()
    if scale == "m" and not match["currency"] and (METRES.match(text, end) or not re.match(r"\s\w", text[end:])):
        scale, end = "", match.end("digits")
    factor = SCALES.get(scale, 1)
    return float(digits) * factor, _step(digits) * factor, end


def _spelled(words: Sequence[str]) -> float | None:
    """What number words in a row amount to; None for "one" alone, which is a pronoun."""
    if list(words) == ["one"]:
        return None
    total, current = 0.0, 0.0
    for word in words:
        if word in SCALES:
            current = (current or 1) * SCALES[word]
            if SCALES[word] >= 1000:
                total, current = total + current, 0.0
        elif word in SMALL:
            current += SMALL[word]
    return total + current


def _step(digits: str) -> float:
    """The unit of the last digit that counts: 0.1 for "4.2", 100 for "4200"."""
    whole, _, fraction = digits.partition(".")
    if fraction:
        return float(10 ** -len(fraction))
    return float(10 ** (len(whole) - len(whole.rstrip("0")))) if whole.strip("0") else 1.0


def _unit(rest: str) -> list[tuple[str, int]]:
    """What is counted, each word with the offset of its end. The clause or another stop word ends it."""
    clause = CLAUSE.search(rest)
    per_cent = re.match(r"\s?per ?cent\b", rest, re.IGNORECASE)
    found = [(PERCENT, per_cent.end())] if per_cent else []
    for match in UNIT.finditer(rest, per_cent.end() if per_cent else 0, clause.start() if clause else len(rest)):
        word = plain(match["word"])
        if word in PASSED_OVER and (found or word in {"of", "were", "was"}):
            continue
        if word in STOP_WORDS or word[0].isdigit() or len(found) == UNIT_WORDS:
            break
        found.append((meaning(word), match.end("whole")))
    return found


def _words_before(text: str) -> list[str]:
    """The two content words before a number, the nearer first."""
    return [word for word in all_words(text[-40:]) if word not in STOP_WORDS][:-3:-1]


def _is_name_of_number(text: str, match: re.Match[str]) -> bool:
    """Whether the number is a part of a name: "Apollo 11", "Route 9"."""
    before = text[: match.start()]
    if BEFORE_NAMES_OF_NUMBERS.search(before):
        return True
    word = re.search(r"(?:^|[\s(])(\w[\w-]*)\s$", before)
    capital = word and word[1][0].isupper() and word.start(1) > 0 and not word[1].endswith(("ed", "s"))
    return bool(capital and match["digits"] and not match["scale"] and "," not in match["digits"])


def _beyond(one: Quantity, other: Quantity) -> bool:
    above = one.bound == "above" and other.amount >= one.amount
    return above or (one.bound == "below" and other.amount <= one.amount)


def _initials(name: Name) -> str:
    return "".join(word[0] for word in name.words) if len(name.words) > 1 else ""
