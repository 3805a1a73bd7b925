"""Parse a sentence into comparable terms: content words in order, names, figures, negations.

Two texts that say the same have the same terms: "4.2 million dollars" and "$4,200,000", "twelve" and "12", "May 17th,
2024" and "2024-05-17", "was taken by" and "took". The tables are English; in other languages words, capitals and digits
are compared all the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from rag.text.abbreviations import STARTERS
from rag.text.english import (
    AUXILIARIES,
    BE,
    CLAUSES,
    DIRECTIONS,
    IRREGULAR,
    MONTHS,
    NEGATING,
    NEGATIONS,
    OFTEN_NO_FIGURE,
    OPENERS,
    ORDINALS,
    ORDINARY_ENDINGS,
    SCALES,
    SHORT,
    SMALL,
    SYMBOLS,
    UNITS,
    WEEKDAYS,
)
from rag.text.tokenization import STOP_WORDS, plain, stem

Kind = Literal["word", "name", "figure", "unit", "direction"]
"""A "direction" is a function word that turns the sense round ("before", "less"); figures are numbers, months, days."""

PIECE = re.compile(
    r"(?P<iso>(?<!\d)\d{4}-\d{2}-\d{2}(?!\d))"
    r"|(?P<dotted>(?:[A-Z]\.){2,}|(?:[A-Z]\.)+[A-Z]\b)"
    r"|(?P<number>\d+(?:[.,]\d+)*)(?P<suffix>st|nd|rd|th|s)?(?![^\W\d_])"
    r"|(?P<word>[^\W_]+(?:['’][^\W_]+)*)"
    r"|(?P<symbol>[%$€£])"
    r"|(?P<break>[,;:()\[\]—–]|[.!?…](?=\W*\s))"
)
LONGEST_PASSIVE = 4
"""Most terms between a participle and its "by"."""
BARE = 3
"""Most content words of an answer that is no sentence."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of content as it is compared. ``key`` is its stem; that of a number is its value after "#".

    ``opener`` is the preposition that opens its phrase ("" for none), ``phrase`` counts the phrases from
    0, and ``news`` is False for what the question had said already.
    """

    key: str
    kind: Kind
    opener: str = ""
    phrase: int = 0
    news: bool = True


@dataclass(frozen=True, slots=True)
class Turned:
    """A passive made active: the key of its verb, and the terms in the order of the active sentence."""

    verb: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """The terms of a text in order, the positions of its negations, and its active form if it is passive.

    ``negations`` are positions among the terms: the negated term is the one there or one of the next two.
    """

    terms: tuple[Term, ...]
    negations: tuple[int, ...]
    turned: Turned | None = None
    passive: frozenset[str] = frozenset()
    """Keys of the participles behind a form of "to be"."""
    bare: bool = False

    @property
    def keys(self) -> list[str]:
        return [term.key for term in self.terms]


def read_claim(sentence: str, question: str) -> Statement:
    """Parse a sentence of an answer; terms that the question does not have are marked as news.

    "Yes." and "YouTube" say what the question says too: the question's terms are then put before them.
    """
    own, asked = read(sentence), read(question)
    known = set(asked.keys)
    terms = tuple(replace(term, news=term.key not in known) for term in own.terms)
    turned = own.turned and Turned(
        own.turned.verb, tuple(replace(term, news=term.key not in known) for term in own.turned.terms)
    )
    says = terms or plain(sentence).strip(" .,!") in ("yes", "no")
    bare = bool(says) and len(terms) <= BARE and not _has_verb(sentence)
    if not bare or not asked.terms:
        return Statement(terms, own.negations, turned, own.passive, bare)
    repeated = tuple(replace(term, news=False) for term in asked.terms if term.key not in set(own.keys))
    shift = len(repeated)
    negations = asked.negations + tuple(at + shift for at in own.negations)
    return Statement(repeated + terms, negations, bare=bare)


def _has_verb(sentence: str) -> bool:
    """Return whether any word after the first looks like a verb."""
    words = [plain(piece["word"]) for piece in PIECE.finditer(sentence) if piece["word"]]
    return any(word in AUXILIARIES or word in IRREGULAR or word.endswith("ed") for word in words[1:])


@lru_cache(maxsize=16_384)
def read(text: str) -> Statement:
    """Parse one or a few sentences. Results are cached: passages are parsed again for every sentence."""
    reader = _Reader(text)
    turned = _turned(reader.terms, reader.passives)
    return Statement(tuple(reader.terms), tuple(reader.negations), turned, frozenset(reader.passive))


class _Reader:
    """A parser that reads a text from left to right."""

    def __init__(self, text: str) -> None:
        self.terms: list[Term] = []
        self.negations: list[int] = []
        self.passives: list[tuple[int, int]] = []
        """(position of the participle, position of what follows "by") of every passive."""
        self.passive: set[str] = set()
        self._opener = ""
        self._phrase = 0
        self._symbol = ""
        self._was: int | None = None
        """Position after the last form of "to be"."""
        self._passive_at: int | None = None
        """Position of the last participle behind a form of "to be"."""
        self._participle = False
        """Whether the last word looks like a participle."""
        pieces = list(PIECE.finditer(unicodedata.normalize("NFKC", text)))
        shouting = text.isupper()
        at = 0
        while at < len(pieces):
            at = self._read(pieces, at, shouting)

    def _add(self, key: str, kind: Kind) -> None:
        self.terms.append(Term(key, kind, self._opener, self._phrase))

    def _open(self, opener: str) -> None:
        self._phrase += 1
        self._opener = opener

    def _read(self, pieces: Sequence[re.Match[str]], at: int, shouting: bool) -> int:
        """Read the piece at ``at``, and those that belong to it; return the position of the next."""
        piece = pieces[at]
        if piece["break"]:
            self._open("")
        elif piece["symbol"]:
            if piece["symbol"] == "%":
                self._add(SYMBOLS["%"], "unit")
            else:
                self._symbol = stem(SYMBOLS[piece["symbol"]])
        elif piece["iso"]:
            year, month, day = piece["iso"].split("-")
            for key in (f"#{int(day)}", f"month {int(month)}", f"#{int(year)}"):
                self._add(key, "figure")
        elif piece["dotted"]:
            self._add(stem(piece["dotted"].replace(".", "").lower()), "name")
        elif piece["number"] or self._number_word(pieces, at) is not None:
            return self._number(pieces, at)
        else:
            return self._word(pieces, at, shouting)
        return at + 1

    def _number_word(self, pieces: Sequence[re.Match[str]], at: int) -> int | None:
        word = pieces[at]["word"]
        return SMALL.get(word.lower()) if word else None

    def _number(self, pieces: Sequence[re.Match[str]], at: int) -> int:
        first = pieces[at]
        spelled = first["number"] is None
        suffix = first["suffix"]
        value = float(self._number_word(pieces, at) or 0) if spelled else _value(first["number"])
        at += 1
        total = 0.0
        while at < len(pieces) and suffix is None:
            word = (pieces[at]["word"] or "").lower()
            following = SMALL.get(word)
            if word in SCALES and (word.isalpha() and (len(word) > 2 or not spelled)):
                value *= SCALES[word]
                if SCALES[word] >= 1e3:
                    total, value = total + value, 0.0
            elif spelled and following is not None and (value % 100 == 0 or (value % 100 >= 20 and following < 10)):
                value += following
            elif not (spelled and word == "and" and total + value >= 100 and self._is_number(pieces, at + 1)):
                break
            at += 1
        key = f"#{total + value:.10g}"
        if suffix:
            key += suffix if suffix == "s" else _ordinal_suffix(value)
        soft = spelled and key in OFTEN_NO_FIGURE
        self._add(key, "word" if soft else "figure")
        if self._symbol:
            self._add(self._symbol, "unit")
            self._symbol = ""
        self._sort_date()
        return at

    def _is_number(self, pieces: Sequence[re.Match[str]], at: int) -> bool:
        return at < len(pieces) and self._number_word(pieces, at) is not None

    def _word(self, pieces: Sequence[re.Match[str]], at: int, shouting: bool) -> int:
        raw = pieces[at]["word"]
        word = plain(raw).replace("’", "'").removesuffix("'s").removesuffix("'")
        following = plain(pieces[at + 1]["word"] or "") if at + 1 < len(pieces) else ""
        capital = raw[0].isupper()
        acronym = not shouting and len(raw) > 1 and raw.isupper()
        if word == "per" and following == "cent":
            self._add(SYMBOLS["%"], "unit")
            return at + 2
        if word in NEGATIONS or word.endswith("n't"):
            answer = word == "no" and at == 0 and not following  # "No, …" denies the question, not what follows.
            if following not in ("only", "just", "merely", "least") and not (answer and len(pieces) > 2):
                self.negations.append(len(self.terms))
        elif word in ORDINALS:
            at_place = ORDINALS.index(word) + 1
            key = f"#{at_place}{_ordinal_suffix(at_place)}"
            self._add(key, "word" if key in OFTEN_NO_FIGURE else "figure")
        elif capital and (month := MONTHS.index(word) + 1 if word in MONTHS else SHORT.get(word)):
            self._add(f"month {month}", "figure")
            self._sort_date()
        elif capital and word in WEEKDAYS:
            self._add(word, "figure")
        elif word in DIRECTIONS and word not in STOP_WORDS:
            self._add(word, "direction")
        elif word in STOP_WORDS and not acronym:
            self._stop_word(word)
        else:
            self._content(raw, word, pieces, at, capital and not shouting)
        return at + 1

    def _stop_word(self, word: str) -> None:
        if word in BE:
            self._was = len(self.terms)
        if word == "by" and self._participle:
            self.passives.append((len(self.terms) - 1, len(self.terms)))
        elif word == "by" and self._passive_at is not None and len(self.terms) - self._passive_at <= LONGEST_PASSIVE:
            self.passives.append((self._passive_at, len(self.terms)))
        self._participle = False
        if word in OPENERS:
            self._open(word)
        elif word in CLAUSES:
            self._open("")
        if word in DIRECTIONS:
            self._add(word, "direction")

    def _content(self, raw: str, word: str, pieces: Sequence[re.Match[str]], at: int, capital: bool) -> None:
        key = stem(IRREGULAR.get(word, word))
        if key in UNITS and (not capital or at == 0):
            self._add(UNITS[key], "unit" if self.terms and self.terms[-1].key[0] == "#" else "word")
            return
        name = capital and (_follows(pieces, at) or _is_name(word, pieces, at))
        if key in NEGATING and not name:
            self.negations.append(len(self.terms))
        self._add(key, "name" if name or any(map(str.isdigit, raw)) else "word")
        self._participle = word.endswith(("ed", "en")) or IRREGULAR.get(word, word) != word
        if self._participle and self._was is not None and len(self.terms) - self._was <= 2:
            self.passive.add(key)
            self._passive_at = len(self.terms) - 1
        if word in OPENERS or word in CLAUSES:
            self._open(word)

    def _sort_date(self) -> None:
        """Put the day before the month, without "th", in whichever order they were written."""
        if len(self.terms) < 2:
            return
        one, other = self.terms[-2:]
        for day, month, swap in ((one, other, False), (other, one, True)):
            found = re.fullmatch(r"#(\d{1,2})(?:st|nd|rd|th)?", day.key)
            if month.key.startswith("month ") and found and 1 <= int(found[1]) <= 31:
                plain_day = replace(day, key=f"#{found[1]}", kind="figure")
                self.terms[-2:] = [plain_day, replace(month, phrase=day.phrase, opener=day.opener)]
                if swap:
                    self.terms[-2:] = [replace(plain_day, phrase=month.phrase, opener=month.opener), month]
                return


def _follows(pieces: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether a piece is within a sentence, where a capital makes a name."""
    if at == 0:
        return False
    text, before = pieces[at].string, pieces[at - 1].end()
    return not re.search(r"[.!?…:]['\"’”)\]]*\s", text[before : pieces[at].start()])


