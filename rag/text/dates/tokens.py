"""Tokenize a question for the date grammar: each token has one of the kinds of vocabulary.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from rag.core.filters import DateRange
from rag.text.dates.calendar_arithmetic import months
from rag.text.dates.vocabulary import COMMON_WORDS, WORDS
from rag.text.tokenization import plain

TOKEN = re.compile(
    r"""
    (?P<iso>[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}|[0-9]{4}-(?:0[1-9]|1[0-2]))(?![\w/-]|[.,:][0-9])
    | (?P<numeric>[0-9]{1,2}([./-])[0-9]{1,2}\3[0-9]{4}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2})(?![\w/-]|[.,:][0-9])
    | (?P<years>[0-9]{4}[/–-][0-9]{2})(?![\w/-]|[.,:][0-9])
    | (?P<ordinal>[0-9]{1,2}(?:st|nd|rd|th|ers?|e|ème|(?=\.\s?[^\W\d_])))(?!\w)\.?
    | (?P<decade>[0-9]{3}0)s(?!\w)
    | (?P<short_decade>['’][0-9]0)s(?!\w)
    | (?P<quarter>[Qq][1-4])(?!\w)
    | (?P<half>[Hh][12])(?!\w)
    | (?P<number>[0-9]{1,4})(?![\w%]|[.,:/][0-9]|\s?%)
    | (?P<other>[$£€\#№]\s?[0-9][0-9.,:/]*|[^\W_]*[0-9][^\W_]*(?:[.,:/-][0-9]+)*%?)
    | (?P<word>[^\W\d_]+)
    | (?P<dash>[-–—]) | (?P<comma>,) | (?P<apostrophe>['’]) | (?P<sign>\S)
    """,
    re.VERBOSE,
)
LONGEST_PHRASE = 3  # words
ABBREVIATED = 4  # letters of "Sept."
Value = int | str | DateRange | None


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign: its place in the question, its kind (one character), what it means, its letters."""

    start: int
    end: int
    kind: str
    value: Value
    text: str


def tokens(question: str) -> tuple[list[Token], str]:
    """The tokens of a question, phrases as one, and the language whose words they are."""
    single = [token for match in TOKEN.finditer(question) if (token := _read(match))]
    texts = [token.text for token in single]
    language = max(WORDS, key=lambda name: sum(text in _known(name) for text in texts))
    phrases = _phrases(language)
    found: list[Token] = []
    at = 0
    while at < len(single):
        token, size = single[at], 1
        if token.kind in ".-":
            for size in range(min(LONGEST_PHRASE, len(single) - at), 0, -1):
                if entry := phrases.get(tuple(texts[at : at + size])):
                    last = single[at + size - 1]
                    token = Token(token.start, last.end, *entry, question[token.start : last.end])
                    break
        abbreviated = token.text == "." and found and found[-1].kind == "M" and len(found[-1].text) <= ABBREVIATED
        if not (abbreviated and at + 1 < len(single) and single[at + 1].kind in "noY"):
            found.append(token)
        at += size
    return found, language


def _read(match: re.Match[str]) -> Token | None:
    kind, value = _meaning(match.lastgroup or "", match)
    return Token(match.start(), match.end(), kind, value, plain(match[0])) if kind else None


def _meaning(group: str, match: re.Match[str]) -> tuple[str, Value]:
    text = match[0]
    match group:
        case "iso":
            year, month, *day = map(int, re.split("[-/]", text))
            return _numeric(months(12 * year + month - 1, 1) if not day else _one_day(year, month, day[0]))
        case "numeric":
            day_, month, year = map(int, re.split("[./-]", text))
            year += 2000 if year < 100 else 0
            return _numeric(_one_day(year, month, day_) or _one_day(year, day_, month))
        case "years":
            first, second = int(text[:4]), int(text[-2:])
            if text[4] == "/":
                return ("R", first) if (first + 1) % 100 == second else (".", None)
            return _numeric(months(12 * first, 12 * (second - first % 100 + 1)) if second > first % 100 else None)
        case "ordinal":
            number = int(re.split("[^0-9]", text, maxsplit=1)[0])
            return ("o", number) if number else (".", None)
        case "decade":
            return "d", int(text[:4])
        case "short_decade":
            return "d", 1900 + int(text[1:3])
        case "quarter" | "half":
            return text[0].lower(), int(text[1])
        case "number":
            return _number(text)
        case "dash" | "comma" | "sign":
            return {"dash": "-", "comma": ",", "sign": "!"}[group], None
        case "apostrophe":
            return "", None
    return ".", None


def _number(text: str) -> tuple[str, Value]:
    number = int(text)
    if len(text) == 4:
        return ("Y", number) if 1000 <= number < 2200 else (".", None)
    return ("n" if number <= 31 else "k", number) if number else (".", None)


def _numeric(span: DateRange | None) -> tuple[str, Value]:
    return ("I", span) if span else (".", None)


def _one_day(year: int, month: int, day: int) -> DateRange | None:
    try:
        return DateRange(date(year, month, day), date(year, month, day))
    except ValueError:
        return None


@cache
def _phrases(language: str) -> dict[tuple[str, ...], tuple[str, Value]]:
    """The words of a language, each phrase as its tokens, with kind and value."""
    phrases: dict[tuple[str, ...], tuple[str, Value]] = {}
    for kind, entries in WORDS[language].items():
        for entry in entries.split(", "):
            words, _, value = entry.partition(":")
            meaning: Value = int(value) if re.fullmatch(r"-?\d+", value) else value
            phrases[tuple(plain(match[0]) for match in TOKEN.finditer(words) if match[0] not in "'’")] = kind, meaning
    return phrases


@cache
def _known(language: str) -> frozenset[str]:
    common = frozenset(plain(COMMON_WORDS[language]).split())
    return common | frozenset(words[0] for words in _phrases(language) if len(words) == 1)
