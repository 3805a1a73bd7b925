"""Find the days that a question names, join them into ranges, and leave out what only looks like a day."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from rag.core.filters import DateRange
from rag.text.dates import calendar_arithmetic
from rag.text.dates.grammar import GRAMMAR, Point, latest, point
from rag.text.dates.tokens import Token, tokens
from rag.text.dates.vocabulary import COUNTED, MEASURES, NUMBERED

LONGEST = 2_000  # characters read; no question names its days further in
CUES = "i>sbVuaFB"
UNCERTAIN = {"every", "each", "a", "one", "any"}  # before a weekday
AMBIGUOUS = {"march", "may", "mars"}
FARTHEST_AHEAD = 10  # years: later ones, without "in", are names of films
ONGOING = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|recent(?:ly)?|lately|currently|nowadays|now|at present|at the moment"
    r"|current(?! (?:of|in|was|flows?|is)\b)"
    r"|neu(?:e)?ste[nrs]?|kürzlich|zuletzt|neulich|aktuell(?:e[nrs]?)?|derzeit|jetzt"
    r"|récemment|récente?s?|dernièrement|actuel(?:le)?s?|actuellement|maintenant"
    r"|recientes?|recientemente|últimamente|actual(?:es)?|actualmente|ahora)\b",
    re.IGNORECASE,
)
NOT_ONGOING = re.compile(
    r"\b(?:at the latest|(?:electric|alternating|direct|ocean|sea|tidal) current)\b", re.IGNORECASE
)
_COUNTED_BACK = re.compile("t?[nkw]?U[e+K][i>]?t?$")
_WEEK_OF = re.compile("t?UOt?$")
_BEFORE = re.compile("[sbVua]t?$")


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """Words of a question that name days; ``start`` and ``end`` are their character offsets in it, the end excluded.

    ``days`` are None on a side that is open. ``relative`` says that another day of asking may give other days
    ("last weekend", "in March"); they never do for "March 2024".
    """

    start: int
    end: int
    days: DateRange
    relative: bool


def time_expressions(question: str, as_of: date) -> tuple[TimeExpression, ...]:
    """What in a question names days, in order and without overlap, as understood on the day ``as_of``.

    A month, day or weekday without its year is the latest that has begun. Weeks begin on Monday, "12/04/2024" is in
    April, seasons are those of the northern half and a season of sport runs from July to June. "Between November and
    February 2024" begins in 2023; years and dates that come the wrong way round are exchanged. What cannot be, such as
    31 February, is left out. Raises nothing, whatever the text.
    """
    read = _Reading(question[:LONGEST], as_of)
    return tuple(read.expressions())


def asks_for_latest(question: str) -> bool:
    """Whether a question wants the newest there is ("latest", "currently", "now"), without naming days."""
    return bool(ONGOING.search(NOT_ONGOING.sub("", question[:LONGEST])))


class _Reading:
    """One question being read."""

    def __init__(self, question: str, as_of: date) -> None:
        self.question = question
        self.as_of = as_of
        self.tokens, self.language = tokens(question)
        self.kinds = "".join(token.kind for token in self.tokens)
        self.capitals = question.isupper()

    def expressions(self) -> list[TimeExpression]:
        found: list[TimeExpression] = []
        points = self._points()
        at = 0
        while at < len(points):
            one = points[at]
            joined = self._joined(one, points[at + 1]) if at + 1 < len(points) else None
            if joined:
                found.append(self._expression(joined))
                at += 2
                continue
            at += 1
            if self._means_days(one):
                found.append(self._expression(self._opened(self._narrowed(one))))
        return found

    def _points(self) -> list[Point]:
        points = []
        for match in GRAMMAR.finditer(self.kinds):
            form, first, last = match.lastgroup or "", match.start(), match.end()
            if form == "day" and self._counts(first, last):
                form, last = "month", first + 1
            one = point(form, first, self.tokens[first:last], self.as_of, self.language)
            if one:
                points.append(one)
        return points

    def _counts(self, first: int, last: int) -> bool:
        """Whether the number in "In March 15 people" counts what follows."""
        return self.kinds[first:last] == "Mn" and self._text(first - 1) == "in"

    def _joined(self, one: Point, other: Point) -> Point | None:
        """ "May to July 2024", "between 2021 and 2023"."""
        between = self.kinds[one.last + 1 : other.first]
        opening = self._kind(one.first - 1)
        if between.rstrip("t") not in {"+", "u", "-"} and not (between.rstrip("t") == "&" and opening == "B"):
            return None
        if self._is_amount(other):
            return None
        start = self._earlier(one, other.days.start)
        if start is None or other.days.end is None:
            return None
        days = DateRange(start, other.days.end)
        if other.days.start and other.days.start < start:
            days = DateRange(other.days.start, one.days.end)
        relative = other.relative or (one.relative and not one.returns)
        return replace(other, first=one.first - (opening in "FBs"), days=days, relative=relative)

    def _earlier(self, one: Point, limit: date | None) -> date | None:
        """Where a range begins: of days that come again, the last before ``limit``, on which the range's end begins."""
        start = one.days.start
        if start is None or limit is None:
            return None
        if one.returns == "week" and start > limit:
            return calendar_arithmetic.before(start, 1, "week")
        if one.returns == "year" and one.month:
            days = latest(one.month, one.day, limit)
            return days.start if days else None
        return start

    def _narrowed(self, one: Point) -> Point:
        """ "The week to 26 January", "the week of 4 March"; other points as they are."""
        before = self.kinds[: one.first]
        if one.days.end is None or one.days.start is None:
            return one
        if match := _COUNTED_BACK.search(before):
            head = self.tokens[match.start() : one.first]
            unit = next(str(token.value) for token in head if token.kind == "U")
            count = next((token.value for token in head if token.kind in "nkw"), 1)
            if (unit == "day" and count == 1) or not isinstance(count, int):
                return one
            if any(token.kind == "K" for token in head):
                days = calendar_arithmetic.onwards(one.days.start, count, unit)
            else:
                days = calendar_arithmetic.up_to(one.days.end, count, unit)
            return replace(one, first=match.start(), days=days)
        if one.form == "day" and (match := _WEEK_OF.search(before)):
            unit = next(str(token.value) for token in self.tokens[match.start() : one.first] if token.kind == "U")
            week = calendar_arithmetic.unit(unit, one.days.start) if unit in {"week", "weekend"} else None
            return replace(one, first=match.start(), days=week) if week else one
        return one

    def _opened(self, one: Point) -> Point:
        """With "since", "before", "until" or "after" before it, open on one side."""
        start, end = one.days.start, one.days.end
        match = _BEFORE.search(self.kinds[: one.first])
        if start is None or end is None:
            return one
        if match is None:
            onwards = self._kind(one.first - 1) == "F" and self._kind(one.last + 1) == ">"
            if onwards or (self._kind(one.first - 1) == "F" and self.language == "de"):
                return replace(one, first=one.first - 1, last=one.last + onwards, days=DateRange(start, None))
            return one
        word = match[0][0]
        if word == "s":
            days = DateRange(start, None)
        elif word == "u":
            days = DateRange(None, end)
        elif word == "a":
            days = DateRange(calendar_arithmetic.day(end.toordinal() + 1), None)
        else:
            days = DateRange(None, calendar_arithmetic.day(start.toordinal() - 1))
        return replace(one, first=match.start(), days=days)

    def _means_days(self, one: Point) -> bool:
        """Whether words that have other meanings too are meant as days."""
        kinds = self.kinds[one.first : one.last + 1]
        before, after = self._kind(one.first - 1), self._kind(one.last + 1)
        if one.form in {"unit", "rolling"} and "L" in kinds and kinds.endswith("U") and after == "O":
            return False  # "the last week of the strike"
        if one.form == "rolling" and self._text(one.first) == "last" and self._text(one.first + 1) in {"a", "an"}:
            return False  # "Did it last a week?"
        match one.form:
            case "month" if kinds == "M":
                return self._is_month(one, before)
            case "day" | "days":
                return self._is_day(one, kinds, before)
            case "year":
                return self._is_year(one, before)
            case "weekday":
                return self._is_weekday(one, kinds, after)
            case "season" if kinds == "tS":
                named = self.language == "en" and (self._capital(one.last) or self._text(one.last) == "fall")
                return before in "i>" and not named
            case "unit" if kinds[0] in "i>" or kinds == "tU":
                return before in "i>" if kinds == "tU" else self.language == "de"
            case "ordinal":
                return self._text(one.first - 1) == "on" and after in " !,"
            case "today":
                return not self._is_name(one.first) and self._text(one.last + 1) != "show"
        return True

    def _is_month(self, one: Point, before: str) -> bool:
        if self._raw(one.first) == "Mars":
            return False
        follows_name = self._capital(one.last + 1) and self._kind(one.last + 1) == "."
        if before in CUES:
            return self.language == "de" or not follows_name
        if before == "&" and self._kind(one.first - 2) == "M":
            return True
        if self.language != "en":
            return before == "O"
        following = self._raw(one.last + 1)
        return (
            self._text(one.first - 1) in {"the", "its"}
            and self._capital(one.first)
            and (self._kind(one.last + 1) == "." and following.islower())
        )

    def _is_day(self, one: Point, kinds: str, before: str) -> bool:
        month = next(at for at in range(one.first, one.last + 1) if self._kind(at) == "M")
        doubtful = self._text(month) in AMBIGUOUS and self.language == "en" and not self._capital(month)
        return not doubtful or "Y" in kinds or "o" in kinds or before == ">"

    def _is_year(self, one: Point, before: str) -> bool:
        year = self.tokens[one.first].value
        if self._is_amount(one) or not isinstance(year, int) or self._text(one.first - 1) in NUMBERED:
            return False
        if before == "B" or (before == "-" and self._kind(one.first - 2) in "nk"):
            return False
        if before in CUES + "O":
            return True
        return self._text(one.last + 1) not in COUNTED and 1900 <= year <= self.as_of.year + FARTHEST_AHEAD

    def _is_amount(self, one: Point) -> bool:
        if one.form != "year":
            return False
        following, before = self._text(one.last + 1), self._kind(one.first - 1)
        return following in MEASURES or (following in COUNTED and before not in CUES)

    def _is_weekday(self, one: Point, kinds: str, after: str) -> bool:
        if "L" in kinds and after == "O" and kinds.endswith("W"):
            return False  # "the last Friday of the strike"
        if kinds not in {"W", "tW"}:
            return True
        if kinds == "tW" and self.language in {"en", "de"}:
            return False  # "The Monday before it fell" is told by what follows.
        name = self.language == "en" and self._is_name(one.first)
        return not name and self._text(one.first - 1) not in UNCERTAIN and self._kind(one.first - 1) != "f"

    def _is_name(self, at: int) -> bool:
        """Whether a capital and the name before it make it part of a name: "Black Friday", "USA Today"."""
        return at > 1 and self._capital(at) and self._capital(at - 1) and self._kind(at - 1) == "."

    def _expression(self, one: Point) -> TimeExpression:
        first, last = one.first, one.last
        if one.form == "unit" and self._kind(first) in "i>":
            first += 1
        return TimeExpression(self.tokens[first].start, self.tokens[last].end, one.days, one.relative)

    def _token(self, at: int) -> Token | None:
        return self.tokens[at] if 0 <= at < len(self.tokens) else None

    def _kind(self, at: int) -> str:
        """The kind of a token; a space, which is no kind, outside the question."""
        token = self._token(at)
        return token.kind if token else " "

    def _text(self, at: int) -> str:
        token = self._token(at)
        return token.text if token else ""

    def _raw(self, at: int) -> str:
        token = self._token(at)
        return self.question[token.start : token.end] if token else ""

    def _capital(self, at: int) -> bool:
        return not self.capitals and self._raw(at)[:1].isupper()
