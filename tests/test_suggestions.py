"""Suggested questions come from the newest articles of differing subjects."""

from __future__ import annotations

from rag.suggestions import TITLE_CHARACTERS, suggest_questions
from rag.types import ArticleHeader


def header(title: str, *tags: str) -> ArticleHeader:
    return ArticleHeader(title, title, "", "", "", None, tags, "")


def test_each_question_is_about_the_newest_article_of_another_subject() -> None:
    headers = [
        header("A1", "sea"),
        header("A2", "sea"),
        header("B1", "land"),
        header("C1", "air"),
        header("D1", "fire"),
    ]
    questions = suggest_questions(headers)
    assert [title for title in ("A1", "B1", "C1") if any(f"“{title}”" in question for question in questions)] == [
        "A1",
        "B1",
        "C1",
    ]
    assert len(questions) == 3 == len(set(questions))
    assert all(question.endswith("?") for question in questions)


def test_few_subjects_still_make_three_questions() -> None:
    questions = suggest_questions([header("A1", "sea"), header("A2", "Sea"), header("A3"), header("A4")])
    assert len(questions) == 3
    assert "A1" in questions[0]
    assert "A3" in questions[1]
    assert "A2" in questions[2]


def test_a_small_library_makes_as_many_questions_as_it_has_articles() -> None:
    assert suggest_questions([]) == []
    assert suggest_questions([header("  ")]) == []
    assert len(suggest_questions([header("A1")])) == 1


def test_titles_lose_their_quotation_marks_and_line_breaks_and_are_cut_after_a_word() -> None:
    assert suggest_questions([header("He said “no”\nagain.")]) == ["What do the articles say about “He said no again”?"]
    (question,) = suggest_questions([header("word " * 60)])
    assert "word…”?" in question
    assert len(question) < TITLE_CHARACTERS + 45
