"""Whether sentences of two articles tell of one thing, so that what they say differently is a difference. Pure.

Whatever may set them apart keeps them from being compared: a day, a name, a word such as "northern" or "expected".
English only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rag.core.types import RankedPassage, Span, Vector
from rag.text.tokenization import STOP_WORDS, all_words
from rag.verification.contradictions.quantities import (
    Day,
    Name,
    Quantity,
    Value,
    days_in,
    meaning,
    names_in,
    quantities,
)

Kind = Literal["quantity", "day", "name", "opposite"]
KINDS: Sequence[Kind] = ("quantity", "day", "name")

ASKED = 0.75
"""Share of the question's words that each of the two must have, in itself or in what stands above it."""
RELATION = 0.5
"""Share of those of them that are no names, of which there must be more."""
SHARED = {"quantity": (0.6, 0.35), "day": (0.6, 0.4), "name": (0.75, 0.6), "opposite": (0.75, 0.6)}
"""Share of the shorter and of the longer sentence's words that stand in the other, by kind of value."""
LEAST_SHARED = 2
SAME_EVENT = 100
"""Days between two articles within which what they tell in the past may be one event that does not come again."""

WHETHER = re.compile(
    r"\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)(?:n['’]t)?\b", re.IGNORECASE
)
MEASURES = """cost costs price worth value rent rate wage salary fine budget debt population turnout number share
    percentage proportion amount sum height length depth width size area weight age distance speed temperature capacity
    total revenue profit income toll altitude elevation majority attendance sold paid pay""".split()
"""Words of a "what" that asks for a number."""
ASKING = re.compile(
    r"\b(?:(?P<quantity>how (?:many|much|long|old|far|tall|high|deep|wide|big|large|heavy|fast)"
    rf"|(?:what|which)\b(?=.*\b(?:{'|'.join(MEASURES)})\b))"
    r"|(?P<day>when|(?:what|which) (?:year|day|date|month))|(?P<name>who|whom|whose|where|which|what)"
    r"|how|why)\b",
    re.IGNORECASE,
)
"""What a question asks for, by the first of its question words."""
WEEKDAY = re.compile(r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|today|tonight|last (?:night|week))\b")
WEEK = 7
"""Days between articles within which a weekday is the same, and two events of one kind without a name are one."""
PRESENT = re.compile(r"\b(?:is|are|does|do|has|have|can|will)\b", re.IGNORECASE)


LOCATIVE = frozenset("in at near from on to".split())
WHERE = re.compile(r"\b(?:where|which|what)\b", re.IGNORECASE)
APART = (
    "first|1st", "second|2nd", "third|3rd", "fourth|4th", "fifth|5th", "last|final", "next", "previous|former|earlier",
    "north|northern", "south|southern", "east|eastern", "west|western", "men|man|male|boys", "women|woman|female|girls",
    "children|child", "maximum|highest", "minimum|lowest", "average|mean|median", "total|altogether|overall",
    "each|per|every", "another|other|others", "more|further|additional|extra", "half|quarter", "including|includes",
    "daily|day", "weekly|week", "monthly|month", "annual|annually|yearly|year", "hourly|hour",
    "expected|planned|plans|plan|budgeted|proposed|forecast|estimate|estimated|target|predicted|originally",
    "begin|began|begun|start|started|opened|opens|opening|open|founded|established|built|born|launched",
    "end|ended|finished|closed|closing|dissolved|abolished|demolished", "adults|adult", "if|would|could|might|may",
    "gross", "net", "local", "national", "worldwide|global", "only", "rose|rise|increase|increased|grew|up",
    "fell|fall|decrease|decreased|dropped|down|cut", "lost|lose|loses", "won|win|wins", "asked|wanted|demanded|offered",
    "replaced|succeeded|successor|predecessor", "claimed|alleged|rumoured|denied", "once|twice|again",
    "night|nights", "morning|mornings", "evening|evenings", "summer", "winter", "weekend|weekends",
)  # fmt: skip
"""Words that tell two things of one kind apart: what has one of a group and what has none do not compare."""
GROUPS = {word: number for number, words in enumerate(APART) for word in words.split("|")}
PER_CENT = re.compile(r"\bper cent\b")
OPPOSITES = (
    ("approved", "rejected"), ("accepted", "rejected"), ("accepted", "refused"), ("passed", "failed"),
    ("guilty", "innocent"), ("guilty", "acquitted"), ("convicted", "acquitted"), ("confirmed", "denied"),
    ("open", "closed"), ("alive", "dead"), ("survived", "died"), ("legal", "illegal"), ("agreed", "refused"),
)  # fmt: skip
EITHER = frozenset(meaning(word) for pair in OPPOSITES for word in pair)
"""What was asked may be told by either of these."""
GENERAL = frozenset(
    """many much long old far tall high deep wide big large heavy fast number share percentage proportion amount name
    named called people person year day date month""".split()
)
"""Words of questions that say only what kind of value is asked for."""


