"""Why a question is declined: what was looked for, and why the nearest passages fall short of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rag.answering.missing_terms import Held, Sought, own_words, sought, unknown_to_library
from rag.core.types import ArticleHeader, Decline, DeclineReason, Remark, Source
from rag.retrieval.query_patterns import ASKING, ASKS, SMALL_WORDS, TOKEN, is_small
from rag.retrieval.retriever import Retrieved
from rag.text.dates import TimeExpression, time_expressions
from rag.text.language_detection import detect, name_of
from rag.text.tokenization import STOP_WORDS, all_words, content_words, plain

SENTENCES = {
    "nothing_fits": "No article fits the filters. Take one of them away, or widen the range of days.",
    "another_language": (
        "The question seems to be in {language}, and the articles that come nearest are in {others}. "
        "Ask in the language of the articles."
    ),
    "absent_unsupported": (
        "The articles do not mention {any}, and no answer was found that their words support. "
        "Read the nearest passages, or ask more precisely."
    ),
    "touched_unsupported": (
        "The articles touch on {all}, but no answer was found that their words support. "
        "Read the nearest passages, or ask more precisely."
    ),
    "unsupported": (
        "The articles touch on this, but no answer was found that their words support. "
        "Read the nearest passages, or ask more precisely."
    ),
    "absent": (
        "The articles do not mention {any}. "
        "Ask about something in the nearest passages, or add articles on the subject."
    ),
    "unsaid": (
        "The articles do not seem to say this about {all}. "
        "Ask about something in the nearest passages, or add articles on the subject."
    ),
    "silent": (
        "The articles do not seem to say anything about this. "
        "Ask about something in the nearest passages, or add articles on the subject."
    ),
    "absent_alone": ("The articles do not mention {any}. Ask about something else, or add articles on the subject."),
    "unsaid_alone": (
        "The articles do not seem to say this about {all}. Ask about something else, or add articles on the subject."
    ),
    "silent_alone": (
        "The articles do not seem to say anything about this. Ask about something else, or add articles on the subject."
    ),
    "of_another_language": "It is in {others}, and the question seems to be in {language}.",
    "distant_lacking": "It is only distantly related: it does not mention {mentioned}.",
    "lacking": "It does not mention {mentioned}.",
    "distant": "It is only distantly related.",
    "of_another_day": "It is of {day}, and the question asks about another time.",
    "worded": "It has these words, but was not found to {asked}.",
    "touching": "It touches on this, but was not found to {asked}.",
}
"""What is said of a question without an answer, then of a passage, by the kind of the Remark. ``any`` and ``all`` are
its words with "or" and "and" before the last."""
NOTHING_FITS = SENTENCES["nothing_fits"]
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
        remark = Remark(reason)
        return Decline(reason, _said(remark), tuple(nearest), texts, remark=remark)
    asked = own_words(question)
    language = _language(asked, retrieved)
    days = time_expressions(asked, day)
    shortfalls = tuple(_shortfall(one, looked_for, asked, language, days) for one in nearest)
    found_in = {one.header.language for one in retrieved.passages}
    if language and found_in and language not in found_in:
        remark = Remark("another_language", languages=(language, *sorted(found_in, key=name_of)))
    else:
        remark = _remark(reason, looked_for, retrieved, nearest)
    sentences = tuple(_said(said, one.header.date) for said, one in zip(shortfalls, nearest, strict=True))
    return Decline(reason, _said(remark), tuple(nearest), texts, sentences, remark, shortfalls)


def _said(remark: Remark, of: date | None = None) -> str:
    """The sentence, in English; ``of`` is the day of the passage that it is about."""
    language, *others = map(name_of, remark.languages or ("",))
    return SENTENCES[remark.kind].format(
        any=_joined([f"“{one}”" for one in remark.words], "or"),
        all=_joined([f"“{one}”" for one in remark.words], "and"),
        mentioned=_joined([one if stands_out(one) else f"“{one}”" for one in remark.words], "or"),
        language=language,
        others=_joined(others, "and"),
        day=_day(of),
        asked=remark.asked,
    )


def stands_out(word: str) -> bool:
    """Whether a word is a name or a number, which needs no marks of quotation where it is said to be lacking."""
    return word[:1].isupper() or word[:1].isdigit()


def _remark(
    reason: DeclineReason, looked_for: Sequence[Sought], retrieved: Retrieved, nearest: Sequence[Source]
) -> Remark:
    held = [Held(one.header, one.passage) for one in retrieved.passages]
    absent = tuple(unknown_to_library(looked_for, retrieved, held)[:NAMED])
    shown = [Held(one.header, one.passage) for one in nearest]
    named = tuple([one.text for one in looked_for if any(text.has(one) for text in shown)][:NAMED])
    if reason == "not_supported":
        if absent:
            return Remark("absent_unsupported", absent)
        return Remark("touched_unsupported", named) if named else Remark("unsupported")
    alone = "" if nearest else "_alone"
    if absent:
        return Remark(f"absent{alone}", absent)
    sought_for = tuple(one.text for one in looked_for[:NAMED])
    return Remark(f"unsaid{alone}", sought_for) if sought_for else Remark(f"silent{alone}")


def _shortfall(
    source: Source, looked_for: Sequence[Sought], asked: str, language: str, days: Sequence[TimeExpression]
) -> Remark:
    """Why a passage does not answer the question."""
    header = source.header
    if language and language != header.language:
        return Remark("of_another_language", languages=(language, header.language))
    held = Held(header, source.passage)
    missing = {one: held.missing(one) for one in looked_for}
    lacking = tuple(word for words in missing.values() for word in words)
    if lacking and all(words == [one.text] for one, words in missing.items()):
        return Remark("distant_lacking", lacking[:NAMED])
    if lacking:
        return Remark("lacking", lacking[:NAMED])
    there = [held.has(one) for one in looked_for]
    if not any(there):
        return Remark("distant")
    if _is_of_another_day(header, days):
        return Remark("of_another_day")
    return Remark("worded" if all(there) else "touching", asked=_what_is_asked(asked))


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


def _joined(things: Sequence[str], last: str) -> str:
    if not things:
        return ""
    *others, end = things
    return f"{', '.join(others)} {last} {end}" if others else end


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""
