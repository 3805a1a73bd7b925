"""Explain why a question is declined: what the articles lack, and why the nearest passages do not answer it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from rapidfuzz.distance import OSA

from rag.answering.missing_terms import PassageWords, QueryTerm, own_words, query_terms, unknown_to_library
from rag.core.types import ArticleHeader, Decline, DeclineReason, Remark, Source
from rag.retrieval.query_patterns import SMALL_WORDS
from rag.retrieval.retriever import Retrieved
from rag.text.dates import TimeExpression, time_expressions
from rag.text.language_detection import detect
from rag.text.tokenization import STOP_WORDS, all_words, content_words, plain, stem

MESSAGES = {
    "nothing_fits": "No article matches the filters. Remove one of them, or widen the range of dates.",
    "another_language": (
        "The question seems to be in {language}, but the nearest articles are in {others}. "
        "Ask in the language of the articles."
    ),
    "absent_unsupported": (
        "The articles do not mention {any}, and no supported answer was found. "
        "Read the nearest passages, or ask more precisely."
    ),
    "touched_unsupported": (
        "The articles mention {all}, but no supported answer was found. "
        "Read the nearest passages, or ask more precisely."
    ),
    "unsupported": "No supported answer found. Read the nearest passages, or ask more precisely.",
    "absent": (
        "The articles do not mention {any}. "
        "Ask about something in the nearest passages, or add articles on the subject."
    ),
    "silent": (
        "No answer found in these articles. "
        "Ask about something in the nearest passages, or add articles on the subject."
    ),
    "absent_alone": "The articles do not mention {any}. Ask about something else, or add articles on the subject.",
    "silent_alone": "No answer found in these articles. Ask about something else, or add articles on the subject.",
    "did_you_mean": "Did you mean {all}?",
    "of_another_language": "It is in {others}, but the question seems to be in {language}.",
    "distant_lacking": "It is only distantly related and does not mention {mentioned}.",
    "lacking": "It does not mention {mentioned}.",
    "distant": "It is only distantly related.",
    "of_another_day": "It is dated {day}; the question asks about another time.",
    "worded": "It has these words but does not answer the question.",
    "touching": "It touches on this but does not answer the question.",
}
"""The English text of each kind of Remark: first about a question, then about a passage. The web page translates it.

