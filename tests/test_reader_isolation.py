"""Nobody is shown an article that the filters of their own question do not let through, whoever asked before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.chatbot import Chatbot
from rag.core.events import Answered, Declined, Event, QuoteFound, SentenceChecked, SourcesFound
from rag.core.filters import EVERYTHING, Filters
from rag.core.types import Answer, ArticleHeader, Source, Turn
from rag.retrieval.opening import open_retriever
from rag.retrieval.retriever import Retriever
from rag.store.opening import open_library
from rag.testing import FakeEmbedder, FakeGenerator
from tests.helpers.heron_articles import ARTICLES, FOLLOW_UP, QUESTIONS, WIDE, WORDS, ingested

TOWN = Filters(sources=("Town",))


@contextmanager
def opened(*sources: str, **changes: Any) -> Iterator[tuple[Chatbot, FakeGenerator]]:
    """A chatbot over the articles, all or those of some sources, and its generator."""
    with TemporaryDirectory() as folder:
        settings, embedder, generator = ingested(Path(folder), *sources, **changes), FakeEmbedder(), FakeGenerator()
        library = open_library(settings)
        yield Chatbot(library, open_retriever(library, embedder, settings), generator, settings), generator
        library.close()


@pytest.fixture
def heron() -> Iterator[tuple[Chatbot, FakeGenerator]]:
    with opened() as found:
        yield found


def shown(events: Sequence[Event]) -> Iterator[ArticleHeader]:
    """The articles of everything that the events bring."""
    sources: list[Source] = []
    for event in events:
        match event:
            case SourcesFound(found, ranked):
                sources += found
                yield from (one.header for one in ranked)
            case QuoteFound(source):
                sources.append(source)
            case SentenceChecked(_, found):
                sources += found
            case Answered(answer) | Declined(answer):
                sources += answer.sources
                sources += answer.declined.nearest if answer.declined else ()
    yield from (source.header for source in sources)


def asked(chatbot: Chatbot, question: str, history: Sequence[Turn] = (), filters: Filters = EVERYTHING) -> Answer:
    return chatbot.answer(question, history, filters=filters)


def turn(answer: Answer) -> Turn:
    """What a conversation keeps of an answer for the next question."""
    return Turn(answer.question, answer.text, answer.context)


@pytest.mark.parametrize("follow_up", QUESTIONS[1:3])
def test_a_follow_up_is_not_given_what_another_reader_asked_for(
    heron: tuple[Chatbot, FakeGenerator], follow_up: str
) -> None:
    chatbot, generator = heron
    asked(chatbot, WIDE)
    answer = asked(chatbot, follow_up, [Turn(WIDE, "The guild.")], TOWN)
    assert {source.header.source for source in answer.sources} == {"Town"}
    assert not any(WORDS[other] in generator.prompts[-1][1].content for other in ("Board", "Press", "Court"))


def test_filters_that_are_narrowed_in_a_conversation_hold_for_what_was_read_before(
    heron: tuple[Chatbot, FakeGenerator],
) -> None:
    chatbot, generator = heron
    first = asked(chatbot, WIDE)
    assert {source.header.source for source in first.sources} > {"Town"}
    answer = asked(chatbot, FOLLOW_UP, [turn(first)], TOWN)
    assert {source.header.source for source in answer.sources} == {"Town"}
    assert WORDS["Board"] not in generator.prompts[-1][1].content.partition("Earlier question")[0]


def test_a_follow_up_goes_on_from_what_its_own_conversation_has_read(heron: tuple[Chatbot, FakeGenerator]) -> None:
    """Its prompt begins as the one before did, which the model need not read again, whatever others ask meanwhile."""
    chatbot, generator = heron
    first = asked(chatbot, WIDE, filters=TOWN)
    for other in QUESTIONS:
        asked(chatbot, other)
    before = generator.prompts[0][1].content.rpartition("\n\nQuestion:")[0]
    asked(chatbot, FOLLOW_UP, [turn(first)], TOWN)
    assert generator.prompts[-1][1].content.startswith(before)


def test_what_others_ask_changes_no_answer(heron: tuple[Chatbot, FakeGenerator]) -> None:
    chatbot, generator = heron
    history = [Turn(WIDE, "The guild of masons.")]
    asked(chatbot, FOLLOW_UP, history)
    asked(chatbot, WIDE)
    asked(chatbot, FOLLOW_UP, history)
    assert generator.prompts[0] == generator.prompts[-1]


filters = st.builds(
    Filters,
    sources=st.lists(st.sampled_from(["Town", "board", "PRESS", "Court"]), max_size=3, unique=True).map(tuple),
    tags=st.lists(st.sampled_from(["open", "closed"]), max_size=1).map(tuple),
)
steps = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(QUESTIONS), st.sampled_from(["own", "stolen", "none"])), max_size=8
)


def test_no_passage_gets_past_the_filters_of_the_question_however_readers_take_turns() -> None:
    with opened() as (chatbot, generator):

        @given(st.tuples(filters, filters, filters), steps)
        def check(only: tuple[Filters, ...], steps: list[tuple[int, str, str]]) -> None:
            turns: dict[int, list[Turn]] = {0: [], 1: [], 2: []}
            for reader, question, past in steps:
                history = list(turns[reader]) if past == "own" else []
                if (
                    past == "stolen"
                ):  # Another's question, and what the model has read for it, beside words of one's own.
                    history = [replace(one, answer="So.") for other in turns.values() for one in other]
                generator.prompts.clear()
                events = list(chatbot.stream(question, history, filters=only[reader]))
                last = events[-1]
                assert isinstance(last, Answered | Declined)
                allowed = {
                    source
                    for source, tag in ARTICLES
                    if (not only[reader].sources or source.lower() in map(str.lower, only[reader].sources))
                    and (not only[reader].tags or tag in only[reader].tags)
                }
                assert {header.source for header in shown(events)} <= allowed
                said = [message.content for prompt in generator.prompts for message in prompt]
                said += [last.answer.text, last.answer.declined.message if last.answer.declined else ""]
                said += last.answer.declined.shortfalls if last.answer.declined else ()
                assert not [source for source, word in WORDS.items() if source not in allowed and word in str(said)]
                if last.answer.answered:
                    turns[reader].append(turn(last.answer))

        check()


class Careless:
    """A library of somebody's own that heeds no filters."""

    def __init__(self, library: Any) -> None:
        self._library = library

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)

    def passage_ids(self, filters: Filters = EVERYTHING) -> Any:
        return self._library.passage_ids()

    def bm25(self, terms: Sequence[str], limit: int, filters: Filters = EVERYTHING) -> list[int]:
        return self._library.bm25(terms, limit)


