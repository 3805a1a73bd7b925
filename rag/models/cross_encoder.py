"""Score how well passages answer a question with a cross-encoder."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from rag.core.errors import ModelDamagedError, ModelMissingError
from rag.core.settings import Settings
from rag.core.types import Vector
from rag.models.catalog import load_catalog
from rag.models.torch_runtime import (
    Precision,
    disable_hub_access,
    one_thread_per_core,
    resolve_precision,
    token_batches,
)
from rag.models.weights import locate

MAX_TOKENS = 512
"""Of a question and a passage together, if the model does not say less."""


class CrossEncoderReranker:
    """A model with one output that reads a question and a passage together, on the CPU."""

    def __init__(self, folder: Path, name: str, precision: Precision = "auto") -> None:
        """Load the weights, which must be in safetensors. Raises ModelDamagedError if they are no cross-encoder."""
        disable_hub_access()
        import torch
        import transformers
        from safetensors import SafetensorError

        transformers.utils.logging.disable_progress_bar()
        transformers.utils.logging.set_verbosity_error()  # The error below says what is wrong.
        try:
            config: Any = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
            if config.num_labels != 1:
                raise ValueError(f"it has {config.num_labels} outputs, and a cross-encoder has one")
            tokenizer: Any = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
            if len(tokenizer) <= len(tokenizer.all_special_ids):  # Made up by transformers if files are missing.
                raise ValueError("it has no vocabulary")
            model, report = transformers.AutoModelForSequenceClassification.from_pretrained(
                folder, config=config, local_files_only=True, use_safetensors=True, output_loading_info=True
            )
            if report["missing_keys"]:
                raise ValueError(f"it has no weights for {', '.join(sorted(report['missing_keys'])[:3])}")
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise ModelDamagedError(
                f"The folder {folder} cannot be loaded as a cross-encoder ({error}). "
                "Name another in the setting 'reranker', or unset it to search without one."
            ) from error
        self._tokenizer = tokenizer
        self._tokenizing = Lock()  # Truncation is a state of the tokenizer, and differs between the calls.
        positions = getattr(config, "max_position_embeddings", MAX_TOKENS)
        self._max_tokens = min(MAX_TOKENS, tokenizer.model_max_length, positions)
        self.name = name
        self.precision = resolve_precision(precision)
        self._threads = one_thread_per_core("reranking")
        self._model: Any = model.eval().to(getattr(torch, self.precision))

    def scores(self, question: str, passages: Sequence[str]) -> Vector:
        """Return the model's logits, float32 (n,); higher is better.

        A passage that is too long is cut at its end, a question at half of what the model reads.
        """
        import torch

        scores = np.zeros(len(passages), dtype=np.float32)
        if not passages:
            return scores
        with self._tokenizing:
            question = self._truncate(question)
            tokens: dict[str, list[list[int]]] = self._tokenizer(
                [question] * len(passages), list(passages), truncation="only_second", max_length=self._max_tokens
            )

        def score(batch: list[int]) -> None:
            rows = {key: [values[index] for index in batch] for key, values in tokens.items()}
            with torch.inference_mode():
                logits = self._model(**self._tokenizer.pad(rows, return_tensors="pt")).logits
            scores[batch] = logits[:, 0].float().numpy()

        deque(self._threads.map(score, token_batches([len(row) for row in tokens["input_ids"]])), maxlen=0)
        return scores

    def _truncate(self, question: str) -> str:
        offsets: list[tuple[int, int]] = self._tokenizer(
            question, truncation=True, max_length=self._max_tokens // 2, return_offsets_mapping=True
        )["offset_mapping"]
        return question[: max((end for _, end in offsets), default=0)]


def locate_cross_encoder(named: str, settings: Settings) -> Path:
    """Return the folder of the verified weights of a cross-encoder of the catalog, or the folder that is named.

    Raises:
        ModelMissingError: if there is no such model or folder.
        ModelDamagedError: if the weights do not match their hash.
    """
    known = load_catalog().get(named)
    folder = locate(named, settings) if known and known.role == "reranking" else Path(named).expanduser()
    if not folder.is_dir():
        raise ModelMissingError(
            f"There is no cross-encoder and no folder named '{named}'. Correct the setting 'reranker', or run: "
            "rag models list"
        )
    return folder
