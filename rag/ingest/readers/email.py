"""Read an e-mail (.eml) into an article, and its attachments as further documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from itertools import islice

from rag.core.errors import ArticleError
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.hidden_text import remove_hidden
from rag.ingest.readers.html_blocks import SKIPPED, add_tree
from rag.ingest.readers.metadata import Metadata, one_line
from rag.ingest.readers.plain_text import decode, text_encoding
from rag.ingest.readers.xml import parse_html

MAX_PARTS = 1_000
MAX_BOUNDARIES = 100
MAX_HEADERS = 50_000
MAX_HEADER_CHARACTERS = 10_000
MAX_LINES = 3_000_000
BOUNDARY = re.compile(rb"boundary\s*=\s*[\"']?([^\"'\s;]{1,100})", re.IGNORECASE)
HEADER_LINE = re.compile(rb"^[!-9;-~]{1,60}:", re.MULTILINE)
HEADER = re.compile(rb"[!-9;-~]{1,60}:")
TYPICAL_HEADERS = (b"from", b"date", b"subject", b"to", b"message-id", b"received", b"mime-version", b"return-path")
MIN_TYPICAL_HEADERS = 3  # How many typical headers make a text an e-mail.
HEADER_ERRORS = (MessageError, LookupError, ValueError, TypeError, AttributeError, OverflowError)
"""What the standard library raises for malformed headers."""


def read(document: Document) -> Iterator[Found]:
    """Read the message, with its subject as title and its sender as author, then its attachments as documents.

    The text is the plain text, or else the HTML. Raises ArticleError if there is neither text nor attachment.
    """
    _check_limits(document.content)
    message = message_from_bytes(document.content)
    bodies, attachments = _split_parts(message)
    builder = DocumentBuilder()
    for part in bodies:
        _add(part, builder, document)
    if not builder.empty:
        sender, address = parseaddr(_header(message, "from"))
        metadata = Metadata(
            author=one_line(sender) or one_line(address),
            date=_date(message),
            language=_header(message, "content-language"),
        )
        yield builder.article(document, _header(message, "subject"), metadata)
    elif not attachments:
        raise ArticleError("The e-mail has no text and no attachment. Leave it out.")
    for number, part in enumerate(attachments, start=1):
        name = _filename(part) or f"attachment-{number}{'.eml' if _is_message(part) else ''}"
        stem = name.rpartition(".")[0] or name
        yield document.within(_content(part), name, f"{document.suggested_id}/{stem}")


def is_mail(content: bytes) -> bool:
    """Return whether a text begins with headers alone, several of them typical of e-mails."""
    found: set[bytes] = set()
    for line in content[:16_384].lstrip().splitlines():
        if not line.strip() or len(found) >= MIN_TYPICAL_HEADERS:
            break
        if line[:1] in b" \t":  # A header continues.
            continue
        if not HEADER.match(line):
            return False
        found.add(line.partition(b":")[0].lower())
    return len(found & set(TYPICAL_HEADERS)) >= MIN_TYPICAL_HEADERS


def _check_limits(content: bytes) -> None:
    """Raise ArticleError for what would take the standard library minutes or gigabytes to parse."""
    boundaries = {match[1] for match in islice(BOUNDARY.finditer(content), MAX_BOUNDARIES + 1)}
    parts = 0 if len(boundaries) > MAX_BOUNDARIES else sum(content.count(b"\n--" + one) for one in boundaries)
    headers = sum(1 for _ in islice(HEADER_LINE.finditer(content), MAX_HEADERS + 1))
    for what, amount, limit in (
        ("groups of parts", len(boundaries), MAX_BOUNDARIES),
        ("parts", parts, MAX_PARTS),
        ("headers", headers, MAX_HEADERS),
        ("lines", content.count(b"\n"), MAX_LINES),
    ):
        if amount > limit:
            raise ArticleError(f"The e-mail has more than {limit:,} {what}. Save its contents as files.")


def _split_parts(message: Message) -> tuple[list[Message], list[Message]]:
    """Return the parts that are the message's text, and those that are attached to it."""
    bodies: list[Message] = []
    attachments: list[Message] = []
    pending: list[Message] = [message]
    while pending:
        part = pending.pop()
        inner = part.get_payload() if part.is_multipart() and not _is_message(part) else None
        if isinstance(inner, list):
            parts = [one for one in inner if isinstance(one, Message)]
            pending += reversed(_best(parts) if part.get_content_subtype() == "alternative" else parts)
        elif _is_body(part):
            bodies.append(part)
        elif _is_message(part) or _filename(part):
            attachments.append(part)
    return bodies, attachments


def _best(alternatives: list[Message]) -> list[Message]:
    """Choose between alternative forms of the same text: plain text, or else the last one."""
    plain = [part for part in alternatives if part.get_content_type() == "text/plain" and _content(part).strip()]
    rich = [part for part in alternatives if part.get_content_type() != "text/plain"]
    return plain[:1] or rich[-1:]


def _is_message(part: Message) -> bool:
    return part.get_content_maintype() == "message"


def _is_body(part: Message) -> bool:
    attached = part.get_content_disposition() == "attachment" or _filename(part)
    return part.get_content_type() in {"text/plain", "text/html"} and not attached


def _add(part: Message, builder: DocumentBuilder, document: Document) -> None:
    content = _content(part)
    if not content.strip():
        return
    try:
        charset = part.get_content_charset("") or ""
    except HEADER_ERRORS:
        charset = ""
    if part.get_content_type() == "text/html":
        inner = replace(document, content=content, encoding=charset)
        root = parse_html(inner)
        remove_hidden(root)
        add_tree(root, builder, SKIPPED | {"head"})
    else:
        builder.add_paragraph(decode(content, charset))


def _content(part: Message) -> bytes:
    """Return the decoded content of a part; of an attached message, all of it."""
    try:
        if _is_message(part):
            inner = part.get_payload()
            return inner[0].as_bytes() if isinstance(inner, list) and isinstance(inner[0], Message) else b""
        content = part.get_payload(decode=True)
    except HEADER_ERRORS:
        return b""
    return content if isinstance(content, bytes) else b""


def _filename(part: Message) -> str:
    try:
        return one_line(_decoded(part.get_filename("")))
    except HEADER_ERRORS:
        return ""


def _header(message: Message, name: str) -> str:
    """Return a header as one decoded line; "" if there is none."""
    value = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    return one_line(_decoded(value[:MAX_HEADER_CHARACTERS]))


def _decoded(words: str) -> str:
    try:
        return "".join(
            part if isinstance(part, str) else part.decode(text_encoding(charset or "") or "utf-8", "replace")
            for part, charset in decode_header(words.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
        )
    except HEADER_ERRORS:
        return words


def _date(message: Message) -> date | None:
    try:
        return parsedate_to_datetime(_header(message, "date")).date()
    except HEADER_ERRORS:
        return None
