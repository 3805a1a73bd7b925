"""Outcomes → figures: every metric by hand, what does not apply, and what must be nought."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rag.core.serialization import answer_as_json
from rag.core.types import Answer, AnswerSentence, ArticleHeader, Decline, Passage, Source, Span, Timings, Turn, Usage
from rag.evaluation.datasets.questions import Question
from rag.evaluation.metrics.definitions import BUDGETS, COUNTS, DEFINITIONS, METRICS
from rag.evaluation.metrics.outcome import EvidenceRead, Outcome, RankedHit, Verdict, verdict
from rag.evaluation.metrics.selective_answering import aurc, aurc_interval, confidence_of, mean_support, risk_coverage
from rag.evaluation.metrics.summary import scores, summarise

TEXTS = {
    "oven": "The oven was built in 1921. It burns beech wood.",
    "loaf": "The loaf rests for two days. It won the rye prize.",
    "mill": "The mill stands still. Nobody grinds there.",
}
CASES = {
    "answerable": Question("a", "When?", ("1921",), True, ("oven",), gold_sentences=("The oven was built in 1921.",)),
    "two": Question("t", "Which prize?", ("rye prize",), True, ("loaf", "oven"), "two_article"),
    "unanswerable": Question("u", "Who?", (), False, (), "unanswerable"),
}


def source(number: int, article: str, start: int = 0, end: int | None = None) -> Source:
    """A source whose passage is a whole article and whose quote is its first characters."""
    text = TEXTS[article]
    end = len(text) if end is None else end
    header = ArticleHeader(article, article.title(), "", "", "", None, (), "")
    return Source(number, header, Passage(article, 0, len(text), text, (Span(0, len(text)),)), Span(start, end), 0.5)


def answered(
    text: str, *sentences: tuple[tuple[int, ...], float], sources: tuple[Source, ...] = (), total_ms: float = 1000.0
) -> dict[str, Any]:
    checked = tuple(AnswerSentence(text, citations, support) for citations, support in sentences)
    timings, usage = Timings(10.0, 20.0, 300.0, total_ms), Usage(600, 40)
    return answer_as_json(Answer("?", text, checked, sources, None, timings, usage, "fake"))


def declined(*nearest: Source, total_ms: float = 100.0) -> dict[str, Any]:
    decline = Decline("not_in_articles", "Nothing is said about this.", nearest)
    return answer_as_json(Answer("?", "", (), nearest, decline, Timings(10.0, None, None, total_ms), Usage(), "fake"))


def outcome(kind: str, answer: dict[str, Any] | None = None, error: str | None = None, *hits: RankedHit) -> Outcome:
    return Outcome(CASES[kind], hits, answer, error)


def own(one: Outcome) -> dict[str, float]:
    return scores(one, TEXTS.get)


RIGHT = answered("In 1921.", ((1,), 0.9), sources=(source(1, "oven"),))
WRONG = answered("In 1950.", ((1,), 0.4), sources=(source(1, "oven"),))


# One question


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (outcome("answerable", RIGHT), "right"),
        (outcome("answerable", WRONG), "wrong"),
        (outcome("answerable", declined()), "declined_wrong"),
        (outcome("answerable", None, "It failed."), "failed"),
        (outcome("answerable"), "retrieved"),
        (outcome("unanswerable", RIGHT), "answered_unanswerable"),
        (outcome("unanswerable", declined()), "declined_right"),
        (Outcome(Question("b", "x", (), True, ("oven",)), (), RIGHT, None), "retrieved"),
        (Outcome(Question("b", "x", (), True, ("oven",)), (), declined(), None), "declined_wrong"),
    ],
)
def test_verdicts(one: Outcome, expected: Verdict) -> None:
    assert verdict(one) == expected


def test_a_right_answer() -> None:
    hits = (RankedHit("mill", False), RankedHit("oven", False), RankedHit("oven", True))
    found = own(outcome("answerable", RIGHT, None, *hits))
    # "in 1921" against "1921": precision 1/2, recall 1: 2 · 1/2 / (3/2) = 2/3.
    assert found == pytest.approx(
        {"recall@1": 0, "recall@3": 1, "recall@5": 1, "recall@10": 1, "mrr@10": 1 / 2, "ndcg@10": 1 / math.log2(3)}
        | {"all_recall@5": 1, "all_recall@10": 1}
        | {"passage_recall@1": 0, "passage_recall@3": 1, "passage_recall@5": 1, "passage_recall@10": 1}
        | {"right": 1, "wrongly_declined": 0, "trust": 1, "exact_match": 0, "f1": 2 / 3}
        | {"citation_precision": 1, "citation_recall": 1, "cited_sentences": 1, "unsupported_sentences": 0}
        | {"uncited_unmarked": 0, "non_verbatim_quotes": 0}
    )


def test_a_question_about_two_articles() -> None:
    hits = (RankedHit("loaf", True), RankedHit("mill", False), RankedHit("oven", False))
    found = own(outcome("two", answered("The rye prize.", ((1,), 1.0), sources=(source(1, "loaf"),)), None, *hits))
    assert [found[f"recall@{depth}"] for depth in (1, 3)] == [1 / 2, 1]
    assert (found["all_recall@5"], own(outcome("two", None, None, *hits[:2]))["all_recall@5"]) == (1, 0)
    # The gold words stand in one of the two articles: its passage alone is gold.
    assert [found[f"passage_recall@{depth}"] for depth in (1, 10)] == [1 / 2, 1 / 2]
    assert found["ndcg@10"] == pytest.approx((1 + 1 / 2) / (1 + 1 / math.log2(3)))
    assert (found["citation_recall"], found["citation_precision"]) == (1 / 2, 1)


def test_declining() -> None:
    wrongly, rightly = own(outcome("answerable", declined())), own(outcome("unanswerable", declined()))
    answers = ("right", "wrongly_declined", "trust", "exact_match", "f1")
    assert [wrongly[name] for name in answers] == [0, 1, 0, 0, 0]
    # As in SQuAD 2.0, the empty answer matches the empty gold answer.
    assert rightly == {"declined_unanswerable": 1, "trust": 1, "exact_match": 1, "f1": 1, "non_verbatim_quotes": 0}
    told = replace(CASES["unanswerable"], answers=("Not to be known.",))
    assert own(Outcome(told, (), declined(), None)) == rightly
    assert own(outcome("unanswerable", WRONG)) == {
        "declined_unanswerable": 0,
        "trust": 0,
        "exact_match": 0,
        "f1": 0,
    } | {
        "cited_sentences": 1,
        "unsupported_sentences": 0,
        "uncited_unmarked": 0,
        "non_verbatim_quotes": 0,
    }


def test_a_failure_is_neither_right_nor_a_refusal() -> None:
    assert own(outcome("unanswerable", None, "It failed.")) == dict.fromkeys(
        ("declined_unanswerable", "trust", "exact_match", "f1"), 0
    )
    found = own(outcome("answerable", None, "It failed."))
    assert not any(found.values())
    assert {"right", "wrongly_declined", "trust", "f1", "recall@1"} <= found.keys()
    assert not {"citation_precision", "cited_sentences", "non_verbatim_quotes"} & found.keys()


def test_citations() -> None:
    sources = (source(1, "oven"), source(2, "mill"), source(3, "loaf"))
    # Cited: 1 (gold) twice, 2 (of another article), and twice 9, which is not there. Gold: 2 of 5.
    answer = answered("In 1921.", ((1, 2), 0.9), ((1, 9), 0.8), ((), 0.1), ((9,), 0.7), sources=sources)
    found = own(outcome("answerable", answer))
    assert found["citation_precision"] == 2 / 5
    assert found["citation_recall"] == 1
    # Of 4 sentences 2 cite a source that is there, 1 has no citation, and 1 cites nothing but a missing source.
    assert (found["cited_sentences"], found["unsupported_sentences"], found["uncited_unmarked"]) == (2 / 4, 1 / 4, 1)
    nothing = own(outcome("answerable", answered("In 1921.", ((), 0.1), sources=sources)))
    assert "citation_precision" not in nothing
    assert nothing["citation_recall"] == 0
    assert "citation_precision" not in own(outcome("answerable", WRONG))


def test_quotes_that_are_not_verbatim() -> None:
    good = declined(source(1, "oven", 4, 8), source(2, "mill"))
    assert own(outcome("unanswerable", good))["non_verbatim_quotes"] == 0

    def with_first(**changes: object) -> dict[str, Any]:
        first = {**good["sources"][0], **changes}
        nearest = {**good["declined"], "nearest": [first, good["sources"][1]]}
        return {**good, "sources": [first, good["sources"][1]], "declined": nearest}

    # Shown among the sources and among the nearest passages, it still is one quote.
    for changes in (
        {"text": "The 0ven was built in 1921. It burns beech wood."},
        {"article_id": "unknown"},
        {"start": 1},
        {"quote": {"start": 8, "end": 8}},
        {"quote": {"start": 4, "end": 900}},
        {"start": 10, "text": TEXTS["oven"][10:]},
    ):
        assert own(outcome("unanswerable", with_first(**changes)))["non_verbatim_quotes"] == 1, changes


# Risk and coverage


def with_support(kind: str, text: str, support: float) -> Outcome:
    return outcome(kind, answered(text, ((1,), support), sources=(source(1, "oven"),)))


def test_risk_and_coverage() -> None:
    outcomes = [
        outcome("answerable", declined()),
        outcome("unanswerable", declined()),
        with_support("answerable", "1921", 0.9),
        with_support("answerable", "1950", 0.7),
        with_support("unanswerable", "1921", 0.2),
        with_support("answerable", "1921", 0.5),
    ]
    # Surest first: right, wrong, right, wrong (unanswerable), declined wrongly; what was declined rightly is left out.
    risks = [0, 1 / 2, 1 / 3, 2 / 4, 3 / 5]
    assert risk_coverage(outcomes) == [
        (pytest.approx((at + 1) / 5), pytest.approx(risk)) for at, risk in enumerate(risks)
    ]
    assert aurc(outcomes) == pytest.approx(sum(risks) / 5)
    assert confidence_of(outcomes[2]) == 0.9
    assert confidence_of(outcomes[0]) is None
    # With the opposite confidence: unanswerable, right, wrong, right, declined.
    opposite = [1, 1 / 2, 2 / 3, 2 / 4, 3 / 5]
    assert aurc(outcomes, lambda answer: -mean_support(answer)) == pytest.approx(sum(opposite) / 5)


def test_answers_that_are_equally_sure_come_in_any_order() -> None:
    tied = [with_support("answerable", text, 0.5) for text in ("1921", "1950", "1921", "1921")]
    # A quarter of them is wrong at every coverage, whatever the order in the file.
    assert risk_coverage(tied) == [(at / 4, pytest.approx(1 / 4)) for at in (1, 2, 3, 4)]
    assert aurc(tied[::-1]) == aurc(tied) == pytest.approx(1 / 4)


def test_the_ends_of_the_area() -> None:
    right = [with_support("answerable", "1921", 0.1 * at) for at in range(5)]
    assert aurc([*right, outcome("unanswerable", declined())]) == 0
    assert aurc_interval(right, seed=1) == (0, 0)
    assert aurc([outcome("answerable", declined()), outcome("unanswerable", declined())]) == 1
    assert aurc([outcome("unanswerable", RIGHT)]) is None
    assert aurc([]) is None
    assert aurc_interval([], seed=1) is None


def test_the_interval_of_the_area_lies_about_it() -> None:
    outcomes = [with_support("answerable", "1921" if at % 3 else "1950", (at * 7 % 40) / 40) for at in range(80)]
    low, high = aurc_interval(outcomes, seed=1) or (0, 0)
    assert low < (aurc(outcomes) or 0) < high
    assert high - low < 0.4
    # One in four is wrong, and it is the least sure quarter: of 80 places, 60 have risk 0, and the mean over all is
    # Σ (at − 60) / at / 80 for at = 61 … 80, which is 0.036. In any other order it would be 0.25.
    sorted_well = [with_support("answerable", "1921" if at < 60 else "1950", 1 - at / 80) for at in range(80)]
    expected = sum((at - 60) / at for at in range(61, 81)) / 80
    low, high = aurc_interval(sorted_well, seed=1) or (0, 0)
    assert low < expected < high < 0.15
    assert aurc(sorted_well) == pytest.approx(expected) == pytest.approx(0.036, abs=0.001)
    low, high = aurc_interval(outcomes, seed=1) or (0, 0)
    assert aurc_interval(outcomes, seed=1) == (low, high)


def test_mean_support() -> None:
    assert mean_support(answered("x", ((), 0.25), ((), 0.75))) == 0.5
    assert mean_support(answered("x")) == 0


# Summary


@pytest.fixture
def outcomes() -> list[Outcome]:
    hits = (RankedHit("oven", True), RankedHit("mill", False))
    return [
        outcome("answerable", RIGHT, None, *hits),
        outcome("answerable", WRONG, None, *hits[1:]),
        outcome("unanswerable", declined(source(1, "mill"), total_ms=200)),
        outcome("two", None, "The model failed."),
    ]


def test_a_summary(outcomes: list[Outcome]) -> None:
    result = summarise(outcomes, TEXTS.get, seed=1)
    assert (result["schema"], result["questions"], result["failed"]) == (1, 4, 1)
    metrics = result["metrics"]
    assert tuple(metrics) == tuple(METRICS)
    assert metrics["recall@1"] == round(1 / 3, 6)
    assert metrics["right"] == round(1 / 3, 6)
    assert metrics["wrongly_declined"] == 0
    assert metrics["declined_unanswerable"] == 1
    assert metrics["trust"] == (1 + 1) / 4
    assert metrics["exact_match"] == 1 / 4
    # 2/3 for "in 1921", 0 for "in 1950", 1 for declining, 0 for the failure.
    assert metrics["f1"] == round((2 / 3 + 1) / 4, 6)
    assert metrics["citation_precision"] == 1
    assert metrics["non_verbatim_quotes"] == 0
    # Right, wrong, failed: risks 0, 1/2 and 2/3.
    assert metrics["aurc"] == round((1 / 2 + 2 / 3) / 3, 6)
    assert list(result["by_type"]) == ["answerable", "two_article", "unanswerable"]
    assert result["by_type"]["answerable"]["right"] == 1 / 2
    assert result["by_type"]["unanswerable"]["right"] is None
    reasons = {name: reason for name, reason in result["reasons"].items() if "evidence" not in name}
    assert reasons == {
        "gold_sentence_recall": "No question has gold sentences and a gold answer of more than 10 words."
    }
    assert result["intervals"]["wrongly_declined"] == [0, 0]
    assert result["intervals"]["gold_sentence_recall"] is None
    low, high = result["intervals"]["trust"]
    assert 0 <= low < 0.5 < high <= 1


def test_the_cost(outcomes: list[Outcome]) -> None:
    result = summarise(outcomes, TEXTS.get, seed=1)
    # 200, 1000, 1000: the median, and 1.9 of the way from the first to the last.
    assert result["latency_ms"]["total"] == {"p50": 1000, "p95": 1000}
    assert result["latency_ms"]["first_token"] == {"p50": 300, "p95": 300}
    assert result["tokens"]["prompt"] == {"p50": 600, "p95": 600}
    # Three in 2.2 seconds.
    assert result["questions_per_minute"] == round(3 / 2.2 * 60, 6)
    failed = summarise(outcomes[3:], TEXTS.get, seed=1)
    assert failed["latency_ms"]["total"] == {"p50": None, "p95": None}
    assert failed["questions_per_minute"] is None


def test_counts_are_summed(outcomes: list[Outcome]) -> None:
    dangling = answered("In 1921.", ((7,), 0.9), ((8,), 0.9))
    result = summarise([*outcomes, *[outcome("answerable", dangling)] * 3], TEXTS.get, seed=1)
    assert result["metrics"]["uncited_unmarked"] == 6
    low, high = result["intervals"]["uncited_unmarked"]
    # Five answers, of which each has 0 or 2: 0 to 10.
    assert 0 <= low < 6 < high <= 10
    assert {"uncited_unmarked", "non_verbatim_quotes"} == COUNTS


def test_the_same_seed_gives_the_same_figures(outcomes: list[Outcome]) -> None:
    assert json.dumps(summarise(outcomes, TEXTS.get, seed=1)) == json.dumps(summarise(outcomes, TEXTS.get, seed=1))
    other = summarise(outcomes, TEXTS.get, seed=2)
    assert other["metrics"] == summarise(outcomes, TEXTS.get, seed=1)["metrics"]


def test_retrieval_only(outcomes: list[Outcome]) -> None:
    """A failure in such a run says nothing about answers that nobody asked for."""
    looked_up = [replace(one, answer=None) for one in outcomes]
    result = summarise(looked_up, TEXTS.get, seed=1)
    assert result["metrics"]["recall@1"] == round(1 / 3, 6)
    assert result["failed"] == 1
    applies = {name for name, figure in result["metrics"].items() if figure is not None}
    assert {name.partition("@")[0] for name in applies} == {"recall", "passage_recall", "all_recall", "mrr", "ndcg"}
    assert result["reasons"]["right"] == "No answer was asked for: only the search was run."
    assert set(result["by_type"]["two_article"].values()) == {0, None}
    assert "right" not in scores(looked_up[3], TEXTS.get, retrieval_only=True)
    # Where all failed, only the caller knows what had been asked for.
    failed = summarise(outcomes[3:], TEXTS.get, seed=1, retrieval_only=True)
    assert (failed["failed"], failed["metrics"]["right"], failed["metrics"]["recall@5"]) == (1, None, 0)


@pytest.mark.parametrize(
    ("chosen", "metric", "reason"),
    [
        ([], "right", "There is no question."),
        ([outcome("unanswerable", declined())], "recall@5", "No question is answerable."),
        ([outcome("unanswerable", declined())], "aurc", "No question is answerable."),
        ([outcome("answerable", RIGHT)], "declined_unanswerable", "No question is unanswerable."),
        ([outcome("answerable", declined())], "citation_recall", "No such question was answered"),
        ([outcome("answerable", WRONG)], "citation_precision", "No answer was right."),
        ([outcome("answerable", answered("1921", ((), 0)))], "citation_precision", "No right answer has a citation."),
        ([outcome("answerable", answered("1921"))], "cited_sentences", "No answer has a sentence."),
        ([outcome("answerable", None, "Failed.")], "non_verbatim_quotes", "Every question failed."),
        ([Outcome(Question("b", "x", (), True, ("oven",)), (), RIGHT, None)], "right", "has a gold answer (answers)"),
        ([Outcome(Question("b", "x", (), True, ("oven",)), (), RIGHT, None)], "trust", "or is unanswerable."),
        ([Outcome(Question("b", "x", (), True, ("oven",)), (), RIGHT, None)], "passage_recall@1", "to look for"),
        ([Outcome(Question("b", "x", ("y",), True), (), RIGHT, None)], "ndcg@10", "gold articles (evidence_ids)"),
        ([outcome("unanswerable", declined())], "all_recall@5", "No question is answerable."),
        ([outcome("unanswerable", declined())], "filled_evidence_tokens@50", "No question is answerable."),
        ([outcome("answerable", RIGHT)], "evidence_all_recall@50", "names several gold articles"),
        ([outcome("answerable", RIGHT)], "filled_evidence_recall@380", "Run: rag models pull"),
        ([Outcome(Question("b", "x", ("Yes",), True), (), RIGHT, None)], "evidence_recall@50", "other than yes or no"),
    ],
)
def test_what_does_not_apply_has_its_reason(chosen: list[Outcome], metric: str, reason: str) -> None:
    result = summarise(chosen, TEXTS.get, seed=1)
    assert result["metrics"][metric] is None
    assert result["intervals"][metric] is None
    assert reason in result["reasons"][metric]
    assert set(result["reasons"]) == {name for name, figure in result["metrics"].items() if figure is None}
    json.dumps(result, allow_nan=False)


def test_every_figure_is_defined_with_its_source(outcomes: list[Outcome]) -> None:
    result = summarise(outcomes, TEXTS.get, seed=1)
    shown = {*result["metrics"], *result["latency_ms"], *result["tokens"], "questions_per_minute"}
    assert shown == set(DEFINITIONS)
    for name in METRICS:
        assert DEFINITIONS[name].endswith(").") and DEFINITIONS[name].count(". ") <= 2, name


def with_evidence(kind: str, *read: tuple[int, bool, bool]) -> Outcome:
    """An outcome whose evidence, stopping early and filled, has so many tokens, the gold words, every gold article."""
    found = tuple(EvidenceRead(budget, bool(at), *one) for at, one in enumerate(read) for budget in BUDGETS)
    return replace(outcome(kind), evidence=found)


def test_the_evidence_at_a_budget() -> None:
    chosen = [
        with_evidence("answerable", (30, True, True), (48, True, True)),
        with_evidence("answerable", (20, False, True), (50, True, True)),
        with_evidence("two", (49, False, False), (49, False, True)),
        outcome("unanswerable"),
    ]
    found = summarise(chosen, TEXTS.get, seed=1)["metrics"]
    # The first two ask for one article alone.
    assert (found["evidence_recall@50"], found["filled_evidence_recall@50"]) == (0.333333, 0.666667)
    assert (found["evidence_all_recall@50"], found["filled_evidence_all_recall@50"]) == (0, 1)
    assert (found["evidence_tokens@50"], found["filled_evidence_tokens@50"]) == (33, 49)
    assert found["evidence_tokens@380"] == 33


def test_outcomes_of_older_runs_have_no_evidence() -> None:
    row = outcome("answerable", RIGHT).to_json()
    del row["evidence"]
    older = Outcome.from_json(json.loads(json.dumps(row)))
    assert older.evidence == ()
    newer = with_evidence("answerable", (30, True, True), (48, True, True))
    mixed = summarise([older, newer], TEXTS.get, seed=1)["metrics"]
    assert (mixed["evidence_recall@50"], mixed["evidence_tokens@50"]) == (1, 30)


def test_an_outcome_goes_to_a_line_and_back() -> None:
    question = replace(
        CASES["answerable"],
        history=(Turn("Before?", "Yes\u2028."),),
        as_of=date(2025, 1, 2),
        line=9,
        gold_sentences=("S.", "T."),
        gold_sentence_sets=(("S.",), ("S.", "T.")),
    )
    for one in (
        Outcome(question, (RankedHit("oven", True),), RIGHT, None),
        Outcome(CASES["two"], (), None, "It failed."),
        with_evidence("two", (30, True, False), (48, True, True)),
    ):
        assert Outcome.from_json(json.loads(json.dumps(one.to_json()))) == one
