"""The pages in front of the page: logging in, and being refused."""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup

from rag.web.auth.permissions import Role
from rag.web.rendering.environment import render
from rag.web.static import theme

LOGIN, LOGOUT = "/login", "/logout"
NEXT_CHARACTERS = 2000


def login_page(root: str, goes_to: str, problem: str = "", said: str = "") -> Markup:
    """Render a form that asks for the password, and below it what was wrong with the last one.

    Args:
        root: the path that the application is served under.
        goes_to: the path that the reader wanted to open.
        problem: why the last attempt failed.
        said: a message that is no problem.
    """
    return render("login.login", _head(), root + LOGIN, goes_to, problem, said)


def refused_page(sentence: str) -> Markup:
    """Render why access is denied, if there is no password to ask for."""
    return render("login.refused", _head(), sentence)


def account(role: Role | None, name: str) -> Markup:
    """Render who is logged in, with a button to log out if they came in by a password."""
    return render("login.account", LOGOUT[1:], role, name) if role else Markup()


def local_path(target: str) -> str:
    """Return the target if it is a path of this site, or else "/": no link to the login leads to another one."""
    is_local = re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", target) and len(target) <= NEXT_CHARACTERS
    return target if is_local else "/"


@cache
def _head() -> Markup:
    """Return the colours and fonts of the page itself, the choice of light or dark, and the style of these pages."""
    return Markup(theme.early_head()) + Markup("<style>{}</style>").format(Markup(theme.read("login.css")))
