"""Misspelt words of a question → the nearest words that the articles have. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from rag.text.tokenization import WORD, all_words, stem

SHORTEST, SHORTEST_STEM, LONG = 5, 4, 8
"""Letters of a word that is corrected at all, of its stem and the one that was meant, and of a stem in which there may
be two mistakes. A shorter word that the articles lack is another word more often: "wine" and "wind"."""
PREFIXES = 3, 1
"""Letters at the beginning of a word in which no mistake is looked for: few words share the first three, so that
looking is cheap, and mostly enough; only where it is not, a mistake may be in the second or third. The first two may
have changed places."""
ENDINGS = ("ing", "ings", "ers", "ment", "ments", "ion", "ions", "ation", "ations", "ity", "ities", "ness", "able")
"""Endings that the stemmer takes off, and leaves on where they are misspelt."""
WHOLE = ("e", "s", "es", "ed", "ing", "er", "ion", "ation", "ate", "al", "able", "ly")
"""Endings, one of which makes a word of most stems that are none."""

Vocabulary = Callable[[str], Mapping[str, int]]
"""The stems with a prefix, each with the number of passages that have it."""


def corrections(
    unknown: Iterable[str], names: Collection[str], vocabulary: Vocabulary, prefixes: Sequence[int] = PREFIXES
) -> dict[str, str]:
    """For each word that no passage has, as ``all_words`` gives it, a word that was meant; others are left out.

    One letter may be wrong, missing, too many or in its neighbour's place, and two where the stem has eight letters or
    more; but in ``names``, the words that are written as names, never two. The nearest wins, among those the more
    frequent, then the first in alphabetical order. ``prefixes`` are the numbers of letters taken for right, in turn.
    """
    found = ((word, _nearest(word, word in names, vocabulary, prefixes)) for word in dict.fromkeys(unknown))
    return {word: _with_stem(meant, word) for word, meant in found if meant}


def respelled(text: str, meant: Mapping[str, str]) -> str:
    """The text with the words that were meant in place of the misspelt ones."""
    if not meant:
        return text
    return WORD.sub(lambda found: meant.get("".join(all_words(found.group())), found.group()), text)


def _with_stem(known: str, typed: str) -> str:
    """A word that has this stem, of several the one most like what was typed.

    A stem itself may have another one: "lighthous", which "lighthouse" has, has "lighthou".
    """
    words = (known, f"{known[:-1]}y" if known.endswith("i") else known, *(known + ending for ending in WHOLE))
    fitting = (word for word in dict.fromkeys(words) if stem(word) == known)
    return min(fitting, key=lambda word: OSA.distance(word, typed), default=known)


def _nearest(word: str, is_name: bool, vocabulary: Vocabulary, prefixes: Sequence[int]) -> str:
    typed = stem(word)
    if not word.isalpha() or len(word) < SHORTEST or len(typed) < SHORTEST_STEM:
        return ""
    most = 2 if len(typed) >= LONG and not is_name else 1
    found = (min(_candidates(word, typed, most, letters, vocabulary), default=None) for letters in prefixes)
    best = next(filter(None, found), None)
    return best[-1] if best else ""


def _candidates(
    word: str, typed: str, most: int, letters: int, vocabulary: Vocabulary
) -> Iterator[tuple[float, int, str]]:
    """(distance, minus the passages, stem) of those within reach of the word, or of its stem."""
    swapped = word[1] + word[0] + word[2:letters] if letters > 1 else word[:1]
    for prefix in dict.fromkeys((word[:letters], swapped)):
        counts = {known: passages for known, passages in vocabulary(prefix).items() if len(known) >= SHORTEST_STEM}
        for spelt in dict.fromkeys((typed, word)):
            for candidate, distance, _ in extract(
                spelt, counts.keys(), scorer=OSA.distance, score_cutoff=most, limit=None
            ):
                yield distance, -counts[candidate], candidate
        for candidate, passages in counts.items():
            if word.startswith(candidate) and _is_ending(word[len(candidate) :]):
                yield 1, -passages, candidate


def _is_ending(rest: str) -> bool:
    return any(OSA.distance(rest, ending, score_cutoff=1) <= 1 for ending in ENDINGS)
