"""Find the names, numbers and rare words of a question, and which of them a passage has.

A word counts as present if the text has another form of it: what is reported missing must be missing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import OSA

from rag.core.types import ArticleHeader, Passage
from rag.retrieval.query_patterns import TOKEN, is_small
from rag.retrieval.query_rewriting import YEAR, names, rewrite_query
from rag.retrieval.retriever import Retrieved
from rag.text.dates import TimeExpression, time_expressions
from rag.text.english import IRREGULAR, OTHER_IRREGULAR
from rag.text.language_detection import WITHOUT_SPACES
from rag.text.tokenization import all_words, plain, stem

MOST = 4
"""Most terms of a question."""
RARE = 0.6
"""Least weight of a term that is no name or number, as a share of that of the question's rarest word."""
LONGEST, LONGEST_RUN = 40, 8
"""Most characters of a term, and of one in a script without spaces; longer ones are whole sentences."""
SHORTEST_ALIKE, SHORTEST_WITHIN, SHORTEST_BEGINNING = 5, 5, 4
"""Least letters of a word that matches one with a changed letter, one that contains it, and one that begins with it."""
SPELT_OUT = 100
"""Numbers below this may be spelt out, in any language."""

COUNTED = re.compile(r"\d+(?:s|st|nd|rd|th|er|re|e|o|a|º|ª)", re.IGNORECASE)
"""Decades and ordinals, which have many forms: "1990s", "21st"."""
BASE_FORMS = {stem(form): stem(base) for form, base in (IRREGULAR | OTHER_IRREGULAR).items()}
"""Stems of irregular forms, and the stems of their base forms."""
GENERAL = frozenset(
    map(
        stem,
        "accord amount call date day go happen kind know mention month number say tell time type week year".split(),
    )
)
"""Words of questions that no answer repeats."""
POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
LARGE = re.compile(
    r"\b(?:hundreds?|thousands?|[mb]illions?|milliards?|dozens?|hundert|tausend|cents?|mille|miles|mil|ciento"
    r"|millionen|milliarden|millones)\b|\d ?(?:k|m|bn|mio|mrd)\b"
)
"""Words that are part of numbers: "4.2 million"."""
NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]?\d+)*")
MEASURE = re.compile(r"\bhow\s+$", re.IGNORECASE)
"""Precedes a measure such as "many" or "fast"."""
INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A name of one word or more, a number or a rare word of a question, as the reader wrote it.

    Attributes:
        words: The words as the reader wrote them.
        meant: Corrections that were searched for in their place.
        is_common: Whether they belong to the general vocabulary. Such words are not named as missing.
    """

    words: tuple[str, ...]
    meant: tuple[str, ...] = ()
    is_common: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.words)


class PassageWords:
    """The words of a passage, its title, its headings and the date of its article."""

    def __init__(self, header: ArticleHeader, passage: Passage) -> None:
        day = f"{header.date.day} {header.date:%B %Y}" if header.date else ""
        self._text = _spelt("\n".join((header.title, passage.heading, passage.text, day)))
        self._plain = plain(self._text)
        self.words = frozenset(all_words(self._text))
        self._stems = {_base(word) for word in self.words}
        self._digits = {_digits(number) for number in NUMBER.findall(self._plain)}
        self._digits |= {_digits(number) for number in re.findall(r"\d+", self._plain)}
        self._capitals = "".join(token[0] for token in TOKEN.findall(self._text) if token[0].isupper())

    def has(self, term: QueryTerm) -> bool:
        """Return whether every word, or a correction, is there in so many words."""
        return all(map(self._has_itself, term.words)) or any(map(self._has_itself, term.meant))

    def missing(self, term: QueryTerm) -> list[str]:
        """Return the words that are surely missing, as one string if all of them are.

        A name counts as present if its last word is: people are called by that.
        """
        last = term.words[-1]
        if len(term.words) > 1 and (self.may_have(last) or self._has_initials("".join(w[0] for w in term.words))):
            return []
        return [] if any(map(self.may_have, term.meant)) else _without(term, self.may_have)

    def may_have(self, word: str) -> bool:
        """Return whether the word, or anything it may be another form of, is there."""
        word = _spelt(word)
        if word.isupper() and self._has_initials(word):
            return True
        if WITHOUT_SPACES.search(word):
            pairs = {word[at : at + 2] for at in range(max(1, len(word) - 1))}
            return any(plain(pair) in self._plain for pair in pairs)
        parts = all_words(word)
        return not parts or any(map(self._may_have_part, parts))

    def _has_itself(self, word: str) -> bool:
        word = _spelt(word)
        if WITHOUT_SPACES.search(word):
            return plain(word) in self._plain
        return all(part in self.words or _base(part) in self._stems for part in all_words(word))

    def _may_have_part(self, part: str) -> bool:
        if any(map(str.isdigit, part)):
            return self._has_number(part)
        key = _base(part)
        if key in self._stems or (len(key) >= SHORTEST_WITHIN and key in self._plain):
            return True
        for other in self._stems:
            shorter, longer = sorted((key, other), key=len)
            if len(shorter) >= SHORTEST_BEGINNING and longer.startswith(shorter):
                return True
            if len(key) >= SHORTEST_ALIKE and OSA.distance(key, other, score_cutoff=1) <= 1:
                return True
        return False

    def _has_number(self, number: str) -> bool:
        digits = _digits(number)
        if digits in self._digits or number in self._plain:
            return True
        if YEAR.fullmatch(number):  # Seasons and short years: 2022/23, '98.
            return re.search(rf"['’/.\-–—]{number[-2:]}(?!\d)", self._text) is not None
        return len(digits) <= len(str(SPELT_OUT - 1)) or LARGE.search(self._plain) is not None

    def _has_initials(self, letters: str) -> bool:
        """Return whether the letters, with or without full stops, or names with these initials are there."""
        if len(letters) < 2:
            return False
        spelt = r"\.?\s?".join(map(re.escape, letters.casefold()))
        return letters.upper() in self._capitals or re.search(rf"(?<!\w){spelt}(?!\w)", self._plain) is not None


def query_terms(question: str, retrieved: Retrieved, day: date) -> tuple[QueryTerm, ...]:
    """Return the terms of a question asked on ``day``, the most telling first, MOST at most.

    Its names and numbers, then its other words that are rare in the library, each kind the rarest first. One that has
    none of its own has those of the turns before. Days count as their years.
    """
    asked = own_words(question)
    found = _query_terms(asked, set(names(asked)), retrieved, day)
    return found or (_query_terms(retrieved.query, (), retrieved, day) if retrieved.depends_on_history else ())


def own_words(question: str) -> str:
    """Return the question without courtesies and quotation marks."""
    query = rewrite_query(question)
    return f"{query.about} {query.own}".strip()


def unknown_to_library(
    looked_for: Sequence[QueryTerm], retrieved: Retrieved, held: Sequence[PassageWords]
) -> list[str]:
    """Return the words that no article has, except years, common and misspelt words."""

    def known(word: str) -> bool:
        parts = [part for part in all_words(word) if not is_small(part)]
        return (
            not parts
            or not retrieved.unknown.issuperset(parts)
            or WITHOUT_SPACES.search(word) is not None
            or YEAR.fullmatch(word) is not None
            or any(one.may_have(word) for one in held)
        )

    nowhere = [
        one for one in looked_for if not (one.meant or one.is_common) and all(text.missing(one) for text in held)
    ]
    return [word for one in nowhere for word in _without(one, known)]


def _without(term: QueryTerm, has: Callable[[str], bool]) -> list[str]:
    lacking = [word for word in term.words if not has(word)]
    return [term.text] if len(lacking) == len(term.words) else lacking


def _query_terms(asked: str, proper: Collection[str], retrieved: Retrieved, day: date) -> tuple[QueryTerm, ...]:
    """Return the terms of a text; ``proper`` are the words that are names."""
    found: dict[str, tuple[bool, float, QueryTerm]] = {}
    for tokens in _runs(asked, proper, time_expressions(asked, day)):
        words = [POSSESSIVE.sub("", token) for token in tokens]
        meant = (retrieved.corrections.get("".join(all_words(word)), "") for word in words)
        is_common = retrieved.common.issuperset(part for word in words for part in all_words(word))
        one = QueryTerm(tuple(words), tuple(filter(None, meant)), is_common)
        parts = [part for word in (*one.words, *one.meant) for part in all_words(word)]
        weight = max((retrieved.words.weights.get(stem(part), 0.0) for part in parts), default=0.0)
        common = not set(tokens) & set(proper) and not any(map(str.isdigit, tokens[0]))
        found.setdefault(plain(one.text), (common, weight, one))
    least = max(RARE * max((weight for _, weight, _ in found.values()), default=0.0), 1e-9)
    telling = [one for one in found.values() if not one[0] or one[1] >= least]
    telling.sort(key=lambda one: (one[0], -one[1]))
    return tuple(one for _, _, one in telling[:MOST])


def _runs(asked: str, proper: Collection[str], days: Sequence[TimeExpression]) -> Iterator[list[str]]:
    """Yield the candidate terms, adjacent names as one."""
    run: list[str] = []
    end = -1
    for token in TOKEN.finditer(asked):
        word = token.group()
        within = any(one.start <= token.start() < one.end for one in days)
        if _is_telling(word) and not MEASURE.search(asked, 0, token.start()) and (not within or YEAR.fullmatch(word)):
            if run and not (word in proper and run[-1] in proper and asked[end : token.start()] == " "):
                yield run
                run = []
            run.append(word)
            end = token.end()
    if run:
        yield run


def _is_telling(word: str) -> bool:
    longest = LONGEST_RUN if WITHOUT_SPACES.search(word) else LONGEST
    general = len(parts := all_words(word)) == 1 and _base(parts[0]) in GENERAL
    return not (general or is_small(word) or len(word) > longest or COUNTED.fullmatch(word))


def _spelt(text: str) -> str:
    """Remove invisible characters and spell "ß" as "ss"."""
    return INVISIBLE.sub("", text).replace("ß", "ss").replace("ẞ", "SS")


def _base(word: str) -> str:
    """Return the stem of a word or of its base form."""
    return BASE_FORMS.get(stem(word), stem(word))


def _digits(number: str) -> str:
    """Return the digits alone, of any script as 0 to 9, without separators."""
    return "".join(str(unicodedata.digit(one)) for one in number if unicodedata.digit(one, -1) >= 0)
