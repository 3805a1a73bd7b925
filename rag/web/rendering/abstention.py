"""Why a question was declined, and why its nearest passages do not answer it, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeGuard

from rag.answering.abstention import MESSAGES, render
from rag.core.types import Decline, Remark, Source
from rag.web.conversations.exchange import Exchange
from rag.web.i18n import catalogs, strings


def message_of(one: Exchange) -> str:
    """Say why the question was declined; in English if only that sentence was stored."""
    declined = _declined(one)
    return remark_text(declined.remark) if declined and _is_known(declined.remark) else one.message


def shortfall_of(one: Exchange, source: Source) -> str:
    """Say why one of the nearest passages does not answer the question; "" for any other passage."""
    declined = _declined(one)
    pairs = zip(declined.nearest, declined.remarks, strict=False) if declined else ()
    remark = next((remark for nearest, remark in pairs if nearest.number == source.number), None)
    return remark_text(remark, source.header.date) if _is_known(remark) else one.shortfall_of(source)


def remark_text(remark: Remark, of: date | None = None) -> str:
    """Write out a remark in the reader's language; ``of`` is the date of the passage that it is about."""
    return render(remark, of, locale=catalogs.current_locale(), messages=_messages(), quote=strings.quoted)


def _messages() -> Mapping[str, str]:
    return MESSAGES if catalogs.current_language() == catalogs.DEFAULT else catalogs.context("REMARKS")


def _is_known(remark: Remark | None) -> TypeGuard[Remark]:
    """Return whether there is a text for it: an older or newer version may have stored the conversation."""
    return remark is not None and remark.kind in MESSAGES


def _declined(one: Exchange) -> Decline | None:
    return one.answer.declined if one.answer else None
