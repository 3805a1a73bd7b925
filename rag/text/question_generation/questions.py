"""A sentence of an article → questions that it answers, by rules of English grammar. Pure.

The rules are strict: of most sentences nothing is asked, and what is asked reads as a person would ask it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile

from rag.text.english import MONTHS, SMALL, WEEKDAYS
from rag.text.question_generation.clauses import (
    ADVERBS,
    ARTICLES,
    BE,
    DETERMINERS,
    ENDING,
    HAVE,
    POINTING,
    PREPOSITIONS,
    RELATIVES,
    TOKEN,
    WILL,
    YEAR_OR_MONTH,
    amount,
    asked,
    has_another_verb,
    is_counted,
    is_unit,
    name_before,
    noun_end,
    self_contained,
    split_at_date,
    without_date,
)
from rag.text.question_generation.entities import ROLE, SAYING, Surroundings
from rag.text.question_generation.inflection import base_of, is_participle
from rag.text.tokenization import STOP_WORDS, stem

LONGEST_SENTENCE, LONGEST_SUBJECT, LONGEST_QUESTION = 320, 8, 18
"""In characters, and in words."""
BRACKETS = re.compile(r"\s?\([^()]*\)|\s?\[[^\[\]]*\]")
UNFIT = re.compile(r"[\"“”„«»()\[\];:?!…|*#/<>{}+\\]|\s[-–—]\s|—|\.\s")
"""What makes a sentence too involved to be turned into a question: quotations, dashes, a second sentence."""

FATES = frozenset(
    """abandoned arrested attacked cancelled closed damaged delayed demolished destroyed dismissed evacuated flooded hit
    injured killed lost postponed released rescued robbed sacked shot stolen struck suspended wrecked""".split()
)
"""After "was": what one asks with "What happened to …?"."""
PRICED = frozenset("bought estimated fined insured priced put sold valued".split())
SPENDING = frozenset("cost pay spend".split())
TIMES = frozenset(map(stem, "second minute hour day week month year decade century".split()))
PRESENTS = {f"{verb}s": verb for verb in "contain cost earn employ measure own produce receive seat weigh".split()}
LENGTHS = frozenset("long high tall wide deep thick old".split())
LASTING = frozenset("last spend take".split())
PLACED = frozenset(
    "born built buried discovered filmed found held made moved opened photographed seen signed staged".split()
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and what it asks for: "why", "how much", "who", …"""

    text: str
    kind: str


def questions_from(sentence: str, around: Surroundings) -> list[Question]:
    """The questions that a sentence answers; most sentences make none."""
    if len(sentence) > 2 * LONGEST_SENTENCE:
        return []
    words = BRACKETS.sub("", " ".join(sentence.split()))
    if len(words) > LONGEST_SENTENCE or not words.endswith("."):
        return []
    read = _Sentence(TOKEN.findall(words[:-1]), around)
    found = chain(read.of_names(), () if UNFIT.search(words[:-1]) else read.of_clause())
    return [question for question in found if _is_clear(question.text)]


def _is_clear(question: str) -> bool:
    """Whether a question says by itself what it is about: with a name, or with many words."""
    words = question.rstrip("?").split()
    names = [word for word in words[1:] if word[0].isupper() and word.lower() not in MONTHS + WEEKDAYS]
    telling = [word for word in words[1:] if word.lower() not in STOP_WORDS | {"many", "much", "long"}]
    enough = 1 if names else 6
    return enough <= len(telling) and 4 <= len(words) <= LONGEST_QUESTION


