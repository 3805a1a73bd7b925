"""What of the embedding needs no model: batches, which tokens belong to which sentence, what the processor can."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from rag.embedding import BATCH_TOKENS, _batches, _members, has_native_bfloat16
from rag.types import Span


@given(some.lists(some.integers(1, 2 * BATCH_TOKENS), max_size=200))
def test_every_text_is_in_one_batch_and_no_batch_is_too_large(lengths: list[int]) -> None:
    batches = list(_batches(lengths))

    assert sorted(at for batch in batches for at in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[at] for at in batch)
        assert lengths[batch[0]] == longest
        assert len(batch) == 1 or len(batch) * longest <= BATCH_TOKENS
    assert [lengths[at] for batch in batches for at in batch] == sorted(lengths, reverse=True)


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16 amx_tile\n", True),
        ("processor\t: 0\nflags\t\t: fpu avx512f amx_bf16\n", True),
        ("processor\t: 0\nFeatures\t: fp asimd i8mm bf16\n", True),
        ("processor\t: 0\nflags\t\t: fpu sse avx2 avx512f\n", False),
        ("model name\t: bf16\nflags\t\t: fpu\n", False),
        ("", False),
    ],
)
def test_the_processor_tells_whether_it_has_bfloat16(tmp_path: Path, text: str, expected: bool) -> None:
    (tmp_path / "cpuinfo").write_text(text)
    assert has_native_bfloat16(tmp_path / "cpuinfo") is expected


def test_a_system_that_does_not_tell_has_none(tmp_path: Path) -> None:
    assert has_native_bfloat16(tmp_path / "nowhere") is False
