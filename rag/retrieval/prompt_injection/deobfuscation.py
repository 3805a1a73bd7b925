"""Undo disguises of text: invisible and look-alike characters, entities, encodings."""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata

from rag.text.tokenization import plain

ENTITY_ROUNDS = 2
"""How often one after another entities are made characters: "&amp;#105;" is an "i" after two."""
TAGS = {0xE0000 + code: code for code in range(0x20, 0x7F)}
"""The invisible twins of the ASCII characters (Unicode's block "Tags")."""
LOOK_ALIKE = str.maketrans("авгеіјкмнорсԁѕтухһԛԝαεικνορτυχʏɪ", "abreijkmhopcdstyxhqwaeiknoptuxyi")
"""Cyrillic, Greek and small-capital letters that look like Latin ones."""
IN_FIGURES = str.maketrans("013457@$", "oieastas")
"""Figures and signs that stand for letters within a word."""

MIXED = re.compile(r"[^\W\d_]*[a-z][^\W\d_]*")
WITH_FIGURES = re.compile(r"(?<![\w@$])(?=[^\W\d_]*[013457@$]+[a-z])[a-z013457@$]*[a-z]{2}[a-z013457@$]*(?![\w@$])")
SPACED_OUT = re.compile(r"(?<!\w)[^\W\d_](?:[ \t._*~·|/-][^\W\d_]){2,}(?!\w)")
SEPARATORS = re.compile(r"[\W_]+")
BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{20,}={0,2}(?![\w+/=])")


def deobfuscate(text: str) -> list[str]:
    """Return the text without disguises, in lower case and without accents, then what it encodes in Base64."""
    for _ in range(ENTITY_ROUNDS if "&" in text else 0):
        text = html.unescape(text)
    if not text.isascii():
        text = _without_invisible(text.translate(TAGS))
    words = plain(text)
    if not words.isascii():
        words = MIXED.sub(lambda match: match[0].translate(LOOK_ALIKE), words)
    words = WITH_FIGURES.sub(lambda match: match[0].translate(IN_FIGURES), words)
    words = SPACED_OUT.sub(lambda match: SEPARATORS.sub("", match[0]), words)
    return [words, *(plain(decoded) for match in BASE64.finditer(text) if (decoded := _decoded(match[0])))]


def _without_invisible(text: str) -> str:
    """Remove format characters: of no width, soft hyphens, direction marks."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def _decoded(encoded: str) -> str:
    """Decode Base64; return "" if the result is not text."""
    try:
        decoded = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return decoded if all(c.isprintable() or c.isspace() for c in decoded) else ""
