from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.filters import DateRange, Filters
from rag.core.types import Article, Turn
from rag.ingest.chunking import chunk
from rag.retrieval.retriever import FUSION_CONSTANT, Retriever, reciprocal_rank_fusion
from rag.store import SqliteLibrary
from rag.store.vector_index import FaissIndex
from rag.testing import FakeEmbedder

ARTICLES = [
    Article("ferry", "The ferry changes hands", "The Sorrel was sold to Dunmore shipping. Captain Ilves stays.", "1",
            source="Gazette", date=date(2024, 5, 17), tags=("harbour",)),
    Article("lamp", "Gull Rock", "The lighthouse on Gull Rock went dark after a storm. Keepers wept.", "2",
            source="Courier", date=date(2023, 11, 3)),
    Article("bakery", "Rye prize", "The bakery won the prize for rye bread. Its loaf rests for two days.", "3"),
    Article("korean", "서울", "한국어 문장은 여기에 있다.", "4", language="ko"),
    Article("greek", "Αθήνα", "Το πλοίο έφυγε από τον Πειραιά.", "5", language="el"),
]  # fmt: skip
ODD = [
    *(
        "Who is it?",
        "?!",
        "the",
        "to be or not to be",
        "",
        " ",
        "😀",
        "👩‍👩‍👧 🇫🇷",
        "' OR 1=1 --",
        "\x00",
        "\ud800",
        "%_\\",
    ),
    *('NEAR("', '"AND" OR NEAR(', "AND", "NOT", "* ^ : -", "text:ferry", "{ferry lamp}", "ferry AND (NOT", '"""', "«»"),
    *("Кто купил паром?", "谁买了渡轮？", "من اشترى العبارة؟", "फेरी किसने खरीदी?", "เรือเฟอร์รี่", "last week", "in 2023"),
]
TURN = Turn("Who bought the Sorrel?", "The Dunmore cooperative bought her.")


@pytest.fixture
def retriever(tmp_path: Path) -> Retriever:
    return retriever_of(tmp_path, ARTICLES)


def retriever_of(folder: Path, articles: Sequence[Article], embedder: FakeEmbedder | None = None) -> Retriever:
    embedder = embedder or FakeEmbedder()
    library = SqliteLibrary.create(folder / "library.db", embedder.name, embedder.dimensions)
    for article in articles:
        passages = chunk(article, 30)
        library.store(article, passages, embedder.embed_passages(passages, [article.title] * len(passages)))
    return Retriever(library, FaissIndex(library, folder, embedder.dimensions), embedder)


def best(retriever: Retriever, question: str, *history: Turn) -> str:
    return retriever.retrieve(question, 5, history).passages[0].header.id


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("Who bought the Sorrel?", "ferry"),
        ("What happened to the lighthouse?", "lamp"),
        ("Which bakeries win prizes?", "bakery"),
        ("한국어 문장?", "korean"),
        ("πειραιας", "greek"),
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


@pytest.mark.parametrize("question", ODD)
def test_question_without_content_is_searched_all_the_same(retriever: Retriever, question: str) -> None:
    passages = retriever.retrieve(question, 3).passages
    assert [found.rank for found in passages] == [1, 2, 3]
    assert all(0 <= found.coverage <= 1 for found in passages)


def test_question_of_ten_thousand_words_takes_seconds_at_most(retriever: Retriever) -> None:
    question = " ".join(f"word{number}" for number in range(10_000)) + " lighthouse"
    started = time.perf_counter()
    assert best(retriever, question) == "lamp"
    assert time.perf_counter() - started < 10


def test_history_finds_what_the_question_alone_does_not_name(retriever: Retriever) -> None:
    found = retriever.retrieve("And who stays with them?", 5, [TURN])
    assert found.passages[0].header.id == "ferry"
    assert found.depends_on_history
    assert found.query.startswith("bought Sorrel Dunmore cooperative")
    assert not retriever.retrieve("And who stays with them?", 5).depends_on_history


def test_short_question_on_another_subject_is_searched_alone(retriever: Retriever) -> None:
    changed = retriever.retrieve("red wine bottle", 3, [TURN])
    assert (changed.query, changed.depends_on_history) == ("red wine bottle", False)


@pytest.mark.parametrize("question", ["How was the shipping sold?", "Why?", "When was it flooded?"])
def test_short_question_on_the_same_subject_is_searched_with_the_last_turn(retriever: Retriever, question: str) -> None:
    found = retriever.retrieve(question, 3, [TURN])
    assert found.query == f"bought Sorrel Dunmore cooperative {question}"
    assert found.depends_on_history