``any`` and ``all`` list the remark's words with "or" and "and", ``mentioned`` lists them with "or" and leaves names and
numbers without quotation marks."""
ENGLISH_LOCALE = Locale("en", "GB")
NAMED = 3
"""Most terms named in one sentence."""
FOREIGN, LONG_ENOUGH = 0.6, 6
"""Least share of unknown words of a question in another language, and least words to detect the language from."""

ENGLISH = frozenset("who what when where which how why the did does".split())
"""Words that show a question to be in English."""


def explain_decline(
    reason: DeclineReason,
    question: str,
    retrieved: Retrieved,
    nearest: Sequence[Source],
    as_of: date | None = None,
) -> Decline:
    """Explain why a question asked on ``as_of``, by default today, has no answer."""
    day = as_of or date.today()
    looked_for = query_terms(question, retrieved, day)
    texts = tuple(one.text for one in looked_for)
    if reason == "nothing_fits":
        remark = Remark(reason)
        return Decline(reason, render(remark), tuple(nearest), texts, remark=remark)
    asked = own_words(question)
    language = _language(asked, retrieved)
    days = time_expressions(asked, day)
    shortfalls = tuple(_shortfall(one, looked_for, language, days) for one in nearest)
    found_in = {one.header.language for one in retrieved.passages}
    if language and found_in and language not in found_in:
        remark = Remark("another_language", languages=(language, *sorted(found_in, key=_language_name)))
    else:
        remark = replace(_remark(reason, looked_for, retrieved, nearest), corrections=_corrections(retrieved))
    sentences = tuple(render(said, one.header.date) for said, one in zip(shortfalls, nearest, strict=True))
    return Decline(reason, render(remark), tuple(nearest), texts, sentences, remark, shortfalls)


def render(
    remark: Remark,
    of: date | None = None,
    *,
    locale: Locale = ENGLISH_LOCALE,
    messages: Mapping[str, str] = MESSAGES,
    quote: Callable[[str], str] = "“{}”".format,
) -> str:
    """Write out a remark, in English or with the ``messages`` of another language.

    Args:
        remark: What to say.
        of: The date of the passage that the remark is about.
        locale: How lists, dates and language names are written.
        messages: The text for each kind of remark.
        quote: Puts a word between quotation marks.

    Raises:
        KeyError: if there is no text for the kind of the remark.
    """
    if remark.corrections:
        offer = Remark("did_you_mean", remark.corrections)
        rest = replace(remark, corrections=())
        return " ".join(render(one, of, locale=locale, messages=messages, quote=quote) for one in (offer, rest))
    quoted = [quote(word) for word in remark.words]
    mentioned = [word if _is_name_or_number(word) else quote(word) for word in remark.words]
    language, *others = [_language_name(code, locale) for code in remark.languages] or [""]
    return messages[remark.kind].format(
        any=format_list(quoted, "or", locale),
        all=format_list(quoted, "standard", locale),
        mentioned=format_list(mentioned, "or", locale),
        language=language,
        others=format_list(others, "standard", locale),
        day=format_date(of, "long", locale) if of else "",
    )


def _corrections(retrieved: Retrieved) -> tuple[str, ...]:
    """Return a word of the passages for each misspelt word of the question that they have a correction of."""
    words = sorted({word for one in retrieved.passages for word in PassageWords(one.header, one.passage).words})
    nearest = (
        min(
            (word for word in words if stem(word) in (meant, stem(meant))), key=partial(OSA.distance, typed), default=""
        )
        for typed, meant in retrieved.corrections.items()
    )
    return tuple(filter(None, nearest))


def _language_name(code: str, locale: Locale = ENGLISH_LOCALE) -> str:
    return str(locale.languages.get(code.partition("-")[0].lower(), code))


def _is_name_or_number(word: str) -> bool:
    return word[:1].isupper() or word[:1].isdigit()


def _remark(
    reason: DeclineReason, looked_for: Sequence[QueryTerm], retrieved: Retrieved, nearest: Sequence[Source]
) -> Remark:
    held = [PassageWords(one.header, one.passage) for one in retrieved.passages]
    absent = tuple(unknown_to_library(looked_for, retrieved, held)[:NAMED])
    shown = [PassageWords(one.header, one.passage) for one in nearest]
    told = [one for one in looked_for if not (one.is_common or one.meant)]
    named = tuple([one.text for one in told if any(text.has(one) for text in shown)][:NAMED])
    if reason == "not_supported":
        if absent:
            return Remark("absent_unsupported", absent)
        return Remark("touched_unsupported", named) if named else Remark("unsupported")
    alone = "" if nearest else "_alone"
    if absent:
        return Remark(f"absent{alone}", absent)
    return Remark(f"silent{alone}")


def _shortfall(
    source: Source, looked_for: Sequence[QueryTerm], language: str, days: Sequence[TimeExpression]
) -> Remark:
    """Explain why a passage does not answer the question."""
    header = source.header
    if language and language != header.language:
        return Remark("of_another_language", languages=(language, header.language))
    held = PassageWords(header, source.passage)
    missing = {one: held.missing(one) for one in looked_for}
    lacking = tuple(word for one, words in missing.items() if not one.is_common for word in words)
    if looked_for and all(words == [one.text] for one, words in missing.items()):
        return Remark("distant_lacking", lacking[:NAMED]) if lacking else Remark("distant")
    if lacking:
        return Remark("lacking", lacking[:NAMED])
    there = [held.has(one) for one in looked_for]
    if not any(there):
        return Remark("distant")
    if _is_of_another_day(header, days):
        return Remark("of_another_day")
    return Remark("worded" if all(there) else "touching")


def _is_of_another_day(header: ArticleHeader, days: Sequence[TimeExpression]) -> bool:
    return header.date is not None and bool(days) and not any(header.date in one.days for one in days)


def _language(asked: str, retrieved: Retrieved) -> str:
    """Return the language of the question if most of its words are in no article and it can be told; else ""."""
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
