"""Texts to vectors with sentence-transformers, the only module that imports it."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import ModelDamagedError
from rag.types import Passage, PassageVectors, Span, Vector

BATCH = 16


class SentenceTransformerEmbedder:
    """An embedding model from a folder of weights, on the CPU, with passages and sentences from one forward pass.

    A sentence's vector is the mean of its own tokens' embeddings in the passage's forward pass (late pooling), so it
    costs nothing and knows its context.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Load the weights. Raises ModelDamagedError where the folder does not hold a model."""
        os.environ["HF_HUB_OFFLINE"] = "1"  # The weights are local; nothing may look for newer ones.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import transformers
        from sentence_transformers import SentenceTransformer

        transformers.utils.logging.disable_progress_bar()
        logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
        try:
            self._model: Any = SentenceTransformer(str(folder), device="cpu")
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelDamagedError(
                f"The embedding model in {folder} cannot be loaded ({error}). Run: rag models pull {name}"
            ) from error
        self._model.eval()
        self._name = name
        self._dimensions = int(self._model.get_embedding_dimension())

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def embed_question(self, question: str) -> Vector:
        """Float32 unit vector (d,)."""
        vector: Vector = self.embed_sentences([question])[0]
        return vector

    def embed_sentences(self, sentences: Sequence[str]) -> Vector:
        """Float32 unit vectors (n, d)."""
        if not sentences:
            return np.zeros((0, self._dimensions), dtype=np.float32)
        vectors = self._model.encode(list(sentences), batch_size=BATCH, show_progress_bar=False)
        return _unit(np.asarray(vectors, dtype=np.float32))

    def embed_passages(self, passages: Sequence[Passage], titles: Sequence[str]) -> list[PassageVectors]:
        """Vectors of passages and of their sentences; a title stands before its passage as context."""
        vectors: list[PassageVectors | None] = [None] * len(passages)
        # Passages of like length share a batch, so that little is padded.
        order = sorted(range(len(passages)), key=lambda at: len(passages[at].text))
        for begin in range(0, len(order), BATCH):
            batch = order[begin : begin + BATCH]
            heads = [f"{titles[at]}\n" if titles[at] else "" for at in batch]
            texts = [head + passages[at].text for head, at in zip(heads, batch, strict=True)]
            encoded = self._model.encode(
                texts, batch_size=BATCH, show_progress_bar=False, output_value="token_embeddings"
            )
            offsets = self._model.tokenizer(
                texts, truncation=True, max_length=self._model.max_seq_length, return_offsets_mapping=True
            )["offset_mapping"]
            for at, head, tokens, spans in zip(batch, heads, encoded, offsets, strict=True):
                passage = passages[at]
                shift = len(head) - passage.start
                vectors[at] = _pool(np.asarray(tokens, dtype=np.float32), spans, passage.sentences, shift)
        return [found for found in vectors if found is not None]


def _pool(tokens: Vector, offsets: Sequence[tuple[int, int]], sentences: Sequence[Span], shift: int) -> PassageVectors:
    """Means of the token embeddings (t, d): over all of them, and over each sentence's.

    ``shift`` takes offsets of the article to offsets of the embedded text. A sentence past the model's last token has
    none of its own and takes the passage's vector.
    """
    starts = np.array([start for start, _ in offsets])
    ends = np.array([end for _, end in offsets])
    whole = tokens.mean(axis=0)
    rows = []
    for sentence in sentences:
        inside = (starts >= sentence.start + shift) & (ends <= sentence.end + shift) & (ends > starts)
        rows.append(tokens[inside].mean(axis=0) if inside.any() else whole)
    return PassageVectors(_unit(whole[None, :])[0], _unit(np.stack(rows)))


def _unit(vectors: Vector) -> Vector:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
