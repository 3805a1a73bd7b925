"""The widget's one ES module, put together from the files beside this one. Pure but for reading them, once."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from rag.web.i18n.catalogs import LOCALES, Catalogue, catalogue

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
"""In the order in which they stand in the module, whose one scope they share; each builds on those before it."""
STYLES = ("widget.css", "answers.css")

SAID = re.compile(r'\bsay\("([\w.]+)"')
"""A word that a script says; one of a group by the names of both, as in "WIDGET.back"."""

Words = dict[str, str | dict[str, str]]


@cache
def module() -> bytes:
    """What ``/widget/v1/footnote.js`` is: the words in every language, the style sheet and the scripts."""
    scripts = [_read(name) for name in SCRIPTS]
    said = sorted({name for script in scripts for name in SAID.findall(script)})
    style = "".join(map(_sheet, STYLES))
    words = {language: _spoken(catalogue(language), said) for language in LOCALES}
    constants = {"NAMES": said, "WORDS": words, "STYLE": style}
    parts = [f"const {name} = {_literal(value)};" for name, value in constants.items()]
    return "\n".join([*parts, *map(compact, scripts), ""]).encode()


def integrity() -> str:
    """The hash of the module, for the attribute ``integrity`` of a script element."""
    return "sha384-" + base64.b64encode(hashlib.sha384(module()).digest()).decode()


@cache
def frame_script() -> bytes:
    """What ``/widget/v1/frame.js`` is: the script of the page that stands in an iframe."""
    return f"{compact(_read('frame.js'))}\n".encode()


def compact(text: str) -> str:
    """The lines of a script without their indentation and comments, and none that is empty.

    It knows nothing of JavaScript: a comment begins with "//" at the beginning of a line or after a space, and with
    one more space after it; so no string may hold these three together, nor go on over the end of a line.
    """
    lines = (re.sub(r"(^| )// .*", "", line.strip()).rstrip() for line in text.splitlines())
    return "\n".join(filter(None, lines))


def _spoken(of: Catalogue, names: list[str]) -> dict[str, object]:
    """One language, with its words in the order of the names."""
    return {
        "locale": str(of.locale).replace("_", "-"),
        "direction": of.locale.text_direction,
        "words": [_word(of, name) for name in names],
    }


def _word(of: Catalogue, name: str) -> str | dict[str, str]:
    """A word, a word of a group, or the forms of what is counted. Raises KeyError where there is none."""
    group, _, key = name.rpartition(".")
    if group:
        return of.groups[group][key]
    return of.words[name] if name in of.words else dict(of.forms[name])


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sheet(name: str) -> str:
    """A style sheet without comments, and without the space around what needs none; its strings hold none of these."""
    text = re.sub(r"/\*.*?\*/", "", _read(name), flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*|(?<=:) ", r"\1", re.sub(r"\s+", " ", text)).strip()


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
