"""Ten thousand damaged files of all kinds: each is read or refused, soon, within a gigabyte, and nothing is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ingest.readers.fuzz_worker import MEMORY, SAMPLES, SECONDS

INPUTS = 1_000
"""Of each kind: 17,000 of the seventeen together."""
SEED = 20_240_517
WORKER = Path(__file__).with_name("fuzz_worker.py")


@pytest.mark.long
@pytest.mark.parametrize("kind", SAMPLES)
def test_damaged_files_are_read_or_refused(kind: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(WORKER.parents[3]), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, str(WORKER), kind, str(INPUTS), str(SEED)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    figures = json.loads(done.stdout)
    assert figures["inputs"] == INPUTS
    assert figures["longest_seconds"] < SECONDS
    assert figures["memory_bytes"] < MEMORY
    # The damage is neither so slight that nothing fails nor so great that nothing is left.
    assert figures["articles"] > INPUTS * 0.01
    assert figures["refused"] > INPUTS * 0.05
    assert list(tmp_path.iterdir()) == []


def test_there_are_ten_thousand_inputs() -> None:
    assert len(SAMPLES) * INPUTS > 10_000
