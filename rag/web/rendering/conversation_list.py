"""The list of a reader's conversations → HTML. Pure; every text from outside is escaped, as in text.py.

Buttons and forms say in ``data-do`` what they are for, and in further ``data-`` attributes with what; past.js passes
these on.
"""

from __future__ import annotations

from rag.store.conversations import PAGE, Chat, ChatListing
from rag.web.i18n import strings
from rag.web.rendering.escaping import day, plain

TITLE_ID = "chats-title"
LONGEST_TITLE = 200
"""Characters that a browser lets a person type as a title."""

BUBBLES = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 6h16M4 12h16M4 18h10" fill="none" stroke="currentColor" '
    'stroke-width="1.8" stroke-linecap="round"/></svg>'
)
PLUS = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5v14M5 12h14" fill="none" stroke="currentColor" '
    'stroke-width="1.8" stroke-linecap="round"/></svg>'
)


def bar() -> str:
    """What opens the list, and what begins a new conversation."""
    return (
        '<div class="fn-chat-bar">'
        f'<button class="fn-tool" data-chats aria-haspopup="dialog">{BUBBLES}{strings.CHATS}</button>'
        f'<button class="fn-tool" data-begin>{PLUS}{strings.NEW_CHAT}</button></div>'
    )


def head(days: int | None) -> str:
    """The top of the list: its name, how long conversations are kept, and the way out."""
    kept = f'<p class="fn-hint">{strings.kept_for(days)}</p>' if days is not None else ""
    return (
        f'<div class="fn-chats-head"><h2 id="{TITLE_ID}">{strings.CHATS}</h2>'
        f'<button class="fn-tool" data-shut>{strings.CLOSE_CHATS}</button></div>{kept}'
        f'<button class="fn-tool fn-begin" data-begin>{PLUS}{strings.NEW_CHAT}</button>'
    )


def listing(found: ChatListing, opened: str) -> str:
    """The conversations of a page of the list; ``opened`` is the id of the one that is shown."""
    if not found.chats:
        return f'<p class="fn-note">{strings.NO_CHAT_FOUND if found.text else strings.NO_CHATS}</p>'
    rows = "".join(_row(chat, chat.id == opened) for chat in found.chats)
    return f'<ul class="fn-chats">{rows}</ul>{_pages(found)}{"" if found.text else _delete_all()}'


def problem(sentence: str) -> str:
    """Why the list cannot be shown or changed."""
    return f'<p class="fn-problem" role="alert">{plain(sentence)}</p>'


def _row(chat: Chat, opened: bool) -> str:
    title = plain(chat.title) or strings.UNTITLED_CHAT
    current = ' aria-current="true"' if opened else ""
    facts = strings.SEPARATOR.join((day(chat.updated_at.astimezone().date()), strings.questions(chat.exchanges)))
    return (
        f'<li class="fn-chat" data-chat="{plain(chat.id)}"><button class="fn-chat-open" data-do="open" '
        f'data-chat="{plain(chat.id)}"{current}><bdi>{title}</bdi><small>{facts}</small></button>'
        f'<details class="fn-chat-more" name="fn-chat-more">'
        f'<summary aria-label="{plain(strings.more_for(chat.title))}"><span aria-hidden="true">⋯</span></summary>'
        f'<div class="fn-chat-deeds">{_deeds(chat)}</div></details></li>'
    )


def _deeds(chat: Chat) -> str:
    """What can be done with a conversation besides opening it. Deleting it takes a second step."""
    identity = plain(chat.id)
    return (
        f'<form data-do="rename" data-chat="{identity}"><label>{strings.CHAT_TITLE}'
        f'<input name="title" dir="auto" maxlength="{LONGEST_TITLE}" value="{plain(chat.title)}" autocomplete="off">'
        f'</label><button class="fn-tool">{strings.RENAME}</button></form>'
        f'<p><span>{strings.DOWNLOAD}</span> <a href="chats/{identity}.md" download>Markdown</a> '
        f'<a href="chats/{identity}.json" download>JSON</a></p>'
        f'<details class="fn-delete"><summary>{strings.DELETE_CHAT}</summary><p>{strings.DELETE_CHAT_MORE}</p>'
        f'<p><button class="fn-tool fn-danger" data-do="delete" data-chat="{identity}">'
        f"{strings.DELETE_CHAT_NOW}</button>"
        f'<button class="fn-tool" data-fold>{strings.KEEP}</button></p></details>'
    )


def _pages(found: ChatListing) -> str:
    """The ways to the pages before and after."""
    if found.total <= PAGE:
        return ""
    last = found.offset + len(found.chats)
    newer, older = found.offset <= 0, last >= found.total
    return (
        f'<nav class="fn-pages" aria-label="{strings.CHAT_PAGES}">'
        f'<button class="fn-tool" data-do="page" data-to="{max(0, found.offset - PAGE)}"{" disabled" * newer}>'
        f"{strings.NEWER}</button>"
        f'<button class="fn-tool" data-do="page" data-to="{last}"{" disabled" * older}>{strings.OLDER}</button></nav>'
    )


def _delete_all() -> str:
    return (
        f'<details class="fn-delete fn-delete-all"><summary>{strings.DELETE_CHATS}</summary>'
        f"<p>{strings.DELETE_CHATS_MORE}</p>"
        f'<p><button class="fn-tool fn-danger" data-do="delete-all">{strings.DELETE_CHATS_NOW}</button>'
        f'<button class="fn-tool" data-fold>{strings.KEEP_CHATS}</button></p></details>'
    )
