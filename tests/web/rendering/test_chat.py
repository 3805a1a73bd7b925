"""From events to HTML: what is shown, that it is verbatim, and that nothing from outside runs."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from hypothesis import given

from rag.core.events import Answered, Declined, QuoteFound, SentenceChecked, SourcesFound, TextAdded
from rag.core.filters import EVERYTHING, DateRange, filters_of
from rag.core.serialization import CONTROL
from rag.core.types import AnswerSentence, ArticleHeader, Decline, Passage, Source, Span, Turn
from rag.web.conversations.exchange import Exchange, advance, failed, history, stopped
from rag.web.i18n import strings
from rag.web.rendering import chat, escaping, source_cards
from rag.web.rendering.environment import render
from tests.web.made_exchanges import HOSTILE, OWN_TAGS, Reader, after, answer, source

# What is shown


def test_the_quote_comes_before_the_answer() -> None:
    shown = chat.exchange(after(SourcesFound((source(),)), QuoteFound(source())))
    assert "<mark>Orla locked the door &amp; left.</mark>" in shown
    assert strings.READING in shown
    assert 'aria-busy="true"' in shown


def test_sentences_get_their_footnotes_as_they_are_checked() -> None:
    first = AnswerSentence("Orla locked the door.", (1,), 0.9)
    events = (SourcesFound((source(),)), TextAdded("Orla locked the door. She"), SentenceChecked(first, (source(),)))
    shown = chat.exchange(after(*events))
    assert 'Orla locked the door.<sup class="fn-mark"><a href="#answer-2-source-1"' in shown
    assert ">[1]</a></sup>" in shown
    assert '<span class="fn-unchecked"> She</span>' in shown


def test_an_unsupported_sentence_says_so_in_words() -> None:
    sentence = AnswerSentence("She sailed to Mars.", (), 0.1)
    shown = chat.exchange(after(TextAdded("She sailed to Mars."), SentenceChecked(sentence, ())))
    assert f"<small>({strings.UNSUPPORTED})</small>" in shown
    assert "not found in the articles" in Reader(shown).words


def test_the_whole_answer_is_shown_once_and_in_order() -> None:
    sentences = tuple(AnswerSentence(words, (1,), 1.0) for words in ("One. ", "One. ", "Two."))
    shown = chat.exchange(after(SourcesFound((source(),)), Answered(answer("One. One. Two.", sentences))))
    assert re.sub(r"\[1\]", "", Reader(shown.split('<div class="fn-tools">')[0]).words).endswith("One. One. Two.")
    assert 'aria-busy="false"' in shown


def test_a_declined_question_shows_the_message_and_the_nearest_passages() -> None:
    decline = Decline("not_supported", "The articles touch on this.", (source(1), source(2)))
    exchange = after(SourcesFound((source(),)), TextAdded("Wrong."), Declined(answer("", (), decline)))
    shown = chat.exchange(exchange)
    assert "The articles touch on this." in shown
    assert "Wrong." not in shown
    panel = source_cards.sources(exchange)
    assert f"<h2>{strings.NEAREST}</h2>" in panel
    assert panel.count("<details") == 2 == panel.count(" open>")


def test_a_stopped_answer_keeps_what_was_written_and_says_so() -> None:
    shown = chat.exchange(stopped(after(TextAdded("Orla was"))))
    assert "Orla was" in shown
    assert strings.STOPPED in shown
    assert strings.STOPPED_EARLY in chat.exchange(stopped(after()))


def test_an_error_is_a_sentence() -> None:
    shown = chat.exchange(failed(after(), "The model failed. Ask <again>."))
    assert "The model failed. Ask &lt;again&gt;." in shown


def test_only_answered_questions_become_history() -> None:
    answered = advance(Exchange(1, "Who?"), Answered(answer("Orla.", ())))
    others = (stopped(Exchange(2, "a")), failed(Exchange(3, "b"), "c"), Exchange(4, "d"))
    assert history((answered, *others)) == (Turn("Who?", "Orla."),)


def test_the_header_counts_the_articles() -> None:
    assert "1,204 articles" in render("page_frame.header", 1204)
    assert "1 article<" in render("page_frame.header", 1)


# What may not happen


@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_text_from_outside_makes_an_element(question: str, title: str, words: str) -> None:
    head = ArticleHeader("x", title, words, question, "", None, (), "")
    middle = Span(len(words) // 3, 2 * len(words) // 3)
    hostile = Source(1, head, Passage("x", 0, len(words), words, (middle,)), middle, 1.0)
    sentence = AnswerSentence(words, (1,), 1.0)
    exchange = Exchange(1, question)
    for event in (
        SourcesFound((hostile,)),
        QuoteFound(hostile),
        TextAdded(words),
        SentenceChecked(sentence, (hostile,)),
    ):
        exchange = advance(exchange, event)
    shown = chat.exchange(exchange) + source_cards.sources(exchange) + source_cards.earlier_sources((exchange,))
    read = Reader(shown)
    assert set(read.tags) <= OWN_TAGS
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert read.open == []
    assert not CONTROL.search(unescape(shown))
    shown.encode("utf-8")


def test_text_that_turns_around_is_straightened() -> None:
    assert escaping.plain("a\u202eb\u2066c\u0007d\u200fe") == "abcde"
    assert escaping.plain("two\r\nlines\rhere") == "two\nlines\nhere"


def test_an_endless_question_is_shown_in_part() -> None:
    assert len(chat.exchange(Exchange(1, "x" * 1_000_000))) < 6000


def test_filters_are_named_and_what_they_hold_is_text() -> None:
    shown = chat.filters(filters_of(["<b>Gazette</b>"], ["harbour"], ["de"], "2024-05-01", "2024-05-17"))

    assert "<b>" not in shown
    chips = [unescape(chip) for chip in re.findall(r"<bdi>(.*?)</bdi>", shown)]
    assert chips == ["<b>Gazette</b>", "tag: harbour", "language: German", "from 1 May 2024 to 17 May 2024"]
    assert chat.filters(EVERYTHING) == ""


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2024-05-01", "", "from 1 May 2024"),
        ("", "2024-05-01", "to 1 May 2024"),
        ("2024-05-01", "2024-05-01", "dated 1 May 2024"),
    ],
)
def test_a_range_of_days_is_said_in_words(since: str, until: str, words: str) -> None:
    assert f"<bdi>{words}</bdi>" in chat.filters(filters_of(since=since, until=until))


def test_the_span_of_the_articles_is_said_where_they_have_dates() -> None:
    published = DateRange(date(2024, 6, 21), date(2024, 12, 1))

    assert "Articles dated 21 June 2024 to 1 December 2024." in chat.span_of_days(published)
    assert chat.span_of_days(DateRange()) == ""