def test_what_the_last_turn_lends_weighs_half(retriever: Retriever) -> None:
    alone = retriever.retrieve("Who bought the lighthouse?", 1).words.weights
    lent = retriever.retrieve("And the lighthouse?", 1, [TURN]).words.weights
    assert lent["lighthous"] == pytest.approx(alone["lighthous"])
    assert lent["bought"] == pytest.approx(alone["bought"] / 2)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(sources=("gazette",)), {"ferry"}),
        (Filters(sources=("Gazette", "Courier")), {"ferry", "lamp"}),
        (Filters(tags=("harbour",)), {"ferry"}),
        (Filters(languages=("ko",)), {"korean"}),
        (Filters(languages=("ko", "el")), {"korean", "greek"}),
        (Filters(published=DateRange(date(2024, 1, 1))), {"ferry"}),
        (Filters(published=DateRange(end=date(2023, 12, 31))), {"lamp"}),
        (Filters(sources=("Nobody",)), set()),
        (Filters(sources=("Courier",), tags=("harbour",)), set()),
    ],
)
@pytest.mark.parametrize("history", [(), (TURN,)])
@pytest.mark.parametrize("question", ["Who bought the Sorrel?", "And why?", "한국어 문장?", "red wine bottle"])
def test_only_what_the_filters_let_through_is_found(
    retriever: Retriever, question: str, history: tuple[Turn, ...], filters: Filters, expected: set[str]
) -> None:
    found = retriever.retrieve(question, 5, history, filters=filters, explain=True)
    assert {one.header.id for one in found.passages} == expected
    assert [one.rank for one in found.passages] == list(range(1, len(expected) + 1))
    assert found.dropped == ()


def test_a_library_without_articles_finds_nothing(tmp_path: Path) -> None:
    assert retriever_of(tmp_path, []).retrieve("Who bought the Sorrel?", 5, [TURN], explain=True).passages == ()


@pytest.mark.parametrize(
    ("typed", "meant", "article"),
    [("lighthuose", "lighthouse", "lamp"), ("bakerry", "bakery", "bakery"), ("shiping", "ship", "ferry")],
)
def test_misspelt_words_are_searched_for_by_their_corrections(
    retriever: Retriever, typed: str, meant: str, article: str
) -> None:
    found = retriever.retrieve(f"Which {typed}?", 3)
    assert found.corrections == {typed: meant}
    best = found.passages[0]
    assert (best.header.id, best.bm25_rank, best.coverage) == (article, 1, pytest.approx(1.0))


class EmbedderWithVocabulary(FakeEmbedder):
    vocabulary = frozenset({"world", "transport"})


@pytest.mark.parametrize("question", ["Who won the World Cup?", "Who won the Wurld Cup?", "who won the world cup?"])
def test_names_capitalised_words_and_words_of_the_general_vocabulary_are_never_corrected(
    tmp_path: Path, question: str
) -> None:
    article = Article("cup", "The cup", "Would they win? They would. The words of a sworld were few.", "1")
    retriever = retriever_of(tmp_path, [article], EmbedderWithVocabulary())
    found = retriever.retrieve(question, 3)
    assert (found.corrections, found.query) == ({}, question)


def test_a_word_of_the_general_vocabulary_is_told_from_a_rare_one(tmp_path: Path) -> None:
    retriever = retriever_of(tmp_path, ARTICLES, EmbedderWithVocabulary())
    assert retriever.retrieve("What transport does the Sorrel need?", 3).common == {"transport"}


def test_a_misspelt_follow_up_is_no_change_of_subject(retriever: Retriever) -> None:
    found = retriever.retrieve("How was the shiping sold?", 3, [TURN])
    assert found.depends_on_history
    assert found.corrections == {"shiping": "ship"}


def test_a_question_of_many_unknown_words_is_not_corrected(retriever: Retriever) -> None:
    typed = ["lighthuose", "bakerry", "shiping", *(f"xyz{letter}bcd" for letter in "abcdef")]
    assert retriever.retrieve(f"Which {' '.join(typed[:8])}?", 3).corrections
    assert retriever.retrieve(f"Which {' '.join(typed)}?", 3).corrections == {}


