"""Nearest passages with FAISS, the only module that imports it. The index is a cache of the library's vectors."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rag.core.errors import RagError
from rag.core.protocols import Library
from rag.core.types import Vector
from rag.store import vector_file, vector_index_type
from rag.store.vector_file import Footer, leftovers, vector_files

__all__ = ["FaissIndex", "FileState", "leftovers", "vector_files"]

log = logging.getLogger(__name__)
SAMPLE = 32
"""Vectors, of the newest and of all, that are compared with the library's before a file is used."""
COSINE_TOLERANCE = 1e-4
"""How far the cosine of a stored vector to itself may be from 1."""
BATCH = 20_000
"""Vectors that are read from the library at a time."""
OVERFETCH = 1.5
"""Candidates per wanted passage from an IVF, whose 8-bit vectors change the order of some."""

FileState = Literal["current", "older", "missing", "damaged"]
Ids = NDArray[np.int64]


@dataclass(slots=True)
class _Parts:
    """What is searched: ``lists`` (an IVF with 8-bit vectors, never changed) if any, and ``exact``, the rest."""

    lists: Any
    exact: Any
    last: int
    """The largest id that either has ever had; larger ones are new."""

    def __len__(self) -> int:
        return int(self.exact.ntotal + (self.lists.ntotal if self.lists else 0))


