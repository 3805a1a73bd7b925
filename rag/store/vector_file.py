"""The file of a vector index: named after the library's generation, checksummed, written atomically."""

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
"""The footer after FAISS's own bytes: a name, the fields of Footer, and the crc32 of everything before it."""
NAME = b"FOOTNOT2"
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Footer:
    """``identity`` and ``generation`` are the library's; ``last`` the largest passage id that it had used."""

    identity: str
    last: int
    generation: int


def vector_files(folder: Path) -> list[Path]:
    """Return the vector files of all generations."""
    return [file for _, file in numbered(folder)]


def leftovers(folder: Path) -> list[Path]:
    """Return the temporary files that killed processes left behind."""
    return [file for _, file in numbered(folder, TEMPORARY)]


def numbered(folder: Path, pattern: re.Pattern[str] = FILE) -> Iterator[tuple[int, Path]]:
    """Yield (generation, file) for the files of a folder whose names match."""
    if folder.is_dir():
        for file in folder.iterdir():
            match = pattern.fullmatch(file.name)
            if match:
                yield int(match.group(1)), file


def read_footer(file: Path) -> Footer | None:
    """Return the footer of a file; None if it has none or its checksum is wrong. Raises OSError."""
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
        footer = opened.read(STRUCTURE.size)
        name, identity, last, generation, written = STRUCTURE.unpack(footer)
        if name != NAME or zlib.crc32(footer[:-4], check) != written:
            return None
        return Footer(identity.decode("ascii", "replace"), last, generation)


def write(folder: Path, footer: Footer, write_index: Callable[[Callable[[bytes], Any]], None]) -> Path:
    """Write a vector file atomically, remove those of earlier generations, and return its path.

    Args:
        folder: The index folder.
        footer: What to write after the index.
        write_index: Passes the bytes of the index, piece by piece, to its argument.

    Raises:
        OSError: if the file cannot be written; no temporary file is left behind.
    """
    temporary = folder / f"vectors-{footer.generation}.{secrets.token_hex(4)}.tmp"
    final = folder / f"vectors-{footer.generation}.faiss"
    try:
        with temporary.open("wb") as file:
            check = 0

            def add(data: bytes) -> int:
                nonlocal check
                check = zlib.crc32(data, check)
                return file.write(data)

            write_index(add)
            add(STRUCTURE.pack(NAME, footer.identity.encode(), footer.last, footer.generation, 0)[:-4])
            file.write(struct.pack("<I", check))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(final)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    for pattern in (FILE, TEMPORARY):
        for number, old in numbered(folder, pattern):
            if number < footer.generation:
                old.unlink(missing_ok=True)
    return final
