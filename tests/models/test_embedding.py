"""What of the embedding needs no model: which tokens belong to which sentence."""

from __future__ import annotations

import numpy as np

from rag.core.types import Span
from rag.models.embedding import _members


def test_tokens_belong_to_the_sentences_that_hold_all_of_them() -> None:
    # [CLS], four words of which the third reaches over the sentences' border, [SEP]
    offsets = [(0, 0), (0, 3), (4, 8), (8, 12), (13, 16), (0, 0)]
    members = _members(6, offsets, [Span(0, 9), Span(9, 16), Span(40, 50)])

    assert members.tolist() == [
        [1, 1, 1, 1, 1, 1],
        [0, 1, 1, 0, 0, 0],
        [0, 0, 0, 0, 1, 0],
        [1, 1, 1, 1, 1, 1],  # beyond the last token: all of the passage's
    ]
    assert members.dtype == np.float32
    assert _members(3, (), []).tolist() == [[1, 1, 1]]
