"""Why a question is declined: what was looked for, and why the nearest passages fall short of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rag.dates import TimeExpression, time_expressions
from rag.languages import detect, name_of
from rag.phrasing import ASKING, ASKS, SMALL_WORDS, TOKEN, is_small
from rag.retrieval import Retrieved
from rag.sought import Held, Sought, own_words, sought, unknown_to_library
from rag.types import ArticleHeader, Decline, DeclineReason, Source
from rag.words import STOP_WORDS, all_words, content_words, plain

NOTHING_FITS = "No article fits the filters. Take one of them away, or widen the range of days."
NAMED = 3
"""Things looked for that a sentence names, at most."""
FOREIGN, LONG_ENOUGH = 0.6, 6
"""Share of a question's words that no article has from which it may be in another language, and words that show it."""

ENGLISH = frozenset("who what when where which how why the did does".split())
"""Words that show a question to be in English."""
QUESTION_WORDS = {
    english: words.split()
    for english, words in {
        "who": "whom wer wen wem qui quien quienes",
        "what": "quoi que",
        "when": "wann quand cuando",
        "where": "wo ou donde",
        "why": "warum wieso pourquoi",
        "how": "wie comment como",
        "how many": "wieviel combien cuanto cuantos cuanta cuantas",
        "which": "welche welcher welches welchem welchen quel quelle quels quelles cual cuales",
    }.items()
}
IN_ENGLISH = {word: english for english, words in QUESTION_WORDS.items() for word in (english, *words)}
HOW = re.compile(
    r"\W+(many|much|often|long|far|old|tall|big|large|high|deep|wide|fast|soon|late|early)\b", re.IGNORECASE
)
AUXILIARY = frozenset(
    "did do does was were is are will would has have had can could shall should may might must".split()
)


def declined(
    reason: DeclineReason,
    question: str,
    retrieved: Retrieved,
    nearest: Sequence[Source],
    as_of: date | None = None,
) -> Decline:
    """What to say of a question without an answer, asked on the day ``as_of``, today where it is None."""
    day = as_of or date.today()
    looked_for = sought(question, retrieved, day)
    texts = tuple(one.text for one in looked_for)
    if reason == "nothing_fits":
        return Decline(reason, NOTHING_FITS, tuple(nearest), texts)
    asked = own_words(question)
    language = _language(asked, retrieved)
    days = time_expressions(asked, day)
    shortfalls = tuple(_shortfall(one, looked_for, asked, language, days) for one in nearest)
    found_in = {one.header.language for one in retrieved.passages}
    if language and found_in and language not in found_in:
        message = _in_another_language(language, found_in)
    else:
        message = _message(reason, looked_for, retrieved, nearest)
    return Decline(reason, message, tuple(nearest), texts, shortfalls)


def _message(
    reason: DeclineReason, looked_for: Sequence[Sought], retrieved: Retrieved, nearest: Sequence[Source]
) -> str:
    held = [Held(one.header, one.passage) for one in retrieved.passages]
    absent = unknown_to_library(looked_for, retrieved, held)
    shown = [Held(one.header, one.passage) for one in nearest]
    named = [one.text for one in looked_for if any(text.has(one) for text in shown)]
    if reason == "not_supported":
        if absent:
            begin = f"The articles do not mention {_listed(absent, 'or')}"
        else:
            begin = f"The articles touch on {_listed(named, 'and') if named else 'this'}"
        begin += f", {'and' if absent else 'but'} no answer was found that their words support."
        return f"{begin} Read the nearest passages, or ask more precisely."
    if absent:
        begin = f"The articles do not mention {_listed(absent, 'or')}."
    elif looked_for:
        begin = f"The articles do not seem to say this about {_listed([one.text for one in looked_for], 'and')}."
    else:
        begin = "The articles do not seem to say anything about this."
    if not nearest:
        return f"{begin} Ask about something else, or add articles on the subject."
    return f"{begin} Ask about something in the nearest passages, or add articles on the subject."


