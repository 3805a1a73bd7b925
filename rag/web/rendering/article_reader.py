"""The article that a source was quoted from, opened at the quote → HTML. Pure; text from outside is escaped.

Buttons carry in ``data-read`` the citation that they open; reading.js passes it on, and opens and closes the dialog.
"""

from __future__ import annotations

from rag.core.types import Span
from rag.web.i18n import strings
from rag.web.library.articles import Cited, Opened
from rag.web.library.citations import Citation
from rag.web.rendering.escaping import day, plain
from rag.web.rendering.library import address, facts, own, parts, prose

TITLE_ID = "cited-title"
"""The id of the title, which names the dialog."""


def opened(found: Cited, citation: Citation, press: int) -> str:
    """The article, with the quotes marked that it still has; ``press`` counts the buttons that were pressed."""
    article = found.opened.article
    turning = parts(found.opened, _reads(citation))
    known = {
        strings.SOURCE: own(article.source),
        strings.DATE: day(article.date),
        strings.AUTHOR: own(article.author),
        strings.ADDRESS: address(article.url),
        strings.QUOTED_PAGE: strings.number(found.page) if found.page else "",
    }
    content = f"{facts(known)}{_standing(found, citation)}{turning}{prose(found.opened, found.spans)}{turning}"
    return _reader(article.title, content, press)


def gone(citation: Citation, press: int) -> str:
    """In place of an article that is not there any more: the words that were quoted from it."""
    words = f"<p>{strings.ARTICLE_REMOVED} {strings.QUOTE_LEFT}</p>{_quotes(citation)}"
    return _reader("", f'<div class="fn-standing">{words}</div>', press)


def _reader(title: str, content: str, press: int) -> str:
    return (
        f'<article class="fn-reader" data-press="{press}"><header>'
        f'<h2 id="{TITLE_ID}" dir="auto">{plain(title) or strings.UNTITLED}</h2>'
        f'<button class="fn-quiet" data-shut>{strings.CLOSE_ARTICLE}</button></header>'
        f'<div class="fn-reader-text" role="region" aria-labelledby="{TITLE_ID}" tabindex="0">{content}</div></article>'
    )


def _reads(citation: Citation) -> str:
    return f'data-read="{plain(citation.written())}"'


def _standing(found: Cited, citation: Citation) -> str:
    """What has become of the article and its quotes, where not all is as it was or the quote is in another part."""
    said: list[str] = []
    if found.state == "changed":
        said.append(strings.ARTICLE_CHANGED)
    if len(found.spans) < len(citation.quotes):
        said.append(strings.QUOTE_STANDS_IN_PART if found.spans else strings.QUOTE_GONE)
    elif said:
        said.append(strings.QUOTE_STANDS)
    if not found.spans:
        words = f"<p>{' '.join(said)}</p>{_quotes(citation)}" if said else ""
    elif not any(_shows(found.opened, span) for span in found.spans):
        back = f'<button class="fn-quiet" {_reads(citation)}>{strings.TO_THE_QUOTE}</button>'
        words = f"<p>{strings.QUOTE_ELSEWHERE} {back}</p>"
    else:
        words = f"<p>{' '.join(said)}</p>" if said else ""
    return f'<div class="fn-standing">{words}</div>' if words else ""


def _shows(found: Opened, span: Span) -> bool:
    return found.start <= span.start < found.end


def _quotes(citation: Citation) -> str:
    return "".join(f'<blockquote dir="auto">{plain(quote.words)}</blockquote>' for quote in citation.quotes)
