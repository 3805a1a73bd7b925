"""all-MiniLM-L6-v2 through sentence-transformers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.chunking import chunk
from rag.embedding import SentenceTransformerEmbedder
from rag.errors import ModelDamagedError
from rag.types import Article

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


def test_a_folder_without_a_model_says_what_to_pull(tmp_path: Path) -> None:
    with pytest.raises(ModelDamagedError, match="rag models pull all-MiniLM-L6-v2"):
        SentenceTransformerEmbedder(tmp_path, "all-MiniLM-L6-v2")
