"""Nearest passages with FAISS, the only module that imports it. A cache of the library's vectors."""

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
from rag.store.vector_file import Tail, leftovers, vector_files

__all__ = ["FaissIndex", "FileState", "leftovers", "vector_files"]

log = logging.getLogger(__name__)
SAMPLE = 32
"""Vectors, of the newest and of all, that are compared with the library's before a file is believed."""
ALIKE = 1e-4
"""How far the cosine of a vector to itself may be from 1."""
TOGETHER = 20_000
"""Vectors that are read from the library at once."""
MORE = 1.5
"""Candidates for each passage wanted where the lists hold vectors of eight bits: some of them change places."""

FileState = Literal["current", "older", "missing", "damaged"]
Ids = NDArray[np.int64]


@dataclass(slots=True)
class _Parts:
    """What is searched: ``lists`` (FAISS's IVF with 8-bit vectors, never changed) if any, and ``exact``, the rest."""

    lists: Any
    exact: Any
    last: int
    """The largest id that either has ever had: larger ones are new."""

    def __len__(self) -> int:
        return int(self.exact.ntotal + (self.lists.ntotal if self.lists else 0))


class FaissIndex:
    """An inner-product index that follows the library's generation; its kind is chosen by its size.

    Up to ``exact_up_to`` vectors are compared one by one. Of a larger library most lie in lists of near ones, of which
    the nearest are searched, and only what is newer is compared one by one. Candidates from either are scored again
    with the library's own vectors, so scores are exact, and what is gone from the library is not found.

    ``vectors-N.faiss`` holds the vectors of generation N. ``refresh()`` writes it where it has fallen a few per cent
    behind; so does a search that found none to begin from, and a thread of its own where the newer part outgrows
    ``exact_up_to``, or more of the vectors are gone from the library than are there. A file of an older generation is
    brought up to date in memory; one that is cut short, altered or of another library is passed over.
    """

    def __init__(
        self, library: Library, folder: Path, dimensions: int, exact_up_to: int = vector_index_type.EXACT_UP_TO
    ) -> None:
        self._library = library
        self._folder = folder
        self._dimensions = dimensions
        self._exact_up_to = exact_up_to
        self._following = threading.Lock()
        self._building = threading.Lock()
        self._using = threading.Lock()
        """Held while the exact part is searched or changed, neither of which takes long."""
        self._parts: _Parts | None = None
        self._identity, self._generation = "", -1
        """Of the library whose vectors the parts hold."""
        self._on_disk = -1
        """The generation of the newest file that is known to be good, -1 for none."""
        self._written = 0
        """How many vectors that file holds."""
        self._gave_up = False
        """Whether building in a thread of its own has failed."""

    def search(self, vector: Vector, limit: int, among: Ids | None = None) -> list[tuple[int, float]]:
        """At most ``limit`` pairs (row id, cosine), largest cosine first; of the ids ``among``, ascending, alone.

        ``vector`` is a float32 unit vector (d,).
        """
        if among is not None and len(among) <= vector_index_type.FEW:
            return self._scored(vector, among)[:limit]
        parts = self._follow()
        query = np.ascontiguousarray(vector[None, :], dtype=np.float32)
        wanted = round(MORE * limit) if parts.lists else limit
        while True:
            found = self._candidates(parts, query, wanted, among)
            scored = self._scored(vector, found)
            # Where too many are gone from the library, others take their places.
            if len(scored) >= min(limit, len(found)) or len(found) < wanted:
                return scored[:limit]
            wanted *= 2

    def refresh(self) -> None:
        """Bring the index up to the library's generation now, and its file where that has fallen behind."""
        parts = self._follow(wait=True)
        if self._on_disk != self._generation:
            missing, gone = len(parts) - self._written, max(0, len(parts) - self._library.passage_count())
            outgrown = parts.exact.ntotal > self._exact_up_to
            if self._on_disk < 0 or outgrown or vector_index_type.needs_writing(missing, gone, self._written):
                with self._building:
                    self._build()

    def state_of_file(self) -> FileState:
        """How the file stands, read whole: whether the next start may begin from it.

        "current" is also one that a refresh would leave as it is.
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
        outgrown = newest.exact.ntotal + missing > self._exact_up_to
        behind = outgrown or vector_index_type.needs_writing(missing, gone, len(newest))
        return "older" if behind and generation not in read else "current"

    def _candidates(self, parts: _Parts, query: Vector, wanted: int, among: Ids | None) -> Ids:
        """The ids of at most ``wanted`` vectors that are nearest by what is kept of them."""
        import faiss

        # Threads that share a search wait for each other, on a busy machine longer than one of them takes for all.
        faiss.omp_set_num_threads(1)
        selector = None if among is None else _bits(among)
        with self._using:
            found = [parts.exact.search(query, wanted, params=_parameters(selector))]
        if parts.lists:
            share = 1.0 if among is None else min(1.0, len(among) / max(1, len(parts)))
            probes = vector_index_type.probes_for(parts.lists.nlist, share)
            found.append(parts.lists.search(query, wanted, params=_parameters(selector, probes)))
        scores = np.concatenate([scores[0] for scores, _ in found])
        ids = np.concatenate([ids[0] for _, ids in found])
        order = np.argsort(-scores, kind="stable")
        # FAISS fills up with -1 where there are fewer vectors than asked for.
        nearest: Ids = ids[order][ids[order] != -1][:wanted]
        return nearest

    def _scored(self, vector: Vector, ids: Ids) -> list[tuple[int, float]]:
        """Those of the ids that the library still has, with the cosines of its own vectors, largest first."""
        kept, vectors = self._library.vectors_of(ids.tolist())
        cosines = vectors @ np.asarray(vector, dtype=np.float32)
        order = np.argsort(-cosines, kind="stable")
        return list(zip(kept[order].tolist(), cosines[order].tolist(), strict=True))

    def _follow(self, wait: bool = False) -> _Parts:
        """Catch up with the library, or, while another thread does so, make do with what there is."""
        now = (self._library.identity(), self._library.generation())
        if now != (self._identity, self._generation) and self._following.acquire(blocking=wait or self._parts is None):
            try:
                self._catch_up(build=wait)
            finally:
                self._following.release()
        parts = self._parts
        assert parts is not None
        if not wait and not self._gave_up:
            crowded = len(parts) > vector_index_type.CROWDED * self._library.passage_count()
            if crowded or parts.exact.ntotal > self._exact_up_to:
                self._build_apart()
        return parts

    def _catch_up(self, build: bool) -> None:
        """Take what there is to begin from, if nothing is held yet, and add what is new.

        ``build`` tells that the parts are built anew after it where more is new than is searched one by one, so that
        only as much is read.
        """
        identity, generation = self._library.identity(), self._library.generation()
        parts = self._parts
        # Another name or a smaller number: another library, or an older copy, has been put in the place of this one.
        found = parts is not None and identity == self._identity and generation >= self._generation
        if parts is None or not found:
            self._on_disk, self._written = -1, 0
            begun = self._newest(generation)
            found = begun is not None
            parts = begun or _Parts(None, self._empty(), 0)
        for ids, vectors in self._after(parts.last):
            with self._using:
                parts.exact.add_with_ids(vectors, ids)
                parts.last = int(ids[-1])
            if build and parts.exact.ntotal > self._exact_up_to:
                break
        self._parts, self._identity, self._generation = parts, identity, generation
        if not found and not build and parts.exact.ntotal <= self._exact_up_to:
            self._save(parts, generation)

    def _after(self, last: int) -> Iterator[tuple[Ids, Vector]]:
        """The ids greater than ``last``, ascending, with their vectors, some at a time."""
        while True:
            ids, vectors = self._library.passage_vectors(last, TOGETHER)
            if not len(ids):
                return
            yield ids, vectors
            last = int(ids[-1])

    def _build_apart(self) -> None:
        """Build in a thread of its own, while searches go on with what there is."""
        if self._building.acquire(blocking=False):

            def build() -> None:
                try:
                    self._build()
                except (OSError, RuntimeError, MemoryError, RagError) as error:
                    log.warning("The index of the vectors could not be built anew, and is searched as it is: %s", error)
                    self._gave_up = True
                finally:
                    self._building.release()

            threading.Thread(target=build, name="vector-lists", daemon=True).start()

    def _build(self) -> None:
        """Make the parts that suit the library's size now, write them, and search them from then on."""
        identity, generation = self._library.identity(), self._library.generation()
        parts = self._newest(generation, self._on_disk)
        if parts is None or parts.exact.ntotal > self._exact_up_to:
            parts = self._made()
            parts = self._save(parts, generation)
        with self._following:
            self._parts = parts
            self._identity, self._generation = identity, -2  # The next search catches up with what came meanwhile.

    def _made(self) -> _Parts:
        """Parts with all vectors of the library in the kind of index that its size asks for."""
        import faiss

        faiss.omp_set_num_threads(os.cpu_count() or 1)  # For this thread, which may have searched before.
        ids = self._library.passage_ids()
        if len(ids) <= self._exact_up_to:
            parts = _Parts(None, self._empty(), 0)
            for some, vectors in self._after(0):
                parts.exact.add_with_ids(vectors, some)
                parts.last = int(some[-1])
            return parts
        kept = self._kept_lists(ids)
        parts = kept or _Parts(self._trained(ids), self._empty(), 0)
        for some, vectors in self._after(parts.last):
            parts.lists.add_with_ids(vectors, some)
            parts.last = int(some[-1])
        return parts

    def _kept_lists(self, ids: Ids) -> _Parts | None:
        """The lists of the newest file without what is gone, in memory; None where they do not suit so many."""
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

    def _trained(self, ids: Ids) -> Any:
        """Empty lists around centres that were found from a sample."""
        import faiss

        lists = vector_index_type.lists_for(len(ids))
        random = np.random.default_rng(0)
        wanted = np.sort(random.choice(ids, min(len(ids), vector_index_type.TRAINING * lists), replace=False))
        _, sample = self._library.vectors_of(wanted.tolist())
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(self._dimensions), self._dimensions, lists, faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
        )  # fmt: skip
        index.train(sample)
        return index

    def _empty(self) -> Any:
        import faiss

        return faiss.IndexIDMap(faiss.IndexFlatIP(self._dimensions))

    def _newest(self, generation: int, after: int = -1, mapped: bool = True) -> _Parts | None:
        """What the newest file holds that can be believed, of a generation above ``after`` and up to this one."""
        for number, file in sorted(vector_file.numbered(self._folder), reverse=True):
            parts = self._read(file, number, mapped) if after < number <= generation else None
            if parts is not None:
                self._on_disk, self._written = number, len(parts)
                return parts
        return None

    def _read(self, file: Path, generation: int, mapped: bool = True) -> _Parts | None:
        """What a file of this library and generation holds; None where it cannot be believed."""
        import faiss

        try:
            tail = vector_file.read_tail(file)
            if tail is None or (tail.identity, tail.generation) != (self._library.identity(), generation):
                log.warning("%s is damaged, of another library or of another version, and is not used", file.name)
                return None
            index = faiss.read_index(str(file), faiss.IO_FLAG_MMAP if mapped else 0)
        except (OSError, RuntimeError, MemoryError) as error:
            log.warning("%s cannot be read and is not used: %s", file.name, str(error).partition("\n")[0])
            return None
        if index.d != self._dimensions:
            return None
        if isinstance(index, faiss.IndexIDMap):
            parts = _Parts(None, index, tail.last)
        elif isinstance(index, faiss.IndexIVFScalarQuantizer):
            parts = _Parts(index, self._empty(), tail.last)
        else:
            return None
        return parts if self._fits(parts) else None

    def _fits(self, parts: _Parts) -> bool:
        """Whether the vectors are the library's: a copy of an older one may have been put in its place."""
        ids = self._library.passage_ids()
        ids = ids[ids <= parts.last]
        # The newest above all: there such a copy has others, if it went on.
        sample = {*ids[:: max(1, len(ids) // SAMPLE)].tolist(), *ids[-SAMPLE:].tolist()}
        ids, vectors = self._library.vectors_of(sorted(sample))
        return all(self._has(parts, number, vector) for number, vector in zip(ids, vectors, strict=True))

    def _has(self, parts: _Parts, number: int, vector: Vector) -> bool:
        """Whether this vector is held under this id; of lists, whether the id is in one that is nearest to it."""
        import faiss

        selector = faiss.IDSelectorBatch(np.array([number], dtype=np.int64))
        if parts.lists:  # Two of them, for one may be as near as another but for rounding.
            _, ids = parts.lists.search(vector[None, :], 1, params=_parameters(selector, 2))
            return bool(ids[0, 0] == number)
        scores, ids = parts.exact.search(vector[None, :], 1, params=_parameters(selector))
        return bool(ids[0, 0] == number and abs(scores[0, 0] - 1) <= ALIKE)

    def _save(self, parts: _Parts, generation: int) -> _Parts:
        """Write the parts, of which only one holds any; returns what is to be searched: lists are mapped."""
        import faiss

        def write_index(write: Any) -> None:
            kinds: Any = faiss  # Its stubs know no writer.
            faiss.write_index(parts.lists or parts.exact, kinds.PyCallbackIOWriter(write, vector_file.BLOCK))

        try:
            tail = Tail(self._library.identity(), parts.last, generation)
            file = vector_file.write(self._folder, tail, write_index)
            self._on_disk, self._written = generation, len(parts)
            if parts.lists:
                return _Parts(faiss.read_index(str(file), faiss.IO_FLAG_MMAP), parts.exact, parts.last)
        except (OSError, RuntimeError) as error:  # The index in memory serves as well; only the next start is slower.
            problem = str(error).partition("\n")[0]
            log.warning("The vectors could not be written to %s: %s", self._folder, problem)
        return parts


def _parameters(selector: Any, probes: int | None = None) -> Any:
    """How FAISS is to search: the ids that ``selector`` allows, None for all, in ``probes`` lists."""
    import faiss

    kinds: Any = faiss  # Its stubs know no parameters.
    if probes is None:
        return kinds.SearchParameters(sel=selector)
    return kinds.SearchParametersIVF(sel=selector, nprobe=probes)


def _bits(among: Ids) -> Any:
    """What FAISS asks whether an id is allowed: a bit for each. ``among`` is ascending and not empty."""
    import faiss

    kinds: Any = faiss
    allowed = np.zeros(int(among[-1]) + 1, dtype=bool)
    allowed[among] = True
    return kinds.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