class _Sentence:
    """The words of a sentence: its subject, its verb and what follows."""

    def __init__(self, tokens: Sequence[str], around: Surroundings) -> None:
        self._tokens = tokens
        self._around = around

    def of_names(self) -> Iterator[Question]:
        """What is said of a person beside their name."""
        for at, token in enumerate(self._tokens[1:-2], start=1):
            name = name_before(self._tokens, at) if token == "," else []
            if self._around.is_person(name):
                yield from self._of_relative_clause(at + 1)
                yield from self._of_apposition(name, at + 1)
                yield from self._of_role(at - len(name))

    def of_clause(self) -> Iterator[Question]:
        """What the main clause says, of whose subject and verb it must be certain."""
        self._tokens, date = without_date(self._tokens)
        at = self._verb_at()
        if at is None:
            return
        name, subject = self._subject(at)
        if not subject:
            return
        verb, after = self._tokens[at].lower(), [*self._tokens[at + 1 :]]
        if has_another_verb(after):
            return
        yield from self._who(name, verb, after)
        amount_end = amount(name, 0)
        if amount_end:
            yield from _how_many_are(name[amount_end:], verb, after)
            return
        yield from _what_is(subject, verb, after, self._around.is_person(name))
        turned = _turned(verb, after)
        if turned:
            auxiliary, main, rest = turned
            yield from _why(subject, auxiliary, main, rest)
            yield from _when(subject, auxiliary, main, rest, date)
            yield from _price(subject, auxiliary, rest)
            yield from _what_happened(subject, auxiliary, main, rest)
            yield from _by_whom(subject, auxiliary, rest, self._around)
            yield from _where(subject, auxiliary, main, rest)
            yield from _how_much(subject, auxiliary, main, rest)

    # The subject and the verb

    def _verb_at(self) -> int | None:
        """Where the finite verb stands; None where that is not certain."""
        first = self._tokens[0].lower() if self._tokens else ""
        if not first[:1].isalnum() or first in POINTING | ENDING | PREPOSITIONS or first.endswith(("ly", "ing")):
            return None
        at = 1
        while at < min(len(self._tokens), 24):
            token = self._tokens[at]
            if token == ",":
                closed = self._closing_comma(at)
                if closed is None:
                    return None
                at = closed + 1
                continue
            if token in BE | HAVE | WILL or token in PRESENTS or (token.islower() and base_of(token)):
                return at
            if token.lower() in POINTING | (ENDING - {"and"}) or self._is_doing(at) or not token[0].isalnum():
                return None
            at += 1
        return None

    def _is_doing(self, at: int) -> bool:
        """Whether a word in -ing goes on with a clause: not so in "the rowing club"."""
        return self._tokens[at].endswith("ing") and self._tokens[at - 1].lower() not in DETERMINERS

    def _closing_comma(self, at: int) -> int | None:
        """The comma that closes an apposition to a name; None where there is none."""
        if at + 2 >= len(self._tokens) or not self._tokens[at - 1][0].isupper() or "," not in self._tokens[at + 1 :]:
            return None
        closed = self._tokens.index(",", at + 1)
        within = self._tokens[at + 1 : closed]
        if not within:
            return None
        is_clause = within[0] not in RELATIVES and any(word in BE | HAVE or base_of(word) for word in within)
        return closed if len(within) <= 12 and closed + 1 < len(self._tokens) and not is_clause else None

    def _subject(self, verb_at: int) -> tuple[list[str], str]:
        """The words of the subject, and how it is written within a question; both empty where it is not fit."""
        words = list(
            self._tokens[: self._tokens.index(",")] if "," in self._tokens[:verb_at] else self._tokens[:verb_at]
        )
        last = words[-1].lower()
        if len(words) > LONGEST_SUBJECT or last in PREPOSITIONS | STOP_WORDS | ADVERBS or last.endswith("ly"):
            return [], ""
        first = words[0].lower()
        is_name = words[0] in self._around.capital or (words[1:2] and words[1][0].isupper())
        called = self._around.called.get(last) if first == "the" and len(words) == 2 else None
        if called:
            words = called.split()
        elif first in DETERMINERS or first in SMALL or (first in self._around.common and not is_name):
            words[0] = first
        elif not is_name and words[0].isalpha() and not any(word[0].isupper() for word in words[1:]):
            return [], ""  # It may be a name or not.
        if words[0] in {"a", "an"}:
            return [], ""
        return words, " ".join(words)

    # Questions about a person

    def _of_relative_clause(self, at: int) -> Iterator[Question]:
        """ "Dorn, who leads the project, …" → "Who leads the project?" """
        clause = self._tokens[at + 1 :]
        if self._tokens[at] != "who" or not clause:
            return
        kept = self_contained(clause[1:])
        is_finite = clause[0].endswith("s") or base_of(clause[0])
        if is_finite and clause[0] not in BE | HAVE | POINTING and len(kept) > 1:
            yield Question(asked("Who", clause[0], *kept), "who")

    def _of_apposition(self, name: Sequence[str], at: int) -> Iterator[Question]:
        """ "Vasska, the director at the Institute, …" → "Who is the director at the Institute?" """
        role = list(takewhile(lambda word: word != ",", self._tokens[at:]))
        if role[:1] not in (["the"], ["a"], ["an"]) or any(word in BE | HAVE or base_of(word) for word in role):
            return
        noun = list(takewhile(lambda word: word not in PREPOSITIONS | ENDING | {"of"}, role))
        if role[0] == "the" and role == self_contained(role) and 3 < len(role) < 11:
            yield Question(asked("Who is", *role), "who")
        elif len(name) > 1 and ROLE.search(noun[-1]):
            yield Question(asked("Who is", *name), "what")

    def _of_role(self, at: int) -> Iterator[Question]:
        """ "The mayor of Averell, Brandreth, …" → "Who is the mayor of Averell?" """
        if self._tokens[at - 1 : at] != [","]:
            return
        before = list(takewhile(lambda word: word[0].isalnum(), reversed(self._tokens[: at - 1])))[::-1]
        begin = max((place for place, word in enumerate(before) if word.lower() == "the"), default=None)
        role = before[begin:] if begin is not None else []
        is_name = role == self_contained(role) and not any(word in BE | HAVE or base_of(word) for word in role)
        if is_name and 2 < len(role) < 10 and any(ROLE.search(word.lower()) for word in role):
            yield Question(asked("Who is the", *role[1:]), "who")

    def _who(self, name: Sequence[str], verb: str, after: Sequence[str]) -> Iterator[Question]:
        if self._around.is_person(name[-1:]) and not PREPOSITIONS.intersection(name) and "of" not in name:
            kept = self_contained(after)
            if len(kept) > 2 and kept[0] != "to" and not re.fullmatch(SAYING, verb) and verb not in BE | HAVE:
                yield Question(asked("Who", verb, *kept), "who")


