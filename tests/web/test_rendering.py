"""From events to HTML: what is shown, that it is verbatim, and that nothing from outside runs."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.filters import EVERYTHING, DateRange, filters_of
from rag.types import (
    Answer,
    Answered,
    AnswerSentence,
    ArticleHeader,
    Decline,
    Declined,
    Event,
    Passage,
    QuoteFound,
    SentenceChecked,
    Source,
    SourcesFound,
    Span,
    TextAdded,
    Timings,
    Turn,
    Usage,
)
from rag.web import cards, rendering, strings, text
from rag.web.conversation import Exchange, advance, failed, history, stopped

TEXT = "The lamp is out. Orla locked the door & left. A beacon took its place."
SENTENCES = (Span(100, 116), Span(117, 145), Span(146, 170))


def source(number: int = 1, quote: Span = SENTENCES[1], **changes: object) -> Source:
    fields: dict[str, object] = {
        "id": "lamp", "title": "The lamp", "source": "Gazette", "url": "https://gazette.example/lamp?a=1&b=2",
        "author": "", "date": date(2024, 11, 3), "tags": (), "text_sha256": "",
    }  # fmt: skip
    head = ArticleHeader(**{**fields, **changes})  # type: ignore[arg-type]
    return Source(number, head, Passage("lamp", 100, 100 + len(TEXT), TEXT, SENTENCES), quote, 3.0)


def answer(text: str, sentences: tuple[AnswerSentence, ...], declined: Decline | None = None) -> Answer:
    return Answer("Who?", text, sentences, (source(),), declined, Timings(1, 1, 1, 1), Usage(), "fake")


def after(*events: Event) -> Exchange:
    exchange = Exchange(2, "Who?")
    for event in events:
        exchange = advance(exchange, event)
    return exchange


class Reader(HTMLParser):
    """Collects the elements, their attributes and the text, as a browser would see them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


OWN_TAGS = set(
    "article section div p span small sup a details summary ul li blockquote figure figcaption mark h1 h2 bdi".split()
)


# What is shown


def test_the_quote_comes_before_the_answer() -> None:
    shown = rendering.exchange(after(SourcesFound((source(),)), QuoteFound(source())))
    assert "<mark>Orla locked the door &amp; left.</mark>" in shown
    assert strings.READING in shown
    assert 'aria-busy="true"' in shown


def test_sentences_get_their_footnotes_as_they_are_checked() -> None:
    first = AnswerSentence("Orla locked the door.", (1,), 0.9)
    events = (SourcesFound((source(),)), TextAdded("Orla locked the door. She"), SentenceChecked(first, (source(),)))
    shown = rendering.exchange(after(*events))
    assert 'Orla locked the door.<sup class="fn-mark"><a href="#answer-2-source-1"' in shown
    assert ">[1]</a></sup>" in shown
    assert '<span class="fn-unchecked"> She</span>' in shown


def test_an_unsupported_sentence_says_so_in_words() -> None:
    sentence = AnswerSentence("She sailed to Mars.", (), 0.1)
    shown = rendering.exchange(after(TextAdded("She sailed to Mars."), SentenceChecked(sentence, ())))
    assert f"<small>({strings.UNSUPPORTED})</small>" in shown
    assert "not found in the articles" in Reader(shown).words


def test_the_whole_answer_is_shown_once_and_in_order() -> None:
    sentences = tuple(AnswerSentence(words, (1,), 1.0) for words in ("One. ", "One. ", "Two."))
    shown = rendering.exchange(after(SourcesFound((source(),)), Answered(answer("One. One. Two.", sentences))))
    assert re.sub(r"\[1\]", "", Reader(shown).words).endswith("One. One. Two.")
    assert 'aria-busy="false"' in shown


