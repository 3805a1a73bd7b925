"""Embed texts with sentence-transformers. The only module that imports it.

docs/decisions/0007-embedding-speed.md says what makes it fast and what was tried in vain.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from rag.core.errors import ModelDamagedError
from rag.core.types import Passage, PassageVectors, Span, Vector
from rag.models.torch_runtime import (
    Precision,
    disable_hub_access,
    one_thread_per_core,
    resolve_precision,
    token_batches,
)

CONTEXT_CHARACTERS = 200
"""Characters of the title and the headings that are embedded with a passage."""


class SentenceTransformerEmbedder:
    """An embedding model from a folder of weights, on the CPU, with passages and sentences from one forward pass.

    A text's vector is the mean of its tokens' embeddings. A sentence's vector is that of its own tokens in the
    passage's forward pass (late pooling), so it costs nothing and knows its context.
    """

    def __init__(self, folder: Path, name: str, precision: Precision = "auto") -> None:
        """Load the weights. Raises ModelDamagedError if the folder does not hold a model.

        bfloat16 is twice as fast on a CPU that multiplies it in hardware, at a cosine above .999 to float32; means
        are taken in float32 in any case. "auto" is bfloat16 on such a CPU only.
        """
        disable_hub_access()
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
        self._max_tokens = int(model.max_seq_length)
        self.dimensions = int(model.get_embedding_dimension())
        self.name = name
        self.precision = resolve_precision(precision)
        self._threads = one_thread_per_core("embedding")
        # The modules after the transformer, which pool, are not needed.
        self._transformer: Any = model[0].eval().to(getattr(torch, self.precision))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Words that the tokenizer has as one token, in lower case."""
        tokens = (token.lower() for token in self._tokenizer.get_vocab() if not token.startswith("##"))
        return frozenset(word for word in (token.lstrip("▁Ġ") for token in tokens) if word.isalpha())

    def embed_question(self, question: str) -> Vector:
        """Return a float32 unit vector (d,)."""
        vector: Vector = self.embed_sentences([question])[0]
        return vector

    def embed_sentences(self, sentences: Sequence[str]) -> Vector:
        """Return float32 unit vectors (n, d)."""
        if not sentences:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.concatenate([found[:1] for found in self._embed(sentences, [()] * len(sentences))])

    def embed_passages(self, passages: Sequence[Passage], titles: Sequence[str]) -> list[PassageVectors]:
        """Return the vectors of passages and of their sentences, with title and headings as context.

        Fastest with some hundred passages at a time: those of similar length are embedded together.
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
        """Return for each text unit vectors (1 + number of its spans, d): its own, then those of its spans."""
        import torch

        if not texts:
            return []
        tokens = self._tokenizer(
            list(texts), truncation=True, max_length=self._max_tokens, return_offsets_mapping=any(spans)
        )
        ids: list[list[int]] = tokens["input_ids"]
        offsets = tokens["offset_mapping"] if any(spans) else [()] * len(texts)
        vectors: list[Vector] = [np.zeros((0, self.dimensions), dtype=np.float32)] * len(texts)

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

        deque(self._threads.map(embed, token_batches([len(row) for row in ids])), maxlen=0)
        return vectors


def _context(title: str, heading: str) -> str:
    """Return the text that is put before a passage to embed it."""
    context = " › ".join(part for part in (title, heading) if part)
    return f"{context[:CONTEXT_CHARACTERS]}\n" if context else ""


def _members(length: int, offsets: Sequence[tuple[int, int]], spans: Sequence[Span]) -> Vector:
    """Return which tokens belong to a text (first row: all) and to each span: 0 or 1, float32 (1 + spans, tokens).

    A span past the model's last token has none of its own and gets those of the whole text.
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
