"""Settings → what a chatbot is made of: library, models, search. Nothing is loaded before it is asked for."""

from __future__ import annotations

from pathlib import Path

from rag.embedding import SentenceTransformerEmbedder
from rag.endpoint import open_endpoint
from rag.endpoint_address import is_endpoint
from rag.errors import IndexEmptyError
from rag.generation import LlamaGenerator
from rag.library import SqliteLibrary
from rag.protocols import Embedder, Generator, Library, Reranker
from rag.reranking import CrossEncoderReranker, locate_cross_encoder
from rag.retrieval import Retriever
from rag.settings import Settings
from rag.vector_index import FaissIndex
from rag.weights import locate

EMPTY_INDEX = "The index holds no articles yet. Run: rag ingest PATH"


def library_file(settings: Settings) -> Path:
    return settings.index / "library.db"


def open_embedder(settings: Settings) -> Embedder:
    """Load the embedding model. Raises ModelMissingError or ModelDamagedError."""
    folder = locate(settings.embedder, settings)
    return SentenceTransformerEmbedder(folder, settings.embedder, settings.embedding_precision)


def open_reranker(settings: Settings) -> Reranker | None:
    """Load the cross-encoder, where one is named. Raises ModelMissingError or ModelDamagedError."""
    if settings.reranker is None:
        return None
    folder = locate_cross_encoder(settings.reranker, settings)
    return CrossEncoderReranker(folder, settings.reranker, settings.embedding_precision)


def open_generator(settings: Settings) -> Generator:
    """Load the answering model, or name the server that has it; a server is not asked yet.

    Raises ModelMissingError, ModelDamagedError or SettingsError.
    """
    if is_endpoint(settings.generator):
        return open_endpoint(settings)
    weights = locate(settings.generator, settings)
    return LlamaGenerator(weights, settings.generator, threads=settings.threads, context_tokens=settings.context_tokens)


def open_library(settings: Settings, *, may_be_empty: bool = False) -> SqliteLibrary:
    """Open the library of ``settings.index`` for reading. Raises IndexEmptyError, -MismatchError, -DamagedError."""
    library = SqliteLibrary.open(library_file(settings), settings.embedder)
    if not may_be_empty and not library.passage_count():
        raise IndexEmptyError(EMPTY_INDEX)
    return library


def open_retriever(library: Library, embedder: Embedder, settings: Settings) -> Retriever:
    """The search over a library, without an answering model. Raises what ``open_reranker`` raises."""
    index = FaissIndex(library, settings.index, embedder.dimensions)
    return Retriever(library, index, embedder, open_reranker(settings))
