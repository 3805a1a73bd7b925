"""Run the embedding model and the cross-encoder on a CPU: offline, in its fastest precision, in batches."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

Precision = Literal["auto", "float32", "bfloat16"]
BATCH_TOKENS = 1024
"""Tokens of a batch, padding included: fewer leave a core idle, more do not fit its cache."""
CPU_INFO = Path("/proc/cpuinfo")
NATIVE_BFLOAT16 = {"avx512_bf16", "amx_bf16", "bf16"}
"""CPU flags, x86 and ARM, of bfloat16 multiplication in hardware; without it bfloat16 is slower than float32."""


def disable_hub_access() -> None:
    """Forbid transformers to look for newer weights; must run before it is imported."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def resolve_precision(precision: Precision) -> Literal["float32", "bfloat16"]:
    """Return the precision to compute with; "auto" is bfloat16 if the CPU multiplies it in hardware."""
    if precision != "auto":
        return precision
    return "bfloat16" if has_native_bfloat16() else "float32"


def has_native_bfloat16(cpu_info: Path = CPU_INFO) -> bool:
    """Return whether the CPU multiplies bfloat16 in hardware, as far as the system tells."""
    try:
        lines = cpu_info.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.lower().startswith(("flags", "features"))), "")
    return not NATIVE_BFLOAT16.isdisjoint(flags.split())


def one_thread_per_core(name: str) -> ThreadPoolExecutor:
    """Return a pool in which each thread runs its batch on one core.

    Threads that share a batch wait for each other, which takes several times as long on a busy machine.
    """
    import torch

    return ThreadPoolExecutor(torch.get_num_threads(), name, torch.set_num_threads, (1,))


def token_batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield indices of ``lengths``, longest text first, in batches of at most BATCH_TOKENS with padding."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        if batch and (len(batch) + 1) * lengths[batch[0]] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
