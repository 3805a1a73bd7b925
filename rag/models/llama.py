"""Generate text from a GGUF model with llama.cpp, in this process. The only module that imports llama_cpp."""

from __future__ import annotations

import codecs
import ctypes
import io
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.core.errors import GenerationError, ModelDamagedError
from rag.core.events import Reading, Waiting
from rag.core.types import GeneratedText, Message, Usage
from rag.models.control_tokens import escape_control_tokens
from rag.models.request_queue import RequestQueue

BATCH = 256
SIDE_CONTEXT_TOKENS = 1024
MAGIC = b"GGUF"
MIN_MEASURED_TOKENS = 30
"""Prompt tokens that must be read for their time to tell how fast the model reads. Chosen by hand."""


class LlamaGenerator:
    """A GGUF model that writes one answer at a time; further calls wait in a queue.

    The common prefix of two prompts stays in the KV cache and is not read again.
    """

    cites_itself = False

    def __init__(self, file: Path, name: str, *, threads: int | None, context_tokens: int) -> None:
        """Load the weights. Raises ModelDamagedError if the file is not a complete GGUF model for chat."""
        workers = threads or len(os.sched_getaffinity(0))
        self._model = _load(file, name, n_ctx=context_tokens, n_batch=BATCH, n_threads=workers, n_threads_batch=workers)
        import llama_cpp
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        self._llama_cpp = llama_cpp
        logging.getLogger("llama-cpp-python").setLevel(logging.CRITICAL)  # It reports cancelling as an error.
        self.name = name
        self._queue = RequestQueue()
        self._seconds_per_token: float | None = None
        template = self._model.metadata.get("tokenizer.chat_template")
        if not template:
            raise ModelDamagedError(f"The model {file} has no chat template. Choose a model that is made for chat.")
        self._end = self._model.token_eos()
        self._formatter = Jinja2ChatFormatter(
            template=template, bos_token=self._word(self._model.token_bos()), eos_token=self._word(self._end)
        )
        self._cancelled: Callable[[], bool] = lambda: False
        self._abort = llama_cpp.ggml_abort_callback(lambda _: self._cancelled())
        self._side_context = _SideContext(self._model)
        for context in (self._model.ctx, self._side_context.context.ctx):
            llama_cpp.llama_set_abort_callback(context, self._abort, None)

    def count_tokens(self, text: str) -> int:
        return len(_tokens(self._model, text, special=False))

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[Waiting | Reading | GeneratedText]:
        """Yield the position in the queue, the tokens to read, then the likeliest answer token by token.

        Ends early, without an error, once ``cancelled()`` is true. Raises GenerationError if the messages do not fit
        the context, or the model fails.
        """
        prompt = self._prompt(messages)
        room = self._model.n_ctx() - len(prompt)
        if room < max_tokens:
            raise GenerationError(
                f"The question and its evidence take {len(prompt)} tokens and leave no room for an answer in the "
                f"context of {self._model.n_ctx()}. Raise context_tokens or lower evidence_tokens."
            )
        with self._queue.join() as place:
            for ahead in place.positions(cancelled):
                yield Waiting(ahead)
            if not place.ahead:
                yield from self._generate(prompt, max_tokens, cancelled)

    def log_odds(
        self, messages: Sequence[Message], one: str, other: str, cancelled: Callable[[], bool]
    ) -> float | None:
        """Return the natural log-odds that the reply begins with the word ``one`` rather than ``other``, in any case.

        None if the messages have more than SIDE_CONTEXT_TOKENS, or once ``cancelled()`` is true. They are read in a
        context of their own, which keeps their prefix and leaves the KV cache of the answers as it is.
        """
        prompt = self._prompt(messages)
        # The question that was just answered is still being verified, so it goes before those that wait.
        with self._queue.join(first=True) as place:
            for _ in place.positions(cancelled):
                pass
            if place.ahead or len(prompt) > SIDE_CONTEXT_TOKENS or not self._read_aside(prompt, cancelled):
                return None
            logits = self._logits(self._side_context.context.ctx)
            return _log_sum(logits[self._beginnings(one)]) - _log_sum(logits[self._beginnings(other)])

    def _read_aside(self, prompt: list[int], cancelled: Callable[[], bool]) -> bool:
        self._cancelled = cancelled
        try:
            return self._side_context.read(prompt)
        finally:
            self._cancelled = lambda: False

    def _generate(
        self, prompt: list[int], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[Reading | GeneratedText]:
        cached = self._model.input_ids[: self._model.n_tokens]
        known = min(self._model.longest_token_prefix(prompt, cached), len(prompt) - 1)
        fresh = len(prompt) - known
        yield Reading(fresh, round(fresh * self._seconds_per_token, 1) if self._seconds_per_token else None)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        started = time.monotonic()
        self._cancelled = cancelled
        try:
            for written, token in enumerate(self._decoded(prompt), start=1):
                if written == 1 and fresh >= MIN_MEASURED_TOKENS:
                    self._seconds_per_token = (time.monotonic() - started) / fresh
                if self._ends(token):
                    break
                piece = decoder.decode(self._model.detokenize([token], special=False))
                yield GeneratedText(piece, self._log_probability(token), Usage(len(prompt), written, known))
                if written >= max_tokens:
                    break
        finally:
            self._cancelled = lambda: False

    def _decoded(self, prompt: list[int]) -> Iterator[int]:
        """Yield the likeliest tokens after the prompt; end once the question is cancelled."""
        tokens = self._model.generate(prompt, temp=0.0, top_k=1, repeat_penalty=1.0, reset=True)
        try:
            for token in tokens:
                if self._cancelled():
                    break
                yield token
        except RuntimeError as error:
            self._model.reset()
            self._llama_cpp.llama_memory_clear(self._llama_cpp.llama_get_memory(self._model.ctx), True)
            if not self._cancelled():
                raise GenerationError(
                    f"The answering model failed ({error}). Ask again; if it fails again, run rag models pull."
                ) from error
        finally:
            tokens.close()

    def _prompt(self, messages: Sequence[Message]) -> list[int]:
        """Return the tokens of the filled chat template."""
        escaped = [{"role": message.role, "content": escape_control_tokens(message.content)} for message in messages]
        return _tokens(self._model, self._formatter(messages=escaped).prompt, special=True)

    def _word(self, token: int) -> str:
        return str(self._model.detokenize([token], special=True).decode("utf-8", "replace")) if token >= 0 else ""

    def _ends(self, token: int) -> bool:
        vocabulary = self._llama_cpp.llama_model_get_vocab(self._model.model)
        return bool(self._llama_cpp.llama_vocab_is_eog(vocabulary, token))

    def _beginnings(self, word: str) -> list[int]:
        """Return the first tokens of a word, with and without a space, in lower, upper and its own case."""
        spellings = {space + form for space in ("", " ") for form in (word, word.lower(), word.upper())}
        return [_tokens(self._model, spelling, special=False)[0] for spelling in sorted(spellings)]

    def _log_probability(self, token: int) -> float:
        logits = self._logits(self._model.ctx)
        return float(logits[token]) - _log_sum(logits)

    def _logits(self, context: Any) -> NDArray[np.float32]:
        """Return those of the next token, float32 (vocabulary,); valid until the context reads on."""
        pointer = self._llama_cpp.llama_get_logits_ith(context, -1)
        return np.ctypeslib.as_array(ctypes.cast(pointer, ctypes.POINTER(ctypes.c_float)), (self._model.n_vocab(),))


class _SideContext:
    """A second, small context of a model, which leaves the KV cache of the first as it is."""

    def __init__(self, model: Any) -> None:
        from llama_cpp import _internals

        parameters = type(model.context_params).from_buffer_copy(model.context_params)
        parameters.n_ctx = SIDE_CONTEXT_TOKENS
        self.context = _internals.LlamaContext(model=model._model, params=parameters, verbose=False)
        self._batch = _internals.LlamaBatch(n_tokens=BATCH, embd=0, n_seq_max=1, verbose=False)
        self._longest_prefix = model.longest_token_prefix
        self._known: list[int] = []

    def read(self, prompt: list[int]) -> bool:
        """Read the part of the prompt that is not cached; return False if cancelled or failed."""
        known = min(self._longest_prefix(prompt, self._known), len(prompt) - 1)
        self.context.kv_cache_seq_rm(-1, known, -1)
        self._known = prompt[:known]
        while len(self._known) < len(prompt):
            piece = prompt[len(self._known) : len(self._known) + BATCH]
            self._batch.set_batch(batch=piece, n_past=len(self._known), logits_all=False)
            try:
                self.context.decode(self._batch)
            except RuntimeError:
                return False
            self._known += piece
        return True


def _log_sum(logits: NDArray[np.float32]) -> float:
    """Return the logarithm of the sum of the exponentials."""
    highest = float(logits.max())
    return highest + float(np.log(np.exp(logits - highest).sum(dtype=np.float64)))


def open_tokenizer(file: Path, name: str) -> Callable[[str], int]:
    """Return a function that counts tokens as ``LlamaGenerator`` does. Only the vocabulary is loaded.

    Raises ModelDamagedError if the file is not a complete GGUF model.
    """
    with redirect_stderr(io.StringIO()):  # It warns that a model without weights has no context.
        model = _load(file, name, vocab_only=True)
    return lambda text: len(_tokens(model, text, special=False))


def _load(file: Path, name: str, **options: Any) -> Any:
    """Load the model of a file. Raises ModelDamagedError if that is not a complete GGUF model."""
    with file.open("rb") as head:
        if head.read(4) != MAGIC:
            raise ModelDamagedError(f"{file} is not a GGUF model. Choose another file, or pull the model again.")
    import llama_cpp

    try:
        return llama_cpp.Llama(model_path=str(file), verbose=False, **options)
    except (ValueError, AssertionError, RuntimeError) as error:
        raise ModelDamagedError(
            f"The model {file} cannot be loaded: it is incomplete or of an unknown kind ({error}). "
            f"Run: rag models pull {name}"
        ) from error


def _tokens(model: Any, text: str, *, special: bool) -> list[int]:
    tokens: list[int] = model.tokenize(text.encode("utf-8", "replace"), add_bos=False, special=special)
    return tokens
