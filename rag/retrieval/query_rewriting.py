"""Rewrite a question for the search by rules: courtesies, quotations, article frames and the conversation before."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.core.types import Turn
from rag.retrieval import query_patterns
from rag.retrieval.query_patterns import TOKEN, content, is_small, without_courtesies
from rag.text.language_detection import WITHOUT_SPACES
from rag.text.tokenization import plain

LONGEST = 2000
"""Characters read of a long question, half at its beginning and half at its end."""
LONGEST_ANSWER = 600
"""Characters read of the previous answer."""
FEW, SHORT, MANY, ALONE = 3, 4, 7, 2
"""Most content words of an incomplete question; of one with "and" or "what about"; of one in which "it" refers back;
and of one with "and" that has a name."""
FURTHEST = 3
"""Turns that a chain of follow-ups is traced back at most."""
YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\u200d\u20e3]+")
PAIRS = tuple(map(tuple, "“” „“ „” ”” «» »« ‹› ›‹ ‘’ ‚‘ 「」 『』 《》 `` \"\" ''".split()))
"""Quotation marks, opening and closing."""
QUOTED = re.compile("|".join(rf"(?<!\w){one}([^{one}{two}\n]+){two}(?!\w)" for one, two in PAIRS))
NAME = "somebody"
"""Placeholder for a name."""
QUESTION_END = re.compile(r"[?？؟\u037e]+\s*")


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for; all of it is empty only if the question has nothing to search for.

    Attributes:
        own: The question without courtesies, quotation marks and "in the article about".
        phrases: Phrases that were in quotation marks.
        about: The subject of the article that the question names.
        context: Words of earlier turns that are searched for too; "" if the question stands alone.
        refers: Whether the question refers back by a word such as "it" or "and". Without one it only looks
            incomplete: if its own words are not found together with the context, it has changed the subject.
    """

    own: str
    phrases: tuple[str, ...] = ()
    about: str = ""
    context: str = ""
    refers: bool = False

    @property
    def depends_on_history(self) -> bool:
        """Whether words of earlier turns are searched for too."""
        return bool(self.context)


def rewrite_query(question: str, history: Sequence[Turn] = ()) -> Query:
    """Return what to search for when the question is asked after these turns, oldest first."""
    asked = _cut(question, LONGEST)
    unquoted, phrases = _take_phrases(" ".join(EMOJI.sub(" ", asked).split()) or asked.strip())
    framed, about = _take_subject(without_courtesies(unquoted))
    own = framed or unquoted
    known = bool(about) or bool(phrases)
    refers = _refers(_first_question(own), known)
    depends_on_history = bool(history) and TOKEN.search(own) is not None and (refers or _is_fragment(own, known))
    context = _context(own, history) if depends_on_history else ""
    return Query(
        own=own,
        phrases=phrases,
        about=about,
        context=context,
        refers=depends_on_history and refers and (len(content(own)) <= SHORT or not _is_casual(own)),
    )


def names(text: str) -> list[str]:
    """Return the words written as names, in order: capitalised, the first word only if the next is capitalised too.

    Words of a script without capitals are names among words of one that has them. There are none where all letters are
    capitals, or none are.
    """
    if text.isupper() or not any(map(str.islower, text)):
        return []
    tokens = list(TOKEN.finditer(text))
    capital = [_is_capital(token.group()) for token in tokens]
    found = []
    for number, token in enumerate(tokens):
        if not capital[number]:
            continue
        following = number + 1 < len(tokens) and capital[number + 1] and _adjoin(text, token, tokens[number + 1])
        if following or not _begins_sentence(text, token.start()) or (number and capital[number - 1]):
            found.append(token.group())
    return found


def _refers(own: str, known: bool) -> bool:
    """Return whether a question refers to what was said before.

    It has nothing but small words ("Why?"); it goes on with "and" or "what about" and has few words beside a name; or
    it says "it", "her" or "the other" before it has named anything.
    """
    words = content(own)
    if known or len(words) > MANY:
        return False
    if not words:
        return True
    named = set(names(own))
    if query_patterns.opens(own) and len(words) <= (ALONE if named else SHORT):
        return True
    return query_patterns.points_back(_up_to_name(own, named))


