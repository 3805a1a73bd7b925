"""The interfaces of the parts that can be replaced: models, library and vector index. ``rag.testing`` has fakes."""

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
    """Turns texts into unit vectors of ``dimensions`` float32 numbers.

    Questions and passages are separate calls, for models that encode them differently.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed_question(self, question: str) -> Vector:
        """Return a float32 unit vector (d,)."""
        ...

    def embed_passages(self, passages: Sequence[Passage], titles: Sequence[str]) -> list[PassageVectors]:
        """Return the vectors of passages and of their sentences, in order. ``titles`` are context, one per passage."""
        ...

    def embed_sentences(self, sentences: Sequence[str]) -> Vector:
        """Return float32 unit vectors (n, d) of sentences without context, such as those of an answer."""
        ...


@runtime_checkable
class HasVocabulary(Protocol):
    """An embedder that also offers the general vocabulary of its tokenizer."""

    @property
    def vocabulary(self) -> Collection[str]:
        """Whole words in lower case. They are taken for neither misspelt nor rare."""
        ...


class Reranker(Protocol):
    """Scores passages by reading each together with the question, as cross-encoders do."""

    @property
    def name(self) -> str: ...

    def scores(self, question: str, passages: Sequence[str]) -> Vector:
        """Return float32 scores (n,), larger for passages that answer better; the scale is the model's own."""
        ...


class Generator(Protocol):
    """A chat model that writes answers token by token."""

    @property
    def name(self) -> str: ...

    @property
    def cites_itself(self) -> bool:
        """Whether the model can write the numbers of its passages into its answer."""
        ...

    def count_tokens(self, text: str) -> int: ...

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[Waiting | Reading | GeneratedText]:
        """Generate a reply.

        Args:
            messages: The chat so far.
            max_tokens: The longest reply, in tokens.
            cancelled: Polled while generating; once true, the stream ends early and without an error.

        Yields:
            Waiting and Reading before the first token, then the text.

        Raises:
            GenerationError: if the model fails or the messages exceed its context.
        """
        ...

    def log_odds(
        self, messages: Sequence[Message], one: str, other: str, cancelled: Callable[[], bool]
    ) -> float | None:
        """Return the natural log-odds that the reply begins with the word ``one`` rather than ``other``.

        None if the model does not tell, or once ``cancelled()`` is true.

        Raises:
            GenerationError: if the model fails.
        """
        ...


class Library(Protocol):
    """The ingested articles with their passages and vectors. Everything else is derived from it.

    An *origin* is where an article was read from: a path, a path and a line, or an address. A *revision* identifies
    the content of an article together with everything that decides how it is stored.
    """

    def generation(self) -> int:
        """Return a number that grows with every change."""
        ...

    def statistics(self) -> LibraryStatistics: ...

    def passage_count(self) -> int: ...

    def identity(self) -> str:
        """Return a random name that no other library has, not even a restored backup of this one."""
        ...

    def article(self, article_id: str) -> Article | None:
        """Return the article as it was stored, with the first of its origins."""
        ...

    def headers(self, limit: int, offset: int = 0) -> list[ArticleHeader]:
        """Return headers of articles, newest first, those without a date last."""
        ...

    def find(self, text: str, limit: int, offset: int = 0) -> list[ArticleHeader]:
        """Return articles with ``text`` in their title, id, author, source, address or origin, newest first."""
        ...

    def origins(self, article_id: str) -> list[str]:
        """Return the origins of an article, the first one first; none if there is no such article."""
        ...

    def known(self, origin: str) -> tuple[str, str] | None:
        """Return (article id, revision) of what was stored from this origin."""
        ...

    def free_id(self, wanted: str, origin: str) -> str:
        """Return ``wanted``, or a variant of it if an article of another origin has that id."""
        ...

    def adopt(self, origin: str, revision: str) -> str | None:
        """Move ``origin`` to the stored article with this revision, which spares embedding it twice.

        Returns:
            The id of that article; None, without any change, if there is none.
        """
        ...

    def store(
        self,
        article: Article,
        passages: Sequence[Passage],
        vectors: Sequence[PassageVectors],
        revision: str | None = None,
    ) -> str:
        """Store an article in one transaction, replacing what its origin held before.

        If another origin has the same revision, its article gets this origin, too, and nothing else is stored.

        Args:
            article: The article.
            passages: Its passages.
            vectors: The vectors of each passage.
            revision: The revision; ``article.content_sha256`` if it is None.

        Returns:
            ``article.id``, or a variant if an article of other origins has that id.

        Raises:
            IndexDamagedError: if the library cannot be written; nothing has changed then.
        """
        ...

    def remove(self, article_ids: Iterable[str]) -> list[str]:
        """Delete articles in one transaction; return the ids that existed."""
        ...

    def prune(self, keep_origins: Iterable[str], below: Iterable[Path | str]) -> list[str]:
        """Forget origins at or below ``below`` (files, folders, addresses) that are not kept, in one transaction.

        Returns:
            The ids of the articles that lost their last origin and were deleted.
        """
        ...

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """Return stored passages in the order of ``ids``, without those that are gone."""
        ...

    def passage_ids(self, filters: Filters = EVERYTHING) -> NDArray[np.int64]:
        """Return the row ids (n,), ascending, of the passages that the filters allow. Ids are never reused."""
        ...

    def passage_vectors(self, after: int = 0, limit: int | None = None) -> tuple[NDArray[np.int64], Vector]:
        """Return the first ``limit`` row ids (n,) greater than ``after``, ascending, and their vectors (n, d)."""
        ...

    def vectors_of(self, ids: Sequence[int]) -> tuple[NDArray[np.int64], Vector]:
        """Return those of the row ids that exist (n,), ascending, and their vectors (n, d)."""
        ...

    def bm25(self, terms: Sequence[str], limit: int, filters: Filters = EVERYTHING) -> list[int]:
        """Return row ids of passages with any of the terms, best BM25 first."""
        ...

    def passages_with(self, terms: Iterable[str]) -> Mapping[str, int]:
        """Return the document frequency of each term, counted in passages; inflected forms count alike."""
        ...

    def vocabulary(self, prefix: str) -> Mapping[str, int]:
        """Return the stems that begin with ``prefix``, each with its document frequency."""
        ...


class VectorIndex(Protocol):
    """A search for the nearest vectors. Derived from the library, whose generation it follows by itself."""

    def search(self, vector: Vector, limit: int, among: NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """Return at most ``limit`` pairs (row id, cosine), largest cosine first.

        Args:
            vector: Float32 unit vector (d,).
            limit: The number of passages to return.
            among: The row ids, ascending, that may be returned; None for all.
        """
        ...
