"""Suggested questions come from the newest articles of differing subjects; follow-ups from what was not answered."""

from __future__ import annotations

from rag.core.types import Article, ArticleHeader, Passage, Source, Span
from rag.ingest.chunking import chunk
from rag.text.question_generation.suggestions import (
    FOLLOW_UPS,
    MOST,
    READ_CHARACTERS,
    TITLE_CHARACTERS,
    ArticleQuestion,
    choose_articles,
    follow_up_questions,
    questions_of,
    suggest_questions,
)


def header(title: str, *tags: str, language: str = "en") -> ArticleHeader:
    return ArticleHeader(title, title, "", "", "", None, tags, "", language=language)


def titles(headers: list[ArticleHeader]) -> list[str]:
    return [header.title for header in headers]


def article(text: str, title: str = "", language: str = "en") -> Article:
    return Article("a", title, text, "a.md", language=language)


def made(text: str, title: str = "", language: str = "en") -> list[ArticleQuestion]:
    one = article(text, title, language)
    return questions_of(one, chunk(one))


def source(number: int, article_id: str, start: int = 0) -> Source:
    head = ArticleHeader(article_id, "", "", "", "", None, (), "")
    span = Span(start, start + 10)
    return Source(number, head, Passage(article_id, start, start + 10, "x" * 10, (span,)), span, 1.0)


def own(*questions: str) -> list[ArticleQuestion]:
    return [ArticleQuestion(question, Span(20 * at, 20 * at + 10)) for at, question in enumerate(questions)]


# To begin with


def test_the_newest_article_of_each_subject_comes_first() -> None:
    headers = [
        header("A1", "sea"),
        header("A2", "Sea"),
        header("B1", "land"),
        header("C1", "air"),
        header("D1", "fire"),
    ]
    assert titles(choose_articles(headers, ())) == ["A1", "B1", "C1"]
    assert titles(choose_articles(headers, (), 1)) == ["D1", "A2", "A1"]
    assert titles(choose_articles(headers[:2], ())) == ["A1", "A2"]
    assert choose_articles([header("  ")], ()) == []


def test_articles_with_questions_of_their_own_come_before_others() -> None:
    headers = [header(name, name) for name in "ABCDE"]
    assert titles(choose_articles(headers, {"B", "D", "E"})) == ["B", "D", "E"]
    assert titles(choose_articles(headers, {"B", "D"})) == ["A", "B", "C"]


def test_every_turn_brings_others_until_all_were_there() -> None:
    headers = [header(name) for name in "ABCDEFGH"]
    seen = {title for turn in range(3) for title in titles(choose_articles(headers, (), turn))}
    assert seen == set("ABCDEFGH")


def test_an_article_is_asked_its_own_question_or_else_about_its_title() -> None:
    questions = {"A": own("Who lit it?", "When was it lit?")}
    chosen = [header("A"), header("B")]
    assert suggest_questions(chosen, questions)[0] == "Who lit it?"
    assert suggest_questions(chosen, questions, 1)[0] == "When was it lit?"
    about = suggest_questions(chosen, questions)[1]
    assert "“B”" in about
    assert about.endswith("?")


def test_a_title_is_asked_about_in_the_language_of_its_article() -> None:
    assert suggest_questions([header("Der Hafen", language="de")], {}) == ["Worum geht es in „Der Hafen“?"]
    assert suggest_questions([header("Le port", language="fr-CA")], {}) == ["De quoi s’agit-il dans « Le port » ?"]
    assert suggest_questions([header("Satama", language="fi")], {}) == ["What is “Satama” about?"]


def test_titles_lose_their_quotation_marks_and_line_breaks_and_are_cut_after_a_word() -> None:
    (question,) = suggest_questions([header("He said “no”\nagain.")], {})
    assert question == "What is “He said no again” about?"
    (question,) = suggest_questions([header("word " * 60)], {})
    assert "word…” about?" in question
    assert len(question) < TITLE_CHARACTERS + 45


# Of an article


def test_the_questions_of_an_article_name_the_sentences_that_answer_them() -> None:
    text = "The fog came in. Pellinford Bay has five sirens. The Kessary Stone was found in Averell, near the Ambel."
    found = {text[one.sentence.start : one.sentence.end]: one.text for one in made(text)}
    assert found == {
        "Pellinford Bay has five sirens.": "How many sirens does Pellinford Bay have?",
        "The Kessary Stone was found in Averell, near the Ambel.": "Where was the Kessary Stone found?",
    }


def test_what_the_title_names_is_asked_first() -> None:
    text = "Pellinford Bay has five sirens. Averell Hall has nine bells."
    assert made(text, "The bells of Averell Hall")[0].text == "How many bells does Averell Hall have?"
    assert made(text, "The sirens of Pellinford")[0].text == "How many sirens does Pellinford Bay have?"


def test_an_article_has_few_questions_and_none_twice() -> None:
    things = "bells boats dogs doors lamps maps pipes ropes stairs tables towers walls".split()
    text = " ".join(f"{thing.title()} Hall of Averell has nine {thing}." for thing in things)
    assert len(made(text)) == MOST
    assert len(made("Averell Hall has nine bells. " * 5)) == 1


def test_only_the_beginning_of_an_article_and_only_english_is_read() -> None:
    assert made("Averell Hall has nine bells.", language="de") == []
    assert made("The fog came in again. " * (READ_CHARACTERS // 20) + "Averell Hall has nine bells.") == []


# To go on with


def test_follow_ups_ask_what_the_answer_does_not_say_cited_articles_first() -> None:
    questions = {"a": own("Who lit the lamp?", "Who bought the pier?"), "b": own("How long is the quay?")}
    sources = [source(1, "b", 100), source(2, "a")]
    assert follow_up_questions(["Who climbed?"], sources, {2: [Span(0, 5)]}, questions) == [
        "Who bought the pier?",
        "How long is the quay?",
    ]


def test_follow_ups_repeat_no_question_and_are_few() -> None:
    questions = {
        "a": own(*(f"How many {thing} has Averell?" for thing in ("bells", "boats", "dogs", "guilds", "quays")))
    }
    sources = [source(1, "a", 500)]
    following = follow_up_questions(["How many bells does Averell have?"], sources, {}, questions)
    assert following == [f"How many {thing} has Averell?" for thing in ("boats", "dogs", "guilds")]
    assert len(following) == FOLLOW_UPS
    assert follow_up_questions(["Who?"], [], {}, questions) == []


def test_articles_take_turns_in_follow_ups() -> None:
    questions = {"a": own("Who lit the lamp?", "Who bought the pier?"), "b": own("How long is the quay?")}
    sources = [source(1, "a", 500), source(2, "b", 500)]
    assert follow_up_questions([], sources, {}, questions) == [
        "Who lit the lamp?",
        "How long is the quay?",
        "Who bought the pier?",
    ]