def _is_fragment(own: str, known: bool) -> bool:
    """Return whether a question may be incomplete: a few words without a name."""
    return not known and not names(own) and sum(map(_size, content(own))) <= FEW


def _size(word: str) -> int:
    """Return how many words a token counts as: half its characters in scripts without spaces."""
    return max(1, len(WITHOUT_SPACES.findall(word)) // 2)


def _up_to_name(text: str, named: Collection[str]) -> str:
    first = next((token for token in TOKEN.finditer(text) if token.group() in named), None)
    return f"{text[: first.start()]} {NAME}" if first else text


def _context(own: str, history: Sequence[Turn]) -> str:
    """Return the words of earlier turns that a follow-up is searched with.

    The content words of the last question and of its answer; of those further back, for as long as the next question
    leaned itself, the names alone. A year of the follow-up takes the place of the years before.
    """
    last = history[-1]
    words = [*content(last.question), *content(_cut(last.answer, LONGEST_ANSWER))]
    later = last.question
    for turn in reversed(history[-FURTHEST:-1]):
        if not (_refers(later, False) or _is_fragment(later, False)):
            break
        words = [*_proper(turn.question), *_proper(_cut(turn.answer, LONGEST_ANSWER)), *words]
        later = turn.question
    has = {plain(word) for word in content(own)}
    dated = bool(YEAR.search(own))
    kept = {plain(word): word for word in words if not (dated and YEAR.fullmatch(word))}
    return " ".join(word for key, word in kept.items() if key not in has)


def _proper(text: str) -> list[str]:
    """Return the names of a text, or all content words if it has none."""
    return names(text) or content(text)


def _first_question(own: str) -> str:
    """Return the first of several questions, with the next ones until it has a content word."""
    first = ""
    for piece in _pieces(own):
        first = _joined(first, piece)
        if content(first):
            return first
    return own


def _pieces(own: str) -> list[str]:
    """Split the text where a question ends or another begins."""
    pieces: list[str] = []
    for sentence in filter(str.strip, QUESTION_END.split(own)):
        begin = 0
        for cut in query_patterns.NEXT_QUESTION.finditer(sentence):
            if query_patterns.ASKS.match(sentence, begin):
                pieces.append(sentence[begin : cut.start()])
                begin = cut.end()
        pieces.append(sentence[begin:])
    return pieces


def _take_phrases(text: str) -> tuple[str, tuple[str, ...]]:
    """Return (the text without quotation marks, the quoted phrases)."""
    phrases = tuple(dict.fromkeys(_between(found).strip() for found in QUOTED.finditer(text)))
    return QUOTED.sub(_between, text), tuple(filter(None, phrases))


def _between(found: re.Match[str]) -> str:
    return next(group for group in found.groups() if group is not None)


def _take_subject(text: str) -> tuple[str, str]:
    """Return (the question without "in the article about X", X), or (text, "") if it has no such frame."""
    for frame in query_patterns.ARTICLE_FRAMES:
        found = frame.search(text)
        if found:
            rest = f"{text[: found.start()].rstrip(' ,')} {text[found.end() :].lstrip(' ,:')}".strip()
            return (rest, found["subject"].strip(" ,.:")) if TOKEN.search(rest) else (text, "")
    return text, ""


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return f"{text[: longest // 2]} {text[-longest // 2 :]}"


def _joined(*texts: str) -> str:
    return " ".join(filter(None, texts))


def _is_casual(text: str) -> bool:
    """Return whether the text is all lower or all upper case, so that capitals show no names."""
    return text.islower() or text.isupper()


def _is_capital(word: str) -> bool:
    return (word[0].isupper() or _has_no_case(word)) and not is_small(word)


def _has_no_case(word: str) -> bool:
    return word.isalpha() and word.upper() == word.lower()


def _adjoin(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    return text[one.end() : other.start()] == " "


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \t\n\"'“”„«»‘’¿¡(")
    return not before or before[-1] in ".?!:。？！"
