"""Sentences of articles that give instructions to the model that reads them.

Not a list of phrases: in each language a verb of a small closed class, where a command begins, must be near a word for
what a model was told, or for what it writes. Of 36,084 sentences of ordinary articles none is taken for one
(docs/decisions/0015-instructions-in-articles.md).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from rag.models.control_tokens import CONTROL_TOKEN
from rag.retrieval.prompt_injection.deobfuscation import deobfuscate
from rag.text.tokenization import all_words

LONGEST = 4000
"""Characters of a sentence that are checked."""
NARRATED = 3
"""Words around a quotation that make it reported speech, which tells something."""

_ROLE = re.compile(
    r"^\W*(?:system|assistant|developer)(?: (?:message|prompt|note|notice|override|update|instructions?))?\s*[:>\]]"
    r"|(?<!#)#{2,6}\s{0,3}(?:system|assistant|instructions?|response|human|user)\b\W{0,5}(?:$|:|\n)"
    r"|\b(?:begin|start|end) (?:of )?(?:the )?(?:system|developer|hidden|new) (?:messages?|prompts?|instructions?)\b"
    r"|^\W*end of (?:the )?(?:passages?|context|articles?|documents?|prompt|quoted material)\W*$"
    r"|[\[(<{*]\s{0,3}(?:system|assistant|developer)(?: (?:message|prompt|note|override))?\s*[\])>}*]"
)
_QUOTATION = re.compile(r"“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»|(?<!\w)\"[^\"]*\"(?!\w)|(?<!\w)[‘'][^‘’']*[’'](?!\w)")
_LEADING = re.compile(r"^[\W_]+")
_LINK = re.compile(r"\b(?:https?:|javascript:|www\.)\S+")
_GLUED = re.compile(
    r"(?:ignore|disregard|forget|print|reveal|repeat)\w{0,30}(?:instructions|prompt)|(?:reply|answer|respond)(?:only)?with"
)


def _rules(words: Mapping[str, str]) -> str:
    """Return an expression for the commands to a model in one language, over plain lower-case text.

    ``words`` are the classes of words of patterns.toml, which says what they are.
    """
    lead = rf"(?:{words['lead']})[\s,:]+"
    near = r"\b[^.!?\n]{0,60}?\b"

    def ahead(kind: str) -> str:
        return rf"\b(?=[^.!?\n]{{0,80}}?(?<![\w-])(?:{words[kind]})(?!\w))"

    own = ahead("told") + ahead("whose")
    commands = [
        rf"(?:{words['disregard']}){own}",
        rf"(?:{words['disregard']}){ahead('everything')}{ahead('before')}",
        rf"(?:{words['show']}){own}",
        rf"(?:{words['reply']})\b[^.!?\n\w]{{1,3}}(?:\w{{1,40}}\W{{1,5}}){{0,3}}?(?:{words['manner']})(?!\w)",
        rf"(?:{words['put']}){near}(?:{words['answers']})\b",
        rf"(?:{words['refuse']})[\s,]+(?:{words['refused']})",
        rf"(?:{words['cite']}){near}(?:{words['cited']})",
        rf"(?:{words['decode']}){ahead('follow')}",
    ]
    others = [
        rf"(?:{words['asked']})\b[^.!?\n]{{0,80}}?[,:;]\s*(?:{lead}){{0,3}}(?:{words['reply']}|{words['refuse']}|{words['cite']})\b",
        rf"(?:{words['become']}){near}(?:{words['model']})\b",
        words["new"],
        words["to_a_model"],
    ]
    start = rf"(?:^|[^\w\s'’-]\s{{0,3}}|\b{lead})(?:{lead}){{0,4}}"
    return rf"{start}(?:{'|'.join(commands)})|\b(?:{'|'.join(others)})"


def _commands_of(file: Path) -> list[re.Pattern[str]]:
    languages = tomllib.loads(file.read_text(encoding="utf-8")).values()
    return [
        re.compile(_rules({kind: words.replace("\n", "") for kind, words in language.items()}))
        for language in languages
    ]


_COMMANDS = _commands_of(Path(__file__).with_name("patterns.toml"))


def addresses_a_model(sentence: str) -> bool:
    """Return whether a sentence of an article, or a part of one, instructs a model that reads it, also in disguise.

    English, German, French and Spanish; role markers and control tokens in any. What a quotation in a telling
    sentence says counts as told.
    """
    return any(_commands(words) for words in deobfuscate(sentence[:LONGEST]))


def _commands(words: str) -> bool:
    if CONTROL_TOKEN.search(words) or _ROLE.search(words) or _GLUED.search(words):
        return True
    words = _LINK.sub("link", words)
    around = _QUOTATION.sub(" ", words)
    told = _LEADING.sub("", around if len(all_words(around)) >= NARRATED else words)
    return any(commands.search(told) for commands in _COMMANDS)
