"""The grammar of date expressions: which sequences of token kinds name days, and which days."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from rag.core.filters import DateRange
from rag.text.dates import calendar_arithmetic
from rag.text.dates.tokens import Token

FEW, FEWEST = 5, 2  # "In the last few days" looks back five; "a few days ago" is two to five.
ROLLING_AFTER_THE = {"en", "fr"}  # "The last week" ends today, "last week" on Sunday; German does not tell them apart.
SHIFT = {"L": -1, "T": 0, "N": 1, "P": -1, "X": -2}
THIRDS = {"early": 0, "mid": 1, "late": 2}
WINTER, WINTER_ENDS = 12, 2
LEAP_CYCLE = 8  # years in which 29 February comes at least once

_YEAR_UNIT = "(?:t?[LTN]U|t?U[LTNX])"
_DAY = "[no]"
_GRAMMAR = {
    "edge": rf"t?E-?O?(?:Y|t?(?:MO?Y|M{_YEAR_UNIT}|M|d|{_YEAR_UNIT}|U))",
    "part": rf"t?(?:[of]UO?|LUO)[i>]?(?:Y|t?(?:{_YEAR_UNIT}|MO?Y?))|qO?Y?|hO?Y",
    "days": rf"[FB]?(?:W,?)?t?{_DAY}[-+&u]t?{_DAY}O?M(?:,?O?Y)?|M{_DAY}[-+&u]{_DAY}(?:,?Y)?",
    "day": rf"(?:t?W,?)?t?{_DAY}O?M(?:,?O?Y|,?O?{_YEAR_UNIT})?|(?:t?W,?)?Mt?{_DAY}(?:,?Y)?",
    "month": rf"M,?O?Y|MO?{_YEAR_UNIT}|{_YEAR_UNIT},?i?M|[LTN]M|M[LTN]|M",
    "season": rf"t?SO?(?:Y|R|{_YEAR_UNIT})|t?[LTN]S|t?S[LTN]|tS",
    "so_far": "GTU|TUG",
    "ago": "[nkw]UA|V[nkw]U",
    "rolling": "t?[PL][nkw]U|t?[nkw][LP]U|t?PU|tLU",
    "weekday": "t?WO?,?[i>]?t?(?:[LTN]U|U[LTN])|t?[LTN]W|t?W[LTN]|t?W",
    "unit": "t?[LTN]U|t?U[LTNX]|tU|[i>]U",
    "today": "t?D",
    "century": "t?[of]c",
    "sports_season": "t?[RI]U|R",
    "decade": "t?d",
    "numeric": "I",
    "year": "Y",
    "ordinal": "to",
}
GRAMMAR = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _GRAMMAR.items()))


@dataclass(frozen=True, slots=True)
class Point:
    """Words that name days: their first and last token, the days, and how often such days come.

    ``returns`` is "week" for a weekday and "year" for a month or day without its year; "" where it names days once.
    """

    first: int
    last: int
    form: str
    days: DateRange
    relative: bool
    returns: str = ""
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    """The tokens of one match, asked for by kind."""

    tokens: Sequence[Token]
    as_of: date
    language: str

    def numbers(self, kinds: str) -> list[int]:
        return [token.value for token in self.tokens if token.kind in kinds and isinstance(token.value, int)]

    def number(self, kinds: str) -> int | None:
        return next(iter(self.numbers(kinds)), None)

    def word(self, kinds: str) -> str:
        return next((str(token.value) for token in self.tokens if token.kind in kinds), "")

    @property
    def shift(self) -> int | None:
        return next((SHIFT[token.kind] for token in self.tokens if token.kind in SHIFT), None)

    @property
    def count(self) -> int:
        token = next((token for token in self.tokens if token.kind in "nkw"), None)
        return 1 if token is None else token.value if isinstance(token.value, int) else FEW

    @property
    def unit(self) -> str:
        """The last unit named, "day" to "decade"."""
        return next((str(token.value) for token in reversed(self.tokens) if token.kind == "U"), "")

    @property
    def year(self) -> int | None:
        """The year that is named, or that "last year" means."""
        if (year := self.number("Y")) is not None or self.unit != "year" or self.shift is None:
            return year
        return self.as_of.year + self.shift


Days = DateRange | None


def point(form: str, first: int, tokens: Sequence[Token], as_of: date, language: str) -> Point | None:
    """What the tokens of a match of ``form`` mean; None where they name no day, as "31 February"."""
    words = _Words(tokens, as_of, language)
    days = _READERS[form](words)
    if days is None:
        return None
    absolute = form in {"century", "decade", "numeric", "sports_season", "year"} or words.number("YRd") is not None
    dated = form in {"day", "days", "month", "ordinal"} and words.year is None and words.shift is None
    returns = "year" if dated else "week" if form == "weekday" and words.shift is None else ""
    number = words.number("no") if form == "day" else None
    month = words.number("M") if form in {"day", "month"} else None
    return Point(first, first + len(tokens) - 1, form, days, not absolute, returns, month, number)


def calendar_days(year: int, month: int, day: int | None) -> Days:
    """A month, or a day of it; None where it has no such day."""
    span = calendar_arithmetic.months(12 * year + month - 1, 1)
    if day is None or span is None or span.start is None or span.end is None:
        return span
    return DateRange(span.start.replace(day=day), span.start.replace(day=day)) if day <= span.end.day else None


def latest(month: int, day: int | None, as_of: date) -> Days:
    """The latest month, or day of it, that has begun."""
    for year in range(as_of.year, as_of.year - LEAP_CYCLE - 1, -1):
        days = calendar_days(year, month, day)
        if days and days.start and days.start <= as_of:
            return days
    return None


def _dated(words: _Words, day: int | None) -> Days:
    month = words.number("M") or 1
    if words.year is not None:
        return calendar_days(words.year, month, day)
    if words.shift is None or any(token.kind == "U" for token in words.tokens):
        return latest(month, day, words.as_of)
    this = words.as_of.year
    turn = {-1: month >= words.as_of.month, 0: False, 1: month <= words.as_of.month}[words.shift]
    return calendar_days(this + words.shift * turn, month, day)


def _day(words: _Words) -> Days:
    return _dated(words, words.number("no"))


def _days(words: _Words) -> Days:
    """ "3 to 7 May"; "28 to 3 May" begins in April."""
    first, last = words.numbers("no")[:2]
    end = _dated(words, last)
    if end is None or end.start is None:
        return None
    earlier = 12 * end.start.year + end.start.month - 1 - (first > last)
    start = calendar_days(earlier // 12, earlier % 12 + 1, first)
    return start and DateRange(start.start, end.end)


def _month(words: _Words) -> Days:
    return _dated(words, None)


def _edge(words: _Words) -> Days:
    if words.number("M") is not None:
        whole = _month(words)
    elif (decade := words.number("d")) is not None:
        whole = calendar_arithmetic.months(12 * decade, 120)
    elif words.number("Y") is not None:
        whole = _year(words)
    else:
        whole = calendar_arithmetic.unit(words.unit, words.as_of, words.shift or 0)
    return whole and calendar_arithmetic.third(whole, THIRDS[words.word("E")])


def _part(words: _Words) -> Days:
    """Halves and quarters of a year, weeks of a month."""
    head = words.tokens[0] if words.tokens[0].kind != "t" else words.tokens[1]
    which = head.value if isinstance(head.value, int) else 0
    name = {"q": "quarter", "h": "half"}.get(head.kind) or words.word("U")
    if name in {"quarter", "half"} and words.number("M") is None:
        size = calendar_arithmetic.MONTHS[name]
        year = words.year
        if year is None and head.kind == "q":  # the latest that has begun
            year = words.as_of.year - (size * (which - 1) >= words.as_of.month)
        if year is None or which > 12 // size:
            return None
        return calendar_arithmetic.months(12 * year + size * (which - 1 if head.kind != "L" else 12 // size - 1), size)
    month = _month(words) if words.number("M") is not None else None
    if name not in {"day", "week"} or month is None or month.start is None or month.end is None:
        return None
    size = calendar_arithmetic.DAYS[name]
    if head.kind == "L":
        return calendar_arithmetic.days(month.end.toordinal() - size + 1, month.end.toordinal())
    start = month.start.toordinal() + size * (which - 1)
    return (
        calendar_arithmetic.days(start, min(start + size - 1, month.end.toordinal()))
        if start <= month.end.toordinal()
        else None
    )


def _season(words: _Words) -> Days:
    month = words.number("S") or WINTER
    this = words.as_of.year - (month == WINTER and words.as_of.month <= WINTER_ENDS)
    year = words.year if words.year is not None else words.number("R")
    if year is not None:
        return calendar_arithmetic.months(12 * year + month - 1, 3)
    ends, begins = (month + 1) % 12 + 1, month
    over = words.as_of.month > ends if month != WINTER else False
    begun = words.as_of.month >= begins or this < words.as_of.year
    match words.shift:
        case -1:
            year = this if over else this - 1
        case 1:
            year = this + 1 if begun else this
        case 0:
            year = this
        case _:
            year = this if begun else this - 1
    return calendar_arithmetic.months(12 * year + month - 1, 3)


def _so_far(words: _Words) -> Days:
    whole = calendar_arithmetic.unit(words.unit, words.as_of)
    return whole and DateRange(whole.start, words.as_of)


def _ago(words: _Words) -> Days:
    counted = next(token for token in words.tokens if token.kind in "nkw")
    if counted.value == "few":
        far, near = (calendar_arithmetic.before(words.as_of, count, words.unit) for count in (FEW, FEWEST))
        return DateRange(far, near)
    return calendar_arithmetic.unit(words.unit, calendar_arithmetic.before(words.as_of, words.count, words.unit))


def _rolling(words: _Words) -> Days:
    if all(token.kind in "tLU" for token in words.tokens) and words.language not in ROLLING_AFTER_THE:
        return _unit(words)
    return DateRange(calendar_arithmetic.before(words.as_of, words.count, words.unit), words.as_of)


def _weekday(words: _Words) -> Days:
    weekday, shift = words.number("W") or 0, words.shift
    today = words.as_of.toordinal()
    this = today - words.as_of.weekday() + weekday
    if words.unit:
        if words.unit != "week":
            return None
        ordinal = this + 7 * (shift or 0)
    elif shift == -1:
        ordinal = today - ((words.as_of.weekday() - weekday - 1) % 7 + 1)
    else:
        ordinal = today - (words.as_of.weekday() - weekday) % 7 if shift is None else this + 7 * shift
    return calendar_arithmetic.days(ordinal, ordinal)


def _unit(words: _Words) -> Days:
    shift = words.shift
    if shift is None:  # "At the weekend" is the latest that has begun; "the week" alone is none.
        return (
            calendar_arithmetic.unit("weekend", words.as_of, -(words.as_of.weekday() < 5))
            if words.unit == "weekend"
            else None
        )
    return calendar_arithmetic.unit(words.unit, words.as_of, shift) if words.unit != "day" else None


def _today(words: _Words) -> Days:
    today = words.as_of.toordinal()
    offset = words.number("D")
    return (
        calendar_arithmetic.days(today - 1, today)
        if offset is None
        else calendar_arithmetic.days(today + offset, today + offset)
    )


def _century(words: _Words) -> Days:
    number = words.number("of") or 0
    return calendar_arithmetic.months(12 * (100 * number - 99), 1200) if number else None


def _sports_season(words: _Words) -> Days:
    year = words.number("R")
    if year is None:  # "2023-24" is a season of sport only where it is called one.
        days = next(token.value for token in words.tokens if token.kind == "I")
        if not isinstance(days, DateRange) or days.start is None or days.end is None:
            return None
        if words.unit != "season" or days.end.year != days.start.year + 1:
            return days
        year = days.start.year
    return calendar_arithmetic.months(12 * year + calendar_arithmetic.SEASON_STARTS, 12)


def _decade(words: _Words) -> Days:
    return calendar_arithmetic.months(12 * (words.number("d") or 0), 120)


def _numeric(words: _Words) -> Days:
    value = words.tokens[0].value
    return value if isinstance(value, DateRange) else None


def _year(words: _Words) -> Days:
    return calendar_arithmetic.months(12 * (words.number("Y") or 0), 12)


def _ordinal(words: _Words) -> Days:
    """ "The 12th": the latest that has begun, of this month or the one before."""
    index = calendar_arithmetic.month_index(words.as_of)
    for earlier in range(3):
        year, month = divmod(index - earlier, 12)
        days = calendar_days(year, month + 1, words.number("o"))
        if days and days.start and days.start <= words.as_of:
            return days
    return None


_READERS: dict[str, Callable[[_Words], Days]] = {
    "edge": _edge,
    "part": _part,
    "days": _days,
    "day": _day,
    "month": _month,
    "season": _season,
    "so_far": _so_far,
    "ago": _ago,
    "rolling": _rolling,
    "weekday": _weekday,
    "unit": _unit,
    "today": _today,
    "century": _century,
    "sports_season": _sports_season,
    "decade": _decade,
    "numeric": _numeric,
    "year": _year,
    "ordinal": _ordinal,
}
