"""Answers as Markdown with footnotes, to copy or download.

In text from outside, everything that Markdown or HTML would read as markup is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.core.serialization import displayable
from rag.core.types import Source
from rag.web.conversations.exchange import Exchange, sentence_pieces
from rag.web.i18n import strings
from rag.web.rendering.abstention import message_of
from rag.web.rendering.escaping import day, web_address

# ":" in "://", "@" and "www." would become links.
INLINE = re.compile(r"[\\`*_\[\]<>~|$@]|:(?=//)|(?<=\bwww)\.|&(?=#?\w+;)", re.IGNORECASE)
AT_LINE_START = re.compile(r"^(\s*)([#+=:-]|\d+(?=[.)]))", re.MULTILINE)
NOT_OF_ADDRESSES = re.compile(r'[^\x21-\uffff]|[\s<>"\\^`{|}]')


def exchange(one: Exchange, first: int = 1) -> str:
    """Write an answer, and below it its sources as footnotes, numbered from ``first``."""
    cited = _cited(one)
    marks = {source.number: f"[^{number}]" for number, source in enumerate(cited, start=first)}
    parts = [_answer(one, marks), *(f"{marks[source.number]}: {_source(one, source)}" for source in cited)]
    return "\n\n".join(filter(None, parts)) + "\n"


def conversation(title: str, exchanges: Sequence[Exchange]) -> str:
    """Write a conversation with its title and questions as headings. Footnotes are numbered throughout."""
    parts, first = [f"# {_line(title) or strings.UNTITLED_CHAT}\n"], 1
    for one in exchanges:
        parts.append(f"## {_line(one.question)}\n")
        parts.append(exchange(one, first))
        first += len(_cited(one))
    return "\n".join(parts)


def escaped(text: str) -> str:
    """Escape text for Markdown; its lines stay lines of one paragraph."""
    return _at_line_starts(_inline(text))


def _answer(one: Exchange, marks: Mapping[int, str]) -> str:
    if one.stage == "declined":
        return f"**{strings.DECLINED}.** {escaped(message_of(one))}"
    if one.stage == "failed":
        return f"**{strings.FAILED}.** {escaped(one.message)}"
    parts: list[str] = []
    for text, sentence in sentence_pieces(one):
        parts.append(_inline(text))
        if sentence and sentence.citations:
            parts += [marks[number] for number in sentence.citations if number in marks]
        elif sentence:
            parts.append(f" *({strings.UNSUPPORTED})*")
    note = f"*{strings.STOPPED if one.text else strings.STOPPED_EARLY}*" if one.stage == "stopped" else ""
    return "\n\n".join(filter(None, [_at_line_starts("".join(parts)), note]))


def _cited(one: Exchange) -> list[Source]:
    """Return the cited sources, or the nearest ones if the question was declined."""
    if one.stage == "declined":
        return list(one.sources)
    return [source for source in one.sources if one.cites(source)]


def _source(one: Exchange, source: Source) -> str:
    """Write the title, outlet, date, page and address of a source, and the words quoted from it."""
    head = source.header
    page = strings.page(source.page) if source.page else ""
    facts = [f"*{_line(head.title) or strings.UNTITLED}*", *map(_line, (head.source, day(head.date), page))]
    spans = sorted(one.spans_of(source), key=lambda span: span.start)
    words = " … ".join(_line(source.passage.words_of(span)) for span in spans)
    parts = [", ".join(filter(None, facts)) + ".", strings.quoted(words), _address(head.url)]
    return " ".join(filter(None, parts))


def _address(url: str) -> str:
    """Write a link to a web address; nothing for another scheme."""
    address = displayable(web_address(url))
    return f"<{NOT_OF_ADDRESSES.sub(_percent, address)}>" if address else ""


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def _line(text: str) -> str:
    """Escape text that is in the middle of a line, without its line breaks."""
    return " ".join(_inline(text).split())


def _inline(text: str) -> str:
    return INLINE.sub(lambda found: "&lt;" if found[0] == "<" else f"\\{found[0]}", displayable(text))


def _at_line_starts(markdown: str) -> str:
    """Escape what would begin a heading, a list or the like, and remove the indentation of lines."""
    lines = "\n".join(line.strip() for line in markdown.split("\n"))
    return AT_LINE_START.sub(lambda found: f"{found[1]}{_backslashed(found[2])}", lines)


def _backslashed(sign: str) -> str:
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"
