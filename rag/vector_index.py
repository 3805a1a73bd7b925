"""Nearest passages with FAISS, the only module that imports it. A cache of the library's vectors."""

from __future__ import annotations

import logging
import os
import re
import secrets
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np

from rag.protocols import Library
from rag.types import Vector

log = logging.getLogger(__name__)
FILE = re.compile(r"vectors-(\d+)\.faiss")
TEMPORARY = re.compile(r"vectors-(\d+)\.\w+\.tmp")
TAIL = struct.Struct("<8s32sQI")
"""What follows FAISS's own bytes: a name, the library's identity, the generation, the crc32 of all before it."""
TAIL_NAME = b"FOOTNOTE"
SAMPLE = 32
"""Vectors of a file that are compared with the library's before the file is believed."""
BLOCK = 1 << 20

FileState = Literal["current", "older", "missing", "damaged"]


class FaissIndex:
    """An exact inner-product index that follows the library's generation, by what is new and what is gone.

    ``vectors-N.faiss`` holds the vectors of generation N. ``refresh()`` writes it, to a temporary name, flushed and
    renamed; so does a search that found none to begin from. One of an older generation is read and brought up to date
    in memory; one that is cut short, altered or of another library is passed over.
    """

    def __init__(self, library: Library, folder: Path, dimensions: int) -> None:
        self._library = library
        self._folder = folder
        self._dimensions = dimensions
        self._following = threading.Lock()
        self._using = threading.Lock()
        """Held while the index is searched or changed, neither of which takes long."""
        self._index: Any = None
        self._generation = -1
        self._last = 0
        """The largest id that the index has ever had: larger ones are new."""
        self._on_disk = -1
        """The generation of the newest file that is known to be good."""

    def search(self, vector: Vector, limit: int) -> list[tuple[int, float]]:
        """At most ``limit`` pairs (row id, cosine), largest cosine first. ``vector`` is a float32 unit vector (d,)."""
        self._follow()
        query = np.ascontiguousarray(vector[None, :], dtype=np.float32)
        with self._using:
            scores, ids = self._index.search(query, limit)
        # FAISS fills up with -1 where there are fewer vectors than asked for.
        return [(int(row), float(score)) for row, score in zip(ids[0], scores[0], strict=True) if row != -1]

    def refresh(self) -> None:
        """Bring the index and its file up to the library's generation now."""
        self._follow(wait=True)
        with self._following:
            if self._on_disk != self._generation:
                self._save()

    def state_of_file(self) -> FileState:
        """How the file stands, read whole: whether the next start may begin from it."""
        generation = self._library.generation()
        files = dict(_files(self._folder, FILE))
        if any(self._read(file, number) is None for number, file in files.items() if number <= generation):
            return "damaged"
        if generation in files:
            return "current"
        return "older" if any(number < generation for number in files) else "missing"

    def _follow(self, wait: bool = False) -> None:
        """Catch up with the library, or, while another thread does so, make do with what there is."""
        if self._library.generation() == self._generation:
            return
        if not self._following.acquire(blocking=wait or self._generation < 0):
            return
        try:
            generation = self._library.generation()
            if generation == self._generation:
                return
            # A smaller one: an older copy of the library has been put in its place.
            found = (self._index is not None and generation > self._generation) or self._begin(generation)
            self._catch_up()
            self._generation = generation
            if not found:
                self._save()
        finally:
            self._following.release()

    def _begin(self, generation: int) -> bool:
        """Take the newest file that can be believed, or else an empty index; tells which."""
        import faiss

        self._generation = -1  # Nobody may search what is not brought up to date yet.
        for number, file in sorted(_files(self._folder, FILE), reverse=True):
            index = self._read(file, number) if number <= generation else None
            if index is not None:
                self._index, self._on_disk = index, number
                self._last = int(faiss.vector_to_array(index.id_map).max(initial=0))
                return True
        self._index, self._last = faiss.IndexIDMap(faiss.IndexFlatIP(self._dimensions)), 0
        return False

    def _catch_up(self) -> None:
        """Drop what is gone and add what is new."""
        import faiss

        ids, vectors = self._library.passage_vectors(after=self._last)
        held = self._index.ntotal
        gone = np.zeros(0, dtype=np.int64)
        # The count tells, quickly, whether anything is gone. A change in between is caught up with at the next search.
        if self._library.passage_count() != held + len(ids):
            gone = np.setdiff1d(faiss.vector_to_array(self._index.id_map), self._library.passage_ids())
        with self._using:
            if len(gone):
                self._index.remove_ids(gone)
            if len(ids):
                self._index.add_with_ids(vectors, ids)
                self._last = int(ids[-1])

    def _read(self, file: Path, generation: int) -> Any:
        """The index in a file of this library and generation; None where it cannot be believed."""
        import faiss

        try:
            expected = TAIL_NAME, self._library.identity().encode(), generation
            if _tail(file) != expected:
                log.warning("%s is damaged or of another library, and is not used", file.name)
                return None
            index = faiss.read_index(str(file))
            return index if self._fits(index) else None
        except (OSError, RuntimeError, MemoryError) as error:
            log.warning("%s cannot be read and is not used: %s", file.name, str(error).partition("\n")[0])
            return None

    def _fits(self, index: Any) -> bool:
        """Whether the vectors are the library's: a copy of an older one may have been put in its place."""
        import faiss

        if not isinstance(index, faiss.IndexIDMap) or index.d != self._dimensions:
            return False
        ids = faiss.vector_to_array(index.id_map)
        if len(ids) != index.ntotal:
            return False
        # The newest above all: there such a copy has others, if it went on.
        places = {*range(0, len(ids), max(1, len(ids) // SAMPLE)), *range(max(0, len(ids) - SAMPLE), len(ids))}
        place_of = {int(ids[place]): place for place in places}
        return all(
            np.array_equal(index.index.reconstruct(place_of[found.id]), found.vectors.passage)
            for found in self._library.passages(list(place_of))
        )

    def _save(self) -> None:
        try:
            self._write()
            self._on_disk = self._generation
        except (OSError, RuntimeError) as error:  # The index in memory serves as well; only the next start is slower.
            problem = str(error).partition("\n")[0]
            log.warning("The vectors could not be written to %s: %s", self._folder, problem)

    def _write(self) -> None:
        import faiss

        temporary = self._folder / f"vectors-{self._generation}.{secrets.token_hex(4)}.tmp"
        try:
            with temporary.open("wb") as file:
                check = 0

                def write(data: bytes) -> int:
                    nonlocal check
                    check = zlib.crc32(data, check)
                    return file.write(data)

                writer = faiss.PyCallbackIOWriter(write, BLOCK)  # type: ignore[attr-defined]  # Missing in its stubs.
                faiss.write_index(self._index, writer)
                del writer  # Writes what is left in its buffer.
                tail = TAIL.pack(TAIL_NAME, self._library.identity().encode(), self._generation, 0)[:-4]
                write(tail)
                file.write(struct.pack("<I", check))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._folder / f"vectors-{self._generation}.faiss")
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        for pattern in (FILE, TEMPORARY):
            for number, old in _files(self._folder, pattern):
                if number < self._generation:
                    old.unlink(missing_ok=True)


def vector_files(folder: Path) -> list[Path]:
    """The files of vectors, of whatever generation."""
    return [file for _, file in _files(folder, FILE)]


def leftovers(folder: Path) -> list[Path]:
    """Temporary files of vectors, which are left behind where a process is killed while it writes one."""
    return [file for _, file in _files(folder, TEMPORARY)]


def _files(folder: Path, pattern: re.Pattern[str]) -> Iterator[tuple[int, Path]]:
    """(generation, file) of the files of a folder whose names match."""
    if folder.is_dir():
        for file in folder.iterdir():
            match = pattern.fullmatch(file.name)
            if match:
                yield int(match.group(1)), file


def _tail(file: Path) -> tuple[bytes, bytes, int] | None:
    """(name, identity, generation) at the end of a file; None where its checksum is wrong. Raises OSError."""
    with file.open("rb") as opened:
        rest = os.fstat(opened.fileno()).st_size - 4
        if rest < TAIL.size:
            return None
        check = 0
        last = b""
        while rest:
            block = opened.read(min(BLOCK, rest))
            if not block:
                return None
            check = zlib.crc32(block, check)
            last = (last + block)[-TAIL.size :]
            rest -= len(block)
        name, identity, generation, written = TAIL.unpack(last[4:] + opened.read(4))
    return (name, identity, generation) if written == check else None
