from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.chunking import chunk
from rag.library import SqliteLibrary
from rag.retrieval import Retriever, leans_on_history, reciprocal_rank_fusion, resolve
from rag.testing import FakeEmbedder
from rag.types import Article, Turn
from rag.vector_index import FaissIndex

ARTICLES = [
    Article("ferry", "The ferry changes hands", "The Sorrel was sold to Dunmore shipping. Captain Ilves stays.", "1"),
    Article("lamp", "Gull Rock", "The lighthouse on Gull Rock went dark after a storm. Keepers wept.", "2"),
    Article("bakery", "Rye prize", "The bakery won the prize for rye bread. Its loaf rests for two days.", "3"),
    Article("korean", "서울", "한국어 문장은 여기에 있다.", "4"),
    Article("greek", "Αθήνα", "Το πλοίο έφυγε από τον Πειραιά.", "5"),
]  # fmt: skip
TURN = Turn("Who bought the Sorrel?", "The Dunmore cooperative bought her.")


@pytest.fixture
def retriever(tmp_path: Path) -> Retriever:
    return retriever_of(tmp_path, ARTICLES)


def retriever_of(folder: Path, articles: Sequence[Article]) -> Retriever:
    embedder = FakeEmbedder()
    library = SqliteLibrary.create(folder / "library.db", embedder.name, embedder.dimensions)
    for article in articles:
        passages = chunk(article, 30)
        library.store(article, passages, embedder.embed_passages(passages, [article.title] * len(passages)))
    return Retriever(library, FaissIndex(library, folder, embedder.dimensions), embedder)


def best(retriever: Retriever, question: str, *history: Turn) -> str:
    return retriever.retrieve(question, 5, history).passages[0].header.id


def test_reciprocal_rank_fusion_by_hand() -> None:
    fused = reciprocal_rank_fusion([(1.0, [7, 3, 9]), (1.5, [3, 8])])
    assert fused == [
        (3, pytest.approx(1 / 62 + 1.5 / 61)),
        (8, pytest.approx(1.5 / 62)),
        (7, pytest.approx(1 / 61)),
        (9, pytest.approx(1 / 63)),
    ]


def test_equal_scores_are_in_the_order_of_ids() -> None:
    assert [row for row, _ in reciprocal_rank_fusion([(1.0, [5]), (1.0, [2])])] == [2, 5]
    assert reciprocal_rank_fusion([(1.0, []), (1.5, [])]) == []


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("Who bought the Sorrel?", "ferry"),
        ("What happened to the lighthouse?", "lamp"),
        ("Which bakeries win prizes?", "bakery"),
        ("한국어 문장?", "korean"),
        ("Πειραιας", "greek"),
        ("GULL ROCK!!!", "lamp"),
    ],
)
def test_best_passage(retriever: Retriever, question: str, article: str) -> None:
    assert best(retriever, question) == article


def test_a_story_that_five_papers_printed_takes_one_place(tmp_path: Path) -> None:
    story = (
        "The car ferry Sorrel was sold on Thursday to the Dunmore shipping cooperative for a sum that nobody named. "
        "Captain Ilves stays on the bridge and the crew of twelve keeps its contracts for three years."
    )
    papers = [Article(f"paper-{at}", f"Ferry changes hands: page {at}", story, f"/{at}") for at in range(5)]
    added = Article("own-words", "The ferry changes hands", f"{story}\n\nKeepers of the lighthouse wept.", "/own")
    retriever = retriever_of(tmp_path, [*papers, added, *ARTICLES[1:]])

    found = retriever.retrieve("Which shipping cooperative bought the ferry Sorrel?", 4).passages

    texts = [one.passage.text for one in found]
    assert len(set(texts)) == len(texts)
    assert any("Dunmore shipping" in text for text in texts)
    assert len(found) == 4
    assert [one.rank for one in found] == [1, 2, 3, 4]
    assert "own-words" in {one.header.id for one in retriever.retrieve("Which keepers wept?", 4).passages}


