"""The pages in front of the page: logging in, and being refused. Pure; they work without scripts."""

from __future__ import annotations

import re
from functools import cache

from rag.web.auth.permissions import Role
from rag.web.i18n import catalogs, strings
from rag.web.rendering.escaping import plain
from rag.web.static import theme

LOGIN, LOGOUT = "/login", "/logout"
NEXT_CHARACTERS = 2000
KEEP_HASH = "document.forms[0].action += location.hash"
"""The server never sees what stands after the "#" of a link; the browser takes it along from the form's address."""


def login_page(root: str, goes_to: str, problem: str = "", said: str = "") -> str:
    """A form that asks for the password, and below it what was wrong with the last one.

    ``root`` is the path that the application lies at, ``goes_to`` where the reader wanted to go.
    """
    described = ' aria-describedby="problem" aria-invalid="true"' if problem else ""
    greeting = f'<p class="said" role="status">{plain(said)}</p>' if said else ""
    complaint = f'<p class="problem" id="problem" role="alert">{plain(problem)}</p>' if problem else ""
    more = "" if problem else f'<p class="more">{plain(strings.LOG_IN_MORE)}</p>'
    return _page(
        strings.LOG_IN,
        f'{greeting}<form method="post" action="{plain(root + LOGIN)}">'
        f'<label for="password">{plain(strings.PASSWORD)}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required autofocus'
        f' maxlength="1024"{described}>{complaint}<input type="hidden" name="next" value="{plain(goes_to)}">'
        f"<button>{plain(strings.LOG_IN)}</button></form>"
        f"{more}<script>{KEEP_HASH}</script>",
    )


def refused_page(sentence: str) -> str:
    """Why a visitor cannot come in, where there is no password to ask for."""
    return _page(strings.NO_ENTRY, f'<p role="alert">{plain(sentence)}</p>')


def account(role: Role | None, name: str) -> str:
    """Who is logged in, for the page's header, with a button to log out where they came in by a password."""
    if role is None:
        return ""
    known = f'<bdi class="fn-user">{plain(name)}</bdi> ' if name else ""
    leave = "" if name else f"<button>{plain(strings.LOG_OUT)}</button>"
    return (
        f'<form class="fn-account" method="post" action="{LOGOUT[1:]}">'
        f'{known}<span class="fn-role">{plain(strings.EDITOR if role == "editor" else strings.VIEWER)}</span>{leave}'
        "</form>"
    )


def local_path(target: str) -> str:
    """The target where it is a path of this site, or else "/": no link to the login leads to another one."""
    is_local = re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", target) and len(target) <= NEXT_CHARACTERS
    return target if is_local else "/"


def _page(heading: str, body: str) -> str:
    # A form of a page without a referrer names no origin, by which it is told from a form of another website.
    return (
        f'<!DOCTYPE html><html lang="{catalogs.current_language()}" dir="{catalogs.direction()}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="same-origin">'
        f'<title>{plain(heading)} · {plain(strings.NAME)}</title><link rel="icon" href="favicon.ico">'
        f"{_head()}</head>"
        f'<body><main><h1>{plain(strings.NAME)}<sup aria-hidden="true">1</sup></h1><h2>{plain(heading)}</h2>{body}'
        "</main></body></html>"
    )


@cache
def _head() -> str:
    """The colours and faces of the page itself, with the choice of light or dark, and what these pages add to them."""
    own = theme.read("login.css")
    return f"{theme.early_head()}<style>{own}</style>"
