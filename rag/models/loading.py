"""Load the models that the settings name."""

from __future__ import annotations

from rag.core.protocols import Embedder, Generator, Reranker
from rag.core.settings import Settings
from rag.models.cross_encoder import CrossEncoderReranker, locate_cross_encoder
from rag.models.embedding import SentenceTransformerEmbedder
from rag.models.endpoint_client import is_endpoint
from rag.models.llama import LlamaGenerator
from rag.models.openai_endpoint import open_endpoint
from rag.models.weights import locate


def open_embedder(settings: Settings) -> Embedder:
    """Load the embedding model.

    Raises:
        ModelMissingError: if its weights are not on this machine.
        ModelDamagedError: if they do not match their hash.
    """
    folder = locate(settings.embedder, settings)
    return SentenceTransformerEmbedder(folder, settings.embedder, settings.embedding_precision)


def open_reranker(settings: Settings) -> Reranker | None:
    """Load the cross-encoder, or return None if the settings name none.

    Raises:
        ModelMissingError: if its weights are not on this machine.
        ModelDamagedError: if they do not match their hash.
    """
    if settings.reranker is None:
        return None
    folder = locate_cross_encoder(settings.reranker, settings)
    return CrossEncoderReranker(folder, settings.reranker, settings.embedding_precision)


def open_generator(settings: Settings) -> Generator:
    """Load the answering model, or return a client of the server that has it, without asking the server yet.

    Raises:
        ModelMissingError: if its weights are not on this machine.
        ModelDamagedError: if they do not match their hash.
        SettingsError: if the server's address cannot be used.
    """
    if is_endpoint(settings.generator):
        return open_endpoint(settings)
    weights = locate(settings.generator, settings)
    return LlamaGenerator(weights, settings.generator, threads=settings.threads, context_tokens=settings.context_tokens)
