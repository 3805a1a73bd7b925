"""Settings → a retriever over an open library, without an answering model."""

from __future__ import annotations

from rag.core.protocols import Embedder, Library
from rag.core.settings import Settings
from rag.models.loading import open_reranker
from rag.retrieval.retriever import Retriever
from rag.store.vector_index import FaissIndex


def open_retriever(library: Library, embedder: Embedder, settings: Settings) -> Retriever:
    """Return the search over ``library``, with the vector index of ``settings.index``.

    Raises:
        ModelMissingError: if a reranker is configured and its weights are missing.
        ModelDamagedError: if the reranker's weights do not match their hash.
    """
    index = FaissIndex(library, settings.index, embedder.dimensions)
    return Retriever(library, index, embedder, open_reranker(settings))
