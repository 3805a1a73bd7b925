"""What is said of a question that was declined, and of the passages nearest to it, in the reader's language. Pure."""

from __future__ import annotations

from datetime import date
from typing import TypeGuard

from rag.answering.abstention import stands_out
from rag.core.types import Decline, Remark, Source
from rag.web.conversations.exchange import Exchange
from rag.web.i18n import catalogs, strings


def message_of(one: Exchange) -> str:
    """Why the question was declined; in English where no more is known of it than that sentence."""
    declined = _declined(one)
    return said(declined.remark) if declined and _is_known(declined.remark) else one.message


def shortfall_of(one: Exchange, source: Source) -> str:
    """Why one of the nearest passages does not answer the question; nothing of any other."""
    declined = _declined(one)
    pairs = zip(declined.nearest, declined.remarks, strict=False) if declined else ()
    remark = next((remark for nearest, remark in pairs if nearest.number == source.number), None)
    return said(remark, source.header.date) if _is_known(remark) else one.shortfall_of(source)


def said(remark: Remark, of: date | None = None) -> str:
    """The sentence; ``of`` is the day of the passage that it is about."""
    quoted = [strings.quoted(one) for one in remark.words]
    mentioned = [one if stands_out(one) else strings.quoted(one) for one in remark.words]
    language, *others = [strings.language_name(one) for one in remark.languages] or [""]
    return strings.REMARKS[remark.kind].format(
        any=catalogs.format_list(quoted, "or"),
        all=catalogs.format_list(quoted),
        mentioned=catalogs.format_list(mentioned, "or"),
        language=language,
        others=catalogs.format_list(others),
        day=catalogs.format_day(of) if of else "",
        asked=remark.asked,
    )


def _is_known(remark: Remark | None) -> TypeGuard[Remark]:
    """Whether there are words for it: a conversation may have been kept by an older or a newer version."""
    return remark is not None and remark.kind in strings.REMARKS


def _declined(one: Exchange) -> Decline | None:
    return one.answer.declined if one.answer else None
