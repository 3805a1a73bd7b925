"""The words of an English sentence, and the parts of it that can stand in a question. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.text.english import MONTHS, OPENERS, SCALES, SMALL, UNITS, WEEKDAYS
from rag.text.question_generation.inflection import PASTS, base_of
from rag.text.tokenization import STOP_WORDS, stem

TOKEN = re.compile(r"\d[\w.,:–-]*\w|\d|[^\W\d_](?:[\w'’-]|\.(?=\S))*|,|\S")
BE = frozenset("is are was were".split())
HAVE = frozenset("has have had".split())
WILL = frozenset("will can could must would should".split())
ARTICLES = frozenset("a an the".split())
DETERMINERS = ARTICLES | frozenset("some several about around nearly almost more over".split())
POINTING = frozenset(
    """he she it they we i you him her them us me his hers its their theirs our my your himself herself itself
    themselves this that these those there here who whom whose which what where when while such same other others
    another both former latter ones each either neither else every
    perhaps maybe thus hence yesterday today tonight tomorrow now then ago last next recently lately earlier later
    since already still again
    even so too also however instead only once meanwhile therefore else nothing none
    spring summer autumn winter morning evening afternoon night week""".split()
) | frozenset(WEEKDAYS)
"""Words that lean on the text around them, or on the day on which it was written."""
ADVERBS = frozenset("first never often seldom soon just always sometimes".split())
RELATIVES = frozenset("where who which that whom whose".split())
ENDING = RELATIVES | frozenset("and or but because although though whereas while when than if as".split())
"""Words that end what is taken over from a sentence into a question."""
PREPOSITIONS = (OPENERS - {"of"}) | frozenset("to between against per".split())
PARTITIVES = frozenset("million billion hundred thousand dozen".split()) | frozenset(SCALES)
PLURALS = frozenset("people men women children sheep fish".split())
MONTH = "|".join(map(str.title, MONTHS))
DATE = re.compile(
    rf"(?:on|in)\s(?:\d{{1,2}}\s)?(?:(?:{MONTH})(?:\s\d{{1,2}}(?!\d))?\s?,?\s?)?(?:1\d{{3}}|20\d\d)?(?!\w)"
)
YEAR_OR_MONTH = re.compile(rf"\b(?:{MONTH}|1\d{{3}}|20\d\d)\b")


def self_contained(words: Sequence[str]) -> list[str]:
    """The beginning of what follows a verb, up to the first phrase that leans on the text around it."""
    kept: list[str] = []
    phrase: list[str] = []
    for word, following in pairwise([*words, ",", ","]):
        low = word.lower()
        if low == "and" and phrase and phrase[-1][0].isupper() and following[0].isupper():
            phrase.append(word)  # Within a name.
            continue
        is_aside = word.endswith("ing") and word.islower() and bool(phrase) and phrase[-1][0].isupper()
        ends = low in ENDING or is_aside or not word[0].isalnum()
        if low in RELATIVES:
            phrase = []  # It is not whole without what follows.
            break
        if ends or low in PREPOSITIONS:
            kept, phrase = [*kept, *phrase], []
        if ends:
            break
        if low in POINTING:
            phrase = []
            break
        phrase.append(word)
    while kept and kept[-1].lower() in PREPOSITIONS | STOP_WORDS | {"one"}:
        kept.pop()
    return kept


def has_another_verb(after: Sequence[str]) -> bool:
    """Whether a second finite verb comes before anything that could begin a clause: then the first one was none."""
    for at, word in enumerate(after):
        if word in ENDING or word in {",", "to"}:
            return False
        if word in BE | {"has", "have", "had"} | WILL and at:
            return True
        if at and word in PASTS:
            return True
    return False


def amount(words: Sequence[str], at: int) -> int:
    """Where a number that begins at ``at`` ends; 0 where none begins there."""
    while at < len(words) and words[at].lower() in {"about", "around", "some", "nearly", "almost", "over"}:
        at += 1
    begin = at
    while at < len(words) and is_number(words[at]):
        at += 1
    return at if at > begin else 0


def is_number(word: str) -> bool:
    low = word.lower()
    return (
        bool(re.fullmatch(r"\d[\d.,]*", word) and not re.fullmatch(r"(?:1[5-9]|20)\d\d", word))
        or low in PARTITIVES
        or (low != "one" and all(part in SMALL or part in PARTITIVES for part in low.split("-")))
    )


def noun_end(words: Sequence[str], at: int) -> int:
    while (
        at < len(words)
        and words[at][0].isalpha()
        and words[at].islower()
        and words[at] not in (PREPOSITIONS | ENDING | STOP_WORDS)
    ):
        at += 1
    return at


def is_unit(word: str) -> bool:
    return stem(word.lower()) in UNITS


def is_counted(noun: Sequence[str]) -> bool:
    """Whether one asks "how many" of it: plural, and no measure."""
    last = noun[-1].lower()
    return (
        len(noun) < 4
        and (last in PLURALS or (last.endswith("s") and not last.endswith("ss")))
        and not any(is_unit(word) or base_of(word) or word.lower() in POINTING for word in noun)
    )


def split_at_date(words: Sequence[str]) -> tuple[list[str], str]:
    """What comes before the first day, month or year, and that; the second is "" where there is none."""
    for at, word in enumerate(words):
        if word in {"on", "in"}:
            match = DATE.match(" ".join(words[at:]))
            if match and YEAR_OR_MONTH.search(match[0]):
                return list(words[:at]), match[0]
        if not word[0].isalnum() or word in ENDING:
            break
    return list(words), ""


def without_date(tokens: Sequence[str]) -> tuple[Sequence[str], str]:
    """A sentence without the day that it begins with, and that where it is a date: "In 2019 the town …"."""
    if tokens[:1] not in (["In"], ["On"]):
        return tokens, ""
    match = DATE.match(" ".join([tokens[0].lower(), *tokens[1:]]))
    date = match[0] if match and YEAR_OR_MONTH.search(match[0]) else ""
    is_weekday = tokens[1:2] and tokens[1].lower() in WEEKDAYS
    rest = tokens[len(date.split()) if date else 2 :]
    rest = rest[1:] if rest[:1] == [","] else rest
    if not rest or not (date or is_weekday):
        return tokens, ""
    return [rest[0].capitalize() if rest[0] in ARTICLES else rest[0], *rest[1:]], date


def name_before(tokens: Sequence[str], at: int) -> list[str]:
    begin = at
    while begin and tokens[begin - 1][0].isupper() and tokens[begin - 1] not in {"The", "A"}:
        begin -= 1
    return list(tokens[begin:at])


def asked(*words: str) -> str:
    return " ".join(filter(None, words)).replace(" ,", ",") + "?"
