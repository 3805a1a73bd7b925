"""What frames the page → HTML: ways for the keyboard and for screen readers, and the choice of light or dark. Pure."""

from __future__ import annotations

from rag.web.i18n import strings

HALF_MOON = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" '
    'stroke-width="1.8"/><path d="M12 3.5a8.5 8.5 0 0 1 0 17z" fill="currentColor"/></svg>'
)


def opening() -> str:
    """What stands before all else: the way past the header, what is read out, and the names of the page's regions.

    mending.js gives the names to the elements they are for; announcing.js and connection.js fill the other two.
    """
    names = {
        "conversation": strings.CONVERSATION,
        "sources": strings.SOURCES,
        "asking": strings.QUESTION_LABEL,
        "articles": strings.ARTICLES_LABEL,
        "reading": strings.ARTICLE,
    }
    spans = "".join(f'<span hidden id="name-of-{element}">{name}</span>' for element, name in names.items())
    return (
        f'<a class="fn-skip" href="#question">{strings.SKIP}</a>'
        f'<div class="fn-sr" id="announced" role="status" aria-live="polite"></div>'
        f'<div id="connection" aria-live="assertive" data-lost="{strings.CONNECTION_LOST}"></div>{spans}'
    )


def appearance() -> str:
    """Light, dark, or as the device has it; appearance.js remembers the choice."""
    choices = "".join(
        f'<label><input type="radio" name="fn-appearance" value="{value}">{name}</label>'
        for value, name in strings.APPEARANCES.items()
    )
    return (
        f'<details class="fn-appearance"><summary aria-label="{strings.APPEARANCE}" title="{strings.APPEARANCE}">'
        f"{HALF_MOON}</summary><fieldset><legend>{strings.APPEARANCE}</legend>{choices}</fieldset></details>"
    )


def without_scripts() -> str:
    """What the document says where scripts are not allowed."""
    return f'<noscript><p class="fn-no-script">{strings.NO_SCRIPT}</p></noscript>'
