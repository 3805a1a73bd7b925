"""What may be replaced: the two models, the library, and the index of its vectors. ``rag.testing`` has fakes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.types import (
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


class Generator(Protocol):
    """Messages to text, token by token."""

    @property
    def name(self) -> str: ...

    def count_tokens(self, text: str) -> int: ...

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[GeneratedText]:
        """Yield the answer as it is written; end early, without an error, once ``cancelled()`` is true.

        Raises GenerationError where the model fails or the messages do not fit its context.
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

    def article(self, article_id: str) -> Article | None: ...

    def headers(self, limit: int) -> list[ArticleHeader]:
        """The newest articles first."""
        ...

    def known(self, origin: str) -> tuple[str, str] | None:
        """(article id, content sha256) of what was stored from this origin."""
        ...

    def free_id(self, wanted: str, origin: str) -> str:
        """``wanted``, or a variant of it where another origin has taken that id."""
        ...

    def store(self, article: Article, passages: Sequence[Passage], vectors: Sequence[PassageVectors]) -> None:
        """Put an article in, in place of what had its id or origin, in one transaction."""
        ...

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """Stored passages in the order of ``ids``; ids that are gone are left out."""
        ...

    def passage_vectors(self) -> tuple[NDArray[np.int64], Vector]:
        """All row ids (n,) and all passage vectors (n, d)."""
        ...

    def bm25(self, terms: Sequence[str], limit: int) -> list[int]:
        """Row ids of passages with any of the terms, best BM25 first."""
        ...

    def passages_with(self, terms: Iterable[str]) -> Mapping[str, int]:
        """In how many passages each term occurs (inflected forms counted alike)."""
        ...


class VectorIndex(Protocol):
    """Nearest passages by vector. Derived from the library; follows its generation by itself."""

    def search(self, vector: Vector, limit: int) -> list[tuple[int, float]]:
        """At most ``limit`` pairs (row id, cosine), largest cosine first."""
        ...
