"""The file of a vector index: named by the library's generation, checked as a whole, never half written."""

from __future__ import annotations

import os
import re
import secrets
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = re.compile(r"vectors-(\d+)\.faiss")
TEMPORARY = re.compile(r"vectors-(\d+)\.\w+\.tmp")
STRUCTURE = struct.Struct("<8s32sQQI")
"""What follows FAISS's own bytes: a name, the fields of Tail, the crc32 of all before it."""
NAME = b"FOOTNOT2"
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Tail:
    """``identity`` and ``generation`` are the library's; ``last`` is the largest id that it had given out by then."""

    identity: str
    last: int
    generation: int


def vector_files(folder: Path) -> list[Path]:
    """The files of vectors, of whatever generation."""
    return [file for _, file in numbered(folder)]


def leftovers(folder: Path) -> list[Path]:
    """Temporary files of vectors, which are left behind where a process is killed while it writes one."""
    return [file for _, file in numbered(folder, TEMPORARY)]


def numbered(folder: Path, pattern: re.Pattern[str] = FILE) -> Iterator[tuple[int, Path]]:
    """(generation, file) of the files of a folder whose names match."""
    if folder.is_dir():
        for file in folder.iterdir():
            match = pattern.fullmatch(file.name)
            if match:
                yield int(match.group(1)), file


def read_tail(file: Path) -> Tail | None:
    """What the end of a file says; None where it is none of ours or its checksum is wrong. Raises OSError."""
    with file.open("rb") as opened:
        rest = os.fstat(opened.fileno()).st_size - STRUCTURE.size
        if rest < 0:
            return None
        check = 0
        while rest:
            block = opened.read(min(BLOCK, rest))
            if not block:
                return None
            check = zlib.crc32(block, check)
            rest -= len(block)
        tail = opened.read(STRUCTURE.size)
        name, identity, last, generation, written = STRUCTURE.unpack(tail)
        if name != NAME or zlib.crc32(tail[:-4], check) != written:
            return None
        return Tail(identity.decode("ascii", "replace"), last, generation)


def write(folder: Path, tail: Tail, write_index: Callable[[Callable[[bytes], Any]], None]) -> Path:
    """Write what ``write_index`` hands to its argument, to a temporary name, flushed and renamed; returns the file.

    Files of earlier generations are then removed. Raises OSError, and leaves nothing behind.
    """
    temporary = folder / f"vectors-{tail.generation}.{secrets.token_hex(4)}.tmp"
    final = folder / f"vectors-{tail.generation}.faiss"
    try:
        with temporary.open("wb") as file:
            check = 0

            def add(data: bytes) -> int:
                nonlocal check
                check = zlib.crc32(data, check)
                return file.write(data)

            write_index(add)
            add(STRUCTURE.pack(NAME, tail.identity.encode(), tail.last, tail.generation, 0)[:-4])
            file.write(struct.pack("<I", check))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(final)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    for pattern in (FILE, TEMPORARY):
        for number, old in numbered(folder, pattern):
            if number < tail.generation:
                old.unlink(missing_ok=True)
    return final