# Questions about all else


def _turned(verb: str, after: Sequence[str]) -> tuple[str, str, list[str]] | None:
    """What changes places with the subject, the main verb, and what follows it."""
    rest = list(after)
    if verb in BE:
        return verb, "", rest
    if verb in HAVE and rest and (is_participle(rest[0]) or rest[0] == "been"):
        return verb, rest[0], rest[1:]
    if verb in WILL and rest:
        return verb, rest[0], rest[1:]
    if verb in HAVE:
        return {"has": "does", "have": "do", "had": "did"}[verb], "have", rest
    if verb in PRESENTS:
        return "does", PRESENTS[verb], rest
    base = base_of(verb)
    return ("did", base, rest) if base else None


def _why(subject: str, auxiliary: str, main: str, rest: Sequence[str]) -> Iterator[Question]:
    if "because" not in rest:
        return
    clause = list(rest[: rest.index("because")])
    if (main or clause) and clause == self_contained(clause):
        yield Question(asked("Why", auxiliary, subject, main, *clause), "why")


def _when(subject: str, auxiliary: str, main: str, rest: Sequence[str], fronted: str) -> Iterator[Question]:
    """``fronted`` is a date before the sentence, "" where there is none."""
    before, date = (self_contained(rest), fronted) if fronted else split_at_date(rest)
    if len(rest) > 1 >= len(before) and date == fronted:
        return  # Too little is left of what was done.
    if not date or auxiliary in {"do", "does", "is", "are", "has", "have"} or before != self_contained(before):
        return
    if auxiliary in BE and not (before and is_participle(before[0])):
        return
    if {"until", "since"}.intersection(before):
        return
    if main or before:
        yield Question(asked("When", auxiliary, subject, main, *before), "when")


def _by_whom(subject: str, auxiliary: str, rest: Sequence[str], around: Surroundings) -> Iterator[Question]:
    """ "The lamp was lit by Dunmore" → "Who lit the lamp?", for verbs whose past and participle are the same."""
    if auxiliary in {"was", "were"} and rest[1:2] == ["by"] and base_of(rest[0]):
        name = list(takewhile(lambda word: word[0].isupper(), rest[2:]))
        if around.is_person(name):
            yield Question(asked("Who", rest[0], subject), "who")


