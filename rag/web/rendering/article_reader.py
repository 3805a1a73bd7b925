"""The article that a source was quoted from, opened at the quote, as HTML."""

from __future__ import annotations

from markupsafe import Markup

from rag.web.i18n import strings
from rag.web.library.articles import Cited
from rag.web.library.citations import Citation
from rag.web.rendering.environment import render
from rag.web.rendering.library import blocks

TITLE_ID = "cited-title"
"""The id of the title, which names the dialog."""


def opened(found: Cited, citation: Citation, press: int) -> Markup:
    """Render the article, with the quotes marked that it still has; ``press`` counts the buttons that were pressed."""
    shown = found.opened
    return render(
        "article_reader.opened",
        TITLE_ID,
        found,
        citation,
        sentences=_changes(found, citation),
        is_elsewhere=bool(found.spans) and not any(shown.start <= span.start < shown.end for span in found.spans),
        blocks=list(blocks(shown, found.spans)),
        press=press,
    )


def gone(citation: Citation, press: int) -> Markup:
    """Render the words that were quoted from an article that was removed."""
    return render("article_reader.gone", TITLE_ID, citation, press)


def _changes(found: Cited, citation: Citation) -> list[str]:
    """Say whether the article has changed since it was quoted, and which of the quoted words it still has."""
    said = [strings.ARTICLE_CHANGED] if found.state == "changed" else []
    if len(found.spans) < len(citation.quotes):
        return [*said, strings.QUOTE_STANDS_IN_PART if found.spans else strings.QUOTE_GONE]
    return [*said, strings.QUOTE_STANDS] if said else []
