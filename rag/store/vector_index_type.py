"""Which kind of index serves how many vectors. Pure; docs/decisions/0011-index-by-size.md has what was measured."""

from __future__ import annotations

import math

EXACT_UP_TO = 50_000
"""Vectors that are compared with a question one by one. Where there are more, lists of near ones are searched."""
BACKLOG = 0.03
"""Share of the vectors that may be missing from a file, or gone from the library, before the file is written anew."""
CROWDED = 2
"""Times as many vectors as passages from which what is gone is left out anew."""
TRAINING = 40
"""Vectors a list that the centres of the lists are found from."""
PROBES = 128
"""Lists that are searched for a question."""
FEW = 1000
"""Allowed vectors up to which they are read from the library and compared one by one."""


def lists_for(vectors: int) -> int:
    """Lists to divide that many vectors into: four times the square root, after the guidelines of FAISS."""
    return max(1, round(4 * math.sqrt(vectors)))


def is_outgrown(lists: int, vectors: int) -> bool:
    """Whether so many lists were made for less than half, or more than twice, as many vectors."""
    return not 0.7 <= lists_for(vectors) / lists <= 1.42


def probes_for(lists: int, share: float = 1.0) -> int:
    """Lists to search where ``share`` of the vectors, above 0 and up to 1, is allowed.

    The smaller the share, the more of them, so that as many allowed vectors are compared as without a filter.
    """
    return min(lists, math.ceil(PROBES / share))


def needs_writing(missing: int, gone: int, held: int) -> bool:
    """Whether a file of ``held`` vectors has fallen too far behind a library."""
    return missing + gone > BACKLOG * held