def test_in_a_large_library_three_letters_must_be_right(retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    assert retriever.retrieve("Which lughthouse?", 3).corrections == {"lughthouse": "lighthouse"}
    monkeypatch.setattr("rag.retrieval.retriever.FEW_ENOUGH", 0)
    assert retriever.retrieve("Which lughthouse?", 3).corrections == {}


def test_as_many_passages_as_are_asked_for_are_found(tmp_path: Path) -> None:
    lamps = [Article(f"lamp-{at}", f"Lamp {at}", f"The lighthouse number {at} burns.", f"/{at}") for at in range(60)]
    assert len(retriever_of(tmp_path, lamps).retrieve("Which lighthouse?", 60).passages) == 60


def test_words_that_the_articles_have_are_left_as_they_are(retriever: Retriever) -> None:
    found = retriever.retrieve("Which lighthouse went dark?", 3)
    assert (found.corrections, found.query) == ({}, "Which lighthouse went dark?")


def test_what_was_found_and_not_kept_is_explained(retriever: Retriever) -> None:
    found = retriever.retrieve("Which lighthouse went dark?", 2, explain=True)
    assert found.passages[0].header.id == "lamp"
    assert len(found.dropped) == 3
    assert {one.reason for one in found.dropped} == {"is not among the first 2 of both rankings together"}
    assert all(one.dense_rank or one.bm25_rank for one in found.dropped)
    ids = [one.stored.id for one in found.dropped] + [one.stored.id for one in found.passages]
    assert sorted(ids) == sorted(set(ids))
    assert retriever.retrieve("Which lighthouse went dark?", 2).dropped == ()


def test_a_passage_that_repeats_another_is_explained(tmp_path: Path) -> None:
    story = "The car ferry Sorrel was sold on Thursday to the Dunmore shipping cooperative for a sum that nobody named."
    papers = [Article(f"paper-{at}", f"Page {at}", f"{story} It pays by Friday.", f"/{at}") for at in range(3)]
    found = retriever_of(tmp_path, [*papers, ARTICLES[1]]).retrieve("Who bought the Sorrel?", 2, explain=True)

    assert [one.header.id for one in found.passages] == ["paper-0", "lamp"]
    assert [(one.stored.header.id, one.reason) for one in found.dropped] == [
        (f"paper-{at}", "says the same as a passage of another article that printed this story") for at in (1, 2)
    ]
    assert all(one.dense_rank and one.bm25_rank for one in found.dropped)


def test_the_score_is_the_sum_of_the_signals(tmp_path: Path) -> None:
    retriever = retriever_of(tmp_path, [*REGATTAS, *ARTICLES])
    for question in ("Who won the Brill regatta?", "Who won the Brill regatta in 2023?", 'Who "went dark"?', "Why?"):
        for found in retriever.retrieve(question, 9, as_of=date(2025, 2, 10)).passages:
            assert sum(found.signals.values()) == pytest.approx(found.score)


def test_the_article_that_the_best_one_names_comes_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cartoon = Article("cartoon", "The tall king", "The cartoon of the king appeared in the Halden Courier.", "1")
    courier = Article("courier", "Halden Courier", "The paper has been with Ina Weld since 1880.", "2")
    others = [
        Article(
            f"paper-{at}", f"Mill {at}", f"The mill of {place} makes paper for bags of flour and tea.", f"mill-{at}"
        )
        for at, place in enumerate(("Harrow", "Tessel", "Orme"))
    ]
    retriever = retriever_of(tmp_path, [cartoon, courier, *others])

    found = retriever.retrieve("Who owns the paper in which the cartoon of the king appeared?", 5).passages

    assert [one.header.id for one in found][:2] == ["cartoon", "courier"]
    assert found[1].signals["named by another"] > 0
    monkeypatch.setattr("rag.retrieval.multi_hop.LIFT", 0.0)
    by_itself = retriever.retrieve("Who owns the paper in which the cartoon of the king appeared?", 5).passages
    assert by_itself[0].header.id == "cartoon"
    assert by_itself[1].header.id != "courier"


REGATTAS = [
    Article("of-2023", "Brill regatta", "The Heron club won the Brill regatta on Sunday by two lengths.", "r1",
            date=date(2023, 6, 18)),
    Article("of-2024", "Brill regatta", "The Cressing school won the Brill regatta on Sunday after a long race.", "r2",
            date=date(2024, 6, 16)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "as_of", "article"),
    [
        ("Who won the Brill regatta?", date(2025, 2, 10), "of-2024"),
        ("Who won the Brill regatta in 2023?", date(2025, 2, 10), "of-2023"),
        ("Who won the Brill regatta in June 2024?", date(2025, 2, 10), "of-2024"),
        ("Who won the Brill regatta last year?", date(2025, 2, 10), "of-2024"),
        ("Who won the Brill regatta last year?", date(2024, 7, 1), "of-2023"),
        ("Who won the Brill regatta by two lengths?", date(2025, 2, 10), "of-2023"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_of_articles_a_year_apart_the_day_decides(
    tmp_path: Path, turned: bool, question: str, as_of: date, article: str
) -> None:
    retriever = retriever_of(tmp_path, [*(REGATTAS[::-1] if turned else REGATTAS), *ARTICLES])
    found = retriever.retrieve(question, 5, as_of=as_of).passages
    assert found[0].header.id == article
    assert {one.header.id for one in found[:2]} == {"of-2023", "of-2024"}


def test_a_follow_up_may_ask_for_other_days(tmp_path: Path) -> None:
    retriever = retriever_of(tmp_path, [*REGATTAS, *ARTICLES])
    turn = Turn("Who won the Brill regatta?", "Somebody won the regatta on Sunday.")
    for question in ("And last year?", "And in 2023?"):
        found = retriever.retrieve(question, 5, [turn], as_of=date(2024, 7, 1))
        assert found.depends_on_history
        assert found.passages[0].header.id == "of-2023"


def test_days_stay_within_the_filters(tmp_path: Path) -> None:
    retriever = retriever_of(tmp_path, [*REGATTAS, *ARTICLES])
    filters = Filters(published=DateRange(date(2024, 1, 1), date(2024, 12, 31)))
    found = retriever.retrieve("Who won the Brill regatta in 2023?", 5, filters=filters).passages
    assert [one.header.id for one in found] == ["of-2024", "ferry"]


def test_words_in_quotation_marks_decide_between_articles_of_the_same_words(tmp_path: Path) -> None:
    texts = {"a": "Dark went the lamp, said the keeper.", "b": "The lamp went dark, said the keeper."}
    retriever = retriever_of(tmp_path, [Article(name, "A night", text, name) for name, text in texts.items()])
    for phrase, article in (("went the lamp", "a"), ("went dark", "b")):
        best = retriever.retrieve(f'Which lamp "{phrase}"?', 2).passages[0]
        assert (best.header.id, best.signals["quoted words"]) == (article, 0.5)


def test_words_counted_from_today_are_not_searched_for(retriever: Retriever) -> None:
    with_days = retriever.retrieve("Which bakery won last year?", 3, as_of=date(2025, 2, 10))
    assert set(with_days.words.weights) == {"bakeri", "won"}
    absolute = retriever.retrieve("Which bakery won in 2024?", 3, as_of=date(2025, 2, 10))
    assert set(absolute.words.weights) == {"bakeri", "won", "2024"}


@pytest.fixture(scope="module")
def shared_retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    return retriever_of(tmp_path_factory.mktemp("shared"), [*ARTICLES, *REGATTAS])


WORDS = [
    "ferry",
    "Gull Rock",
    "AND",
    '"',
    "NEAR(",
    "last week",
    "in 2023",
    "why?",
    "and",
    "the",
    "*",
    "-",
    "서울",
    "😀",
]
TEXTS = st.text(st.characters(exclude_categories=()), max_size=60) | st.lists(st.sampled_from(WORDS), max_size=8).map(
    " ".join
)


@given(TEXTS, st.lists(st.builds(Turn, TEXTS, TEXTS), max_size=2), st.integers(1, 9))
def test_any_text_is_a_question(shared_retriever: Retriever, question: str, history: list[Turn], limit: int) -> None:
    found = shared_retriever.retrieve(question, limit, history, explain=True)
    assert len(found.passages) == min(limit, 7)
    assert [one.rank for one in found.passages] == list(range(1, len(found.passages) + 1))
    scores = [one.score for one in found.passages]
    assert scores == sorted(scores, reverse=True)
    assert len(found.passages) + len(found.dropped) == 7


def test_with_filters_nothing_tells_of_the_words_of_other_articles(retriever: Retriever) -> None:
    only = Filters(sources=("Gazette",))
    for hidden in ("lighthouse", "lighthuose", "bakerry"):
        found = retriever.retrieve(f"Was the Sorrel sold, or the {hidden}?", 3, filters=only)
        assert [one.header.id for one in found.passages] == ["ferry"]
        assert (found.corrections, found.unknown) == ({}, {hidden})
    assert retriever.retrieve("Was it shiping?", 3, filters=only).corrections == {"shiping": "ship"}
    assert retriever.retrieve("Was the Sorrel sold, or the lighthouse?", 3).unknown == frozenset()


# Fusion


def test_ranks_count_from_one_as_in_the_formula_of_cormack_clarke_and_buettcher() -> None:
    # Their RRFscore(d) is the sum over rankings of 1 / (k + r(d)) with k = 60, where the best has r(d) = 1.
    assert FUSION_CONSTANT == 60
    rankings = [["a", "b", "c"], ["b", "c", "a"], ["c", "b"]]
    by_formula = {
        document: sum(1 / (60 + ranking.index(document) + 1) for ranking in rankings if document in ranking)
        for document in "abc"
    }
    numbers = {"a": 1, "b": 2, "c": 3}

    fused = dict(reciprocal_rank_fusion([(1.0, [numbers[one] for one in ranking]) for ranking in rankings]))

    assert fused == {numbers[document]: pytest.approx(score) for document, score in by_formula.items()}
    assert dict(reciprocal_rank_fusion([(1.0, [7])])) == {7: pytest.approx(1 / 61)}


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
    assert reciprocal_rank_fusion([]) == []