def test_a_library_that_heeds_no_filters_gives_nothing_away(heron: tuple[Chatbot, FakeGenerator]) -> None:
    chatbot, _ = heron
    own = chatbot.retriever
    careless = Retriever(Careless(chatbot.library), own._index, own.embedder)
    found = careless.retrieve(WIDE, 5, filters=TOWN, explain=True)
    assert {one.header.source for one in found.passages} == {"Town"}
    assert not found.dropped


@pytest.mark.parametrize(
    "question",
    [
        "What did the obsidian lamp cost?",  # A word of hidden articles alone is not said to be in the articles,
        "What did the obsidiam lamp cost?",  # nor offered as a correction,
        "What did the marlin lamp cost?",
        "What did the marlim lamp cost?",
        "What did the marlik lamp cost?",  # Nor is a misspelt word left as it is because they have it.
        "Who sued the guild for quartz?",
    ],
)
def test_a_decline_is_the_same_as_if_the_hidden_articles_were_not_there(question: str) -> None:
    with opened(decline_below=1.0) as (everything, _), opened("Town", decline_below=1.0) as (alone, _):
        hidden = asked(everything, question, filters=TOWN).declined
        absent = asked(alone, question).declined
        corrected = everything.retriever.retrieve(question, 5, filters=TOWN).corrections
        assert corrected == alone.retriever.retrieve(question, 5).corrections
    assert hidden and absent
    assert (hidden.message, hidden.looked_for) == (absent.message, absent.looked_for)
    assert hidden.shortfalls == absent.shortfalls