def test_a_card_marks_exactly_the_words_of_every_sentence_that_cites_it() -> None:
    both = (source(quote=SENTENCES[2]), source(quote=SENTENCES[0]))
    exchange = after(
        SourcesFound((source(),)),
        SentenceChecked(AnswerSentence("One.", (1,), 1.0), both[:1]),
        SentenceChecked(AnswerSentence("Two.", (1,), 1.0), both[1:]),
    )
    shown = cards.sources(exchange)
    assert re.findall("<mark>(.*?)</mark>", shown) == ["The lamp is out.", "A beacon took its place."]


def test_what_was_read_and_not_cited_stands_apart_once_the_answer_is_there() -> None:
    sentence = AnswerSentence("Orla.", (2,), 1.0)
    checked = after(SourcesFound((source(1), source(2))), SentenceChecked(sentence, (source(2),)))
    shown = cards.sources(advance(checked, Answered(answer("Orla.", (sentence,)))))
    cited, others = shown.split(f"<h2>{strings.ALSO_READ}</h2>")
    assert "answer-2-source-2" in cited
    assert "answer-2-source-1" in others
    assert strings.ALSO_READ not in cards.sources(checked)


def test_a_card_names_its_article_and_links_to_it() -> None:
    shown = cards.sources(after(SourcesFound((source(),))))
    words = Reader(shown).words
    assert "The lamp" in words
    assert "Gazette · 3 November 2024" in words
    assert strings.VERY_CLOSE in words
    assert "3.0" not in words
    assert 'href="https://gazette.example/lamp?a=1&amp;b=2" target="_blank" rel="noopener' in shown


def test_a_declined_question_shows_the_message_and_the_nearest_passages() -> None:
    decline = Decline("not_supported", "The articles touch on this.", (source(1), source(2)))
    exchange = after(SourcesFound((source(),)), TextAdded("Wrong."), Declined(answer("", (), decline)))
    shown = rendering.exchange(exchange)
    assert "The articles touch on this." in shown
    assert "Wrong." not in shown
    panel = cards.sources(exchange)
    assert f"<h2>{strings.NEAREST}</h2>" in panel
    assert panel.count("<details") == 2 == panel.count(" open>")


def test_each_nearest_passage_says_below_it_why_it_falls_short() -> None:
    nearest = (source(1), source(2))
    decline = Decline("not_supported", "", nearest, ("<b>",), ("It does not mention “<b>”.", "It is of 3 May & older."))
    panel = cards.sources(after(SourcesFound(nearest), Declined(answer("", (), decline))))
    first, second = panel.split('<details class="fn-card"')[1:]
    assert '<p class="fn-shortfall">It does not mention “&lt;b&gt;”.</p>' in first
    assert '<p class="fn-shortfall">It is of 3 May &amp; older.</p>' in second
    assert "fn-shortfall" not in cards.sources(after(SourcesFound(nearest)))


def test_a_stopped_answer_keeps_what_was_written_and_says_so() -> None:
    shown = rendering.exchange(stopped(after(TextAdded("Orla was"))))
    assert "Orla was" in shown
    assert strings.STOPPED in shown
    assert strings.STOPPED_EARLY in rendering.exchange(stopped(after()))


def test_an_error_is_a_sentence() -> None:
    shown = rendering.exchange(failed(after(), "The model failed. Ask <again>."))
    assert "The model failed. Ask &lt;again&gt;." in shown


def test_sources_of_earlier_answers_are_folded_away_latest_first() -> None:
    one, two = (advance(Exchange(number, f"Question {number}"), SourcesFound((source(),))) for number in (1, 2))
    shown = cards.earlier_sources((one, two))
    assert shown.index("Question 2") < shown.index("Question 1")
    assert 'id="answer-1-source-1"' in shown
    assert cards.earlier_sources(()) == ""


def test_only_answered_questions_become_history() -> None:
    answered = advance(Exchange(1, "Who?"), Answered(answer("Orla.", ())))
    others = (stopped(Exchange(2, "a")), failed(Exchange(3, "b"), "c"), Exchange(4, "d"))
    assert history((answered, *others)) == (Turn("Who?", "Orla."),)


