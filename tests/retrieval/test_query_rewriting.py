"""Questions as people ask them become what is searched for."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.types import Article, Turn
from rag.evaluation.datasets.loading import load_questions
from rag.ingest import readers
from rag.retrieval.query_rewriting import LONGEST, Query, names, rewrite_query

ROOT = Path(__file__).parents[2]
AS_ASKED = Path(__file__).parents[1] / "questions" / "as-asked.jsonl"
FERRY = (Turn("Who owned the ferry Sorrel in 2023?", "Captain Ilves owned the Sorrel."),)


def text_of(query: Query) -> str:
    return " ".join((query.context, query.about, query.own)).strip()


@pytest.mark.parametrize(
    "question",
    [
        "why?",
        "Who?",
        "When was that?",
        "and how many of them?",
        "And in 2025?",
        "What about the second one?",
        "how about Zürich?",
        "And Zürich?",
        "the other one?",
        "And the other country?",
        "And the rest?",
        "her brother?",
        "What is his sister called?",
        "Where does she work?",
        "WHERE DOES SHE WORK?",
        "Who replaced him?",
        "Who are they?",
        "How much is it in total?",
        "How long did that take?",
        "What happened a year later?",
        "And what was the price of a ticket a year earlier?",
        "Who else?",
        "How many people work there?",
        "What colour is she now?",
        "How far away from the quay had she always stayed?",
        "How many passengers did its deck hold?",
        "Which of these was the first?",
        "Who pays for a third of it?",
        "Thanks! And who paid for it?",
        "Could you tell me why?",
        "und wann?",
        "Und wie viele davon?",
        "Wo arbeitet sie?",
        "Was macht er heute?",
        "Wie heißt ihr Bruder?",
        "et combien ?",
        "Et en 2025 ?",
        "pourquoi ?",
        "Où travaille-t-elle ?",
        "Qui est son frère ?",
        "¿y cuándo?",
        "¿Y en 2025?",
        "¿Por qué?",
        "¿Quién es su hermano?",
    ],
)
def test_a_question_that_points_back_is_searched_with_the_turn_before(question: str) -> None:
    query = rewrite_query(question, FERRY)
    assert query.depends_on_history and query.refers
    assert {"Sorrel", "Ilves"} <= set(query.context.split())


@pytest.mark.parametrize(
    "question",
    [
        "By how many votes?",
        "For how long?",
        "Who was cleared?",
        "who is the singer of the choir",
        "How much was offered?",
    ],
)
def test_a_few_words_without_a_name_may_be_a_fragment_or_a_new_subject(question: str) -> None:
    query = rewrite_query(question, FERRY)
    assert query.depends_on_history and not query.refers


@pytest.mark.parametrize(
    "question",
    [
        "Who won the Lantern Cup in Vaumere?",
        "And what did the dock strike cost the Tessaly Reach?",
        "How many houses did the lava destroy in Tamberay?",
        "What did Anna say to her mother?",
        "Which of Anna's brothers wrote to him?",
        "How long does it take to fly to Zürich?",
        "Is it true that Zürich has two lakes?",
        "what is the average temperature of the water in the mountains in winter",
        "How many lakes are there in Finland this year?",
        "Which ship that sailed in May was lost near Hest?",
        "Who wrote One Hundred Years of Solitude?",
        "How old was 温嘉禾 when he scored twice?",
        'who directed "goat year"?',
        "Wer hat den Hafen von Zürich gebaut?",
        "Qui a construit le port de Marseille ?",
        "¿Quién construyó el puerto de Vigo?",
        "芬兰有多少个湖泊和岛屿以及它们的名字",
        "In the article about the lighthouse, who wept?",
        "😀",
        "...",
    ],
)
def test_a_question_that_can_be_understood_by_itself_is_not_dragged_to_the_old_subject(question: str) -> None:
    query = rewrite_query(question, FERRY)
    assert not query.depends_on_history and not query.refers and query.context == ""


def test_nothing_leans_where_nothing_was_said() -> None:
    assert text_of(rewrite_query("Why?")) == "Why?"
    assert not rewrite_query("Why?").depends_on_history


def test_a_chain_of_follow_ups_is_traced_back_to_its_names() -> None:
    history = (
        Turn("Who owned the ferry Sorrel?", "Captain Ilves owned her."),
        Turn("How old was he?", "He was 63."),
        Turn("And when did he retire?", "In April."),
    )
    assert {"Sorrel", "Ilves", "63", "April", "retire"} <= set(rewrite_query("From where?", history).context.split())


def test_what_was_said_before_a_question_that_stood_alone_is_left_out() -> None:
    history = (Turn("Who owned the ferry Sorrel?", "Captain Ilves."), Turn("Who wrote Goat Year?", "Silvan Petrakov."))
    assert rewrite_query("When?", history).context == "wrote Goat Year Silvan Petrakov"


def test_no_more_than_three_turns_are_traced_back() -> None:
    history = (Turn("Who owned the ferry Sorrel?", "Ilves."), *(Turn("And then?", "He stayed."),) * 3)
    assert "Sorrel" not in rewrite_query("And then?", history).context


def test_a_year_takes_the_place_of_the_years_before() -> None:
    assert rewrite_query("And in 2025?", FERRY).context == "owned ferry Sorrel Captain Ilves"
    assert "2023" in rewrite_query("And who else?", FERRY).context


def test_words_of_the_question_are_not_repeated_before_it() -> None:
    assert "Sorrel" not in rewrite_query("And the Sorrel?", FERRY).context


def test_a_long_answer_lends_its_beginning_and_its_end() -> None:
    history = (Turn("Who?", f"Ilves {'word ' * 1000} Sorrel"),)
    assert {"Ilves", "Sorrel"} <= set(rewrite_query("Why?", history).context.split())
    assert len(text_of(rewrite_query("Why?", history))) < 1000


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("Hi there! Could you please tell me who owned the ferry? Thanks!", "who owned the ferry?"),
        ("Hello, who owned the ferry", "who owned the ferry"),
        ("Hello Harbour was filmed where?", "Hello Harbour was filmed where?"),
        ("hey who owned the ferry", "who owned the ferry"),
        ("Good morning, I'd like to know who owned the ferry, please.", "who owned the ferry"),
        ("I was wondering who owned the ferry 🙂", "who owned the ferry"),
        ("I was wondering if you could tell me who owned the ferry.", "who owned the ferry."),
        ("Do you happen to know who owned the ferry?", "who owned the ferry?"),
        ("Excuse me, can you help me? Who owned the ferry?", "Who owned the ferry?"),
        ("I have a quick question: who owned the ferry?", "who owned the ferry?"),
        ("Question: who owned the ferry?", "who owned the ferry?"),
        ("Thank you! And could you also tell me who owned the ferry?", "And who owned the ferry?"),
        ("OK, who owned the ferry?", "who owned the ferry?"),
        ("Please let me know who owned the ferry", "who owned the ferry"),
        ("I want to know who owned the ferry, if that's ok", "who owned the ferry"),
        ("I’m looking for the name of the owner.", "the name of the owner."),
        ("Tell me who owned the ferry", "who owned the ferry"),
        ("Any idea who owned the ferry?", "who owned the ferry?"),
        ("May I ask who owned the ferry, by any chance?", "who owned the ferry?"),
        ("who owned the ferry? thanks in advance", "who owned the ferry?"),
        ("WOULD YOU KINDLY TELL ME WHO OWNED THE FERRY?", "WHO OWNED THE FERRY?"),
        ("Guten Tag, können Sie mir bitte sagen, wem die Fähre gehörte?", "wem die Fähre gehörte?"),
        ("Hallo! Weißt du, wem die Fähre gehörte? Danke", "wem die Fähre gehörte?"),
        ("Bonjour, pourriez-vous me dire qui possédait le bac, s'il vous plaît ?", "qui possédait le bac?"),
        ("Hola, ¿me puedes decir quién tenía el barco, por favor?", "quién tenía el barco?"),
        ("Who owned the ferry?", "Who owned the ferry?"),
        ("Tell me more about the ferry", "Tell me more about the ferry"),
        ("Hillary owned a ferry?", "Hillary owned a ferry?"),
        ("Good Morning Vietnam was shot where?", "Good Morning Vietnam was shot where?"),
        ("Right wing parties in Velmora?", "Right wing parties in Velmora?"),
        ("So many ferries: why?", "So many ferries: why?"),
        ("Hi!", "Hi!"),
        ("Thanks!", "Thanks!"),
        ("please", "please"),
    ],
)
def test_courtesies_are_taken_off(question: str, own: str) -> None:
    assert rewrite_query(question).own == own


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ('Who said "less fish, dearer fish"?', ("less fish, dearer fish",)),
        ("Who said “less fish, dearer fish”?", ("less fish, dearer fish",)),
        ("Wer sagte „less fish, dearer fish“?", ("less fish, dearer fish",)),
        ("Qui a dit « less fish, dearer fish » ?", ("less fish, dearer fish",)),
        ("Wer sagte »less fish, dearer fish«?", ("less fish, dearer fish",)),
        ("Who said 'less fish, dearer fish'?", ("less fish, dearer fish",)),
        ("Who said ‘less fish, dearer fish’?", ("less fish, dearer fish",)),
        ("谁说 「less fish」 ?", ("less fish",)),
        ('Is "Salt Sunday" longer than "Goat Year"?', ("Salt Sunday", "Goat Year")),
        ("What is the museum's and the city's share?", ()),
        ('A pipe of 5" and more', ()),
        ('""', ()),
    ],
)
def test_what_stands_in_quotation_marks_is_a_phrase(question: str, phrases: tuple[str, ...]) -> None:
    query = rewrite_query(question)
    assert query.phrases == phrases
    assert all(phrase in query.own for phrase in phrases)


def test_marks_of_quotation_are_no_part_of_what_is_searched() -> None:
    assert rewrite_query("who made „Goat Year“ and «Salt Sunday»?").own == "who made Goat Year and Salt Sunday?"


@pytest.mark.parametrize(
    ("question", "about", "own"),
    [
        ("In the article about the ice house, how many men work?", "the ice house", "how many men work?"),
        ("in the report on Kelverry how many men work?", "Kelverry", "how many men work?"),
        ("According to the piece about Kelverry, who left?", "Kelverry", "who left?"),
        ("Who left, according to the article on Kelverry?", "Kelverry", "Who left"),
        ("How many men work in the Kelverry story?", "Kelverry", "How many men work"),
        ("In the Three Saddles story, who won?", "Three Saddles", "who won?"),
        ("what does the article about Gantry Hill say about the choir?", "Gantry Hill", "the choir?"),
        ("From the news story about Kelverry: who left?", "Kelverry", "who left?"),
        ("Wer ging laut dem Bericht über Kelverry?", "Kelverry", "Wer ging"),
        ("Im Artikel über Kelverry, wer ging?", "Kelverry", "wer ging?"),
        ("Dans l'article sur Kelverry, qui est parti ?", "Kelverry", "qui est parti ?"),
        ("En el artículo sobre Kelverry, ¿quién se fue?", "Kelverry", "¿quién se fue?"),
        ("What is the story of the lighthouse?", "", "What is the story of the lighthouse?"),
        ("Who wrote the report on the cable?", "", "Who wrote the report on the cable?"),
        ("In the article about Kelverry", "", "In the article about Kelverry"),
        ("Who is named in the same article?", "", "Who is named in the same article?"),
    ],
)
def test_the_article_that_a_question_names_is_told_apart(question: str, about: str, own: str) -> None:
    query = rewrite_query(question)
    assert (query.about, query.own.removesuffix("?").strip()) == (about, own.removesuffix("?").strip())
    assert about in text_of(query)


@pytest.mark.parametrize(
    "question",
    [
        "And when did he retire, and why was the ferry sold?",
        "Did he stay? Who owns the Hotel Gullwing in Kelverry and the lighthouse on Gull Rock now?",
    ],
)
def test_the_first_of_several_questions_says_whether_they_lean_on_the_turns_before(question: str) -> None:
    assert "Ilves" in rewrite_query(question, FERRY).context
    assert rewrite_query(question, FERRY).refers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Who is Layla Qasmoun?", ["Layla", "Qasmoun"]),
        ("Layla Qasmoun is the governor.", ["Layla", "Qasmoun"]),
        ("Ferries are cheap.", []),
        ("The bank of Kessary closed. Nobody came.", ["Kessary"]),
        ("WHO IS LAYLA?", []),
        ("who is layla?", []),
        ("How old was 温嘉禾?", ["温嘉禾"]),
        ("温嘉禾几岁？", []),
        ("Кто такая Лайла?", ["Лайла"]),
    ],
)
def test_names_are_the_words_with_a_capital_that_need_not_have_one(text: str, found: list[str]) -> None:
    assert names(text) == found


@given(st.text(), st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_any_text_after_any_history_is_understood(question: str, turns: list[tuple[str, str]]) -> None:
    query = rewrite_query(question, [Turn(asked, answer) for asked, answer in turns])
    assert bool(text_of(query)) >= bool(question.strip())
    assert query.depends_on_history is bool(query.context)
    assert turns or not query.depends_on_history


@given(
    st.lists(
        st.sampled_from("who what and it ? , \" ' “ ” « » in the article about X how he please hi thanks .".split())
    )
)
def test_any_order_of_the_words_that_rules_look_for_is_understood(words: list[str]) -> None:
    question = " ".join(words)
    assert bool(text_of(rewrite_query(question, FERRY))) is bool(question.strip())


@pytest.mark.parametrize(
    "question",
    [
        "word " * 10_000,
        "who and what " * 5_000,
        '"' * 20_000,
        "in the article about " * 3_000,
        "a" * 100_000,
        "?" * 50_000,
    ],
)
def test_a_question_of_any_length_takes_little_time(question: str) -> None:
    started = time.perf_counter()
    query = rewrite_query(question, FERRY)
    assert time.perf_counter() - started < 0.5
    assert len(text_of(query)) <= LONGEST + 100


@pytest.fixture(scope="module")
def seeds() -> dict[str, Article]:
    found = [found for file, name in readers.find_files([ROOT / "seeds"]) for found in readers.load(file, name)]
    return {article.id: article for article in found if isinstance(article, Article)}


def test_the_questions_as_asked_have_their_answers_word_for_word_in_the_seeds(seeds: dict[str, Article]) -> None:
    questions = load_questions(AS_ASKED)
    assert len({question.id for question in questions}) == len(questions) >= 80
    assert sum(question.type == "follow_up" for question in questions) >= 60
    wanting = [
        question.id
        for question in questions
        if not question.answers
        or not question.gold_sentences
        or any(name not in seeds for name in question.evidence_ids)
        or any(
            all(sentence not in seeds[name].text for name in question.evidence_ids)
            for sentence in question.gold_sentences
        )
    ]
    assert wanting == []


def test_half_of_the_questions_as_asked_is_held_out() -> None:
    rows = [json.loads(line) for line in AS_ASKED.read_text(encoding="utf-8").splitlines()]
    held_out = [row["split"] == "held_out" for row in rows]
    assert abs(2 * sum(held_out) - len(rows)) <= len(rows) // 10
    assert {row["split"] for row in rows} == {"tuning", "held_out"}
