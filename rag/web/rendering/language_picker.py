"""The choice of the page's language → HTML. Pure."""

from __future__ import annotations

from rag.web.i18n import strings
from rag.web.i18n.catalogs import LOCALES, current_language, native_name


def choice() -> str:
    """A fold with a link for each language, by the name that it has for itself."""
    links = "".join(_link(one) for one in LOCALES)
    return (
        f'<details class="fn-languages"><summary><span class="fn-sr">{strings.LANGUAGE}: </span>'
        f"{native_name(current_language())}</summary><ul>{links}</ul></details>"
    )


def _link(one: str) -> str:
    current = ' aria-current="true"' if one == current_language() else ""
    return f'<li><a href="language/{one}" lang="{one}" hreflang="{one}"{current}>{native_name(one)}</a></li>'
