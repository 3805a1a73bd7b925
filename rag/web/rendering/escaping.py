"""Text from outside as HTML that shows it and does nothing else."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote, unquote, urlsplit

from markupsafe import Markup, escape

from rag.core.serialization import displayable
from rag.web.i18n import catalogs


def plain(text: str) -> Markup:
    """Escape text, without its control characters."""
    return escape(displayable(text))


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
