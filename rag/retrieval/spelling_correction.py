"""Find the nearest words of the articles for misspelt words of a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from rag.text.tokenization import WORD, all_words, stem

SHORTEST, SHORTEST_STEM, LONG = 5, 4, 8
"""Letters of the shortest word corrected, of the shortest stem, and of the shortest stem that may have two mistakes.

Shorter words that the articles lack are mostly other words, not misspelt ones (docs/decisions/0013)."""
PREFIXES = 3, 1
"""Initial letters taken as correct: three first, which few words share, then one. The first two may be swapped."""
ENDINGS = ("ing", "ings", "ers", "ment", "ments", "ion", "ions", "ation", "ations", "ity", "ities", "ness", "able")
"""Endings that the stemmer removes unless they are misspelt."""
WHOLE = ("e", "s", "es", "ed", "ing", "er", "ion", "ation", "ate", "al", "able", "ly")
"""Endings that turn most stems into words."""

Vocabulary = Callable[[str], Mapping[str, int]]
"""The stems with a prefix, each with the number of passages that have it."""


def lower_case_words(text: str) -> set[str]:
    """Return the words, as ``all_words`` gives them, that are written without a capital; only these are corrected."""
    return {word for token in WORD.findall(text) if token.islower() for word in all_words(token)}


def corrections(
    unknown: Iterable[str],
    vocabulary: Vocabulary,
    prefixes: Sequence[int] = PREFIXES,
    is_allowed: Callable[[str], bool] = lambda _: True,
) -> dict[str, str]:
    """Return the nearest word of the articles for each misspelt word; words without a near one are left out.

    One letter may be wrong, missing, added or swapped with its neighbour, and two if the stem has eight letters or
    more. The nearest wins, then the most frequent, then the first in alphabetical order.

    Args:
        unknown: Words that no passage has, as ``all_words`` gives them.
        vocabulary: Looks up stems of the articles by their prefix.
        prefixes: Numbers of initial letters taken as correct, tried in turn.
        is_allowed: Tells if a word may be a correction; the nearest that is allowed is taken.
    """
    found = ((word, _nearest(word, vocabulary, prefixes, is_allowed)) for word in dict.fromkeys(unknown))
    return {word: meant for word, meant in found if meant}


def corrected(text: str, meant: Mapping[str, str]) -> str:
    """Return the text with each misspelt lower-case word replaced by its correction."""
    if not meant:
        return text
    return WORD.sub(
        lambda found: meant.get("".join(all_words(found[0])), found[0]) if found[0].islower() else found[0], text
    )


def _with_stem(known: str, typed: str) -> str:
    """Return a word with this stem, the one most like what was typed.

    The stem of a stem may differ: "lighthouse" has "lighthous", which has "lighthou".
    """
    words = (known, f"{known[:-1]}y" if known.endswith("i") else known, *(known + ending for ending in WHOLE))
    fitting = (word for word in dict.fromkeys(words) if stem(word) == known)
    return min(fitting, key=lambda word: OSA.distance(word, typed), default=known)


def _nearest(word: str, vocabulary: Vocabulary, prefixes: Sequence[int], is_allowed: Callable[[str], bool]) -> str:
    typed = stem(word)
    if not word.isalpha() or len(word) < SHORTEST or len(typed) < SHORTEST_STEM:
        return ""
    most = 2 if len(typed) >= LONG else 1
    near = (sorted(set(_candidates(word, typed, most, letters, vocabulary))) for letters in prefixes)
    words = (_with_stem(known, word) for candidates in near for *_, known in candidates)
    return next(filter(is_allowed, words), "")


def _candidates(
    word: str, typed: str, most: int, letters: int, vocabulary: Vocabulary
) -> Iterator[tuple[float, int, str]]:
    """Yield (distance, minus the passages, stem) of the stems near the word or its stem."""
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
