"""The words that name days, in four languages, from vocabulary.toml, which says what their kinds mean."""

from __future__ import annotations

import tomllib
from pathlib import Path

_TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

WORDS: dict[str, dict[str, str]] = {
    language: {kind: " ".join(entries.split()) for kind, entries in kinds.items()}
    for language, kinds in _TABLES["words"].items()
}
"""By language and kind, the words with their values."""
COMMON_WORDS: dict[str, str] = {
    language: " ".join(words.split()) for language, words in _TABLES["common_words"].items()
}
"""By which the language of a question is told, together with the words above."""
NUMBERED, MEASURES, COUNTED = (
    frozenset(_TABLES["numbers"][kind].split()) for kind in ("numbered", "measures", "counted")
)
