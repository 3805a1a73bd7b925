"""Which kind of vector index suits how many vectors; docs/decisions/0011-index-by-size.md has the measurements."""

from __future__ import annotations

import math

EXACT_UP_TO = 50_000
"""Vectors up to which the search is exact; beyond, an inverted file (IVF) is searched."""
BACKLOG = 0.03
"""Share of the vectors that may be missing from the file or gone from the library before it is rewritten."""
REBUILD_FACTOR = 2
"""Ratio of indexed vectors to passages from which the index is rebuilt without those that are gone."""
TRAINING_VECTORS = 40
"""Vectors per list that the centroids are trained on."""
PROBES = 128
"""Lists that are searched for a question (nprobe)."""
BRUTE_FORCE_UP_TO = 1000
"""Filtered vectors up to which they are read from the library and compared without the index."""


def list_count(vectors: int) -> int:
    """Return the number of lists for so many vectors: four times the square root, as FAISS's guidelines say."""
    return max(1, round(4 * math.sqrt(vectors)))


def is_outgrown(lists: int, vectors: int) -> bool:
    """Return whether the lists were made for less than half, or more than twice, as many vectors."""
    return not 0.7 <= list_count(vectors) / lists <= 1.42


def probe_count(lists: int, share: float = 1.0) -> int:
    """Return the number of lists to search if a filter allows ``share`` of the vectors, above 0 and up to 1.

    It grows as the share shrinks, so that as many allowed vectors are compared as without a filter.
    """
    return min(lists, math.ceil(PROBES / share))


def needs_writing(missing: int, gone: int, held: int) -> bool:
    """Return whether a file of ``held`` vectors has fallen too far behind the library."""
    return missing + gone > BACKLOG * held