@dataclass(frozen=True)
class ComparedSentence:
    """A sentence of a ranked passage, the ``at``-th from 0, and its likeness to the cited one."""

    ranked: RankedPassage
    at: int
    cosine: float = 1.0

    @property
    def span(self) -> Span:
        return self.ranked.passage.sentences[self.at]

    @property
    def vector(self) -> Vector:
        vector: Vector = self.ranked.stored.vectors.sentences[self.at]
        return vector

    @cached_property
    def text(self) -> str:
        return self.ranked.passage.words_of(self.span)

    @cached_property
    def above(self) -> tuple[str, str, str]:
        """What a reader knows on coming to the sentence: the title, the heading, and the sentence before it."""
        passage = self.ranked.passage
        before = passage.words_of(passage.sentences[self.at - 1]) if self.at else ""
        return self.ranked.header.title, passage.heading, before

    @property
    def around(self) -> str:
        """All of its passage, and the title and heading."""
        return f"{self.ranked.header.title}. {self.ranked.passage.heading}. {self.ranked.passage.text}"

    @cached_property
    def quantities(self) -> list[Quantity]:
        return quantities(self.text)

    @cached_property
    def days(self) -> list[Day]:
        return days_in(self.text)

    @cached_property
    def names(self) -> list[Name]:
        return names_in(self.text, self.ranked.passage.text)

    @cached_property
    def words(self) -> frozenset[str]:
        return meanings(self.text)

    def words_without(self, value: Value) -> frozenset[str]:
        """The meanings of its content words, but for those of a value."""
        return meanings(f"{self.text[: value.start]} {self.text[value.end :]}")

    def words_of(self, value: Value) -> str:
        return self.text[value.start : value.end]

    def groups(self, kind: Kind) -> frozenset[int]:
        """Which words it has that tell things of one kind apart."""
        words = set(all_words(PER_CENT.sub("%", self.text)))
        compared = {word for word in words if kind == "opposite" and meaning(word) in EITHER}
        return frozenset(GROUPS[word] for word in words - compared if word in GROUPS)


def asks_for(question: str) -> Kind | None:
    """What kind of value a question asks for; None for "how", "why" and what is no question."""
    if WHETHER.match(question):
        return "opposite"
    match = ASKING.search(question)
    for kind in KINDS:
        if match and match[kind]:
            return kind
    return None


def tells_of(question: str, kind: Kind, sentence: ComparedSentence) -> bool:
    """Whether a sentence has most words of the question, some in itself, the others in what stands above it.

    It must have all of a question that asks whether, but for the words that may be told by their opposites.
    """
    asked = meanings(" ".join(word for word in _content(question) if word not in GENERAL))
    named = meanings(" ".join(word for name in names_in(question) for word in name.words))
    if kind == "opposite":
        asked -= EITHER
    known = sentence.words | meanings(" ".join(sentence.above))
    relation = asked - named
    if not asked & sentence.words or (relation and len(relation & known) <= RELATION * len(relation)):
        return False
    return asked <= known if kind == "opposite" else len(asked & known) >= ASKED * len(asked)


def say_the_same(one: frozenset[str], other: frozenset[str], kind: Kind) -> bool:
    shared = len(one & other)
    of_shorter, of_longer = SHARED[kind]
    shorter, longer = sorted((len(one), len(other)))
    return shared >= LEAST_SHARED and shared >= of_shorter * shorter and shared >= of_longer * longer


def are_apart(
    said: ComparedSentence,
    other: ComparedSentence,
    days: Sequence[Day] | None,
    other_days: Sequence[Day],
    *values: Name,
) -> bool:
    """Whether each sentence has a day (unless days are compared) or a name beside its value that the other has not."""
    if days and other_days and not any(one.agrees(two) for one in days for two in other_days):
        return True
    own = [one for one in said.names if one not in values]
    others = [one for one in other.names if one not in values]
    return any(_unknown(one, other) for one in own) and any(_unknown(one, said) for one in others)


def share_a_subject(question: str, said: ComparedSentence, other: ComparedSentence) -> bool:
    """Whether both, with what stands above them, have a name in common, or else came out in the same week."""
    named = {word for name in names_in(question) for word in name.words}
    for one in (said, other):
        named |= {word for part in (*one.above, one.text) for name in names_in(part, one.around) for word in name.words}
    own, others = (set(all_words(" ".join((*one.above, one.text)))) for one in (said, other))
    day, other_day = said.ranked.header.date, other.ranked.header.date
    return bool(named & own & others) or (
        day is not None and other_day is not None and abs((day - other_day).days) <= WEEK
    )


def is_a_place(sentence: ComparedSentence, name: Name) -> bool:
    """Whether a name says where something was, by the word before it."""
    return next(iter(all_words(sentence.text[: name.start])[-1:]), "") in LOCATIVE


def _unknown(name: Name, sentence: ComparedSentence) -> bool:
    """Whether a name, or a part of it, stands nowhere around a sentence."""
    return not set(name.words) <= set(all_words(sentence.around))


def may_be_of_one_time(question: str, said: ComparedSentence, other: ComparedSentence) -> bool:
    """Whether what two sentences tell may have happened at one time, by the days they name and their articles' days."""
    asked = days_in(question)
    if asked and other.days and not any(one.agrees(two) for one in asked for two in other.days):
        return False
    one, two = said.ranked.header.date, other.ranked.header.date
    weekdays = [set(WEEKDAY.findall(sentence.text)) for sentence in (said, other)]
    if all(weekdays) and not weekdays[0] & weekdays[1]:
        return False
    if one is None or two is None:
        return True
    apart = abs((one - two).days)
    if apart >= WEEK and all(weekdays):
        return False
    if apart <= SAME_EVENT or PRESENT.search(question):
        return True
    if asks_for(question) == "day":
        return all(day.year and day.year < min(one, two).year - 1 for day in [*said.days, *other.days])
    return any(one.year and one.agrees(two) for one in said.days for two in other.days)


def _content(text: str) -> list[str]:
    return [word for word in all_words(text) if word not in STOP_WORDS]


def meanings(text: str) -> frozenset[str]:
    return frozenset(map(meaning, _content(text)))
