"""Score passages by date: favour the days that the question names, else the newer of competing articles.

A day in a question may be that of the event or of the article, so it excludes no article; filters do that.
docs/decisions/0012-time-in-questions.md has what was tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from rag.core.filters import DateRange
from rag.core.types import RankedPassage
from rag.retrieval.scoring import add_signal
from rag.text.dates import TimeExpression, asks_for_latest, time_expressions

IN_TIME, SOON_AFTER = 0.9, 0.7
"""Added to the score if the article is dated within the named days, or soon after them."""
LAG = 0.5, timedelta(days=3), timedelta(days=100)
"""How long after is "soon": share of the named period, minimum and maximum."""
COMPETING = 0.65
"""Cosine from which two passages count as reports of the same kind of event."""
MARGIN, CLEARER = 0.5, 0.1
"""By how much an older passage may score better than a newer one that competes and still go behind it, and by how much
better it may cover the question's words."""
LATEST = 1.0
"""The margin if the question asks for the latest."""
JUST_BEHIND = 1e-3


def score_by_date(passages: Sequence[RankedPassage], question: str, day: date) -> list[RankedPassage]:
    """Return the passages with date scores for a question asked on ``day``."""
    expressions = time_expressions(question, day)
    if expressions:
        return boost_dates(passages, expressions)
    return newer_first(passages, LATEST if asks_for_latest(question) else MARGIN)


def boost_dates(passages: Sequence[RankedPassage], expressions: Sequence[TimeExpression]) -> list[RankedPassage]:
    """Boost the passages whose date fits the first time expression that any passage fits."""
    for expression in expressions:
        gains = [_gain(one.header.date, expression.days) for one in passages]
        if any(gains):
            return [add_signal(one, "days", by) for one, by in zip(passages, gains, strict=True)]
    return list(passages)


def without_relative_days(question: str, day: date) -> str:
    """Remove relative time expressions such as "last year", whose words are not searched for."""
    kept, at = "", 0
    for expression in time_expressions(question, day):
        if expression.relative:
            kept, at = kept + question[at : expression.start], expression.end
    return kept + question[at:]


def _gain(day: date | None, days: DateRange) -> float:
    if day is None:
        return 0.0
    if day in days:
        return IN_TIME
    if days.end is None or day < days.end:
        return 0.0
    share, least, most = LAG
    lag = share * (days.end - days.start) if days.start else least
    return SOON_AFTER if day - days.end <= min(max(lag, least), most) else 0.0


def newer_first(passages: Sequence[RankedPassage], margin: float = MARGIN) -> list[RankedPassage]:
    """Rank an older passage behind a newer one that competes with it.

    As well: it scores at most ``margin`` less, and has nearly as many of the question's words. They come best first.
    """
    scores = {one.stored.id: one.score for one in passages}
    result = []
    for older in sorted(passages, key=lambda one: one.header.date or date.min, reverse=True):
        ahead = [scores[newer.stored.id] for newer in passages if _overtakes(newer, older, margin)]
        # Of several older ones, each goes behind those that are newer than it.
        behind = max(ahead) - JUST_BEHIND * len(ahead) - older.score if ahead else 0.0
        result.append(add_signal(older, "an older one", min(0.0, behind)))
        scores[older.stored.id] = result[-1].score
    return sorted(result, key=lambda one: -one.score)


def _overtakes(newer: RankedPassage, older: RankedPassage, margin: float) -> bool:
    return (
        newer.header.id != older.header.id
        and newer.header.date is not None
        and older.header.date is not None
        and newer.header.date > older.header.date
        and older.score - newer.score <= margin
        and older.coverage - newer.coverage <= CLEARER
        and float(newer.stored.vectors.passage @ older.stored.vectors.passage) >= COMPETING
    )
