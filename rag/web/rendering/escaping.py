"""Text from outside as HTML that shows it and does nothing else. Pure."""

from __future__ import annotations

import html
import re
from datetime import date
from urllib.parse import urlsplit

from rag.web.i18n import catalogs

# Control characters, and those that turn the direction of the text after them: no title may reorder the page.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")


def plain(text: str) -> str:
    """Text from outside as HTML that shows it and does nothing else."""
    return html.escape(straight(text), quote=True)


def straight(text: str) -> str:
    """Text without what would turn or break the text around it."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub("", text)


def note(words: str) -> str:
    return f'<p class="fn-note">{words}</p>'


def web_address(url: str) -> str:
    """The address where it is one of the web, or else nothing: no other scheme becomes a link."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in {"http", "https"} and parts.hostname else ""


def day(value: date | None) -> str:
    """A day as the reader's language writes it; nothing where there is none."""
    return catalogs.format_day(value) if value else ""
