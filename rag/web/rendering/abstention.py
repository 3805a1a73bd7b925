"""What is said of a question that was declined, and of the passages nearest to it, in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeGuard

from rag.answering.abstention import MESSAGES, render
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
    """Write out a remark in the reader's language; ``of`` is the date of the passage that it is about."""
    return render(remark, of, locale=catalogs.current_locale(), messages=_messages(), quote=strings.quoted)


def _messages() -> Mapping[str, str]:
    return MESSAGES if catalogs.current_language() == catalogs.DEFAULT else catalogs.context("REMARKS")


def _is_known(remark: Remark | None) -> TypeGuard[Remark]:
    """Return whether there is a text for it: an older or newer version may have stored the conversation."""
    return remark is not None and remark.kind in MESSAGES


def _declined(one: Exchange) -> Decline | None:
    return one.answer.declined if one.answer else None
