"""Articles that differ: a sentence of another article that tells of the same and says another value. Pure.

A false alarm is worse than a miss, so whatever may explain the difference, a day, a name, a rounder number, a part of
a total, keeps it from being reported. English only. docs/decisions/0016-conflicts.md has what was measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rag.core.types import ArticleHeader, RankedPassage, Source, Span
from rag.retrieval.context_selection import EvidencePassage
from rag.text.tokenization import STOP_WORDS, WORD, all_words, plain
from rag.verification.contradictions.comparability import (
    OPPOSITES,
    WHERE,
    ComparedSentence,
    are_apart,
    asks_for,
    is_a_place,
    may_be_of_one_time,
    meanings,
    say_the_same,
    share_a_subject,
    tells_of,
)
from rag.verification.contradictions.quantities import (
    NO_NAMES,
    PERCENT,
    Name,
    Quantity,
    Value,
    days_in,
    meaning,
    names_in,
    quantities,
)

ALIKE = 0.6
"""Cosine from which two sentences may tell of the same."""
LONGEST_OUTLET = 60

DENIED_WITHIN = 30
"""Characters after a negation within which the word stands that it denies."""
PART = re.compile(
    r"\b(?:of|among) (?:them|whom)\b|^(?:of|among) (?:the|these|those|its|his|her|their)\b|\bof the \w+ (?:who|that)\b",
    re.IGNORECASE,
)
"""What says that a number is a part of another."""
NEGATION = re.compile(
    r"\b(?:(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)n['’]t|cannot|not|never)\b"
    r"(?! (?:only|just|until|least|merely|simply|alone|always|necessarily|all|every|yet)\b)",
    re.IGNORECASE,
)
OTHER_DENIALS = re.compile(r"\b(?:no|none|nobody|nor|neither|without|nothing|hardly|refus\w+|fail\w*)\b", re.IGNORECASE)
NOT_ONLY_ONE = re.compile(
    r"\| (?:(?:is|was|were|are|has|had|became|won) (?:\w+ed |made )?|\w+ed |made )(?:a|an)\b|\b(?:one of|also|another"
    r"|among|including|includes|both|co)\b",
    re.IGNORECASE,
)
LISTED_BEFORE = re.compile(r"\b(?:and|or|with|as well as)\s(?:\w+\s)?$|&\s$|[A-Z]\w*,\s$", re.IGNORECASE)
LISTED_AFTER = re.compile(r"^\s?(?:and|or|with|as well as|&)\s|^,\s(?:[A-Z]\w+\s?)+(?:,|and)")
NEAR = 4
"""Words around a name among which "one of" and the like say that there are others."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two articles that say different values of one thing; each value stands word for word in its source's quote.

    ``newer`` is the one of the two sources whose article is the newer; None where a day is missing, or they are equal.
    """

    value: str
    other_value: str
    source: Source
    other: Source
    newer: Source | None


def find_conflict(
    answer: str,
    question: str,
    cited: Sequence[Source],
    passages: Sequence[RankedPassage],
    evidence: Sequence[EvidencePassage] = (),
) -> Conflict | None:
    """The sentence of another article, most like the cited one, that says another value for what was asked.

    ``answer`` is a checked sentence, ``cited`` the sources that support it, ``passages`` what the search found. The
    other source has the number of its passage in ``evidence``, else the one after the last of these. None where the
    articles do not differ, or it cannot be told.
    """
    numbers = {one.ranked.stored.id: one.number for one in evidence}
    unused = 1 + max([*numbers.values(), *(source.number for source in cited)], default=0)
    for source in cited:
        own = next((one for one in passages if one.passage == source.passage), None)
        if own is None or own.header.language != "en":
            continue
        for said in _quoted(own, source.quote):
            for other in _alike(said, passages):
                found = _difference(answer, question, said, other)
                if found:
                    value, other_value = found
                    number = numbers.get(other.ranked.stored.id, unused)
                    contrary = Source(number, other.ranked.header, other.ranked.passage, other.span, other.ranked.score)
                    ours = source if value in source.quoted else replace(source, quote=said.span)
                    return Conflict(value, other_value, ours, contrary, _newer(ours, contrary))
    return None


def as_sentence(conflict: Conflict) -> str:
    """The difference in plain words, with nothing of the articles but outlets, days and the two values."""
    own, other = (_plainly(value) for value in (conflict.value, conflict.other_value))
    if conflict.newer is None:
        return f"Another article{_outlet(conflict.other.header)} says {_closed(other)}"
    source, contrary = _outlet(conflict.source.header), _outlet(conflict.other.header)
    if conflict.newer is conflict.source:
        source, own, contrary, other = contrary, other, source, own
    return f"The articles differ: the newer one{contrary} says {other}, the older one{source} {_closed(own)}"


def _quoted(own: RankedPassage, quote: Span) -> Iterator[ComparedSentence]:
    for at, span in enumerate(own.passage.sentences):
        if quote.start <= span.start and span.end <= quote.end:
            yield ComparedSentence(own, at)


def _alike(said: ComparedSentence, passages: Sequence[RankedPassage]) -> list[ComparedSentence]:
    """The sentences of other articles that may tell of the same, most alike first."""
    others = [one for one in passages if _is_another(one.header, said.ranked.header)]
    if not others:
        return []
    cosines = np.concatenate([one.stored.vectors.sentences for one in others]) @ said.vector
    places = [(one, at) for one in others for at in range(len(one.passage.sentences))]
    order = [int(at) for at in np.argsort(-cosines, kind="stable") if cosines[at] >= ALIKE]
    return [ComparedSentence(*places[at], float(cosines[at])) for at in order]


def _is_another(header: ArticleHeader, than: ArticleHeader) -> bool:
    return header.language == than.language and (header.duplicate_of or header.id) != (than.duplicate_of or than.id)


def _difference(answer: str, question: str, said: ComparedSentence, other: ComparedSentence) -> tuple[str, str] | None:
    """The value said and the other, as they stand in their sentences."""
    kind = asks_for(question)
    if kind is None or said.groups(kind) != other.groups(kind) or not may_be_of_one_time(question, said, other):
        return None
    if not (tells_of(question, kind, said) and tells_of(question, kind, other)):
        return None
    if not share_a_subject(question, said, other):
        return None
    match kind:
        case "opposite":
            return _opposite(meanings(question), said, other)
        case "quantity" | "day":
            return _another_value(answer, question, said, other, kind)
        case "name":
            return _another_name(answer, question, said, other)
    return None


def _another_value(
    answer: str, question: str, said: ComparedSentence, other: ComparedSentence, kind: Literal["quantity", "day"]
) -> tuple[str, str] | None:
    """The quantity or day that the answer tells, and the only one of the other sentence that compares to it."""
    read: Callable[[str], Sequence[Value]] = quantities if kind == "quantity" else days_in
    told, known = read(answer), read(question)
    for value in (one for one in read(said.text) if any(map(one.agrees, told)) and not one.among(known)):
        own = [one for one in read(said.text) if one.compares(value)]
        rivals = [one for one in read(other.text) if one.compares(value)]
        if len(own) != 1 or len(rivals) != 1:
            continue
        rival = rivals[0]
        stated_in_both = rival.among(read(said.ranked.passage.text)) or value.among(read(other.ranked.passage.text))
        if _is_a_part(value, said) or _is_a_part(rival, other):
            continue
        if value.agrees(rival) or rival.among([*told, *known]) or stated_in_both:
            continue
        if not say_the_same(said.words_without(value), other.words_without(rival), kind):
            continue
        if are_apart(said, other, None if kind == "day" else said.days, other.days):
            continue
        return said.words_of(value.with_unit(rival)), other.words_of(rival.with_unit(value))
    return None


def _is_a_part(value: Value, sentence: ComparedSentence) -> bool:
    share = isinstance(value, Quantity) and PERCENT in value.unit
    return not share and PART.search(sentence.text) is not None


def _another_name(
    answer: str, question: str, said: ComparedSentence, other: ComparedSentence
) -> tuple[str, str] | None:
    """The name that the answer tells, and the one in its place in the other sentence."""
    told, known = names_in(answer, said.ranked.passage.text), frozenset(all_words(question))
    elsewhere = frozenset(all_words(other.around))
    here = frozenset(all_words(f"{said.around} {answer}"))
    places = WHERE.search(question)
    for value in said.names:
        if is_a_place(said, value) and not places:
            continue
        if not value.among(told) or known & set(value.words) or elsewhere & set(value.words) or _is_one_of(said, value):
            continue
        for rival in other.names:
            if known & set(rival.words) or here & set(rival.words) or value.agrees(rival) or _is_one_of(other, rival):
                continue
            if (
                _in_one_place(said, value, other, rival)
                and say_the_same(said.words_without(value), other.words_without(rival), "name")
                and not are_apart(said, other, said.days, other.days, value, rival)
            ):
                return said.words_of(value), other.words_of(rival)
    return None


def _opposite(asked: frozenset[str], said: ComparedSentence, other: ComparedSentence) -> tuple[str, str] | None:
    """ "not approved" and "approved", or "approved" and "rejected", where that is what was asked."""
    if OTHER_DENIALS.search(said.text) or OTHER_DENIALS.search(other.text):
        return None
    if are_apart(said, other, said.days, other.days) or not all(one.among(other.quantities) for one in said.quantities):
        return None
    own, others = (list(NEGATION.finditer(one.text)) for one in (said, other))
    if len(own) + len(others) == 1:
        denying, affirming = (said, other) if own else (other, said)
        (negation,) = own or others
        words = _denied(negation, denying.text, affirming.text, asked)
        if words is None or not say_the_same(_without(said, *words), _without(other, *words), "opposite"):
            return None
        return words if own else (words[1], words[0])
    if own or others:
        return None
    own_words, other_words = set(all_words(said.text)), set(all_words(other.text))
    for one, two in (*OPPOSITES, *((two, one) for one, two in OPPOSITES)):
        if one not in own_words - other_words or two not in other_words - own_words:
            continue
        is_asked = {meaning(one), meaning(two)} & asked
        if is_asked and say_the_same(_without(said, one), _without(other, two), "opposite"):
            return _as_written(one, said.text), _as_written(two, other.text)
    return None


def _denied(negation: re.Match[str], denying: str, affirming: str, asked: frozenset[str]) -> tuple[str, str] | None:
    """(the negation with the word that it denies, that word where it is affirmed)."""
    for match in WORD.finditer(denying, negation.end(), negation.end() + DENIED_WITHIN):
        word = meaning(plain(match[0]))
        if plain(match[0]) in STOP_WORDS:
            continue
        affirmed = next((one[0] for one in WORD.finditer(affirming) if meaning(plain(one[0])) == word), None)
        return (denying[negation.start() : match.end()], affirmed) if affirmed and word in asked else None
    return None


def _in_one_place(said: ComparedSentence, value: Name, other: ComparedSentence, rival: Name) -> bool:
    """Whether the content word before both, or after both, is the same."""
    beside = []
    for sentence, name in ((said, value), (other, rival)):
        before = [meaning(word) for word in all_words(sentence.text[: name.start]) if word not in NO_NAMES]
        after = [meaning(word) for word in all_words(sentence.text[name.end :]) if word not in NO_NAMES]
        beside.append((before[-1:], after[:1]))
    (before, after), (other_before, other_after) = beside
    begins = bool(before) == bool(other_before)
    return (bool(before) and before == other_before) or (begins and bool(after) and after == other_after)


def _is_one_of(sentence: ComparedSentence, name: Name) -> bool:
    """Whether there may be others of whom the same is true: a list, "one of", "was made a member"."""
    before, after = sentence.text[: name.start], sentence.text[name.end :]
    around = " ".join([*all_words(before)[-NEAR:], "|", *all_words(after)[:NEAR]])
    return bool(LISTED_BEFORE.search(before) or LISTED_AFTER.search(after) or NOT_ONLY_ONE.search(around))


def _without(sentence: ComparedSentence, *words: str) -> frozenset[str]:
    return sentence.words - meanings(" ".join(words))


def _as_written(word: str, text: str) -> str:
    return next(match[0] for match in WORD.finditer(text) if plain(match[0]) == word)


def _newer(one: Source, other: Source) -> Source | None:
    first, second = one.header.date, other.header.date
    if first is None or second is None or first == second:
        return None
    return one if first > second else other


def _outlet(header: ArticleHeader) -> str:
    """The outlet and the day in brackets, as far as they are known."""
    outlet = _plainly(header.source)
    day = f"{header.date.day} {header.date:%B %Y}" if header.date else ""
    known = ", ".join(part for part in (outlet if len(outlet) <= LONGEST_OUTLET else "", day) if part)
    return f" ({known})" if known else ""


def _plainly(words: str) -> str:
    return " ".join(words.split())


def _closed(words: str) -> str:
    return words if words.endswith(".") else f"{words}."