def _where(subject: str, auxiliary: str, main: str, rest: Sequence[str]) -> Iterator[Question]:
    if (
        auxiliary in {"was", "were"}
        and len(rest) > 2
        and rest[0] in PLACED
        and rest[1] in {"in", "at", "near", "under"}
    ):
        place = rest[3] if rest[2] in ARTICLES and len(rest) > 3 else rest[2]
        if place[0].isupper() and not YEAR_OR_MONTH.search(place) and place.lower() not in POINTING:
            yield Question(asked("Where", auxiliary, subject, main, rest[0]), "where")


def _what_happened(subject: str, auxiliary: str, main: str, rest: Sequence[str]) -> Iterator[Question]:
    done = rest[0] if rest and (auxiliary in BE or main == "been") else ""
    is_named = all(word[0].isupper() for word in subject.removeprefix("the ").split())
    if done in FATES and is_named:
        yield Question(asked("What happened to", subject), "what")


def _price(subject: str, auxiliary: str, rest: Sequence[str]) -> Iterator[Question]:
    """ "It was sold for 300 crowns", "she was fined 300 crowns"."""
    if auxiliary not in BE or len(rest) < 3 or rest[0] not in PRICED:
        return
    preposition = [rest[1]] if rest[1] in {"for", "at"} else []
    if amount(rest, 1 + len(preposition)) and bool(preposition) == (rest[0] != "fined"):
        yield Question(asked("How much", auxiliary, subject, rest[0], *preposition), "how much")


def _how_much(subject: str, auxiliary: str, main: str, rest: Sequence[str]) -> Iterator[Question]:
    end = amount(rest, 0)
    if not end or end >= len(rest):
        return
    unit_end = noun_end(rest, end)
    tail = self_contained(rest[unit_end:])
    if not main and rest[end + 1 : end + 2] and rest[end + 1] in LENGTHS and is_unit(rest[end]):
        yield Question(asked("How", rest[end + 1], auxiliary, subject), "how much")
    elif tail and tail[0] not in PREPOSITIONS:
        return
    elif main in LASTING and unit_end > end and stem(rest[unit_end - 1]) in TIMES:
        yield Question(asked("How long", auxiliary, subject, main, *tail), "how much")
    elif main in SPENDING or main == "weigh":
        yield Question(asked("How much", auxiliary, subject, main, *tail), "how much")
    elif main and unit_end > end and rest[unit_end - 1 : unit_end] and is_counted(rest[end:unit_end]):
        yield Question(asked("How many", *rest[end:unit_end], auxiliary, subject, main, *tail), "how much")


def _how_many_are(noun: Sequence[str], verb: str, after: Sequence[str]) -> Iterator[Question]:
    kept = self_contained(after)
    is_noun = 0 < len(noun) < 5 and "of" not in noun and is_counted(noun)
    is_told = verb not in BE or (kept and (is_participle(kept[0]) or kept[0] in PREPOSITIONS))
    if is_noun and kept and is_told:
        yield Question(asked("How many", *noun, verb, *kept), "how much")


def _what_is(subject: str, verb: str, after: Sequence[str], is_person: bool) -> Iterator[Question]:
    """A definition: "Orrite is a mineral found …"; nothing where it may be a person's and is not known to be one's."""
    words = subject.removeprefix("the ").split()
    is_named = all(word[0].isupper() and (is_person or not ROLE.search(word.lower())) for word in words)
    if verb not in {"is", "was"} or after[:1] not in (["a"], ["an"]) or len(after) < 5 or not is_named:
        return
    kind = list(takewhile(lambda word: word.isalpha() and word not in PREPOSITIONS | ENDING | {"of"}, after[1:]))
    if is_person or (kind and ROLE.search(kind[-1])):
        yield Question(asked("Who", verb, subject), "what")
    elif kind and not kind[-1].endswith(("er", "or", "ant", "ent", "ess")):
        yield Question(asked("What", verb, subject), "what")