class FaissIndex:
    """An inner-product index that follows the library's generation. Thread-safe.

    Up to ``exact_up_to`` vectors the search is exact. Most vectors of a larger library are in an IVF, of which the
    nearest lists are searched, and only newer ones are searched exactly. Candidates are rescored with the library's own
    vectors, so scores are exact and passages that are gone are not returned.

    ``vectors-N.faiss`` holds the vectors of generation N. It is written by ``refresh()`` if it is a few per cent out of
    date, by a search that found no file, and in a background thread once the exact part exceeds ``exact_up_to`` or
    most of the vectors are gone. A file of an older generation is brought up to date in memory; one that is truncated,
    altered or of another library is ignored.
    """

    def __init__(
        self, library: Library, folder: Path, dimensions: int, exact_up_to: int = vector_index_type.EXACT_UP_TO
    ) -> None:
        self._library = library
        self._folder = folder
        self._dimensions = dimensions
        self._exact_up_to = exact_up_to
        self._synchronizing = threading.Lock()
        self._building = threading.Lock()
        self._using = threading.Lock()
        """Held while the exact part is searched or changed."""
        self._parts: _Parts | None = None
        self._identity, self._generation = "", -1
        """Of the library that the parts were read from."""
        self._generation_on_disk = -1
        """The generation of the newest valid file, -1 for none."""
        self._vectors_on_disk = 0
        """The number of vectors in that file."""
        self._gave_up = False
        """Whether a build in the background has failed."""

    def search(self, vector: Vector, limit: int, among: Ids | None = None) -> list[tuple[int, float]]:
        """Return the passages nearest to a question.

        Args:
            vector: Float32 unit vector (d,).
            limit: The number of passages to return.
            among: The row ids, ascending, that may be returned; None for all.

        Returns:
            At most ``limit`` pairs (row id, cosine), largest cosine first.
        """
        if among is not None and len(among) <= vector_index_type.BRUTE_FORCE_UP_TO:
            return self._rescored(vector, among)[:limit]
        parts = self._synchronize()
        query = np.ascontiguousarray(vector[None, :], dtype=np.float32)
        wanted = round(OVERFETCH * limit) if parts.lists else limit
        while True:
            found = self._candidates(parts, query, wanted, among)
            scored = self._rescored(vector, found)
            # Candidates that are gone from the library are replaced by further ones.
            if len(scored) >= min(limit, len(found)) or len(found) < wanted:
                return scored[:limit]
            wanted *= 2

    def refresh(self) -> None:
        """Bring the index up to the library's generation, and rewrite its file if that is too far behind."""
        parts = self._synchronize(wait=True)
        if self._generation_on_disk != self._generation:
            missing, gone = len(parts) - self._vectors_on_disk, max(0, len(parts) - self._library.passage_count())
            too_large = parts.exact.ntotal > self._exact_up_to
            if (
                self._generation_on_disk < 0
                or too_large
                or vector_index_type.needs_writing(missing, gone, self._vectors_on_disk)
            ):
                with self._building:
                    self._build()

    def state_of_file(self) -> FileState:
        """Return whether the next start can use the file, which is read whole.

        "current" includes a file that ``refresh`` would not rewrite.
        """
        generation = self._library.generation()
        files = {number: file for number, file in vector_file.numbered(self._folder) if number <= generation}
        read = {number: self._read(file, number) for number, file in files.items()}
        if any(parts is None for parts in read.values()):
            return "damaged"
        newest = read[max(read)] if read else None
        if newest is None:
            return "missing"
        ids = self._library.passage_ids()
        missing = int((ids > newest.last).sum())
        gone = len(newest) - (len(ids) - missing)
        too_large = newest.exact.ntotal + missing > self._exact_up_to
        behind = too_large or vector_index_type.needs_writing(missing, gone, len(newest))
        return "older" if behind and generation not in read else "current"

    def _candidates(self, parts: _Parts, query: Vector, wanted: int, among: Ids | None) -> Ids:
        """Return the ids of at most ``wanted`` indexed vectors, nearest first by their approximate scores."""
        import faiss

        # On a busy machine threads that share a search wait for each other longer than one takes alone.
        faiss.omp_set_num_threads(1)
        selector = None if among is None else _bitmap(among)
        with self._using:
            found = [parts.exact.search(query, wanted, params=_parameters(selector))]
        if parts.lists:
            share = 1.0 if among is None else min(1.0, len(among) / max(1, len(parts)))
            probes = vector_index_type.probe_count(parts.lists.nlist, share)
            found.append(parts.lists.search(query, wanted, params=_parameters(selector, probes)))
        scores = np.concatenate([scores[0] for scores, _ in found])
        ids = np.concatenate([ids[0] for _, ids in found])
        order = np.argsort(-scores, kind="stable")
        # FAISS pads with -1 if there are fewer vectors than asked for.
        nearest: Ids = ids[order][ids[order] != -1][:wanted]
        return nearest

    def _rescored(self, vector: Vector, ids: Ids) -> list[tuple[int, float]]:
        """Score the ids that the library still has with its own vectors, largest cosine first."""
        kept, vectors = self._library.vectors_of(ids.tolist())
        cosines = vectors @ np.asarray(vector, dtype=np.float32)
        order = np.argsort(-cosines, kind="stable")
        return list(zip(kept[order].tolist(), cosines[order].tolist(), strict=True))

    def _synchronize(self, wait: bool = False) -> _Parts:
        """Catch up with the library; while another thread does so, return the parts as they are."""
        now = (self._library.identity(), self._library.generation())
        if now != (self._identity, self._generation) and self._synchronizing.acquire(
            blocking=wait or self._parts is None
        ):
            try:
                self._catch_up(build=wait)
            finally:
                self._synchronizing.release()
        parts = self._parts
        assert parts is not None
        if not wait and not self._gave_up:
            bloated = len(parts) > vector_index_type.REBUILD_FACTOR * self._library.passage_count()
            if bloated or parts.exact.ntotal > self._exact_up_to:
                self._build_in_background()
        return parts

    def _catch_up(self, build: bool) -> None:
        """Load the newest file if nothing is loaded, and add the vectors that are new.

        With ``build`` the caller rebuilds an exact part that exceeds its limit, so reading stops there.
        """
        identity, generation = self._library.identity(), self._library.generation()
        parts = self._parts
        # Another identity or an earlier generation: the library was replaced by another one or an older copy.
        found = parts is not None and identity == self._identity and generation >= self._generation
        if parts is None or not found:
            self._generation_on_disk, self._vectors_on_disk = -1, 0
            begun = self._newest(generation)
            found = begun is not None
            parts = begun or _Parts(None, self._empty_index(), 0)
        for ids, vectors in self._vectors_after(parts.last):
            with self._using:
                parts.exact.add_with_ids(vectors, ids)
                parts.last = int(ids[-1])
            if build and parts.exact.ntotal > self._exact_up_to:
                break
        self._parts, self._identity, self._generation = parts, identity, generation
        if not found and not build and parts.exact.ntotal <= self._exact_up_to:
            self._save(parts, generation)

    def _vectors_after(self, last: int) -> Iterator[tuple[Ids, Vector]]:
        """Yield batches of the ids greater than ``last``, ascending, with their vectors."""
        while True:
            ids, vectors = self._library.passage_vectors(last, BATCH)
            if not len(ids):
                return
            yield ids, vectors
            last = int(ids[-1])

    def _build_in_background(self) -> None:
        """Build in a background thread while searches use the parts as they are."""
        if self._building.acquire(blocking=False):

            def build() -> None:
                try:
                    self._build()
                except (OSError, RuntimeError, MemoryError, RagError) as error:
                    log.warning("The vector index could not be rebuilt and is used as it is: %s", error)
                    self._gave_up = True
                finally:
                    self._building.release()

            threading.Thread(target=build, name="vector-lists", daemon=True).start()

    def _build(self) -> None:
        """Build the parts for the library's current size, write them, and use them from then on."""
        identity, generation = self._library.identity(), self._library.generation()
        parts = self._newest(generation, self._generation_on_disk)
        if parts is None or parts.exact.ntotal > self._exact_up_to:
            parts = self._built_parts()
            parts = self._save(parts, generation)
        with self._synchronizing:
            self._parts = parts
            self._identity, self._generation = identity, -2  # The next search adds what came meanwhile.

    def _built_parts(self) -> _Parts:
        """Return new parts with all vectors, in the kind of index for the library's size."""
        import faiss

        faiss.omp_set_num_threads(os.cpu_count() or 1)  # This thread may have limited it for a search.
        ids = self._library.passage_ids()
        if len(ids) <= self._exact_up_to:
            parts = _Parts(None, self._empty_index(), 0)
            for some, vectors in self._vectors_after(0):
                parts.exact.add_with_ids(vectors, some)
                parts.last = int(some[-1])
            return parts
        kept = self._pruned_lists(ids)
        parts = kept or _Parts(self._trained_lists(ids), self._empty_index(), 0)
        for some, vectors in self._vectors_after(parts.last):
            parts.lists.add_with_ids(vectors, some)
            parts.last = int(some[-1])
        return parts

    def _pruned_lists(self, ids: Ids) -> _Parts | None:
        """Load the lists of the newest file without the ids that are gone; None if their number no longer suits."""
        kept = self._newest(self._library.generation(), mapped=False)
        if kept is None or kept.lists is None or vector_index_type.is_outgrown(kept.lists.nlist, len(ids)):
            return None
        import faiss

        stored = kept.lists.invlists
        held = [faiss.rev_swig_ptr(stored.get_ids(at), stored.list_size(at)).copy() for at in range(kept.lists.nlist)]
        gone = np.setdiff1d(np.concatenate(held), ids)
        if len(gone):
            kept.lists.remove_ids(faiss.IDSelectorBatch(gone))
        return kept

    def _trained_lists(self, ids: Ids) -> Any:
        """Return an empty IVF with centroids trained on a sample."""
        import faiss

        lists = vector_index_type.list_count(len(ids))
        random = np.random.default_rng(0)
        wanted = np.sort(random.choice(ids, min(len(ids), vector_index_type.TRAINING_VECTORS * lists), replace=False))
        _, sample = self._library.vectors_of(wanted.tolist())
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(self._dimensions), self._dimensions, lists, faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
        )  # fmt: skip
        index.train(sample)
        return index

    def _empty_index(self) -> Any:
        import faiss

        return faiss.IndexIDMap(faiss.IndexFlatIP(self._dimensions))

    def _newest(self, generation: int, after: int = -1, mapped: bool = True) -> _Parts | None:
        """Load the newest valid file of a generation above ``after`` and up to ``generation``."""
        for number, file in sorted(vector_file.numbered(self._folder), reverse=True):
            parts = self._read(file, number, mapped) if after < number <= generation else None
            if parts is not None:
                self._generation_on_disk, self._vectors_on_disk = number, len(parts)
                return parts
        return None

    def _read(self, file: Path, generation: int, mapped: bool = True) -> _Parts | None:
        """Load a file; None if it is not a valid one of this library and generation."""
        import faiss

        try:
            footer = vector_file.read_footer(file)
            if footer is None or (footer.identity, footer.generation) != (self._library.identity(), generation):
                log.warning("%s is damaged, of another library or of another version, and is not used", file.name)
                return None
            index = faiss.read_index(str(file), faiss.IO_FLAG_MMAP if mapped else 0)
        except (OSError, RuntimeError, MemoryError) as error:
            log.warning("%s cannot be read and is not used: %s", file.name, str(error).partition("\n")[0])
            return None
        if index.d != self._dimensions:
            return None
        if isinstance(index, faiss.IndexIDMap):
            parts = _Parts(None, index, footer.last)
        elif isinstance(index, faiss.IndexIVFScalarQuantizer):
            parts = _Parts(index, self._empty_index(), footer.last)
        else:
            return None
        return parts if self._matches_library(parts) else None

    def _matches_library(self, parts: _Parts) -> bool:
        """Return whether a sample of the vectors is the library's, which may have been replaced by an older copy."""
        ids = self._library.passage_ids()
        ids = ids[ids <= parts.last]
        # Above all the newest: there a copy that was changed since differs.
        sample = {*ids[:: max(1, len(ids) // SAMPLE)].tolist(), *ids[-SAMPLE:].tolist()}
        ids, vectors = self._library.vectors_of(sorted(sample))
        return all(self._contains(parts, number, vector) for number, vector in zip(ids, vectors, strict=True))

    def _contains(self, parts: _Parts, number: int, vector: Vector) -> bool:
        """Return whether the id has this vector; in an IVF, whether the id is in a list nearest to it."""
        import faiss

        selector = faiss.IDSelectorBatch(np.array([number], dtype=np.int64))
        if parts.lists:  # Two lists, which may be equally near but for rounding.
            _, ids = parts.lists.search(vector[None, :], 1, params=_parameters(selector, 2))
            return bool(ids[0, 0] == number)
        scores, ids = parts.exact.search(vector[None, :], 1, params=_parameters(selector))
        return bool(ids[0, 0] == number and abs(scores[0, 0] - 1) <= COSINE_TOLERANCE)

    def _save(self, parts: _Parts, generation: int) -> _Parts:
        """Write the parts, only one of which has vectors; return them with the lists memory-mapped."""
        import faiss

        def write_index(write: Any) -> None:
            kinds: Any = faiss  # The stubs lack the writer.
            faiss.write_index(parts.lists or parts.exact, kinds.PyCallbackIOWriter(write, vector_file.BLOCK))

        try:
            footer = Footer(self._library.identity(), parts.last, generation)
            file = vector_file.write(self._folder, footer, write_index)
            self._generation_on_disk, self._vectors_on_disk = generation, len(parts)
            if parts.lists:
                return _Parts(faiss.read_index(str(file), faiss.IO_FLAG_MMAP), parts.exact, parts.last)
        except (OSError, RuntimeError) as error:  # The index in memory works, too; only the next start is slower.
            problem = str(error).partition("\n")[0]
            log.warning("The vectors could not be written to %s: %s", self._folder, problem)
        return parts


def _parameters(selector: Any, probes: int | None = None) -> Any:
    """Return FAISS search parameters: the ids that ``selector`` allows, None for all, and the lists to probe."""
    import faiss

    kinds: Any = faiss  # The stubs lack the parameters.
    if probes is None:
        return kinds.SearchParameters(sel=selector)
    return kinds.SearchParametersIVF(sel=selector, nprobe=probes)


def _bitmap(among: Ids) -> Any:
    """Return a selector with a bit per id. ``among`` is ascending and not empty."""
    import faiss

    kinds: Any = faiss
    allowed = np.zeros(int(among[-1]) + 1, dtype=bool)
    allowed[among] = True
    return kinds.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
