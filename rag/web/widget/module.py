"""Bundle the widget's scripts, styles and texts into one ES module."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from rag.web.i18n.catalogs import LOCALES, Catalog, catalog

FOLDER = Path(__file__).parent
SCRIPTS = (
    "text.js",
    "words.js",
    "dom.js",
    "stream.js",
    "problems.js",
    "tokens.js",
    "api.js",
    "conversation.js",
    "chat.js",
    "cards.js",
    "answer.js",
    "article.js",
    "panel.js",
    "element.js",
)
"""In the order in which the module concatenates them. They share its scope."""
STYLES = ("widget.css", "answers.css")

SAID = re.compile(r'\bsay\("([\w.]+)"')
"""The id of a message that a script uses, after its context if it has one: "WIDGET.back"."""


@cache
def module() -> bytes:
    """Return ``/widget/v1/footnote.js``: the texts in every language, the style sheet and the scripts."""
    scripts = [_read(name) for name in SCRIPTS]
    said = sorted({name for script in scripts for name in SAID.findall(script)})
    style = "".join(map(_sheet, STYLES))
    words = {language: _texts(catalog(language), said) for language in LOCALES}
    constants = {"NAMES": said, "WORDS": words, "STYLE": style}
    parts = [f"const {name} = {_literal(value)};" for name, value in constants.items()]
    return "\n".join([*parts, *map(compact, scripts), ""]).encode()


def integrity() -> str:
    """Return the hash of the module, for the attribute ``integrity`` of a script element."""
    return "sha384-" + base64.b64encode(hashlib.sha384(module()).digest()).decode()


@cache
def frame_script() -> bytes:
    """Return ``/widget/v1/frame.js``, the script of the page in an iframe."""
    return f"{compact(_read('frame.js'))}\n".encode()


def compact(text: str) -> str:
    """Strip indentation, comments and empty lines from a script.

    This is no JavaScript parser: a comment is "//" at the start of a line or after a space, followed by a space. No
    string of a script may contain that, or span lines.
    """
    lines = (re.sub(r"(^| )// .*", "", line.strip()).rstrip() for line in text.splitlines())
    return "\n".join(filter(None, lines))


def _texts(of: Catalog, names: list[str]) -> dict[str, object]:
    """Return one language, with its texts in the order of the names."""
    return {
        "locale": str(of.locale).replace("_", "-"),
        "direction": of.locale.text_direction,
        "words": [_text(of, name) for name in names],
    }


def _text(of: Catalog, name: str) -> str | dict[str, str]:
    """Return a message, or the plural forms of a counted one. Raises KeyError if there is none."""
    context, _, key = name.rpartition(".")
    if context:
        return of.contexts[context][key]
    return of.messages[name] if name in of.messages else of.plural_categories(name)


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sheet(name: str) -> str:
    """Read a style sheet, without comments and needless space. Its strings may contain neither."""
    text = re.sub(r"/\*.*?\*/", "", _read(name), flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*|(?<=:) ", r"\1", re.sub(r"\s+", " ", text)).strip()


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
