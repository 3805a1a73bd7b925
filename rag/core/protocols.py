"""What may be replaced: the models, the library, and the index of its vectors. ``rag.testing`` has fakes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rag.core.events import Reading, Waiting
from rag.core.filters import EVERYTHING, Filters
from rag.core.types import (
    Article,
    ArticleHeader,
    GeneratedText,
    LibraryStatistics,
    Message,
    Passage,
    PassageVectors,
    StoredPassage,
    Vector,
)


class Embedder(Protocol):
    """Texts to unit vectors. A question and a passage are different calls, for models that treat them apart."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed_question(self, question: str) -> Vector:
        """Float32 unit vector (d,)."""
        ...

    def embed_passages(self, passages: Sequence[Passage], titles: Sequence[str]) -> list[PassageVectors]:
        """Vectors of passages and of their sentences, in the order given. ``titles`` are context, one a passage."""
        ...

    def embed_sentences(self, sentences: Sequence[str]) -> Vector:
        """Float32 unit vectors (n, d) of sentences that stand alone, such as those of an answer."""
        ...


@runtime_checkable
class HasVocabulary(Protocol):
    """An embedder that also offers the general vocabulary of its tokenizer."""

    @property
    def vocabulary(self) -> Collection[str]:
        """Whole words in lower case. They are taken for neither misspelt nor rare."""
        ...


class Reranker(Protocol):
    """A question and a passage read together, which tells more than their two vectors, and takes longer."""

    @property
    def name(self) -> str: ...

    def scores(self, question: str, passages: Sequence[str]) -> Vector:
        """Float32 (n,): how well each passage answers the question. Larger is better; the scale is the model's own."""
        ...


class Generator(Protocol):
    """Messages to text, token by token."""

    @property
    def name(self) -> str: ...

    @property
    def cites_itself(self) -> bool:
        """Whether the model is able to write the numbers of its passages into its answer."""
        ...

    def count_tokens(self, text: str) -> int: ...

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[Waiting | Reading | GeneratedText]:
        """Yield the answer as it is written, and what is done before.

        Ends early, without an error, once ``cancelled()`` is true.
        Raises GenerationError where the model fails or the messages do not fit its context.
        """
        ...

    def preference(
        self, messages: Sequence[Message], one: str, other: str, cancelled: Callable[[], bool]
    ) -> float | None:
        """Natural log-odds that the reply would begin with the word ``one`` rather than with ``other``.

        None where the model cannot say, or once ``cancelled()`` is true. Raises GenerationError where it fails.
        """
        ...


class Library(Protocol):
    """What was ingested: the source of truth."""

    def generation(self) -> int:
        """A number that grows with every change."""
        ...

    def statistics(self) -> LibraryStatistics: ...

    def passage_count(self) -> int:
        """Passages of all articles together."""
        ...

    def identity(self) -> str:
        """A random name of this library: no two have the same one, nor a library and its restored backup."""
        ...

    def article(self, article_id: str) -> Article | None: ...

    def headers(self, limit: int, offset: int = 0) -> list[ArticleHeader]:
        """The newest articles first, those without a date last, without the first ``offset`` of them."""
        ...

    def find(self, text: str, limit: int, offset: int = 0) -> list[ArticleHeader]:
        """Articles whose title, id, author, source, address or origin has ``text``; the newest first."""
        ...

    def origins(self, article_id: str) -> list[str]:
        """Every place that the article was read from, the first one first; none where there is no such article."""
        ...

    def known(self, origin: str) -> tuple[str, str] | None:
        """(article id, revision) of what was stored from this origin."""
        ...

    def free_id(self, wanted: str, origin: str) -> str:
        """``wanted``, or a variant of it where another origin has taken that id."""
        ...

    def adopt(self, origin: str, revision: str) -> str | None:
        """Note that the article stored with this revision comes from ``origin`` too, and no longer what did before.

        Returns its id; None where no article has that revision, and then nothing changes. Spares embedding it twice.
        """
        ...

    def store(
        self,
        article: Article,
        passages: Sequence[Passage],
        vectors: Sequence[PassageVectors],
        revision: str | None = None,
    ) -> str:
        """Put an article in, in place of what its origin held before, in one transaction; return its id.

        ``revision`` names all that decides what is stored: the article's ``content_sha256`` where it is not given.
        Where the same revision is stored from another origin, that article gets this origin too, and nothing else is
        stored. The id is ``article.id``, or a variant where an article of other origins has it.
        """
        ...

    def remove(self, article_ids: Iterable[str]) -> list[str]:
        """Take articles out with everything of theirs, in one transaction; return the ids that were there."""
        ...

    def prune(self, keep_origins: Iterable[str], below: Iterable[Path | str]) -> list[str]:
        """Forget the origins at or below any of the given files, folders or addresses that are not to be kept.

        An article goes with its last origin; returns the ids of those that went. One transaction.
        """
        ...

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """Stored passages in the order of ``ids``; ids that are gone are left out."""
        ...

    def passage_ids(self, filters: Filters = EVERYTHING) -> NDArray[np.int64]:
        """The row ids (n,) of the articles that the filters let through, ascending.

        The id of a passage that is gone is never used again.
        """
        ...

    def passage_vectors(self, after: int = 0, limit: int | None = None) -> tuple[NDArray[np.int64], Vector]:
        """The row ids (n,) greater than ``after``, ascending, and the vectors (n, d) of their passages.

        With ``limit`` at most the first so many.
        """
        ...

    def vectors_of(self, ids: Sequence[int]) -> tuple[NDArray[np.int64], Vector]:
        """The row ids (n,) of those of the passages that are there, ascending, and their vectors (n, d)."""
        ...

    def bm25(self, terms: Sequence[str], limit: int, filters: Filters = EVERYTHING) -> list[int]:
        """Row ids of passages with any of the terms, best BM25 first."""
        ...

    def passages_with(self, terms: Iterable[str]) -> Mapping[str, int]:
        """In how many passages each term occurs (inflected forms counted alike)."""
        ...

    def vocabulary(self, prefix: str) -> Mapping[str, int]:
        """The stems that begin so, each with the number of passages that have it."""
        ...


class VectorIndex(Protocol):
    """Nearest passages by vector. Derived from the library; follows its generation by itself."""

    def search(self, vector: Vector, limit: int, among: NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """At most ``limit`` pairs (row id, cosine), largest cosine first; of the ids ``among``, ascending, alone."""
        ...
