"""The Jinja2 environment of the page's HTML: autoescape is on, and an undefined name is an error.

Templates are files of macros. A value that is not `Markup` is stripped of control characters and escaped where it is
written, so that no template can forget it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from rag.core.serialization import displayable
from rag.web.i18n import catalogs, strings
from rag.web.rendering.escaping import day, key_of, web_address

JOINED = re.compile(r"\s*\n\s*(?=<|\Z)")
SPACED = re.compile(r"\s*\n\s*")


class JoinedLines(Extension):
    """Join the lines of a template, with a space only where the next line begins with an attribute or a word.

    White space between inline elements is visible, and an answer is sent again with every token of it.
    """

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        for token in stream:
            if token.type == "data":
                value = SPACED.sub(" ", JOINED.sub("", token.value))
                token = Token(token.lineno, "data", value)
            yield token


class ByteCode(FileSystemBytecodeCache):
    """Compiled templates in ``__pycache__``, where Python keeps its own; none if that cannot be written."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(source + Path(__file__).read_text(encoding="utf-8"))


def _without_control_characters(value: object) -> object:
    if type(value) is str:
        return value if value.isprintable() else displayable(value)
    return displayable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_without_control_characters,
    extensions=[JoinedLines],
    bytecode_cache=ByteCode(str(Path(__file__).with_name("__pycache__")), "template-%s.bin"),
    auto_reload=False,
)
ENVIRONMENT.globals.update(strings=strings, catalogs=catalogs)
ENVIRONMENT.filters.update(day=day, key=key_of, displayable=displayable, web_address=web_address)


def render(macro: str, *values: object, **named: object) -> Markup:
    """Call a macro by the name of its template and its own, such as ``chat.exchange``. Templates are compiled once."""
    template, _, name = macro.partition(".")
    html: Markup = getattr(ENVIRONMENT.get_template(f"{template}.html").module, name)(*values, **named)
    return html
