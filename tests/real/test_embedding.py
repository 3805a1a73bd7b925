"""all-MiniLM-L6-v2 through sentence-transformers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.core.errors import ModelDamagedError
from rag.core.types import Article
from rag.ingest.chunking import chunk
from rag.ingest.readers import find_files, load
from rag.models.embedding import SentenceTransformerEmbedder
from rag.models.weights import locate

SEEDS = Path(__file__).parents[2] / "seeds"

TEXT = (
    "The comet is called Wrenfield. Its tail is eleven million kilometres long. The probe will reach it in March. "
    "Nobody at the agency slept that night."
)


@pytest.fixture(scope="module")
def passage():
    (only,) = chunk(Article("comet", "A tail of eleven million kilometres", TEXT, origin="comet.md"))
    return only


def test_the_vector_of_a_passage_is_that_of_its_title_and_text(real_embedder, passage) -> None:
    title = "A tail of eleven million kilometres"

    (vectors,) = real_embedder.embed_passages([passage], [title])
    alone = real_embedder.embed_sentences([f"{title}\n{TEXT}"])[0]

    assert float(vectors.passage @ alone) > 0.9999


def test_every_sentence_has_a_unit_vector_nearest_to_its_own_words(real_embedder, passage) -> None:
    (vectors,) = real_embedder.embed_passages([passage], [""])
    sentences = [passage.words_of(span) for span in passage.sentences]
    alone = real_embedder.embed_sentences(sentences)

    assert vectors.sentences.shape == (4, real_embedder.dimensions)
    assert np.linalg.norm(vectors.sentences, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert list(np.argmax(vectors.sentences @ alone.T, axis=1)) == [0, 1, 2, 3]


def test_the_order_of_passages_is_kept_whatever_their_length(real_embedder) -> None:
    texts = ["Short one. " * repeat for repeat in (1, 9, 2, 7, 3)]
    passages = [chunk(Article(str(at), "", text.strip(), origin=str(at)), 160)[0] for at, text in enumerate(texts)]

    together = real_embedder.embed_passages(passages, [""] * 5)
    apart = [real_embedder.embed_passages([passage], [""])[0] for passage in passages]

    for one, other in zip(together, apart, strict=True):
        assert float(one.passage @ other.passage) > 0.9999


def test_a_passage_past_the_last_token_still_has_vectors(real_embedder) -> None:
    passages = chunk(Article("long", "", "Zxqv1 kjwq2 pfgh3. " * 45, origin="long"), 160)

    for vectors, passage in zip(real_embedder.embed_passages(passages, [""] * len(passages)), passages, strict=True):
        assert vectors.sentences.shape[0] == len(passage.sentences)
        assert np.isfinite(vectors.sentences).all()


@pytest.fixture(scope="module")
def float32_embedder(real_settings):
    return SentenceTransformerEmbedder(locate(real_settings.embedder, real_settings), "float32", "float32")


@pytest.fixture(scope="module")
def seed_passages():
    loaded = [found for file, name in find_files([SEEDS]) for found in load(file, name)]
    articles = [found for found in loaded if isinstance(found, Article)]
    return [(passage, article.title) for article in articles for passage in chunk(article)][:150]


@pytest.mark.parametrize("precision", ["bfloat16", "auto"])
def test_vectors_of_any_precision_are_those_of_float32(
    real_settings, float32_embedder, seed_passages, precision: str
) -> None:
    """bfloat16 is computed on any processor, if slowly; on those that have it, "auto" is the same."""
    other = SentenceTransformerEmbedder(locate(real_settings.embedder, real_settings), "other", precision)
    passages, titles = [passage for passage, _ in seed_passages], [title for _, title in seed_passages]

    pairs = list(
        zip(float32_embedder.embed_passages(passages, titles), other.embed_passages(passages, titles), strict=True)
    )

    assert min(float(one.passage @ another.passage) for one, another in pairs) >= 0.999
    assert min(float((one.sentences * another.sentences).sum(axis=1).min()) for one, another in pairs) >= 0.999
    assert all(another.passage.dtype == another.sentences.dtype == np.float32 for _, another in pairs)


def test_in_float32_the_vectors_are_those_of_sentence_transformers(real_settings, float32_embedder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = [TEXT, "A short one.", TEXT * 3]
    expected = SentenceTransformer(str(locate(real_settings.embedder, real_settings))).encode(texts)

    assert (float32_embedder.embed_sentences(texts) * expected).sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_headings_are_context_too(real_embedder, passage) -> None:
    (plain,) = real_embedder.embed_passages([passage], ["Comets"])
    (headed,) = real_embedder.embed_passages([replace(passage, heading="The probe")], ["Comets"])
    expected = real_embedder.embed_sentences([f"Comets › The probe\n{TEXT}"])[0]

    assert float(headed.passage @ expected) > 0.9999
    assert float(plain.passage @ expected) < 0.999


def test_endless_headings_leave_room_for_the_words(real_embedder, passage) -> None:
    (vectors,) = real_embedder.embed_passages([replace(passage, heading="Endless › " * 500)], ["Comets"])

    # A sentence that was cut off would have the vector of the passage.
    assert (vectors.sentences @ vectors.passage).max() < 0.99


def test_nothing_has_no_vectors(real_embedder) -> None:
    assert real_embedder.embed_passages([], []) == []
    assert real_embedder.embed_sentences([]).shape == (0, real_embedder.dimensions)


def test_several_threads_may_ask_at_once(real_embedder, passage) -> None:
    expected = real_embedder.embed_question("Which comet?")
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(real_embedder.embed_question, "Which comet?") for _ in range(12)]
        embedded = [threads.submit(real_embedder.embed_passages, [passage] * 9, [""] * 9) for _ in range(4)]
        assert all(float(one.result() @ expected) > 0.9999 for one in asked)
        assert all(len(one.result()) == 9 for one in embedded)


def test_a_folder_without_a_model_says_what_to_pull(tmp_path: Path) -> None:
    with pytest.raises(ModelDamagedError, match="rag models pull all-MiniLM-L6-v2"):
        SentenceTransformerEmbedder(tmp_path, "all-MiniLM-L6-v2")
