"""How the models of the search run on a processor: offline, in numbers that it is quick with, in batches."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

Precision = Literal["auto", "float32", "bfloat16"]
BATCH_TOKENS = 1024
"""Tokens that go through a model at once, padding included: fewer leave a core idle, more leave its cache."""
CPU_INFO = Path("/proc/cpuinfo")
NATIVE_BFLOAT16 = {"avx512_bf16", "amx_bf16", "bf16"}
"""What x86 and ARM processors call that they multiply bfloat16 themselves; elsewhere it is slower than float32."""


def keep_offline() -> None:
    """Before transformers is imported: the weights are local, and nothing may look for newer ones."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def numbers_for(precision: Precision) -> Literal["float32", "bfloat16"]:
    """What to compute with; "auto" is bfloat16 where the processor multiplies it by itself, and only there."""
    if precision != "auto":
        return precision
    return "bfloat16" if has_native_bfloat16() else "float32"


def has_native_bfloat16(cpu_info: Path = CPU_INFO) -> bool:
    """Whether the processor multiplies bfloat16 by itself, as far as the system tells."""
    try:
        lines = cpu_info.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.lower().startswith(("flags", "features"))), "")
    return not NATIVE_BFLOAT16.isdisjoint(flags.split())


def threads_of_one_core(name: str) -> ThreadPoolExecutor:
    """For a batch a core, each on one thread: threads that share a batch wait for each other, and on a machine with
    other work to do that takes several times as long.
    """
    import torch

    return ThreadPoolExecutor(torch.get_num_threads(), name, torch.set_num_threads, (1,))


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places in ``lengths``, from the longest text to the shortest, in batches of at most BATCH_TOKENS with padding."""
    batch: list[int] = []
    for at in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        if batch and (len(batch) + 1) * lengths[batch[0]] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch
