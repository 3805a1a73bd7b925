"""Days counted in weeks, months and years. Pure; what lies outside the years 1 to 9999 is cut off there or is None."""

from __future__ import annotations

import calendar
from datetime import date

from rag.core.filters import DateRange

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12, "season": 12, "decade": 120}
DAYS = {"day": 1, "week": 7, "weekend": 7, "fortnight": 14}
FIRST_MONTH = 12  # Months are counted from the year 0, so that January of the year 1 is the twelfth.
LAST_MONTH = 9999 * 12 + 11
SEASON_STARTS = 6  # A season of sport begins in July, six months into the year.


def day(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


def days(first: int, last: int) -> DateRange:
    return DateRange(day(first), day(last))


def months(first: int, count: int) -> DateRange | None:
    """So many months from the one with this index (12 times the year, plus the month less one)."""
    if first < FIRST_MONTH or first + count - 1 > LAST_MONTH:
        return None
    year, month = divmod(first + count - 1, 12)
    return DateRange(
        date(first // 12, first % 12 + 1, 1), date(year, month + 1, calendar.monthrange(year, month + 1)[1])
    )


def month_index(when: date) -> int:
    return 12 * when.year + when.month - 1


def unit(name: str, when: date, offset: int = 0) -> DateRange | None:
    """The week (from Monday), month, quarter … that holds a day, or one so many after it. Seasons begin in July."""
    if name in MONTHS:
        size = MONTHS[name]
        shift = SEASON_STARTS if name == "season" else 0
        return months((month_index(when) - shift) // size * size + shift + offset * size, size)
    if name == "day":
        return days(when.toordinal() + offset, when.toordinal() + offset)
    monday = when.toordinal() - when.weekday() + offset * DAYS[name]
    return days(monday + 5, monday + 6) if name == "weekend" else days(monday, monday + DAYS[name] - 1)


def before(when: date, count: int, name: str) -> date:
    """The day so many units earlier, or later if negative; the last of the month where that has no such day."""
    if name in DAYS:
        return day(when.toordinal() - count * DAYS[name])
    index = month_index(when) - count * MONTHS[name]
    if index < FIRST_MONTH:
        return date.min
    if index > LAST_MONTH:
        return date.max
    year, month = divmod(index, 12)
    return date(year, month + 1, min(when.day, calendar.monthrange(year, month + 1)[1]))


def up_to(end: date, count: int, name: str) -> DateRange:
    """So many units that end with a day: whole months where that is the last of its month."""
    if name in MONTHS and end.day == calendar.monthrange(end.year, end.month)[1]:
        whole = count * MONTHS[name]
        return months(month_index(end) - whole + 1, whole) or DateRange(date.min, end)
    return DateRange(min(end, day(before(end, count, name).toordinal() + 1)), end)


def onwards(start: date, count: int, name: str) -> DateRange:
    """So many units that begin with a day."""
    following = before(start, -count, name)  # The last day there is where no other follows.
    return DateRange(start, following if following == date.max else day(following.toordinal() - 1))


def third(span: DateRange, which: int) -> DateRange | None:
    """The first, middle or last third of a month, quarter, year or decade; None of something else."""
    if span.start is None or span.end is None:
        return None
    first, count = month_index(span.start), month_index(span.end) - month_index(span.start) + 1
    if span.start.day != 1 or day(span.end.toordinal() + 1).day != 1:
        return None
    if count == 1:
        start = span.start.toordinal() + 10 * which
        return days(start, span.end.toordinal() if which == 2 else start + 9)
    cuts = (0, 48, 84, 120) if count == 120 else tuple(count * part // 3 for part in range(4))
    return months(first + cuts[which], cuts[which + 1] - cuts[which])
