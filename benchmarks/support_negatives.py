"""Sentences that articles support, and corrupted ones that they do not, derived from any articles, without a model."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from support_positives import MONTH, NAME, NUMBER, PARAPHRASES, PASSIVE, is_plain, lower_first, subject

from rag.core.types import RankedPassage, SentenceMatch, Span, StoredPassage
from rag.retrieval.context_selection import EvidencePassage
from rag.text.english import IRREGULAR, MONTHS, SMALL, UNITS, WEEKDAYS
from rag.text.tokenization import STOP_WORDS, stem

BESIDE = 5
"""Passages in the evidence beside the one that a sentence comes from: two of its article, the others nearest to it."""
AUXILIARY = re.compile(r"\b(is|are|was|were|has|have|had|will|can|could|would|should|must)\b(?! not| never)")
PAST = re.compile(r"(?<=[a-z\d] )(\w+ed|" + "|".join(f for f, base in IRREGULAR.items() if f != base) + r")\b(?! by)")
NEGATED = re.compile(r"\b(is|are|was|were|has|have|had|will|can|could|would|should|did|does|do) not\b|\bnever\b|n't\b")
WITHOUT = re.compile(r"\b(without|no) (?=[a-z])")
DATE = re.compile(rf"\b(?:{MONTH}|{'|'.join(day.capitalize() for day in WEEKDAYS)})\b|\b(?:1[5-9]|20)\d\d\b")
UNIT = re.compile(r"(?<=\d )[a-z]+\b|(?<=lion )[a-z]+\b|(?<=\d)%|[$€£](?=\d)")
LIKE_UNITS = [
    "kilometres miles metres feet", "kilograms pounds tons grams", "dollars euros pounds francs",
    "days weeks months years hours minutes", "percent points", "acres hectares",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Derived:
    """A sentence, whether the evidence supports it, how it was made, and the evidence."""

    text: str
    question: str
    supported: bool
    kind: str
    article: str
    evidence: tuple[EvidencePassage, ...]


@dataclass(frozen=True, slots=True)
class _Origin:
    """A sentence of a passage; ``names`` are those of its passage, ``other`` a sentence of an article near by."""

    sentence: str
    title: str
    names: Sequence[str]
    figures: Sequence[str]
    other: str
    other_names: Sequence[str]


Corrupter = Callable[[str, _Origin, random.Random], str | None]


def derive(passages: Sequence[StoredPassage], each: int, seed: int) -> list[Derived]:
    """At most ``each`` sentences of every kind, from different places, with the evidence that they are judged by."""
    chance = random.Random(seed)
    evidence = _Evidence(passages)
    places = [
        (at, span) for at, stored in enumerate(passages) for span in stored.passage.sentences
        if is_plain(stored.passage.words_of(span))
    ]  # fmt: skip
    made: list[Derived] = []
    for supported, kinds in ((True, [*PARAPHRASES, "joined", "answer"]), (False, list(CORRUPTIONS))):
        for kind in kinds:
            chance.shuffle(places)
            made += _take(_of_kind(kind, supported, places, evidence, chance), each)
    return made


def _take(derived: Iterator[Derived], each: int) -> list[Derived]:
    return [one for one, _ in zip(derived, range(each), strict=False)]


class _Evidence:
    """The passages, and which of them stand near which."""

    def __init__(self, passages: Sequence[StoredPassage]) -> None:
        self.passages = passages
        self._vectors = np.stack([stored.vectors.passage for stored in passages])
        self._near: dict[int, tuple[list[int], list[int]]] = {}
        self._articles = np.unique([stored.header.id for stored in passages], return_inverse=True)[1]

    def near(self, at: int) -> tuple[list[int], list[int]]:
        """(passages of the same article, passages of other articles), the nearest first."""
        if at not in self._near:
            order = np.argsort(-(self._vectors @ self._vectors[at]), kind="stable")[:200]
            same = self._articles[order] == self._articles[at]
            self._near[at] = ([int(n) for n in order[same] if n != at], [int(n) for n in order[~same]])
        return self._near[at]

    def around(self, at: int, span: Span, chance: random.Random) -> tuple[EvidencePassage, ...]:
        """Evidence of a passage and ``BESIDE`` others. ``span`` and half of the rest were read."""
        same, others = self.near(at)
        chosen = [at, *same[:2]]
        chosen += others[: BESIDE + 1 - len(chosen)]
        chance.shuffle(chosen)
        evidence = []
        for number, n in enumerate(chosen, start=1):
            stored = self.passages[n]
            matches = tuple(SentenceMatch(one, 0.5, 0.5) for one in stored.passage.sentences)
            ranked = RankedPassage(stored, number, 1.0, 0.5, 0.5, number, number, matches)
            read = tuple(match for match in matches if match.span == span or chance.random() < 0.5)
            evidence.append(EvidencePassage(number, ranked, read or matches[:1]))
        return tuple(evidence)

    def origin(self, at: int, span: Span, chance: random.Random) -> _Origin:
        stored = self.passages[at]
        others = [self.passages[n] for n in self.near(at)[1][BESIDE : BESIDE + 3]] or [stored]
        sentences = [one.passage.words_of(s) for one in others for s in one.passage.sentences]
        text = stored.passage.text
        return _Origin(
            stored.passage.words_of(span), stored.header.title, names_of(text), NUMBER.findall(text),
            chance.choice([one for one in sentences if is_plain(one)] or sentences),
            names_of(" ".join(sentences)),
        )  # fmt: skip


def _of_kind(
    kind: str, supported: bool, places: Sequence[tuple[int, Span]], evidence: _Evidence, chance: random.Random
) -> Iterator[Derived]:
    for at, span in places:
        stored = evidence.passages[at]
        sentence, title = stored.passage.words_of(span), stored.header.title
        question: str | None = None
        text: str | None
        if kind == "joined":
            text = _joined(stored, span)
        elif kind in PARAPHRASES:
            text = PARAPHRASES[kind](sentence, title, chance)
        elif kind.startswith("answer"):
            text, question = _answer(evidence.origin(at, span, chance), supported, chance)
        else:
            base = PARAPHRASES[chance.choice(["verbatim", "verbatim", "shortened", "trimmed", "fronted"])]
            changed = base(sentence, title, chance) or sentence
            text = CORRUPTIONS[kind](changed, evidence.origin(at, span, chance), chance)
        if text is None:
            continue
        around = evidence.around(at, span, chance)
        if not supported and any(text in one.ranked.passage.text for one in around):
            continue
        asked_of = chance.choice([text, sentence, ""])
        asked = _question(asked_of, chance) if question is None else question
        yield Derived(text, asked, supported, kind, stored.header.id, around)


def _answer(origin: _Origin, right: bool, chance: random.Random) -> tuple[str | None, str | None]:
    """(a short answer, or one that repeats the question, and the question), about what a sentence begins with."""
    asked = subject(origin.sentence)
    name = asked[0] if asked and right else _other_name(asked[0], origin, chance) if asked else None
    if asked is None or name is None:
        return None, None
    return chance.choice([name, f"{name}.", f"The one who {asked[1]} is {name}."]), f"Who {asked[1]}?"


def _question(sentence: str, chance: random.Random) -> str:
    """A question that repeats a part of a sentence."""
    words = sentence.rstrip(".").split()
    if len(words) < 4:
        return ""
    length = chance.randint(2, len(words) * 2 // 3)
    begin = chance.randint(0, len(words) - length)
    return f"What {' '.join(words[begin : begin + length])}?"


def names_of(text: str) -> list[str]:
    """The names of a text, those at the beginning of a sentence only where they have two words."""
    found = []
    for match in NAME.finditer(text):
        name = re.sub(r"^(?:The|A|An|In|On|At|By|He|She|It|His|Her|As|For|This|After|When) ", "", match[0])
        first = match.start() == 0 or text[: match.start()].rstrip()[-1:] in '.!?"“\n'
        ordinary = name.lower() in STOP_WORDS or name.lower() in MONTHS + WEEKDAYS
        if not ordinary and len(name) > 2 and (not first or " " in name):
            found.append(name.removesuffix("'s").removesuffix("’s"))
    return list(dict.fromkeys(found))


def _joined(stored: StoredPassage, span: Span) -> str | None:
    """Two neighbouring sentences made one."""
    spans = stored.passage.sentences
    at = spans.index(span)
    following = stored.passage.words_of(spans[at + 1]) if at + 1 < len(spans) else ""
    if not is_plain(following):
        return None
    return f"{stored.passage.words_of(span).rstrip('.')}, and {lower_first(following)}"


def _replaced(text: str, place: re.Match[str], by: str) -> str:
    return text[: place.start()] + by + text[place.end() :]


def _other_number(text: str, origin: _Origin, chance: random.Random) -> str | None:
    places = [m for m in NUMBER.finditer(text) if not re.fullmatch(r"(?:1[5-9]|20)\d\d", m[0])]
    spelled = [m for m in re.finditer(r"\b[a-z]+\b", text) if SMALL.get(m[0], 0) > 1]
    if not places + spelled:
        return None
    place = chance.choice(places + spelled)
    if place in spelled:
        return _replaced(text, place, chance.choice([w for w in SMALL if SMALL[w] not in (0, 1, SMALL[place[0]])]))
    beside = [one for one in origin.figures if one not in text]
    if beside and chance.random() < 0.4:
        return _replaced(text, place, chance.choice(beside))
    value = float(place[0].replace(",", ""))
    changed = value
    while changed == value:
        changed = max(1.0, round(value * chance.choice([0.5, 0.8, 0.9, 1.1, 1.25, 2, 3]) + chance.choice([-1, 1, 2])))
    return _replaced(text, place, f"{changed:,.0f}" if "," in place[0] else f"{changed:.0f}")


def _other_name(name: str, origin: _Origin, chance: random.Random) -> str | None:
    own = set(name.lower().split())
    words = f"{origin.sentence} {origin.title}".lower()
    near, far = (
        [one for one in names if not own & set(one.lower().split()) and one.lower() not in words]
        for names in (origin.names, origin.other_names)
    )
    options = near if near and (chance.random() < 0.5 or not far) else far
    return chance.choice(options) if options else None


def _another_name(text: str, origin: _Origin, chance: random.Random) -> str | None:
    inside = [name for name in names_of(text) if name in text]
    if not inside:
        return None
    name = chance.choice(inside)
    other = _other_name(name, origin, chance)
    return text.replace(name, other) if other else None


def _other_date(text: str, origin: _Origin, chance: random.Random) -> str | None:
    places = list(DATE.finditer(text))
    if not places:
        return None
    place = chance.choice(places)
    if place[0].isdigit():
        years = [one for one in DATE.findall(" ".join(origin.figures)) if one not in text]
        near = str(int(place[0]) + chance.choice([-20, -10, -3, -2, -1, 1, 2, 3, 10]))
        return _replaced(text, place, chance.choice([near, *years[:1]]))
    names = MONTHS if place[0].lower() in MONTHS else WEEKDAYS
    return _replaced(text, place, chance.choice([one for one in names if one != place[0].lower()]).capitalize())


def _other_unit(text: str, origin: _Origin, chance: random.Random) -> str | None:
    symbols = {"%": [" points", " people"], "$": ["€", "£"], "€": ["$", "£"], "£": ["$", "€"]}
    for place in UNIT.finditer(text):
        if place[0] in symbols:
            return _replaced(text, place, chance.choice(symbols[place[0]]))
        unit = UNITS.get(stem(place[0]))
        for group in LIKE_UNITS if unit else ():
            others = [one for one in group.split() if UNITS.get(stem(one)) != unit]
            if len(others) < len(group.split()):
                return _replaced(text, place, chance.choice(others))
    return None


def _negated(text: str, origin: _Origin, chance: random.Random) -> str | None:
    """With a negation put in, or taken out."""
    if place := NEGATED.search(text):
        return re.sub(r"  +", " ", _replaced(text, place, place[1] or "")).replace("ca ", "can ")
    if place := WITHOUT.search(text):
        return _replaced(text, place, "with " if place[1] == "without" else "some ")
    options = []
    if place := AUXILIARY.search(text):
        options += [_replaced(text, place, f"{place[1]} not"), _replaced(text, place, f"{place[1]} never")]
    if not options and (place := PAST.search(text)):
        base = IRREGULAR.get(place[1]) or re.sub(r"(?<=[^aeiou]i)ed$|(?<=[^aeiouy])ed$|d$", "", place[1])
        options += [_replaced(text, place, f"did not {base}"), _replaced(text, place, f"never {place[1]}")]
    return chance.choice(options) if options else None


def _swapped(text: str, origin: _Origin, chance: random.Random) -> str | None:
    """With two names in each other's place, a verb between them; or with a passive's agent made its object."""
    if found := PASSIVE.match(text):
        return f"{found[1]} {found[3]} {found[4].strip()}{found[5]}."
    spots = [(name, text.index(name)) for name in names_of(text)]
    if (first := subject(text)) and all(first[0] not in name and name not in first[0] for name, _ in spots):
        spots.append((first[0], 0))
    spots.sort(key=lambda spot: spot[1])
    for one, other in pairwise(spots):
        between = text[one[1] + len(one[0]) : other[1]]
        verb = re.search(r"\b(?:\w{3,}ed|" + "|".join(f for f in IRREGULAR if f != "be") + r")\b", between)
        if verb and "," not in between and one[0] not in other[0] and other[0] not in one[0]:
            end = other[1] + len(other[0])
            return text[: one[1]] + other[0] + between + one[0] + text[end:]
    return None


def _contrary(text: str, origin: _Origin, chance: random.Random) -> str | None:
    """With a word replaced by its contrary."""
    places = [place for place in re.finditer(r"\b[a-z]+\b", text) if place[0] in OPPOSITES]
    if not places:
        return None
    place = chance.choice(places)
    return _replaced(text, place, OPPOSITES[place[0]])


OPPOSITES = {
    one: other
    for pair in """increased decreased; rose fell; fell rose; grew shrank; won lost; lost won; opened closed; closed
        opened; began ended; higher lower; largest smallest; larger smaller; bought sold; sold bought; northern
        southern;
        southern northern; eastern western; western eastern; accepted rejected; rejected accepted; supported opposed;
        opposed supported; male female; majority minority; successful unsuccessful; similar different; early late;
        north south; south north; east west; west east; first last; highest lowest; raised lowered;
        before after; after before; more less; less more; most least""".split(";")
    for one, other in [pair.split()]
}  # fmt: skip


def _of_another(text: str, origin: _Origin, chance: random.Random) -> str | None:
    return origin.other if is_plain(origin.other) and origin.other != text else None


def _added(text: str, origin: _Origin, chance: random.Random) -> str | None:
    """With half of a sentence of another article behind it."""
    words = origin.other.rstrip(".").split()
    if len(words) < 8:
        return None
    return f"{text.rstrip('.')}, and {lower_first(' '.join(words[: len(words) // 2 + 2]))}."


CORRUPTIONS: Mapping[str, Corrupter] = {
    "number": _other_number,
    "name": _another_name,
    "date": _other_date,
    "unit": _other_unit,
    "negation": _negated,
    "role": _swapped,
    "contrary": _contrary,
    "another article": _of_another,
    "added": _added,
    "answer of another name": _another_name,
}
