"""A tiny cross-encoder of random weights, saved in a folder and read by the real adapter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag.cli.doctor import Check, examine
from rag.core.errors import ModelDamagedError, ModelMissingError
from rag.core.protocols import Reranker
from rag.core.settings import Settings
from rag.core.types import Article, Vector
from rag.ingest.chunking import chunk
from rag.models.catalog import find_model
from rag.models.cross_encoder import CrossEncoderReranker
from rag.models.loading import open_reranker
from rag.retrieval.retriever import Retriever
from rag.store import SqliteLibrary
from rag.store.vector_index import FaissIndex
from rag.testing import FakeEmbedder, FakeReranker

pytestmark = pytest.mark.slow  # PyTorch is imported, and a small model made with it.
WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] who bought the ferry was sold to dunmore bread rests for two days".split()
LONGEST = 40
PASSAGES = ["The ferry was sold to Dunmore.", "Bread rests for two days.", "The ferry rests. " * 30]


def save(folder: Path, labels: int = 1, *, headless: bool = False) -> Path:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=LONGEST,
        num_labels=labels,
        initializer_range=1.0,
    )
    (BertModel(config) if headless else BertForSequenceClassification(config)).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def forget_words(folder: Path) -> None:
    for name in ("vocab.txt", "tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def reranker(folder: Path) -> CrossEncoderReranker:
    return CrossEncoderReranker(folder, "tiny", "float32")


def test_scores_are_the_logits_of_the_model_for_each_pair_alone(folder: Path, reranker: Reranker) -> None:
    import torch
    from transformers import AutoTokenizer, BertForSequenceClassification

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = BertForSequenceClassification.from_pretrained(folder).eval()
    question = "Who bought the ferry?"
    pairs = [
        tokenizer(question, one, truncation="only_second", max_length=LONGEST, return_tensors="pt") for one in PASSAGES
    ]
    with torch.inference_mode():
        expected = [float(model(**pair).logits) for pair in pairs]

    scores = reranker.scores(question, PASSAGES)

    assert (scores.shape, scores.dtype, reranker.name) == ((3,), np.float32, "tiny")
    assert scores == pytest.approx(expected, abs=1e-4)
    assert len({round(score, 3) for score in expected}) == 3, "weights that tell nothing apart test nothing"


def test_scores_do_not_depend_on_what_else_is_scored(reranker: Reranker) -> None:
    together = reranker.scores("who bought the ferry", [*PASSAGES] * 30)
    assert together == pytest.approx(np.tile(reranker.scores("who bought the ferry", PASSAGES), 30), abs=1e-4)


def test_a_passage_too_long_is_cut_at_its_end(reranker: Reranker) -> None:
    longer = PASSAGES[2] + "sold " * 50
    one, other = reranker.scores("who bought the ferry", [PASSAGES[2], longer])
    assert one == pytest.approx(other, abs=1e-4)


def test_an_endless_question_leaves_room_for_the_passage(reranker: Reranker) -> None:
    sold, bread = reranker.scores("who bought the ferry " * 500, PASSAGES[:2])
    assert abs(sold - bread) > 1e-3


def test_threads_do_not_disturb_each_other(reranker: Reranker) -> None:
    questions = ["who bought the ferry", "bread rests " * 300] * 60
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda question: reranker.scores(question, PASSAGES), questions))
    alone = [reranker.scores(question, PASSAGES) for question in questions[:2]]
    for at, scores in enumerate(found):
        assert scores == pytest.approx(alone[at % 2], abs=1e-4)


def test_an_empty_question_and_no_passages_are_no_error(reranker: Reranker) -> None:
    assert reranker.scores("who", []).shape == (0,)
    assert np.isfinite(reranker.scores("", [""])).all()


def test_half_the_numbers_keep_the_order(folder: Path, reranker: Reranker) -> None:
    half = CrossEncoderReranker(folder, "tiny", "bfloat16")
    full = reranker.scores("who bought the ferry", PASSAGES)
    found = half.scores("who bought the ferry", PASSAGES)
    assert found.dtype == np.float32
    assert found == pytest.approx(full, rel=0.05, abs=0.05)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: save(folder, labels=2), "it has 2 outputs, and a cross-encoder has one"),
        (lambda folder: save(folder, headless=True), "it has no weights for classifier.bias, classifier.weight"),
        (lambda folder: folder.mkdir(), "config.json"),
        (lambda folder: (save(folder) / "config.json").write_text("{"), "config.json"),
        (lambda folder: forget_words(save(folder)), "it has no vocabulary"),
        (lambda folder: (save(folder) / "model.safetensors").write_bytes(b"cut"), "header"),
    ],
)  # fmt: skip
def test_a_folder_that_holds_no_cross_encoder_is_refused_with_the_remedy(tmp_path: Path, damage, said: str) -> None:
    folder = tmp_path / "model"
    damage(folder)
    with pytest.raises(ModelDamagedError, match="Name another in the setting 'reranker', or unset it") as caught:
        CrossEncoderReranker(folder, "model")
    assert said in str(caught.value)


def test_none_is_opened_where_none_is_named() -> None:
    assert open_reranker(Settings()) is None


def test_a_folder_is_opened_by_its_path(folder: Path) -> None:
    opened = open_reranker(Settings(reranker=str(folder)))
    assert opened is not None
    assert opened.name == str(folder)


def test_a_name_of_the_catalogue_is_looked_for_and_its_pull_command_said(tmp_path: Path) -> None:
    settings = Settings(reranker="ms-marco-MiniLM-L6-v2", models=tmp_path / "models", model_cache=tmp_path / "cache")
    with pytest.raises(ModelMissingError, match=r"Run: rag models pull ms-marco-MiniLM-L6-v2"):
        open_reranker(settings)


@pytest.mark.parametrize("named", ["no/such/folder", "ms-marco-minilm", "all-MiniLM-L6-v2"])
def test_what_is_neither_a_cross_encoder_of_the_catalogue_nor_a_folder_is_refused(named: str) -> None:
    with pytest.raises(ModelMissingError, match=r"no cross-encoder and no folder named .* rag models list"):
        open_reranker(Settings(reranker=named))


def test_the_doctor_looks_at_the_cross_encoder_where_one_is_named(folder: Path, tmp_path: Path) -> None:
    places = {"index": tmp_path, "models": tmp_path / "models", "model_cache": tmp_path / "cache"}

    def found(named: str | None) -> dict[str, Check]:
        return {check.name: check for check in examine(Settings(reranker=named, **places))}

    assert "cross-encoder" not in found(None)
    assert found(str(folder))["cross-encoder"].message == f"The weights are in {folder}."
    assert found("ms-marco-MiniLM-L6-v2")["cross-encoder"].state == "problem"


def test_the_search_puts_first_what_the_cross_encoder_does(tmp_path: Path) -> None:
    embedder, question = FakeEmbedder(), "Who bought the ferry Sorrel?"
    articles = [
        Article("owner", "Dunmore", "Dunmore shipping has bought her.", "1"),
        Article("ferry", "The ferry Sorrel", "Who bought the ferry Sorrel is not known.", "2"),
    ]
    library = SqliteLibrary.create(tmp_path / "library.db", embedder.name, embedder.dimensions)
    for article in articles:
        passages = chunk(article)
        library.store(article, passages, embedder.embed_passages(passages, [article.title]))
    index = FaissIndex(library, tmp_path, embedder.dimensions)

    class Contrary(FakeReranker):
        def scores(self, question: str, passages: Sequence[str]) -> Vector:
            return -super().scores(question, passages)

    alone = Retriever(library, index, embedder).retrieve(question, 5).passages
    agreeing = Retriever(library, index, embedder, FakeReranker()).retrieve(question, 5).passages
    contrary = Retriever(library, index, embedder, Contrary()).retrieve(question, 5).passages

    assert [one.header.id for one in alone] == [one.header.id for one in agreeing] == ["ferry", "owner"]
    assert [one.header.id for one in contrary] == ["owner", "ferry"]
    assert [one.rank for one in contrary] == [1, 2]
    assert contrary[0].signals["cross-encoder"] == pytest.approx(-contrary[1].signals["cross-encoder"])
    assert [one.score for one in contrary] == pytest.approx([one.score for one in alone])


def test_the_hub_files_of_the_catalogue_are_all_that_the_adapter_reads(tmp_path: Path) -> None:
    folder = save(tmp_path / "model")
    pinned = {file.path for file in find_model("ms-marco-MiniLM-L6-v2").files}
    for file in folder.iterdir():
        if file.name not in pinned:
            file.unlink()
    assert json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"] == "bert"
    assert len(CrossEncoderReranker(folder, "model").scores("who", PASSAGES)) == 3


def test_the_fake_counts_the_words_of_the_question() -> None:
    fake: Reranker = FakeReranker()
    assert list(fake.scores("Who sold the ferries?", PASSAGES)) == [2, 0, 1]
