"""A reading process in which some files hang, swell, crash or print: what the first word of their text says."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import rag.ingest.sandbox_worker
from rag.ingest.parsing import Parsed, Task, parse
from rag.ingest.readers import Unreadable


def hostile(task: Task) -> Iterator[Parsed | Unreadable]:
    text = Path(task.source).read_text()
    if text.startswith("late"):
        yield from parse(task)
    if text.startswith(("hang", "late")):
        time.sleep(600)
    if text.startswith("spin"):
        while True:
            pass
    if text.startswith("swell"):
        held = [bytearray(1 << 27) for _ in range(16)]
        raise AssertionError(f"{len(held)} blocks were held")
    if text.startswith("crash"):
        ctypes.string_at(0)
    if text.startswith("leave"):
        os._exit(3)
    if text.startswith("fail"):
        raise KeyError("chapter")
    if text.startswith("print"):
        sys.stdout.write("a library's noise")
        sys.stdout.flush()
        os.write(1, b"and more of it")
        sys.stdin.read()
    yield from parse(task)


rag.ingest.sandbox_worker.parse = hostile

if __name__ == "__main__":
    rag.ingest.sandbox_worker.main()
