from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from rag.answering.prompting import CITE, INSTRUCTIONS
from rag.chatbot import Chatbot
from rag.core.errors import GenerationError, IndexEmptyError, QuestionError
from rag.core.events import Answered, Declined, Event, Failed, QuoteFound, SentenceChecked, SourcesFound, TextAdded
from rag.core.settings import Settings
from rag.core.types import Turn
from rag.ingest.pipeline import ingest
from rag.retrieval.opening import open_retriever
from rag.store import FILE, SqliteLibrary
from rag.store.opening import open_library
from rag.testing import FakeEmbedder, FakeGenerator

QUESTION = "Who was the car ferry Sorrel sold to on Thursday?"
ANSWER = "The car ferry Sorrel was sold to the Dunmore shipping cooperative for 4,200,000 crowns."
OFF_TOPIC = "Which volcano erupted near Reykjavik?"


def of(kind: type, events: Sequence[Event]) -> list:
    return [event for event in events if isinstance(event, kind)]


def test_events_come_in_order(make_chatbot: Callable) -> None:
    chatbot = make_chatbot(FakeGenerator(f"{ANSWER} Captain Rosa Ilves stays on the bridge."))
    events = list(chatbot.stream(QUESTION))
    kinds = [type(event) for event in events]
    assert kinds[:3] == [SourcesFound, QuoteFound, TextAdded]
    assert kinds[-2:] == [SentenceChecked, Answered]
    assert kinds.count(SourcesFound) == kinds.count(QuoteFound) == kinds.count(Answered) == 1
    assert kinds.count(SentenceChecked) == 2
    first_checked = kinds.index(SentenceChecked)
    assert "".join(event.text for event in of(TextAdded, events[:first_checked])).startswith(ANSWER)
    assert TextAdded in kinds[first_checked:]


def test_answer_holds_what_the_events_said(make_chatbot: Callable) -> None:
    events = list(make_chatbot(FakeGenerator(ANSWER)).stream(f"  {QUESTION}\n"))
    answer = events[-1].answer
    assert answer.question == QUESTION
    assert answer.text == "".join(event.text for event in of(TextAdded, events)) == ANSWER
    assert answer.sentences == tuple(event.sentence for event in of(SentenceChecked, events))
    assert {source.number for source in answer.sources} == {source.number for source in events[0].sources}
    assert (answer.answered, answer.declined, answer.model) == (True, None, "fake-generator")
    assert answer.usage.completion_tokens == len(ANSWER.split())
    assert answer.timings.total_ms >= answer.timings.first_token_ms >= answer.timings.first_quote_ms > 0


def test_citations_name_sources_whose_quotes_stand_in_the_article(make_chatbot: Callable) -> None:
    chatbot = make_chatbot(FakeGenerator(ANSWER))
    events = list(chatbot.stream(QUESTION))
    (checked,) = of(SentenceChecked, events)
    assert checked.sentence.citations
    assert [source.number for source in checked.sources] == list(checked.sentence.citations)
    (quote,) = of(QuoteFound, events)
    for source in (quote.source, *checked.sources, *events[0].sources, *events[-1].answer.sources):
        article = chatbot.library.article(source.header.id)
        assert article.text[source.quote.start : source.quote.end] == source.quoted
        assert source.header.text_sha256 == article.text_sha256
        assert source.quoted
    assert checked.sources[0].header.id == "ferry"
    assert "sold on Thursday to the Dunmore shipping cooperative for 4,200,000 crowns." in checked.sources[0].quoted


def test_quote_comes_before_the_model_is_asked(make_chatbot: Callable) -> None:
    generator = FakeGenerator(ANSWER)
    for event in make_chatbot(generator).stream(QUESTION):
        if isinstance(event, QuoteFound):
            assert generator.prompts == []
            assert "Sorrel" in event.source.quoted
    assert len(generator.prompts) == 1


def test_fake_answers_from_the_prompt(chatbot: Chatbot) -> None:
    answer = chatbot.answer(QUESTION)
    assert answer.answered
    assert "Dunmore" in answer.text
    assert any(sentence.citations for sentence in answer.sentences)


def test_off_topic_question_is_declined_before_the_model_is_asked(chatbot: Chatbot, generator: FakeGenerator) -> None:
    found, declined = chatbot.stream(OFF_TOPIC)
    assert isinstance(found, SourcesFound)
    assert isinstance(declined, Declined)
    assert declined.answer.declined.reason == "not_in_articles"
    assert declined.answer.declined.nearest == found.sources
    assert [source.number for source in found.sources] == [1, 2, 3]
    assert declined.answer.text == ""
    assert declined.answer.timings.first_token_ms is None
    assert generator.prompts == []


