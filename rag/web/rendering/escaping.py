"""Text from outside as HTML that shows it and does nothing else."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote, unquote, urlsplit

from markupsafe import Markup, escape

from rag.web.i18n import catalogs

# Control characters, and those that turn the direction of the text after them: no title may reorder the page.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")


def plain(text: str) -> Markup:
    """Escape text, without its control characters."""
    return escape(straight(text))


def straight(text: str) -> str:
    """Remove control characters and lone surrogates, and write line ends as ``\\n``."""
    if text.isprintable():
        return text
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub("", text)


def web_address(url: str) -> str:
    """Return the address if its scheme is http or https, or else "": no other scheme becomes a link."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in {"http", "https"} and parts.hostname else ""


def day(value: date | None) -> str:
    """Format a date in the reader's language; "" for None."""
    return catalogs.format_day(value) if value else ""


def key_of(article_id: str) -> str:
    """Encode an article's id for an attribute, whatever characters it has."""
    return quote(article_id, safe="", errors="surrogatepass")


def id_of(key: str) -> str:
    """Decode what ``key_of`` returned."""
    return unquote(key, errors="surrogatepass")
