"""Tokenize text for retrieval and verification: content words, stems, numbers and their inverse document frequency."""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

WORD = re.compile(r"[^\W_]+(?:[.,][0-9]+)*(?:['’][^\W_]+)*")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
STOP_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between both but
    by can could did do does doing done down during each either else ever few for from further get give got had has
    have having he her here hers herself him himself his how i if in into is it its itself just let like ll may me
    might more most much must my myself no nor not now of off on once only or other our ours out over own please re s
    same shall she should so some such t tell than that the their theirs them themselves then there these they this
    those through to too under until up upon us ve very was we were what when where which while who whom whose why
    will with would you your yours aren't can't couldn't didn't doesn't don't hadn't hasn't haven't i'd i'll i'm i've
    isn't mustn't shouldn't they'd they'll they're they've wasn't we'd we'll we're we've weren't won't wouldn't you'd
    yes you'll you're you've""".split()
)
NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty""".split()
    )
}
_stemmer = snowballstemmer.stemmer("porter")  # FTS5's 'porter' is the same algorithm.
_stemming = threading.Lock()  # The stemmer keeps the word in hand in itself, and questions come in several threads.


def plain(text: str) -> str:
    """Return the text in lower case, NFKC-normalised and without accents, vowel signs and other marks."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text).lower()
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if unicodedata.category(c)[0] != "M"))


def all_words(text: str) -> list[str]:
    """Return every word in order, in lower case, without accents or possessive endings."""
    return [word.removesuffix("'s") for word in WORD.findall(plain(text).replace("’", "'"))]


def content_words(text: str) -> list[str]:
    """Return the words that are no stop words, in order; all words if there are only stop words."""
    words = all_words(text)
    return [word for word in words if word not in STOP_WORDS] or words


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the Porter stem of a lower-case word, or the digits of a number word."""
    if word in NUMBER_WORDS:
        return NUMBER_WORDS[word]
    with _stemming:
        return str(_stemmer.stemWord(word))


def stems(text: str) -> list[str]:
    """Return the stems of the content words, in order."""
    return [stem(word) for word in content_words(text)]


def numbers(text: str) -> set[str]:
    """The numbers of a text as digits without separators of thousands, spelled-out small ones included.

    "One" is left out: it is a pronoun more often than a number.
    """
    digits = {re.sub(r",(?=\d{3})", "", number) for number in NUMBER.findall(text)}
    return digits | {NUMBER_WORDS[word] for word in all_words(text) if word in NUMBER_WORDS and word != "one"}


def inverse_document_frequency(passages_with_term: int, passages: int) -> float:
    """BM25's idf: ``ln(1 + (N - n + 0.5) / (n + 0.5))`` (Robertson and Zaragoza 2009, section 3.5)."""
    return math.log(1 + (passages - passages_with_term + 0.5) / (passages_with_term + 0.5))


@dataclass(frozen=True, slots=True)
class WeightedWords:
    """Stems with their weights: the words of a question, by rarity in the library."""

    weights: Mapping[str, float]

    def coverage(self, found: Collection[str]) -> float:
        """Return the share of the weight on stems in ``found``, 0 to 1; 0 if there are no words."""
        total = sum(self.weights.values())
        return sum(weight for word, weight in self.weights.items() if word in found) / total if total else 0.0
