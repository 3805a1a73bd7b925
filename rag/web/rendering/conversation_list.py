"""The list of a reader's conversations as HTML."""

from __future__ import annotations

from markupsafe import Markup

from rag.store.conversations import PAGE, ChatListing
from rag.web.rendering.environment import render

TITLE_ID = "chats-title"
TITLE_CHARACTERS = 200
"""Characters that a browser lets a person type as a title."""


def bar() -> Markup:
    """Render the buttons that open the list, and that begin a new conversation."""
    return render("conversation_list.bar")


def head(days: int | None) -> Markup:
    """Render the top of the list; conversations are kept for ``days``, or for ever."""
    return render("conversation_list.head", TITLE_ID, days)


def listing(found: ChatListing, opened: str) -> Markup:
    """Render a page of the list; ``opened`` is the id of the conversation that is shown."""
    return render("conversation_list.listing", found, opened, PAGE, TITLE_CHARACTERS)


def problem(sentence: str) -> Markup:
    """Render why the list cannot be shown or changed."""
    return render("shared.problem", sentence)
