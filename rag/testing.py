"""Fakes of the models for tests of programs that use Footnote: fast, deterministic, without weights."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from rag.core.errors import GenerationError
from rag.core.types import GeneratedText, Message, Passage, PassageVectors, Usage, Vector
from rag.text.tokenization import stems


class FakeEmbedder:
    """Embeds a text as a unit vector of its hashed word stems: texts that share words are near each other."""

    def __init__(self, dimensions: int = 256, name: str = "fake-embedder") -> None:
        self._dimensions = dimensions
        self._name = name
        self.embedded = 0
        """Number of passages embedded so far."""

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def embed_question(self, question: str) -> Vector:
        return self._vector(question)

    def embed_sentences(self, sentences: Sequence[str]) -> Vector:
        rows = [self._vector(sentence) for sentence in sentences]
        return np.stack(rows) if rows else np.zeros((0, self._dimensions), dtype=np.float32)

    def embed_passages(self, passages: Sequence[Passage], titles: Sequence[str]) -> list[PassageVectors]:
        self.embedded += len(passages)
        return [
            PassageVectors(
                self._vector(f"{title} {passage.text}"),
                self.embed_sentences([passage.words_of(span) for span in passage.sentences]),
            )
            for passage, title in zip(passages, titles, strict=True)
        ]

    def _vector(self, text: str) -> Vector:
        vector = np.zeros(self._dimensions, dtype=np.float32)
        for word in stems(text):
            vector[zlib.crc32(word.encode()) % self._dimensions] += 1.0
        length = float(np.linalg.norm(vector))
        return vector / length if length else vector + np.float32(self._dimensions**-0.5)


class FakeReranker:
    """Scores a passage by the number of the question's word stems in it."""

    name = "fake-reranker"

    def __init__(self) -> None:
        self.read: list[str] = []
        """Every passage that was scored, oldest first."""

    def scores(self, question: str, passages: Sequence[str]) -> Vector:
        self.read += passages
        asked = set(stems(question))
        return np.array([len(asked & set(stems(passage))) for passage in passages], dtype=np.float32)


class FakeGenerator:
    """Writes the given texts in turn, then the sentence of the prompt that shares most words with the question.

    Args:
        failing_after: raise GenerationError after this many words.
        log_odds: what ``log_odds()`` returns for every question.
    """

    name = "fake-generator"
    cites_itself = False

    def __init__(self, *texts: str, failing_after: int | None = None, log_odds: float | None = None) -> None:
        self._texts = list(texts)
        self._log_odds = log_odds
        self._failing_after = failing_after
        self.prompts: list[list[Message]] = []
        """The messages of every answer, oldest first."""

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[GeneratedText]:
        self.prompts.append(list(messages))
        prompt_tokens = sum(self.count_tokens(message.content) for message in messages)
        text = self._texts.pop(0) if self._texts else _nearest_sentence(messages[-1].content)
        for written, word in enumerate(re.findall(r"\S+\s*", text)[:max_tokens], start=1):
            if cancelled():
                return
            if self._failing_after is not None and written > self._failing_after:
                raise GenerationError("The answering model failed. Ask again.")
            yield GeneratedText(word, -0.1, Usage(prompt_tokens, written))

    def log_odds(
        self, messages: Sequence[Message], one: str, other: str, cancelled: Callable[[], bool]
    ) -> float | None:
        return self._log_odds


def _nearest_sentence(prompt: str) -> str:
    passages, _, question = prompt.rpartition("Question:")
    asked = set(stems(question))
    # A block is a heading with sentences below it, or sentences alone.
    texts = [block.partition("\n")[2] or block for block in passages.split("\n\n")]
    sentences = [sentence for text in texts for sentence in re.split(r"(?<=[.!?])\s+|\n", text) if sentence]
    return max(sentences, key=lambda sentence: len(asked & set(stems(sentence))))
