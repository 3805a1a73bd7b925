"""E-mail (.eml) → an article, and what is attached to it as further documents."""

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
from rag.core.types import Article
from rag.ingest.readers.document import Document, Found
from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.hidden_text import remove_hidden
from rag.ingest.readers.html_blocks import SKIPPED, add_tree
from rag.ingest.readers.metadata import choose_title, one_line, parse_language
from rag.ingest.readers.plain_text import decode, usable
from rag.ingest.readers.xml import parse_html

MAX_PARTS = 1_000
MAX_BOUNDARIES = 100
MAX_HEADERS = 50_000
MAX_HEADER_CHARACTERS = 10_000
MAX_LINES = 3_000_000
BOUNDARY = re.compile(rb"boundary\s*=\s*[\"']?([^\"'\s;]{1,100})", re.IGNORECASE)
HEADER_LINE = re.compile(rb"^[!-9;-~]{1,60}:", re.MULTILINE)
HEADER = re.compile(rb"[!-9;-~]{1,60}:")
TELLING = (b"from", b"date", b"subject", b"to", b"message-id", b"received", b"mime-version", b"return-path")
SURE = 3
"""How many telling headers make a text an e-mail."""
BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, OverflowError)
"""What the standard library raises for headers that make no sense."""


def read(document: Document) -> Iterator[Found]:
    """The message: its subject as title, its sender as author, its plain text, or else its HTML, as text.

    Attachments, forwarded messages among them, come after it, as documents. Raises ArticleError where there is neither
    text nor attachment.
    """
    _refuse_endless(document.content)
    message = message_from_bytes(document.content)
    bodies, attachments = _sorted(message)
    builder = DocumentBuilder()
    for part in bodies:
        _add(part, builder, document)
    if not builder.empty:
        sender, address = parseaddr(_header(message, "from"))
        yield Article(
            id=document.suggested_id,
            title=choose_title(_header(message, "subject"), document.stem),
            text=builder.text,
            origin=document.origin,
            author=one_line(sender) or one_line(address),
            date=_date(message),
            language=parse_language(_header(message, "content-language")),
            headings=builder.headings,
        )
    elif not attachments:
        raise ArticleError("The e-mail has no text and nothing attached. Leave it out.")
    for number, part in enumerate(attachments, start=1):
        name = _filename(part) or f"attachment-{number}{'.eml' if _is_message(part) else ''}"
        stem = name.rpartition(".")[0] or name
        yield document.within(_content(part), name, f"{document.suggested_id}/{stem}")


def is_mail(content: bytes) -> bool:
    """Whether a text begins as an e-mail does: with headers alone, several of which any e-mail has."""
    found: set[bytes] = set()
    for line in content[:16_384].lstrip().splitlines():
        if not line.strip() or len(found) >= SURE:
            break
        if line[:1] in b" \t":  # A header goes on.
            continue
        if not HEADER.match(line):
            return False
        found.add(line.partition(b":")[0].lower())
    return len(found & set(TELLING)) >= SURE


def _refuse_endless(content: bytes) -> None:
    """Raises ArticleError for what the standard library would take minutes or gigabytes to take apart."""
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
            raise ArticleError(f"The e-mail has more than {limit:,} {what}. Save what it holds as files.")


def _sorted(message: Message) -> tuple[list[Message], list[Message]]:
    """(parts that are the message's text, parts that are attached to it)."""
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
    """The one of several forms of the same text that is read best."""
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
    except BROKEN:
        charset = ""
    if part.get_content_type() == "text/html":
        inner = replace(document, content=content, encoding=charset)
        root = parse_html(inner)
        remove_hidden(root)
        add_tree(root, builder, SKIPPED | {"head"})
    else:
        builder.add_paragraph(decode(content, charset))


def _content(part: Message) -> bytes:
    """What a part holds, unpacked; of an attached message, all of it."""
    try:
        if _is_message(part):
            inner = part.get_payload()
            return inner[0].as_bytes() if isinstance(inner, list) and isinstance(inner[0], Message) else b""
        content = part.get_payload(decode=True)
    except BROKEN:
        return b""
    return content if isinstance(content, bytes) else b""


def _filename(part: Message) -> str:
    try:
        return one_line(_decoded(part.get_filename("")))
    except BROKEN:
        return ""


def _header(message: Message, name: str) -> str:
    """A header as one line, whether its words are encoded or stand there in any encoding; "" where there is none."""
    value = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    return one_line(_decoded(value[:MAX_HEADER_CHARACTERS]))


def _decoded(words: str) -> str:
    try:
        return "".join(
            part if isinstance(part, str) else part.decode(usable(charset or "") or "utf-8", "replace")
            for part, charset in decode_header(words.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
        )
    except BROKEN:
        return words


def _date(message: Message) -> date | None:
    try:
        return parsedate_to_datetime(_header(message, "date")).date()
    except BROKEN:
        return None
