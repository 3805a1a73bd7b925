"""Split text into sentences, in any language and script.

One expression finds all marks that may end a sentence; the text before and after a mark decides whether it does.
These are rules of our own because no library that was tried had more than two thirds of the cases in
``tests/text/sentence_cases.py`` right: docs/decisions/0008-sentence-segmentation.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.core.types import Span
from rag.text.abbreviations import (
    AFTER_ORDINALS,
    AFTER_TIMES,
    BEFORE_NUMBERS,
    LAST,
    NEVER_LAST,
    ORDINAL_LANGUAGES,
    SELDOM_LAST,
    STARTERS,
    TIMES,
)
from rag.text.blocks import find_blocks
from rag.text.language_detection import NO_SPACES, WITHOUT_SPACES

LONGEST_QUOTATION = 300
"""Characters between two quotation marks, or brackets, among which no sentence ends."""
LONGEST_ABBREVIATION = 24
SHORTEST_THAI = 20
"""Thai and Lao have no full stops: a space ends a sentence once it has so many characters."""

# Unicode's property Sentence_Terminal has more, for scripts that nobody writes articles in.
FREE_MARKS = "。！？｡．؟۔।॥։።፧፨။។៕"
"""Marks that need no space after them: Chinese, Arabic, Indian, Armenian, Ethiopic, Burmese and Khmer ones."""
CLOSING = r"\"'”’»›“«)\]}』」】〉》）］｝*_"
NOT_AFTER_AN_END = ",;:.!?…%&)]}，、；：）」』" + FREE_MARKS
GREEK = "\u0370-\u03ff\u1f00-\u1fff"
THAI = "\u0e00-\u0eff"  # And Lao.
END = re.compile(
    rf"(?P<mark>[.!?…‼⁇⁈⁉{FREE_MARKS}]+(?:[ \u00a0][.!?…]+)*"
    rf"|[;\u037e](?:(?<=[{GREEK}].)|(?<=[{GREEK}][»”\")].))"  # The Greek question mark.
    rf"|[ \u00a0](?<=[{THAI}].)[ \u00a0]{{0,8}}(?=[{THAI}]))"
    rf"(?P<closing>(?:[{CLOSING}]|[ \u00a0\u202f]»(?!\w)|\[[\w, ]{{1,20}}\])*)"
    r"(?P<gap>\s*)"
)
PAIRS = ("“”", "„“”", "«»", "»«", "「」", "『』", "（）", "()", "[]")
QUOTATION = re.compile(
    "|".join(
        f"{re.escape(pair[0])}[^{re.escape(pair)}]{{0,{LONGEST_QUOTATION}}}[{re.escape(pair[1:])}]" for pair in PAIRS
    )
    + rf'|(?<![^\s(\[—–-])"(?=\S)[^"]{{0,{LONGEST_QUOTATION}}}(?<=\S)"(?!\w)'
)
NEXT_WORD = re.compile(r"\W{0,8}(\w+(?:['’.]\w+)*\.?)")
# Full stops among few letters: "U.S", "Ph.D", "J.-C"; and with spaces, "z. B".
DOTTED = re.compile(r"[^\W\d_]{1,3}(?:\.-?[^\W\d_]{1,3})+")
SPACED = re.compile(r"(?<![^\s(])(?:[^\W\d_]\.[ \u00a0\u202f])+[^\W\d_]\Z")
UNIT = re.compile(r"\d[ \u00a0\u202f]?[^\W\d_]{1,3}\Z")
INITIAL = re.compile(rf"[^\W\d_\uac00-\ud7a3{NO_SPACES}]")
CONSONANTS = re.compile(r"[B-DF-HJ-NP-TV-XZ][b-df-hj-np-tv-xz]{1,3}")
ORDINAL = re.compile(r"\d{1,3}|[IVXLCDM]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """``row``: it is an item of a list or a row of a table. ``begins_paragraph``: a block begins with it."""

    span: Span
    row: bool
    begins_paragraph: bool


def split_sentences(text: str, language: str = "") -> list[Span]:
    """The spans of the sentences of a text, without the white space between them.

    A ``language`` (ISO 639-1) tells whether "3." may be "third"; all else goes by the script and the words.
    """
    return [sentence.span for sentence in find_sentences(text, 0, len(text), language)]


def find_sentences(text: str, start: int, end: int, language: str = "") -> Iterator[Sentence]:
    """The sentences of ``text[start:end]`` in order; all that is no white space lies in exactly one of them."""
    for block in find_blocks(text, start, end):
        spans = _sentences_of(text, block.span, language) if block.kind == "prose" else [block.span]
        for span in spans:
            first = block.begins_paragraph and span.start == block.span.start
            yield Sentence(span, block.kind == "row", first)


def _sentences_of(text: str, prose: Span, language: str) -> Iterator[Span]:
    begin = prose.start
    quotations = QUOTATION.finditer(text, prose.start, prose.end)
    quotation = next(quotations, None)
    for match in END.finditer(text, prose.start, prose.end):
        end = match.end("closing")
        while quotation and quotation.end() <= match.start():
            quotation = next(quotations, None)
        if match.end() == prose.end or (quotation and quotation.start() < match.start() and end < quotation.end()):
            continue
        if _ends_sentence(text, begin, match, prose.end, language):
            yield Span(begin, begin + len(text[begin:end].rstrip()))
            begin = match.end()
    yield Span(begin, prose.end)


def _ends_sentence(text: str, begin: int, match: re.Match[str], end: int, language: str) -> bool:
    """Whether the sentence that began at ``begin`` ends with this mark, and more comes after it."""
    mark, after = match["mark"], text[match.end()]
    if mark.isspace():
        return match.start() - begin >= SHORTEST_THAI and text[match.start() - 1] not in "ๆฯ"
    if after in NOT_AFTER_AN_END:
        return False
    free = mark[-1] in FREE_MARKS
    if not match["gap"]:
        if match["closing"] and after in "とっ":  # In Japanese, "と" after a quotation is "he said".
            return False
        return free or (mark[-1] in "!?" and WITHOUT_SPACES.match(after) is not None)
    following = NEXT_WORD.match(text, match.end(), end)
    if free or not following:
        return True
    word = following[1]
    if word[0].islower() and not word[1:2].isupper():  # But iPhone and eBay begin sentences.
        return False
    return mark != "." or not _is_abbreviation(text, begin, match.start(), word, language)


def _is_abbreviation(text: str, begin: int, at: int, following: str, language: str) -> bool:
    """Whether the full stop at ``at`` belongs to the word before it, and the sentence goes on with ``following``."""
    head = text[max(begin, at - LONGEST_ABBREVIATION) : at]
    token = re.split(r"[\s\"“«„(\[/,;:—–]", head)[-1]
    if not token:
        return False
    if at - len(token) == begin and re.fullmatch(r"\d{1,3}|[^\W\d_]", token):
        return True  # The number of an item.
    spaced = SPACED.search(head)
    word = re.sub(r"\s", "", spaced[0]) if spaced else token
    lower = word.lower()
    number_follows = following[0].isdigit()
    if lower in NEVER_LAST or (number_follows and (lower in BEFORE_NUMBERS or lower.endswith("str"))):
        return True
    if lower in TIMES:
        return following.lower().removesuffix(".") in AFTER_TIMES
    if lower in LAST:
        return False
    if following.lower().removesuffix(".") in AFTER_ORDINALS and ORDINAL.fullmatch(token):
        return True
    if INITIAL.fullmatch(token) and re.fullmatch(r"\w\.", following):
        return True  # "44 a. C."
    listed = word in SELDOM_LAST or re.split("['’]", word)[-1] in SELDOM_LAST
    if not listed and token.islower() and UNIT.search(head):
        return number_follows
    ordinal = language in ORDINAL_LANGUAGES and ORDINAL.fullmatch(token)
    short = spaced or INITIAL.fullmatch(token) or DOTTED.fullmatch(token) or CONSONANTS.fullmatch(token)
    return bool(listed or ordinal or short) and not _begins_sentences(following)


def _begins_sentences(word: str) -> bool:
    """Whether a word is one that often begins sentences; of "It's" and "J'ai" the part before the apostrophe is."""
    if len(word) == 2 and word.endswith("."):  # An initial: "I." is not "I".
        return False
    first, apostrophe, _ = word.lower().removesuffix(".").replace("’", "'").partition("'")
    return first in (set("cijns") if apostrophe and len(first) == 1 else STARTERS)
