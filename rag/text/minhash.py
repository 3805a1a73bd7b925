"""Find near-duplicate texts with MinHash signatures over shingles of five words.

After Broder, "On the resemblance and containment of documents", 1997. Signatures are stored in libraries, so what is
computed here must stay the same; docs/decisions/0006-near-duplicates.md has the figures behind the constants.
"""

from __future__ import annotations

import re
import zlib

import numpy as np
from numpy.typing import NDArray

from rag.text.tokenization import plain

Signature = NDArray[np.uint32]
SHINGLE = 5
SHORTEST = 20
"""Words below which a text has no signature: a sentence may be like another one's and speak of something else."""
BANDS, BAND_ROWS = 25, 5
NEAR = 0.7
"""Least estimated share of shingles that two texts have in common for one to be marked as a duplicate of the other."""
WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+")
AT_ONCE = 4096
_random = np.random.Generator(np.random.PCG64(20251122))
_FACTORS = _random.integers(0, 2**63, BANDS * BAND_ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_SHIFTS = _random.integers(0, 2**63, BANDS * BAND_ROWS, dtype=np.uint64)
_WORD_FACTOR, _BAND_FACTOR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


def signature(text: str) -> Signature | None:
    """MinHash signature, uint32 (125,), of the words of a text; None if they are fewer than twenty.

    The share of places at which two signatures agree estimates the Jaccard similarity of their sets of shingles.
    """
    words = WORD.findall(plain(text))
    if len(words) < SHORTEST:
        return None
    hashes = np.array([zlib.crc32(word.encode()) for word in words], dtype=np.uint64)
    rolled = np.zeros(len(hashes) - SHINGLE + 1, dtype=np.uint64)
    for at in range(SHINGLE):
        rolled = rolled * _WORD_FACTOR + _mixed(hashes[at : at + len(rolled)])
    shingles = _mixed(np.unique(rolled))
    least = np.full(len(_FACTORS), 2**32 - 1, dtype=np.uint32)
    for begin in range(0, len(shingles), AT_ONCE):
        some = shingles[begin : begin + AT_ONCE, None] * _FACTORS + _SHIFTS
        least = np.minimum(least, (some >> np.uint64(32)).astype(np.uint32).min(axis=0))
    return least


def bands(of: Signature) -> list[int]:
    """One number for each band of a signature, -2**63 to 2**63 - 1. Similar texts very likely share at least one."""
    rows = of.reshape(BANDS, BAND_ROWS).astype(np.uint64)
    numbers = np.arange(1, BANDS + 1, dtype=np.uint64)
    for row in range(BAND_ROWS):
        numbers = _mixed(numbers * _BAND_FACTOR + rows[:, row])
    return [int(number) for number in numbers.view(np.int64)]


def similarity(one: Signature, others: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Estimated Jaccard similarities (n,), 0 to 1, of a text to n others with signatures (n, 125)."""
    return np.asarray((others == one).mean(axis=1), dtype=np.float64)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Every bit of a number spread over all of its bits: the finalizer of SplitMix64 (Steele, Lea and Flood 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