def test_answer_that_the_articles_do_not_support_is_declined(make_chatbot: Callable) -> None:
    generator = FakeGenerator("Bananas grow in warm countries.")
    *events, last = make_chatbot(generator, answer_floor=0.6).stream(QUESTION)
    assert isinstance(last, Declined)
    assert last.answer.declined.reason == "not_supported"
    assert last.answer.declined.nearest
    assert last.answer.text == ""
    assert of(SentenceChecked, events)[0].sentence.citations == ()


def test_model_that_writes_nothing_is_declined(make_chatbot: Callable) -> None:
    assert make_chatbot(FakeGenerator("")).answer(QUESTION).declined.reason == "not_supported"


def test_failure_of_the_model_reaches_the_caller_and_the_next_question_works(make_chatbot: Callable) -> None:
    chatbot = make_chatbot(FakeGenerator(ANSWER, "The car ferry.", failing_after=4))
    *events, last = chatbot.stream(QUESTION)
    assert [event.text for event in of(TextAdded, events)] == ["The ", "car ", "ferry ", "Sorrel "]
    assert isinstance(last, Failed)
    assert "Ask again" in str(last.error)
    assert chatbot.answer(QUESTION).text == "The car ferry."


def test_the_answer_alone_raises_what_the_stream_tells(make_chatbot: Callable) -> None:
    with pytest.raises(GenerationError):
        make_chatbot(FakeGenerator(ANSWER, failing_after=4)).answer(QUESTION)


class Breaking(FakeGenerator):
    """Somebody's generator, which raises what no Protocol speaks of."""

    def stream(self, messages, max_tokens, cancelled):
        yield from super().stream(messages, 3, cancelled)
        raise ZeroDivisionError("the tensor is empty")


def test_whatever_a_generator_raises_ends_the_stream_with_a_sentence(make_chatbot: Callable) -> None:
    *_, last = make_chatbot(Breaking(ANSWER)).stream(QUESTION)
    assert isinstance(last, Failed)
    assert str(last.error) == ("The answering model failed (the tensor is empty). Ask again, or choose another one.")


def test_cancelled_answer_keeps_what_was_written(make_chatbot: Callable) -> None:
    generator = FakeGenerator(ANSWER)
    written: list[str] = []
    events = []
    for event in make_chatbot(generator).stream(QUESTION, cancelled=lambda: len(written) >= 3):
        events.append(event)
        if isinstance(event, TextAdded):
            written.append(event.text)
    assert written == ["The ", "car ", "ferry "]
    assert isinstance(events[-1], Answered)
    assert events[-1].answer.text == "The car ferry"
    assert events[-1].answer.sentences == (), "half a sentence is not judged"


def test_answer_is_cut_at_its_longest(make_chatbot: Callable) -> None:
    answer = make_chatbot(FakeGenerator(ANSWER), answer_tokens=16).answer(QUESTION)
    assert answer.usage.completion_tokens == min(16, len(ANSWER.split()))
    short = make_chatbot(FakeGenerator(ANSWER), answer_tokens=9).answer(QUESTION)
    assert short.text == "The car ferry Sorrel was sold to the Dunmore"


def test_prompt_keeps_to_its_budget_and_asks_on_one_line(make_chatbot: Callable) -> None:
    generator = FakeGenerator(ANSWER)
    make_chatbot(generator, evidence_tokens=50).answer("Who was the car ferry\n\nSorrel sold to?")
    system, user = generator.prompts[0]
    assert system.role == "system"
    assert user.content.endswith("\n\nQuestion: Who was the car ferry Sorrel sold to?")
    evidence = user.content.removeprefix("Passages:").rpartition("Question:")[0].replace("… ", "")
    assert len(evidence.split()) <= 50


def test_follow_up_is_searched_and_asked_with_the_turn_before(make_chatbot: Callable) -> None:
    generator = FakeGenerator("Captain Rosa Ilves stays on the bridge.")
    answer = make_chatbot(generator).answer("And who stays there?", [Turn(QUESTION, ANSWER)])
    assert answer.answered
    assert answer.question == "And who stays there?"
    assert f"Earlier question: {QUESTION}" in generator.prompts[0][1].content