def _in_another_language(language: str, found_in: set[str]) -> str:
    others = _joined(sorted(map(name_of, found_in)), "and")
    return (
        f"The question seems to be in {name_of(language)}, and the articles that come nearest are in {others}. "
        "Ask in the language of the articles."
    )


def _shortfall(
    source: Source, looked_for: Sequence[Sought], asked: str, language: str, days: Sequence[TimeExpression]
) -> str:
    """Why a passage does not answer the question, in a sentence."""
    header = source.header
    if language and language != header.language:
        return f"It is in {name_of(header.language)}, and the question seems to be in {name_of(language)}."
    held = Held(header, source.passage)
    missing = {one: held.missing(one) for one in looked_for}
    lacking = [word for words in missing.values() for word in words]
    if lacking and all(words == [one.text] for one, words in missing.items()):
        return f"It is only distantly related: it does not mention {_mentioned(lacking)}."
    if lacking:
        return f"It does not mention {_mentioned(lacking)}."
    there = [held.has(one) for one in looked_for]
    if not any(there):
        return "It is only distantly related."
    if _is_of_another_day(header, days):
        return f"It is of {_day(header.date)}, and the question asks about another time."
    has = "has these words" if all(there) else "touches on this"
    return f"It {has}, but was not found to {_what_is_asked(asked)}."


def _is_of_another_day(header: ArticleHeader, days: Sequence[TimeExpression]) -> bool:
    return header.date is not None and bool(days) and not any(header.date in one.days for one in days)


def _what_is_asked(asked: str) -> str:
    """ "say who", "say which volcano", "say whether that is so"."""
    for found in re.finditer(rf"\b{ASKING}\b", asked, re.IGNORECASE):
        word = plain(found.group())
        if word not in {"when", "where"} or ASKS.match(asked, found.start()):
            return f"say {_question_word(word, asked, found.end())}"
    first = TOKEN.search(asked)
    return "say whether that is so" if first and plain(first.group()) in AUXILIARY else "answer the question"


def _question_word(word: str, asked: str, end: int) -> str:
    """The question word in English, with the noun that belongs to it where that is plain."""
    english = IN_ENGLISH.get(word, word)
    measure = HOW.match(asked, end)
    if word == "how" and measure:
        return f"how {measure[1].lower()}"
    following = [found.group() for found in TOKEN.finditer(asked, end)][:2]
    a_noun = word in {"which", "whose"} or (word == "what" and plain(" ".join(following[1:])) in AUXILIARY)
    return f"{english} {following[0]}" if a_noun and following and not is_small(following[0]) else english


def _language(asked: str, retrieved: Retrieved) -> str:
    """The language of the question where most of its words are in no article and it shows; or else ""."""
    words = set(all_words(asked))
    telling = set(content_words(asked))
    unknown = retrieved.unknown & telling
    if not telling or len(unknown) < FOREIGN * len(telling):
        return ""
    if words & ENGLISH:
        return "en"
    grammar = {word for word in words if word in SMALL_WORDS and word not in STOP_WORDS}
    letters = "".join(filter(str.isalpha, asked))
    other_script = bool(letters) and not any("a" <= letter <= "z" for letter in plain(letters))
    return detect(asked) if grammar or other_script or len(words) >= LONG_ENOUGH else ""


def _listed(things: Sequence[str], last: str) -> str:
    return _joined([f"“{one}”" for one in things[:NAMED]], last)


def _mentioned(words: Sequence[str]) -> str:
    """The first of them; names and numbers need no marks."""
    return _joined([word if word[0].isupper() or word[0].isdigit() else f"“{word}”" for word in words[:NAMED]], "or")


def _joined(things: Sequence[str], last: str) -> str:
    *others, end = things
    return f"{', '.join(others)} {last} {end}" if others else end


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""
