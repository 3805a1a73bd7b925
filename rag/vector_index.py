"""Nearest passages with FAISS, the only module that imports it. A cache of the library's vectors."""

from __future__ import annotations

import logging
import os
import re
import threading
from pathlib import Path
from typing import Any

import numpy as np

from rag.protocols import Library
from rag.types import Vector

log = logging.getLogger(__name__)
FILE = re.compile(r"vectors-(\d+)\.(?:faiss|\d+\.tmp)")
SAMPLE = 16
"""Vectors of a file that are compared with the library's before the file is believed."""


class FaissIndex:
    """An exact inner-product index that follows the library's generation.

    ``vectors-N.faiss`` holds the vectors of generation N. It is written to a temporary name, flushed and renamed; a
    file that is missing, stale, cut short or of another library is built again from the library.
    """

    def __init__(self, library: Library, folder: Path, dimensions: int) -> None:
        self._library = library
        self._folder = folder
        self._dimensions = dimensions
        self._lock = threading.Lock()
        self._generation = -1
        self._index: Any = None

    def search(self, vector: Vector, limit: int) -> list[tuple[int, float]]:
        """At most ``limit`` pairs (row id, cosine), largest cosine first. ``vector`` is a float32 unit vector (d,)."""
        index = self._current()
        scores, ids = index.search(np.ascontiguousarray(vector[None, :], dtype=np.float32), limit)
        # FAISS fills up with -1 where there are fewer vectors than asked for.
        return [(int(row), float(score)) for row, score in zip(ids[0], scores[0], strict=True) if row != -1]

    def refresh(self) -> None:
        """Bring the index and its file up to the library's generation now."""
        self._current()

    def _current(self) -> Any:
        generation = self._library.generation()
        if generation != self._generation:
            with self._lock:
                if generation != self._generation:
                    self._index = self._read(generation) or self._build(generation)
                    self._generation = generation
        return self._index

    def _read(self, generation: int) -> Any:
        import faiss

        file = self._file(generation)
        if not file.exists():
            return None
        try:
            index = faiss.read_index(str(file))
            return index if self._fits(index) else None
        except (RuntimeError, MemoryError) as error:
            log.warning("%s cannot be read and is built again: %s", file.name, str(error).partition("\n")[0])
            return None

    def _fits(self, index: Any) -> bool:
        """Whether an index is of this library: a file of the same number may be left from another one."""
        import faiss

        if not isinstance(index, faiss.IndexIDMap2) or index.d != self._dimensions:
            return False
        ids = faiss.vector_to_array(index.id_map)
        if not len(ids) == index.ntotal == self._library.passage_count():
            return False
        some = [int(row) for row in ids[:: max(1, len(ids) // SAMPLE)]]
        stored = self._library.passages(some)
        return len(stored) == len(some) and all(
            np.array_equal(index.reconstruct(found.id), found.vectors.passage) for found in stored
        )

    def _build(self, generation: int) -> Any:
        import faiss

        ids, vectors = self._library.passage_vectors()
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(self._dimensions))
        if len(ids):
            index.add_with_ids(vectors, ids)
        try:
            self._write(index, generation)
        except OSError as error:  # The index in memory serves as well; only the next start is slower.
            log.warning("The vectors could not be written to %s: %s", self._folder, error)
        return index

    def _write(self, index: Any, generation: int) -> None:
        import faiss

        final = self._file(generation)
        temporary = final.with_suffix(f".{os.getpid()}.tmp")
        try:
            with temporary.open("wb") as file:
                file.write(faiss.serialize_index(index).tobytes())
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(final)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        for old in self._folder.iterdir():
            match = FILE.fullmatch(old.name)
            if match and int(match.group(1)) < generation:
                old.unlink(missing_ok=True)

    def _file(self, generation: int) -> Path:
        return self._folder / f"vectors-{generation}.faiss"
