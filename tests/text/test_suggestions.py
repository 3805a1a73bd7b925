"""Suggested questions come from the newest articles of differing subjects; follow-ups from what was not answered."""

from __future__ import annotations

from rag.core.types import Article, ArticleHeader, Heading, Passage, Source, Span
from rag.text.suggestions import (
    FOLLOW_UPS,
    MAX_STORED,
    TITLE_CHARACTERS,
    ArticleQuestion,
    choose_articles,
    follow_up_questions,
    heading_questions,
    suggest_questions,
)


def header(title: str, *tags: str, language: str = "en") -> ArticleHeader:
    return ArticleHeader(title, title, "", "", "", None, tags, "", language=language)


def titles(headers: list[ArticleHeader]) -> list[str]:
    return [header.title for header in headers]


def article(text: str, title: str = "Averell in figures", language: str = "en") -> Article:
    """An article whose lines that begin with # are headings."""
    headings, plain = [], ""
    for line in text.splitlines(keepends=True):
        if line.startswith("# "):
            line = line.removeprefix("# ")
            headings.append(Heading(len(plain), len(plain) + len(line.rstrip()), 1))
        plain += line
    return Article("a", title, plain, "a.md", language=language, headings=tuple(headings))


def made(text: str, title: str = "Averell in figures", language: str = "en") -> list[str]:
    return [question.text for question in heading_questions(article(text, title, language))]


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
    assert titles(choose_articles(headers)) == ["A1", "B1", "C1"]
    assert titles(choose_articles(headers, 1)) == ["D1", "A2", "A1"]
    assert titles(choose_articles(headers[:2])) == ["A1", "A2"]
    assert choose_articles([header("  ")]) == []


def test_every_turn_brings_others_until_all_were_there() -> None:
    headers = [header(name) for name in "ABCDEFGH"]
    seen = {title for turn in range(3) for title in titles(choose_articles(headers, turn))}
    assert seen == set("ABCDEFGH")


def test_an_article_is_asked_about_by_its_title_and_then_its_stored_questions_in_turn() -> None:
    questions = {"A": own("Who lit it?", "When was it lit?")}
    suggested = [suggest_questions([header("A"), header("B")], questions, turn) for turn in range(4)]
    assert suggested == [
        ["What is “A” about?", "What is “B” about?"],
        ["Who lit it?", "What is “B” about?"],
        ["When was it lit?", "What is “B” about?"],
        ["What is “A” about?", "What is “B” about?"],
    ]


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


def test_each_heading_is_asked_about_and_answered_by_its_section() -> None:
    one = article("An opening.\n# Bells of the hall\nNine.\n# The Kessary Stone\nFound.\n")
    found = {
        one.text[question.answer.start : question.answer.end]: question.text for question in heading_questions(one)
    }
    assert found == {
        "Bells of the hall\nNine.\n": "What does “Averell in figures” say about “Bells of the hall”?",
        "The Kessary Stone\nFound.\n": "What does “Averell in figures” say about “The Kessary Stone”?",
    }


def test_a_heading_that_is_a_question_is_asked_as_it_is() -> None:
    assert made("# Who rings\nthe bells? \n# Wer läutet?\n")[-1] == "Wer läutet?"
    assert made("# Who rings the “great” bell?\nNobody.") == ["Who rings the “great” bell?"]


def test_headings_are_asked_about_in_the_language_of_the_article() -> None:
    assert made("# Die Glocken\nNeun.", "Averell", "de-AT") == ["Was steht in „Averell“ über „Die Glocken“?"]
    assert made("# Kellot soivat\nYhdeksän.", "Averell", "fi") == ["What does “Averell” say about “Kellot soivat”?"]


def test_headings_of_one_word_and_articles_without_a_title_or_headings_have_no_questions() -> None:
    assert made("# Background\nNine bells.") == []
    assert made("# The bells\nNine.", " ") == []
    assert made("Averell Hall has nine bells.") == []


def test_an_article_has_few_questions_and_none_twice() -> None:
    assert len(made("".join(f"# Part {number}\nText.\n" for number in range(20)))) == MAX_STORED
    assert len(made("# The bells\nNine.\n" * 5)) == 1


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
    following = follow_up_questions(["How many bells has Averell?"], sources, {}, questions)
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
