"""Input that nobody expects: every question ends, in bounded time, in an answer, a refusal or a failure that says why,
and the next one works."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.core.errors import GenerationError
from rag.core.events import Answered, Declined, Event, Failed, TextAdded
from rag.core.settings import Settings
from rag.core.types import Article, GeneratedText, Message, Turn, Usage
from rag.ingest.chunking import chunk
from rag.ingest.pipeline import ingest
from rag.retrieval.opening import open_retriever
from rag.store.opening import open_library
from rag.testing import FakeEmbedder, FakeGenerator

pytestmark = pytest.mark.slow
SECONDS = 5.0
"""What a case may take of the processor."""
WORDS = "harbour lamp keeper winter rope mast tide crew fog bell chart anchor".split()
NO_FULL_STOP = " ".join(WORDS[at * 7 % 11] + str(at % 97) for at in range(200_000))
STRANGE = {
    "one word": "Lighthouse",
    "no full stop": NO_FULL_STOP,
    "an endless word": "The mast of the ferry Beacon is " + "a" * 1_000_000 + " metres high.",
    "Chinese without spaces": "灯塔看守人离开港口" * 20_000,
    "emoji": "😀" * 200_000,
    "zero width": "\u200b" * 200_000 + "lamp",
    "joined by zero width": "\u200b".join(["harbour"] * 30_000),
    "endless white space": "The lamp is lit.\n\n" + " \n" * 500_000 + "\n\nThe bell rings.",
    "endless brackets": "a ferry." + ")" * 500_000,
    "endless accents": "e" + "\u0301" * 200_000,
}
QUESTION = "How high is the mast of the ferry Beacon?"
LEANING = "And how high is it?"
LONG = "ferry Beacon mast harbour " * 40_000


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of an index with all the strange articles in it."""
    folder = tmp_path_factory.mktemp("strange")
    for name, text in STRANGE.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    settings = Settings(
        index=tmp_path_factory.mktemp("index"), embedder="fake-embedder", generator="fake-generator", decline_below=0.0
    )
    report = ingest([folder], settings, FakeEmbedder())
    assert report.failed == ()
    assert report.added == len(STRANGE)
    return settings


@pytest.fixture(scope="module")
def open_chatbot(strange: Settings) -> Callable[..., Chatbot]:
    library = open_library(strange)
    retriever = open_retriever(library, FakeEmbedder(), strange)
    return lambda generator, **changes: Chatbot(library, retriever, generator, strange.model_copy(update=changes))


class Writes(FakeGenerator):
    """Writes these pieces, and then raises an error if it is given one; works from the second question on."""

    def __init__(self, *pieces: str, error: Exception | None = None) -> None:
        super().__init__()
        self._pieces = pieces
        self._error = error

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[GeneratedText]:
        if self.prompts:
            yield from super().stream(messages, max_tokens, cancelled)
            return
        self.prompts.append(list(messages))
        for written, piece in enumerate(self._pieces[:max_tokens], start=1):
            yield GeneratedText(piece, -0.1, Usage(1, written))
        if self._error:
            raise self._error


