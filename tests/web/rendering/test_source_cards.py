"""The sources beside an answer: what a card says, and that nothing from outside runs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.events import Answered, Declined, SentenceChecked, SourcesFound
from rag.core.types import AnswerSentence, Decline, Span
from rag.web.conversations.exchange import Exchange, advance
from rag.web.i18n import strings
from rag.web.library.citations import read_citation
from rag.web.rendering import escaping, source_cards
from rag.web.rendering.source_cards import marked
from tests.web.made_exchanges import SENTENCES, Reader, after, answer, source


def test_a_card_marks_exactly_the_words_of_every_sentence_that_cites_it() -> None:
    both = (source(quote=SENTENCES[2]), source(quote=SENTENCES[0]))
    exchange = after(
        SourcesFound((source(),)),
        SentenceChecked(AnswerSentence("One.", (1,), 1.0), both[:1]),
        SentenceChecked(AnswerSentence("Two.", (1,), 1.0), both[1:]),
    )
    shown = source_cards.sources(exchange)
    assert re.findall("<mark>(.*?)</mark>", shown) == ["The lamp is out.", "A beacon took its place."]


def test_what_was_read_and_not_cited_stands_apart_once_the_answer_is_there() -> None:
    sentence = AnswerSentence("Orla.", (2,), 1.0)
    checked = after(SourcesFound((source(1), source(2))), SentenceChecked(sentence, (source(2),)))
    shown = source_cards.sources(advance(checked, Answered(answer("Orla.", (sentence,)))))
    cited, others = shown.split(f"<h2>{strings.ALSO_READ}</h2>")
    assert "answer-2-source-2" in cited
    assert "answer-2-source-1" in others
    assert strings.ALSO_READ not in source_cards.sources(checked)


def test_a_card_names_its_article_and_links_to_it() -> None:
    shown = source_cards.sources(after(SourcesFound((source(),))))
    words = Reader(shown).words
    assert "The lamp" in words
    assert "Gazette · 3 November 2024" in words
    assert strings.VERY_CLOSE in words
    assert "3.0" not in words
    assert 'href="https://gazette.example/lamp?a=1&amp;b=2" target="_blank" rel="noopener' in shown


def test_each_nearest_passage_says_below_it_why_it_falls_short() -> None:
    nearest = (source(1), source(2))
    decline = Decline("not_supported", "", nearest, ("<b>",), ("It does not mention “<b>”.", "It is of 3 May & older."))
    panel = source_cards.sources(after(SourcesFound(nearest), Declined(answer("", (), decline))))
    first, second = panel.split('<details class="fn-card"')[1:]
    assert '<p class="fn-shortfall" dir="auto">It does not mention “&lt;b&gt;”.</p>' in first
    assert '<p class="fn-shortfall" dir="auto">It is of 3 May &amp; older.</p>' in second
    assert "fn-shortfall" not in source_cards.sources(after(SourcesFound(nearest)))


def test_sources_of_earlier_answers_are_folded_away_latest_first() -> None:
    one, two = (advance(Exchange(number, f"Question {number}"), SourcesFound((source(),))) for number in (1, 2))
    shown = source_cards.earlier_sources((one, two))
    assert shown.index("Question 2") < shown.index("Question 1")
    assert 'id="answer-1-source-1"' in shown
    assert source_cards.earlier_sources(()) == ""


@pytest.mark.parametrize(
    ("score", "words"), [(3.5, strings.VERY_CLOSE), (2.0, strings.CLOSE), (0.4, strings.RELATED), (-1, strings.RELATED)]
)
def test_nearness_is_in_words(score: float, words: str) -> None:
    assert source_cards.nearness(score) == words


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "http:", "a"],
)
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    shown = source_cards.sources(after(SourcesFound((source(url=url),))))
    assert 'target="_blank"' not in shown


def test_an_address_cannot_leave_its_attribute() -> None:
    shown = source_cards.sources(after(SourcesFound((source(url="https://x/\" onmouseover='a()'"),))))
    assert "onmouseover" not in [name for name, _ in Reader(shown).attributes]


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90)), max_size=4))
def test_marks_change_no_character_of_the_passage(words: str, pairs: list[tuple[int, int]]) -> None:
    shown = marked(words, 0, [Span(min(pair), max(pair)) for pair in pairs])
    assert re.sub("</?mark>", "", shown) == escaping.plain(words)
    assert re.findall("</?mark>", shown) == ["<mark>", "</mark>"] * shown.count("<mark>")


def test_a_card_of_a_pdf_names_the_page_of_its_quote() -> None:
    shown = source_cards.sources(after(SourcesFound((source(pages=(0, 90, 118)),))))
    assert strings.page(2) in Reader(shown).words
    assert strings.page(1) not in Reader(source_cards.sources(after(SourcesFound((source(),))))).words


def test_a_card_opens_its_article_at_the_words_that_it_marks() -> None:
    both = (source(quote=SENTENCES[2]), source(quote=SENTENCES[0]))
    exchange = after(
        SourcesFound((source(),)),
        SentenceChecked(AnswerSentence("One.", (1,), 1.0), both[:1]),
        SentenceChecked(AnswerSentence("Two.", (1,), 1.0), both[1:]),
    )
    (written,) = [value for name, value in Reader(source_cards.sources(exchange)).attributes if name == "data-read"]
    citation = read_citation(written or "")
    assert citation
    assert citation.article_id == "lamp"
    assert [(quote.start, quote.words) for quote in citation.quotes] == [
        (100, "The lamp is out."),
        (146, "A beacon took its place."),
    ]


def test_a_card_says_what_has_become_of_its_article_once_the_answer_is_there() -> None:
    reading = after(SourcesFound((source(),)))
    answered = advance(reading, Answered(answer("Orla.", ())))
    changed, gone = (source_cards.sources(answered, lambda _, state=state: state) for state in ("changed", "gone"))
    assert strings.ARTICLE_CHANGED in changed
    assert strings.OPEN_ARTICLE in changed
    assert strings.ARTICLE_REMOVED in gone
    assert strings.OPEN_ARTICLE not in gone
    assert "Orla locked the door &amp; left." in gone
    assert strings.ARTICLE_CHANGED not in source_cards.sources(answered)
    assert strings.ARTICLE_CHANGED not in source_cards.sources(reading, lambda _: "changed")
    assert strings.ARTICLE_CHANGED in source_cards.earlier_sources((answered,), lambda _: "changed")