def test_ranks_count_from_one_in_the_order_of_the_scores(retriever: Retriever) -> None:
    passages = retriever.retrieve("Where did the lighthouse keepers go after the storm?", 5).passages
    assert [found.rank for found in passages] == [1, 2, 3, 4, 5]
    assert [found.score for found in passages] == sorted((found.score for found in passages), reverse=True)
    assert sorted(found.dense_rank for found in passages) == [1, 2, 3, 4, 5]
    assert [found.bm25_rank for found in passages if found.header.id == "lamp"] == [1]
    assert [found.bm25_rank for found in passages if found.header.id == "korean"] == [None]


def test_limit_is_kept(retriever: Retriever) -> None:
    assert len(retriever.retrieve("lighthouse", 2).passages) == 2
    assert len(retriever.retrieve("lighthouse", 50).passages) == 5


def test_sentences_are_matched_one_by_one(retriever: Retriever) -> None:
    found = retriever.retrieve("Which captain stays?", 1).passages[0]
    sold, stays = found.sentences
    assert [match.span for match in found.sentences] == list(found.passage.sentences)
    assert stays.cosine > sold.cosine
    assert (sold.coverage, stays.coverage) == (0.0, pytest.approx(1.0))
    assert found.passage.words_of(found.best.span) == "Captain Ilves stays."
    question = FakeEmbedder().embed_question("Which captain stays?")
    assert found.cosine == pytest.approx(float(np.dot(found.stored.vectors.passage, question)))


def test_title_counts_towards_the_passage(retriever: Retriever) -> None:
    found = retriever.retrieve("hands", 1).passages[0]
    assert (found.header.id, found.coverage) == ("ferry", pytest.approx(1.0))


@pytest.mark.parametrize("question", ["Who is it?", "?!", "the", "😀", "' OR 1=1 --", 'NEAR("', "\x00"])
def test_question_without_content_is_searched_all_the_same(retriever: Retriever, question: str) -> None:
    passages = retriever.retrieve(question, 3).passages
    assert [found.rank for found in passages] == [1, 2, 3]
    assert all(0 <= found.coverage <= 1 for found in passages)


def test_question_of_ten_thousand_words_takes_seconds_at_most(retriever: Retriever) -> None:
    question = " ".join(f"word{number}" for number in range(10_000)) + " lighthouse"
    started = time.perf_counter()
    assert best(retriever, question) == "lamp"
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    ("question", "leans"),
    [
        ("And why?", True),
        ("What about the captain?", True),
        ("Did he stay?", True),
        ("How much did it cost?", True),
        ("What happened on Gull Rock after the storm in November?", False),
        ("And what did Captain Rosa Ilves say about the new owners?", False),
        ("Which bakery won the prize for bread made from rye flour?", False),
    ],
)
def test_questions_that_lean_on_the_one_before(question: str, leans: bool) -> None:
    assert leans_on_history(question) is leans


def test_leaning_question_is_searched_with_the_last_turn() -> None:
    history = [Turn("Who lit the lamp?", "Anders Pohl."), TURN]
    assert resolve("And when?", history) == "Who bought the Sorrel? The Dunmore cooperative bought her. And when?"
    assert resolve("And when?", []) == "And when?"
    alone = "Which bakery won the prize for bread made from rye flour?"
    assert resolve(alone, history) == alone


def test_history_finds_what_the_question_alone_does_not_name(retriever: Retriever) -> None:
    assert best(retriever, "And who stays with them?", TURN) == "ferry"
    assert retriever.retrieve("And who stays with them?", 5, [TURN]).query.startswith(TURN.question)


def test_short_question_on_another_subject_is_searched_alone(retriever: Retriever) -> None:
    changed = retriever.retrieve("red wine stain", 3, [TURN])
    assert changed.query == "red wine stain"


@pytest.mark.parametrize("question", ["How was the shipping sold?", "Why?", "When was it flooded?"])
def test_short_question_on_the_same_subject_is_searched_with_the_last_turn(retriever: Retriever, question: str) -> None:
    assert retriever.retrieve(question, 3, [TURN]).query == f"{TURN.question} {TURN.answer} {question}"
