"""The fakes do what the Protocols say of the real models."""

from __future__ import annotations

import numpy as np
import pytest

from rag.core.errors import GenerationError
from rag.core.protocols import Embedder, Generator
from rag.core.types import Article, Message
from rag.ingest.chunking import chunk
from rag.testing import FakeEmbedder, FakeGenerator

PROMPT = [
    Message("system", "Answer."),
    Message("user", "Cats sleep. Dogs bark at night.\n\nQuestion: When do dogs bark?"),
]


def never() -> bool:
    return False


def text_of(generator: Generator, max_tokens: int = 100) -> str:
    return "".join(piece.text for piece in generator.stream(PROMPT, max_tokens, never))


def test_embedder_gives_unit_vectors_of_its_dimensions() -> None:
    embedder: Embedder = FakeEmbedder(32)
    assert (embedder.name, embedder.dimensions) == ("fake-embedder", 32)
    for vectors in (embedder.embed_question("Who?")[None, :], embedder.embed_sentences(["One bear.", "", "😀"])):
        assert vectors.dtype == np.float32
        assert vectors.shape[1] == 32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert embedder.embed_sentences([]).shape == (0, 32)


def test_embedder_has_a_vector_for_every_passage_and_sentence() -> None:
    embedder = FakeEmbedder()
    passages = chunk(Article("a", "Bears", "Bears sleep. Bears eat.\n\nWolves run " + "far " * 40, "a"), 30)
    vectors = embedder.embed_passages(passages, ["Bears"] * len(passages))
    assert [len(found.sentences) for found in vectors] == [len(passage.sentences) for passage in passages]
    assert all(found.passage.shape == (256,) for found in vectors)
    assert embedder.embedded == len(passages)
    with pytest.raises(ValueError, match="zip"):
        embedder.embed_passages(passages, [])


def test_texts_that_share_words_are_near_and_equal_ones_the_same() -> None:
    embedder = FakeEmbedder()
    question = embedder.embed_question("Where do bears sleep?")
    bears, wolves = embedder.embed_sentences(["The bears sleep here.", "Wolves run."])
    assert question @ bears > 0.5 > question @ wolves
    np.testing.assert_array_equal(question, FakeEmbedder().embed_question("Where do bears sleep?"))


def test_generator_writes_the_texts_it_was_given_in_turn() -> None:
    generator = FakeGenerator("First text.", "Second text.")
    assert [text_of(generator), text_of(generator)] == ["First text.", "Second text."]
    assert generator.prompts == [PROMPT, PROMPT]


def test_generator_without_texts_repeats_the_nearest_sentence() -> None:
    assert text_of(FakeGenerator()) == "Dogs bark at night."


def test_generator_counts_and_stops_at_the_limit() -> None:
    pieces = list(FakeGenerator("one two three").stream(PROMPT, 2, never))
    assert [piece.text for piece in pieces] == ["one ", "two "]
    assert [piece.usage.completion_tokens for piece in pieces] == [1, 2]
    assert pieces[0].usage.prompt_tokens == sum(len(message.content.split()) for message in PROMPT)
    assert all(piece.log_probability <= 0 for piece in pieces)


def test_generator_ends_early_once_cancelled() -> None:
    written: list[str] = []
    for piece in FakeGenerator("one two three").stream(PROMPT, 9, lambda: len(written) == 1):
        written.append(piece.text)
    assert written == ["one "]


def test_generator_fails_after_the_words_it_was_told() -> None:
    written: list[str] = []
    with pytest.raises(GenerationError):
        for piece in FakeGenerator("one two three", failing_after=2).stream(PROMPT, 9, never):
            written.append(piece.text)
    assert written == ["one ", "two "]
