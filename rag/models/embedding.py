"""Texts to vectors with sentence-transformers, the only module that imports it.

docs/decisions/0007-embedding-speed.md says what makes it fast and what was tried in vain.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.core.errors import ModelDamagedError
from rag.core.types import Passage, PassageVectors, Span, Vector
from rag.models.torch_runtime import Precision, batches, keep_offline, numbers_for, threads_of_one_core

CONTEXT_CHARACTERS = 200
"""How much of the title and of the headings is embedded with a passage."""


class SentenceTransformerEmbedder:
    """An embedding model from a folder of weights, on the CPU, with passages and sentences from one forward pass.

    A text's vector is the mean of its tokens' embeddings. A sentence's vector is that of its own tokens in the
    passage's forward pass (late pooling), so it costs nothing and knows its context.
    """

    def __init__(self, folder: Path, name: str, precision: Precision = "auto") -> None:
        """Load the weights. Raises ModelDamagedError where the folder does not hold a model.

        With bfloat16 the model multiplies numbers of half the size, and the means are still taken in float32: twice
        as fast where the processor can, at a cosine above .999 to float32. "auto" takes it there, and only there.
        """
        keep_offline()
        import torch
        import transformers
        from sentence_transformers import SentenceTransformer

        transformers.utils.logging.disable_progress_bar()
        logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
        try:
            model: Any = SentenceTransformer(str(folder), device="cpu")
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelDamagedError(
                f"The embedding model in {folder} cannot be loaded ({error}). Run: rag models pull {name}"
            ) from error
        self._tokenizer: Any = model.tokenizer
        self._longest = int(model.max_seq_length)
        self._dimensions = int(model.get_embedding_dimension())
        self._name = name
        self.precision = numbers_for(precision)
        self._threads = threads_of_one_core("embedding")
        # The module that turns tokens into embeddings; those after it, which pool, are not needed.
        self._transformer: Any = model[0].eval().to(getattr(torch, self.precision))

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
        return np.concatenate([found[:1] for found in self._embed(sentences, [()] * len(sentences))])

    def embed_passages(self, passages: Sequence[Passage], titles: Sequence[str]) -> list[PassageVectors]:
        """Vectors of passages and of their sentences; title and headings stand before a passage as its context.

        Fastest with some hundred passages at a time, of which those of like length are embedded together.
        """
        contexts = [_context(title, passage.heading) for passage, title in zip(passages, titles, strict=True)]
        texts = [context + passage.text for context, passage in zip(contexts, passages, strict=True)]
        spans = [
            [Span(span.start + shift, span.end + shift) for span in passage.sentences]
            for context, passage in zip(contexts, passages, strict=True)
            for shift in [len(context) - passage.start]
        ]
        return [PassageVectors(found[0], found[1:]) for found in self._embed(texts, spans)]

    def _embed(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[Vector]:
        """For each text the unit vectors (1 + number of its spans, d): the text's own, then those of its spans."""
        import torch

        if not texts:
            return []
        tokens = self._tokenizer(
            list(texts), truncation=True, max_length=self._longest, return_offsets_mapping=any(spans)
        )
        ids: list[list[int]] = tokens["input_ids"]
        offsets = tokens["offset_mapping"] if any(spans) else [()] * len(texts)
        vectors: list[Vector] = [np.zeros((0, self._dimensions), dtype=np.float32)] * len(texts)

        def embed(batch: list[int]) -> None:
            width = len(ids[batch[0]])
            padded = np.full((len(batch), width), self._tokenizer.pad_token_id or 0, dtype=np.int64)
            mask = np.zeros((len(batch), width), dtype=np.int64)
            members = np.zeros((len(batch), 1 + max(len(spans[at]) for at in batch), width), dtype=np.float32)
            for row, at in enumerate(batch):
                length = len(ids[at])
                padded[row, :length] = ids[at]
                mask[row, :length] = 1
                members[row, : 1 + len(spans[at]), :length] = _members(length, offsets[at], spans[at])
            with torch.inference_mode():
                embedded = self._transformer(
                    {"input_ids": torch.from_numpy(padded), "attention_mask": torch.from_numpy(mask)}
                )["token_embeddings"]
                sums = torch.bmm(torch.from_numpy(members), embedded.float()).numpy()
            for row, at in enumerate(batch):
                vectors[at] = _unit(sums[row, : 1 + len(spans[at])])

        deque(self._threads.map(embed, batches([len(row) for row in ids])), maxlen=0)
        return vectors


def _context(title: str, heading: str) -> str:
    """What stands before a passage when it is embedded."""
    context = " › ".join(part for part in (title, heading) if part)
    return f"{context[:CONTEXT_CHARACTERS]}\n" if context else ""


def _members(length: int, offsets: Sequence[tuple[int, int]], spans: Sequence[Span]) -> Vector:
    """Which of a text's tokens belong to it (the first row: all) and to each of its spans: 0 or 1 (1 + spans, tokens).

    A span past the model's last token has none of its own and takes those of the whole text.
    """
    members = np.ones((1 + len(spans), length), dtype=np.float32)
    if spans:
        starts, ends = np.asarray(offsets, dtype=np.int64).T
        first = np.array([[span.start] for span in spans])
        last = np.array([[span.end] for span in spans])
        inside = (starts >= first) & (ends <= last) & (ends > starts)
        members[1:] = inside | ~inside.any(axis=1, keepdims=True)
    return members


def _unit(vectors: Vector) -> Vector:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
