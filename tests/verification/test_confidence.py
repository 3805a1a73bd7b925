"""Whether an answer stands: what speaks for it, and what the chatbot does with it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from rag.chatbot import Chatbot
from rag.core.events import Answered, Declined, SentenceChecked
from rag.testing import FakeGenerator
from rag.verification.answerability import ANSWER_SIGNALS, OF_THE_MODEL, AnswerCalibration, shipped_calibration
from rag.verification.confidence import ASK, verification_messages

QUESTION = "Who was the car ferry Sorrel sold to on Thursday?"
ANSWER = "The car ferry Sorrel was sold to the Dunmore shipping cooperative for 4,200,000 crowns."
INVENTED = "Bananas grow in warm countries."


def calibration(decline_below: float, **weights: float) -> AnswerCalibration:
    return AnswerCalibration(
        generator="fake-generator",
        intercept=0.0,
        weights={**dict.fromkeys(ANSWER_SIGNALS, 0.0), **weights},
        means={**dict.fromkeys(ANSWER_SIGNALS, 0.0), "support": 0.5},
        decline_below=decline_below,
        auc=1.0,
        wrongly_declined=0.0,
        fitted_on=(),
    )


@pytest.fixture
def judged(make_chatbot: Callable) -> Callable:
    """A function from a generator and the calibration of its answers to a chatbot."""

    def make(generator: FakeGenerator, answer: AnswerCalibration, **changes: object) -> Chatbot:
        chatbot = make_chatbot(generator, **changes)
        shipped = shipped_calibration().model_copy(update={"answer": answer, "decline_below": 0.0})
        return Chatbot(chatbot.library, chatbot.retriever, generator, chatbot.settings, shipped)

    return make


def test_every_signal_of_an_answer_is_said(judged: Callable) -> None:
    answer = judged(FakeGenerator(ANSWER, log_odds=1.5), calibration(0.1)).answer(QUESTION)
    assert list(answer.signals) == list(ANSWER_SIGNALS)
    assert answer.signals["support"] > 0.9
    assert answer.signals["second_thought"] == 1.5
    assert 0 < answer.signals["quote_cosine"] <= 1
    assert answer.confidence == 0.5


def test_signal_that_is_not_to_be_had_is_left_out(judged: Callable) -> None:
    answer = judged(FakeGenerator(ANSWER), calibration(0.0, second_thought=5.0)).answer(QUESTION)
    assert "second_thought" not in answer.signals
    assert answer.confidence == 0.5


def test_the_more_the_model_agrees_the_likelier_the_answer_stands(judged: Callable) -> None:
    confidences = [
        judged(FakeGenerator(ANSWER, log_odds=agreed), calibration(0.0, second_thought=1.0)).answer(QUESTION).confidence
        for agreed in (-4.0, -1.0, 0.0, 1.0, 4.0)
    ]
    assert all(one < other for one, other in pairwise(confidences))


def test_answer_below_the_floor_is_declined_and_says_why(judged: Callable) -> None:
    doubting = FakeGenerator(ANSWER, ANSWER, log_odds=-3.0)
    declined = judged(doubting, calibration(0.5, second_thought=1.0)).answer(QUESTION)
    assert declined.declined.reason == "not_supported"
    assert declined.text == ""
    assert declined.confidence == pytest.approx(0.047, abs=0.001)
    assert declined.signals["second_thought"] == -3.0
    assert judged(doubting, calibration(0.5, second_thought=1.0), answer_floor=0.01).answer(QUESTION).answered


class Asked(FakeGenerator):
    """Counts how often it is asked for a second thought."""

    thoughts = 0

    def log_odds(self, *question: object) -> float | None:
        self.thoughts += 1
        return super().log_odds(*question)


@pytest.mark.parametrize(
    ("threshold", "changes", "thoughts"),
    [
        (0.5, {}, 1),
        (0.05, {}, 0),
        (0.95, {}, 0),
        (0.05, {"answer_floor": 0.4}, 1),
        (0.5, {"answer_floor": 0.0}, 0),
        (0.05, {"second_thought": "always"}, 1),
    ],
)
def test_the_model_is_asked_again_only_where_that_decides(
    judged: Callable, threshold: float, changes: dict[str, object], thoughts: int
) -> None:
    generator = Asked(ANSWER, log_odds=1.0)
    ranged = calibration(threshold, second_thought=1.0).model_copy(update={"ranges": {"second_thought": (-2.0, 2.0)}})
    judged(generator, ranged, **changes).answer(QUESTION)
    assert generator.thoughts == thoughts


def test_another_model_than_the_fitted_one_is_not_asked_in_vain(judged: Callable) -> None:
    generator = Asked(ANSWER, log_odds=1.0)
    other = calibration(0.5, second_thought=1.0).model_copy(update={"generator": "another"})
    answer = judged(generator, other).answer(QUESTION)
    assert generator.thoughts == 0
    assert answer.confidence == 0.5


def test_what_is_not_supported_is_declined_where_support_decides(judged: Callable) -> None:
    chatbot = judged(FakeGenerator(INVENTED, ANSWER), calibration(0.5, support=10.0))
    assert not chatbot.answer(QUESTION).answered
    assert chatbot.answer(QUESTION).answered


def test_quote_is_the_answer_where_the_answer_stands_and_its_words_do_not(judged: Callable) -> None:
    chatbot = judged(FakeGenerator(INVENTED), calibration(0.0))
    *events, last = chatbot.stream(QUESTION)
    assert isinstance(last, Answered)
    (sentence,) = last.answer.sentences
    (source,) = [one for one in last.answer.sources if one.number in sentence.citations]
    assert last.answer.text == sentence.text == source.quoted
    assert last.answer.text in chatbot.library.article(source.header.id).text
    checked = [event for event in events if isinstance(event, SentenceChecked)]
    assert [bool(one.sentence.citations) for one in checked] == [False, True]


def test_the_model_is_shown_the_quotes_and_the_question_alone(judged: Callable) -> None:
    asked = []

    class Asked(FakeGenerator):
        def log_odds(self, messages, one, other, cancelled):
            asked.append((messages, one, other))
            return 1.0

    judged(Asked(ANSWER), calibration(0.0)).answer(QUESTION)
    ((messages, one, other),) = asked
    assert (one, other) == ("Yes", "No")
    assert messages[1].content.startswith("Text (The Sorrel ferry changes hands): The car ferry Sorrel was sold")
    assert messages[1].content.endswith(f"Question: {QUESTION}\n\n{ASK}")
    assert ANSWER not in messages[1].content


def test_nothing_is_asked_again_where_nothing_was_written_or_somebody_left(judged: Callable) -> None:
    answer = judged(FakeGenerator(""), calibration(0.0)).answer(QUESTION)
    assert (answer.confidence, answer.signals, answer.answered) == (None, {}, False)
    *_, last = judged(FakeGenerator(ANSWER), calibration(1.0)).stream(QUESTION, cancelled=lambda: True)
    assert isinstance(last, Answered | Declined)
    assert last.answer.confidence is None


def test_signals_of_another_model_count_as_the_mean() -> None:
    fitted = calibration(0.5, second_thought=2.0, support=1.0)
    found = {"support": 0.9, "second_thought": -3.0}
    assert fitted.probability(found, "another") == fitted.probability({"support": 0.9}, "fake-generator")
    assert fitted.probability(found, "fake-generator") < fitted.probability(found, "another")


def test_the_shipped_calibration_knows_which_way_each_signal_points() -> None:
    weights = shipped_calibration().answer.weights
    assert min(weights.values()) > 0
    assert set(OF_THE_MODEL) <= set(weights)


def test_quote_and_question_stay_on_their_lines(judged: Callable) -> None:
    answer = judged(FakeGenerator(ANSWER), calibration(0.0)).answer(QUESTION)
    (_, message) = verification_messages("Who\n\nis\tit?", answer.sources[:1])
    assert "Question: Who is it?" in message.content
    assert message.content.count("\n\n") == 2