@pytest.mark.parametrize(
    ("score", "words"), [(3.5, strings.VERY_CLOSE), (2.0, strings.CLOSE), (0.4, strings.RELATED), (-1, strings.RELATED)]
)
def test_nearness_is_in_words(score: float, words: str) -> None:
    assert cards.nearness(score) == words


def test_the_header_counts_the_articles() -> None:
    assert "1,204 articles" in rendering.header(1204)
    assert "1 article<" in rendering.header(1)


# What may not happen


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "http:", "a"],
)
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    shown = cards.sources(after(SourcesFound((source(url=url),))))
    assert 'target="_blank"' not in shown


def test_an_address_cannot_leave_its_attribute() -> None:
    shown = cards.sources(after(SourcesFound((source(url="https://x/\" onmouseover='a()'"),))))
    assert "onmouseover" not in [name for name, _ in Reader(shown).attributes]


HOSTILE = st.text(
    alphabet=st.one_of(st.characters(exclude_categories=[]), st.sampled_from("<>\"'&`/=\x00\u202e\u2066\r\n${}")),
    max_size=60,
) | st.sampled_from(
    ["<script>alert(1)</script>", "</details><img src=x onerror=a()>", "[a](javascript:b)", "${alert(1)}"]
)


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
    shown = rendering.exchange(exchange) + cards.sources(exchange) + cards.earlier_sources((exchange,))
    read = Reader(shown)
    assert set(read.tags) <= OWN_TAGS
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert read.open == []
    assert not rendering.CONTROL.search(unescape(shown))
    shown.encode("utf-8")


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90)), max_size=4))
def test_marks_change_no_character_of_the_passage(words: str, pairs: list[tuple[int, int]]) -> None:
    passage = Passage("x", 0, len(words), words, ())
    shown = cards.marked(
        Source(1, source().header, passage, Span(0, 0), 1.0), [Span(min(pair), max(pair)) for pair in pairs]
    )
    assert re.sub("</?mark>", "", shown) == text.plain(words)
    assert re.findall("</?mark>", shown) == ["<mark>", "</mark>"] * shown.count("<mark>")


def test_text_that_turns_around_is_straightened() -> None:
    assert text.plain("a\u202eb\u2066c\u0007d\u200fe") == "abcde"
    assert text.plain("two\r\nlines\rhere") == "two\nlines\nhere"


def test_an_endless_question_is_shown_in_part() -> None:
    assert len(rendering.exchange(Exchange(1, "x" * 1_000_000))) < 6000


def test_filters_are_named_and_what_they_hold_is_text() -> None:
    shown = rendering.filters(filters_of(["<b>Gazette</b>"], ["harbour"], ["de"], "2024-05-01", "2024-05-17"))

    assert "<b>" not in shown
    chips = [unescape(chip) for chip in re.findall(r"<bdi>(.*?)</bdi>", shown)]
    assert chips == ["<b>Gazette</b>", "tag: harbour", "language: de", "from 1 May 2024 to 17 May 2024"]
    assert rendering.filters(EVERYTHING) == ""


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2024-05-01", "", "from 1 May 2024"),
        ("", "2024-05-01", "to 1 May 2024"),
        ("2024-05-01", "2024-05-01", "of 1 May 2024"),
    ],
)
def test_a_range_of_days_is_said_in_words(since: str, until: str, words: str) -> None:
    assert f"<bdi>{words}</bdi>" in rendering.filters(filters_of(since=since, until=until))


def test_the_span_of_the_articles_is_said_where_they_have_dates() -> None:
    published = DateRange(date(2024, 6, 21), date(2024, 12, 1))

    assert "The articles are from 21 June 2024 to 1 December 2024." in rendering.span_of_days(published)
    assert rendering.span_of_days(DateRange()) == ""