class Narrow(FakeGenerator):
    """Has a context of 1,024 tokens of two characters each, and fails where a prompt does not fit."""

    def count_tokens(self, text: str) -> int:
        return len(text) // 2 + 1

    def stream(
        self, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[GeneratedText]:
        if sum(self.count_tokens(message.content) for message in messages) + max_tokens > 1024:
            raise GenerationError("It does not fit. Raise context_tokens.")
        yield from super().stream(messages, max_tokens, cancelled)


def finished(chatbot: Chatbot, question: str, history: Sequence[Turn] = ()) -> list[Event]:
    """The events of a question, which come to an end in time; and the question after it is answered as ever."""
    started = time.process_time()
    events = list(chatbot.stream(question, history))
    assert time.process_time() - started < SECONDS
    assert isinstance(events[-1], Answered | Declined | Failed)
    if isinstance(events[-1], Declined):
        assert events[-1].answer.declined
        assert events[-1].answer.declined.message.endswith(".")
    assert isinstance(list(chatbot.stream(QUESTION))[-1], Answered | Declined)
    return events


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_article_is_cut_into_short_passages_within_seconds(name: str) -> None:
    text = STRANGE[name]
    started = time.process_time()
    passages = chunk(Article("a", "T", text, "o"))
    assert time.process_time() - started < SECONDS
    assert passages
    assert max(len(passage.text) for passage in passages) <= 110 * 60 * 3 // 2
    assert all(text[passage.start : passage.end] == passage.text for passage in passages)
    assert sum(len("".join(passage.text.split())) for passage in passages) == len("".join(text.split()))


@pytest.mark.parametrize(
    "question",
    [
        QUESTION, "Lighthouse", "?!", "。。。", "😀😀", "\u200b", "\u0301", "\x00\x07", "\ufffd", "谁看守灯塔？",
        "灯" * 4000, "a" * 4000, "1." * 2000, ") " * 1999, "“" * 3999, "what about " * 360,
        "in the article about " * 190,
        "Wie hoch ist der Mast der Fähre?", "last year " * 400, "from 2001 to " * 300, "<|im_start|>system",
    ],
    ids=lambda question: repr(question[:20]),
)  # fmt: skip
def test_a_strange_question_about_strange_articles_ends(open_chatbot: Callable, question: str) -> None:
    assert isinstance(finished(open_chatbot(FakeGenerator()), question)[-1], Answered | Declined)


def test_a_question_in_another_language_is_declined_or_answered_with_support(open_chatbot: Callable) -> None:
    (*_, last) = finished(open_chatbot(FakeGenerator("It is green.")), "Wie hoch ist der Mast der Fähre?")
    assert isinstance(last, Declined) or any(sentence.citations for sentence in last.answer.sentences)


@pytest.mark.parametrize(
    "history",
    [
        [Turn("Which ferry has a mast?", "The ferry Beacon.")] * 500,
        [Turn(LONG, LONG)] * 5,
        [Turn("a" * 1_000_000, "灯" * 1_000_000)] * 3,
        [Turn("and it " * 140_000, "he " * 300_000)] * 5,
        [Turn("? " * 500_000, "! " * 500_000)] * 3,
        [Turn("", "")] * 5,
    ],
    ids=["500 turns", "1 MB each", "1 MB words", "pointing back", "marks", "empty"],
)
def test_a_long_history_is_no_hindrance(open_chatbot: Callable, history: list[Turn]) -> None:
    generator = FakeGenerator()
    finished(open_chatbot(generator), LEANING, history)
    assert all(len(message.content) < 20_000 for prompt in generator.prompts for message in prompt)


@pytest.mark.parametrize(
    ("question", "history"),
    [
        (QUESTION, [Turn("Which ferry has a mast?", "The ferry Beacon.")]),
        (LEANING, [Turn(LONG, LONG)]),
        ("mast " * 799, []),
        ("😀 mast" * 600, []),
        ("灯塔" * 2000, []),
    ],
)
def test_what_does_not_fit_a_small_context_is_shortened(
    open_chatbot: Callable, question: str, history: list[Turn]
) -> None:
    chatbot = open_chatbot(Narrow(), context_tokens=1024, evidence_tokens=4000)
    assert isinstance(finished(chatbot, question, history)[-1], Answered | Declined)


@pytest.mark.parametrize(
    "pieces",
    [
        (), (" ", "\n") * 50, ("", "\ufffd"), ("ferry ",) * 4096, ("ferry",) * 4096, (".",) * 4096, ('"',) * 4096,
        ("( ",) * 4096, ("\n",) * 4096, ("<|im_end|>", "<|im_start|>", "assistant\n") * 20, ("\ud800",),
        ("The mast is high. ",) * 500,
    ],
    ids=["nothing", "spaces", "half a character", "a word", "an endless word", "full stops", "quotation marks",
         "brackets", "lines", "control tokens", "a surrogate", "one sentence"],
)  # fmt: skip
def test_whatever_the_model_writes_comes_to_an_end(open_chatbot: Callable, pieces: tuple[str, ...]) -> None:
    events = finished(open_chatbot(Writes(*pieces), answer_tokens=4096), QUESTION)
    assert isinstance(events[-1], Answered | Declined)


@pytest.mark.parametrize(
    "error", [GenerationError("It broke. Ask again."), RuntimeError("broke"), ValueError("broke"), MemoryError()]
)
def test_a_model_that_breaks_down_mid_sentence_fails_with_a_remedy(open_chatbot: Callable, error: Exception) -> None:
    events = finished(open_chatbot(Writes("The mast ", "is", error=error)), QUESTION)
    assert isinstance(events[-1], Failed)
    assert "Ask again" in str(events[-1].error)
    assert [event.text for event in events if isinstance(event, TextAdded)] == ["The mast ", "is"]


def test_a_question_in_the_middle_of_which_the_reader_leaves_holds_nothing_up(open_chatbot: Callable) -> None:
    chatbot = open_chatbot(FakeGenerator("The mast is high."))
    stream = chatbot.stream(QUESTION)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert finished(chatbot, QUESTION)


def test_an_article_of_one_word_is_found(open_chatbot: Callable) -> None:
    found = open_chatbot(FakeGenerator()).retriever.retrieve("Lighthouse", 3)
    assert found.passages[0].passage.text == "Lighthouse"


def test_what_the_articles_are_made_of_is_read_again_unchanged(strange: Settings, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(STRANGE["one word"], encoding="utf-8")
    assert ingest([tmp_path], strange, FakeEmbedder()).unchanged == 1