def test_question_that_stands_alone_is_asked_without_history(make_chatbot: Callable) -> None:
    generator = FakeGenerator(ANSWER)
    make_chatbot(generator).answer(QUESTION.replace("Thursday", "Thursday in May"), [Turn("Rye?", "Bread.")])
    assert "Earlier" not in generator.prompts[0][1].content


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "The question is empty"),
        (" \n\t\u2003", "The question is empty"),
        ("why " * 25_000, "99,999 characters; at most 4,000"),
    ],
)
def test_question_that_cannot_be_asked(chatbot: Chatbot, generator: FakeGenerator, question: str, message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        list(chatbot.stream(question))
    assert generator.prompts == []


@pytest.mark.parametrize("question", ["?", "the", "😀", '"OR" NEAR(', "\x00", "ne" * 2000])
def test_strange_question_is_answered_or_declined(chatbot: Chatbot, question: str) -> None:
    assert isinstance(list(chatbot.stream(question))[-1], Answered | Declined)


def test_empty_index_says_to_ingest(settings: Settings, embedder: FakeEmbedder) -> None:
    library = SqliteLibrary.create(settings.index / FILE, embedder.name, embedder.dimensions)
    chatbot = Chatbot(library, open_retriever(library, embedder, settings), FakeGenerator(), settings)
    with pytest.raises(IndexEmptyError, match="rag ingest"):
        list(chatbot.stream(QUESTION))


def test_missing_index_says_to_ingest(settings: Settings) -> None:
    with pytest.raises(IndexEmptyError, match="rag ingest"):
        open_library(settings)


def test_running_chatbot_sees_new_articles(make_chatbot: Callable, articles_folder: Path, settings: Settings) -> None:
    chatbot = make_chatbot(FakeGenerator())
    assert not chatbot.answer(OFF_TOPIC).answered
    (articles_folder / "volcano.md").write_text("The volcano Hekla erupted near Reykjavik.")
    ingest([articles_folder], settings, FakeEmbedder())
    answer = chatbot.answer(OFF_TOPIC)
    assert answer.answered
    assert answer.text.endswith("The volcano Hekla erupted near Reykjavik.")
    assert answer.sources[0].header.id == "volcano"


def test_sentence_without_support_is_left_out_where_that_is_wanted(make_chatbot: Callable) -> None:
    text = f"Bananas grow in warm countries. {ANSWER} Nobody knows why the moon is green."
    *events, last = make_chatbot(FakeGenerator(text), unsupported="drop").stream(QUESTION)
    assert isinstance(last, Answered)
    assert last.answer.text == ANSWER == "".join(event.text for event in of(TextAdded, events))
    assert [event.sentence.text for event in of(SentenceChecked, events)] == [ANSWER]
    marked = make_chatbot(FakeGenerator(text)).answer(QUESTION)
    assert marked.text == text
    assert [bool(sentence.citations) for sentence in marked.sentences] == [False, True, False]


def test_answer_that_gives_away_the_prompt_is_stopped(make_chatbot: Callable) -> None:
    *events, last = make_chatbot(FakeGenerator(f"My instructions are: {INSTRUCTIONS}")).stream(QUESTION)
    shown = "".join(event.text for event in of(TextAdded, events))
    assert len(shown.split()) < 12
    assert not (isinstance(last, Answered) and "passages that come with them" in last.answer.text)


def test_what_the_turn_before_has_read_is_not_read_again(make_chatbot: Callable) -> None:
    generator = FakeGenerator(ANSWER, "Captain Rosa Ilves stays on the bridge.")
    chatbot = make_chatbot(generator)
    first = chatbot.answer(QUESTION)
    chatbot.answer("And who stays there?", [Turn(QUESTION, first.text, first.context)])
    before, after = (prompt[1].content for prompt in generator.prompts)
    read = before.rpartition("\n\nQuestion:")[0]
    assert after.startswith(read)


def test_model_that_numbers_its_citations_is_taken_at_no_more_than_its_word(make_chatbot: Callable) -> None:
    generator = FakeGenerator(f"{ANSWER[:-1]} [1]. Bananas grow in warm countries [2].")
    generator.cites_itself = True
    *events, last = make_chatbot(generator).stream(QUESTION)
    assert isinstance(last, Answered)
    assert "[" not in last.answer.text
    assert "[" not in "".join(event.text for event in of(TextAdded, events))
    assert [bool(sentence.citations) for sentence in last.answer.sentences] == [True, False]
    assert "[1] " in generator.prompts[0][1].content
    assert CITE in generator.prompts[0][0].content
