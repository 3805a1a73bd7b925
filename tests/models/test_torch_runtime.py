"""Batches, and what the processor can."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rag.models.torch_runtime import BATCH_TOKENS, has_native_bfloat16, resolve_precision, token_batches


@given(some.lists(some.integers(1, 2 * BATCH_TOKENS), max_size=200))
def test_every_text_is_in_one_batch_and_no_batch_is_too_large(lengths: list[int]) -> None:
    found = list(token_batches(lengths))

    assert sorted(at for batch in found for at in batch) == list(range(len(lengths)))
    for batch in found:
        longest = max(lengths[at] for at in batch)
        assert lengths[batch[0]] == longest
        assert len(batch) == 1 or len(batch) * longest <= BATCH_TOKENS
    assert [lengths[at] for batch in found for at in batch] == sorted(lengths, reverse=True)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_numbers_that_are_asked_for_are_taken_whatever_the_processor_can(precision) -> None:
    assert resolve_precision(precision) == precision


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