def _is_name(word: str, pieces: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether the first word of a sentence is a name: a capital follows, or it looks like no ordinary word."""
    if word in STARTERS:
        return False
    following = pieces[at + 1] if at + 1 < len(pieces) else None
    if following is not None and (following["word"] or "a")[0].isupper():
        return True
    text = pieces[at].string
    ordinary = word.endswith(ORDINARY_ENDINGS) or re.search(rf"\b{re.escape(word)}\b", text[pieces[at].end() :])
    return not ordinary


def _value(digits: str) -> float:
    """Parse digits with thousands separators: "4,200.5", "4.200.000", or "4,5" with a decimal comma."""
    if digits.count(".") > 1 or re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+,(?:\d{1,2}|\d{4,})", digits):
        digits = digits.replace(",", ".")
    try:
        return float(digits.replace(",", ""))
    except ValueError:  # "1.2,3.4" is no number.
        return float(re.sub(r"\D", "", digits)[:15])


def _ordinal_suffix(value: float) -> str:
    whole = int(value)
    return "th" if 10 <= whole % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")


def _turned(terms: Sequence[Term], passives: Sequence[tuple[int, int]]) -> Turned | None:
    """Return the terms with the first passive made active: agent before the verb, subject after it."""
    for verb, agent in passives:
        if agent >= len(terms) or terms[agent].kind in ("figure", "unit"):  # "Rose by 8 per cent" is no passive.
            continue
        end = agent
        while end < len(terms) and terms[end].phrase == terms[agent].phrase:
            end += 1
        begin = verb
        while begin > 0 and (terms[begin].opener != "" or terms[begin - 1].phrase == terms[begin].phrase):
            begin -= 1
        subject, middle, doer = terms[begin:verb], terms[verb:agent], terms[agent:end]
        if subject and doer:
            return Turned(terms[verb].key, (*terms[:begin], *doer, *middle, *subject, *terms[end:]))
    return None


def join(statements: Sequence[Statement]) -> Statement:
    """Join the statements of neighbouring sentences, or of quotes from different passages."""
    if len(statements) == 1:
        return statements[0]
    terms: list[Term] = []
    negations: list[int] = []
    active: list[Term] = []
    verb = ""
    for statement in statements:
        phrases = 1 + (terms[-1].phrase if terms else 0)
        negations += (at + len(terms) for at in statement.negations)
        own = _shifted(statement.terms, phrases)
        terms += own
        active += _shifted(statement.turned.terms, phrases) if statement.turned else own
        verb = verb or (statement.turned.verb if statement.turned else "")
    passive = frozenset().union(*(statement.passive for statement in statements))
    return Statement(tuple(terms), tuple(negations), Turned(verb, tuple(active)) if verb else None, passive)


def _shifted(terms: Sequence[Term], phrases: int) -> list[Term]:
    return [Term(term.key, term.kind, term.opener, term.phrase + phrases, term.news) for term in terms]
