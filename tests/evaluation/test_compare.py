"""Two results side by side: differences by hand, flips, what is allowed to fall, and files that are no results."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from rag.core.errors import DatasetError
from rag.evaluation.compare import (
    Comparison,
    MetricDifference,
    compare,
    comparison_as_json,
    exceeds_drop,
    format_comparison,
    load_result,
)
from rag.evaluation.metrics.definitions import lower_is_better
from tests.evaluation.sample_results import HOSTILE, Json, answer, result, row


def verdicts(*names: str, **changes: Any) -> Json:
    """A result with one question for each verdict, named q1, q2 and so on."""
    return result(*(row(f"q{at}", name) for at, name in enumerate(names, start=1)), **changes)


def difference(comparison: Comparison, metric: str) -> MetricDifference:
    return next(one for one in comparison.metrics if one.metric == metric)


def test_a_difference_by_hand() -> None:
    a = verdicts("right", "wrong", "wrong", "wrong", "wrong")
    b = verdicts("right", "right", "right", "right", "wrong")
    found = difference(compare(a, b, 0), "trust")
    assert (found.a, found.b) == (1 / 5, 4 / 5)
    assert found.difference == pytest.approx(3 / 5)
    assert found.questions == 5
    # Three differences of 1: of the 2³ signings, +++ and −−− are as far from 0.
    assert found.p_value == 2 / 8
    assert 0 <= found.low <= 3 / 5 <= found.high <= 1


def test_equal_results_differ_in_nothing() -> None:
    a = verdicts("right", "wrong", "declined_right", "failed")
    comparison = compare(a, copy.deepcopy(a), 0)
    assert comparison.better == comparison.worse == comparison.settings == comparison.models == ()
    for one in comparison.metrics:
        assert (one.difference, one.low, one.high) == (0, 0, 0)
        assert one.p_value in {1.0, None}
    assert exceeds_drop(comparison, {one.metric: 0.0 for one in comparison.metrics}) == []


def test_the_same_seed_gives_the_same_figures() -> None:
    a, b = verdicts(*["right", "wrong"] * 20), verdicts(*["right", "right", "wrong"] * 13, "right")
    assert compare(a, b, 7) == compare(a, b, 7)


def test_only_questions_that_both_have_count() -> None:
    a = result(row("x"), row("y", "wrong"), row("only-a"))
    b = result(row("only-b", "wrong"), row("y"), row("x", "wrong"), row("other-words"))
    a["rows"].append(row("other-words", question="Asked before in other words?"))
    comparison = compare(a, b, 0)
    assert comparison.questions == 2
    assert comparison.only_in_a == ("only-a",)
    assert comparison.only_in_b == ("only-b",)
    assert comparison.reworded == ("other-words",)
    assert (difference(comparison, "trust").a, difference(comparison, "trust").b) == (0.5, 0.5)
    text = format_comparison(comparison)
    assert "2 questions in both results; not compared: 1 only in A, 1 only in B, 1 worded differently." in text


def test_nothing_in_common_is_an_error() -> None:
    with pytest.raises(DatasetError, match=r"no question in common.*Run both on the same questions"):
        compare(result(row("a")), result(row("b")), 0)


def test_flips_both_ways() -> None:
    before = ("right", "wrong", "declined_wrong", "declined_right", "failed", "right", "wrong")
    after = ("wrong", "right", "right", "answered_unanswerable", "right", "right", "declined_wrong")
    comparison = compare(verdicts(*before), verdicts(*after), 0)
    assert [(flip.id, flip.before, flip.after) for flip in comparison.worse] == [
        ("q1", "right", "wrong"),
        ("q4", "declined_right", "answered_unanswerable"),
    ]
    assert [flip.id for flip in comparison.better] == ["q2", "q3", "q5"]
    text = format_comparison(comparison)
    assert "Better: 3 questions" in text
    assert "q1  right → wrong: When was the oven of q1 built?" in text


def test_a_run_of_the_search_alone_flips_nothing() -> None:
    assert compare(verdicts("right", "wrong"), verdicts("retrieved", "retrieved"), 0).worse == ()


def test_metrics_that_a_question_lacks_are_left_out_in_pairs() -> None:
    a = result(row("x", scores={"f1": 0.5}), row("y", scores={"f1": 1.0}), row("z", scores={}))
    b = result(row("x", scores={"f1": 0.75}), row("y", scores={}), row("z", scores={"f1": 1.0}))
    found = difference(compare(a, b, 0), "f1")
    assert (found.a, found.b, found.questions) == (0.5, 0.75, 1)


def test_a_result_from_before_a_figure_was_there_is_compared_in_the_others() -> None:
    older, newer = verdicts("right", "wrong"), verdicts("right", "right")
    for one in newer["rows"]:
        one["scores"] |= {"all_recall@5": 1.0, "evidence_tokens@170": 150.0}
    for one in older["rows"]:
        one["scores"] = {"trust": one["scores"]["trust"]}
    older["metrics"] = {"trust": 0.5}
    assert {one.metric for one in compare(older, newer, 0).metrics} >= {"trust"}
    assert not {"all_recall@5", "evidence_tokens@170"} & {one.metric for one in compare(older, newer, 0).metrics}


def test_more_tokens_of_evidence_are_worse_and_the_text_shows_two_budgets_alone() -> None:
    a, b = verdicts("right", "right"), verdicts("right", "right")
    for one, tokens in ((a, 100.0), (b, 112.5)):
        for asked in one["rows"]:
            asked["scores"] |= {f"evidence_tokens@{budget}": tokens for budget in (50, 170)}
    comparison = compare(a, b, 0)
    assert difference(comparison, "evidence_tokens@50").gain == -12.5
    assert exceeds_drop(comparison, {"evidence_tokens@170": 10}) == [
        "evidence_tokens@170 rose from 100.0 to 112.5, by 12.5 tokens; at most 10.0 tokens is allowed."
    ]
    text = format_comparison(comparison)
    assert "evidence_tokens@170" in text and "evidence_tokens@50" not in text


def test_counts_are_sums_and_latencies_means() -> None:
    def side(quotes: float, *total_ms: float) -> Json:
        timings = [{"first_quote_ms": 40.0, "first_token_ms": None, "total_ms": total} for total in total_ms]
        return result(
            *(
                row(f"q{at}", scores={"non_verbatim_quotes": quotes}, answer=answer(timings=given))
                for at, given in enumerate(timings)
            )
        )

    comparison = compare(side(0, 1000, 2000), side(2, 1500, 3500), 0)
    quotes, total = difference(comparison, "non_verbatim_quotes"), difference(comparison, "total_ms")
    assert (quotes.a, quotes.b, quotes.low, quotes.high) == (0, 4, 4, 4)
    assert (total.a, total.b, total.difference) == (1500, 2500, 1000)
    assert "first_token_ms" not in {one.metric for one in comparison.metrics}
    assert exceeds_drop(comparison, {"total_ms": 999}) == [
        "total_ms rose from 1.5 s to 2.5 s, by 1,000 ms; at most 999 ms is allowed."
    ]
    assert exceeds_drop(comparison, {"total_ms": 1000}) == []


def test_the_area_under_the_curve_is_compared_as_a_whole() -> None:
    def side(first: float, second: float) -> Json:
        return result(row("x", "right", confidence=first), row("y", "wrong", confidence=second))

    # The right one first: risks 0, 1/2. The wrong one first: risks 1, 1/2.
    found = difference(compare(side(0.9, 0.1), side(0.1, 0.9), 0), "aurc")
    assert (found.a, found.b, found.p_value) == (1 / 4, 3 / 4, None)
    assert found.low <= 0.5 <= found.high
    assert found.gain == -0.5


def test_declining_what_was_answered_wrongly_makes_the_area_smaller() -> None:
    a, b = verdicts("right", "answered_unanswerable"), verdicts("right", "declined_right")
    found = difference(compare(a, b, 0), "aurc")
    # A: two equally sure answers, one wrong: risks 1/2, 1/2. B: the wrong one has left the curve.
    assert (found.a, found.b) == (1 / 2, 0)


def test_a_fall_beyond_what_is_allowed_is_told() -> None:
    comparison = compare(verdicts(*["right"] * 10), verdicts(*["right"] * 8, "wrong", "declined_wrong"), 0)
    assert exceeds_drop(comparison, {"trust": 0.2}) == []
    assert exceeds_drop(comparison, {"trust": 0.1}) == [
        "trust fell from 100.0% to 80.0%, by 20.0 percentage points; at most 10.0 percentage points is allowed."
    ]


def test_where_smaller_is_better_a_rise_is_what_counts() -> None:
    costs = ("wrongly_declined", "unsupported_sentences", "uncited_unmarked", "non_verbatim_quotes", "aurc", "total_ms")
    assert all(map(lower_is_better, costs))
    few = result(*(row(f"q{at}", scores={"wrongly_declined": 0.0}) for at in range(4)))
    many = result(*(row(f"q{at}", scores={"wrongly_declined": 0.5}) for at in range(4)))
    assert exceeds_drop(compare(many, few, 0), {"wrongly_declined": 0.0}) == []
    (sentence,) = exceeds_drop(compare(few, many, 0), {"wrongly_declined": 0.1})
    assert sentence.startswith("wrongly_declined rose from 0.0% to 50.0%")


def test_a_metric_that_cannot_be_watched_is_told() -> None:
    a = verdicts("right")
    (sentence,) = exceeds_drop(compare(a, a, 0), {"trusst": 0.1})
    assert "trusst cannot be compared" in sentence
    assert "trust" in sentence


def test_settings_and_models_that_differ_are_listed() -> None:
    a = verdicts("right", settings={"chunk_words": 110, "seed": 0, "old": True})
    b = verdicts("right", settings={"chunk_words": 90, "seed": 0, "new": HOSTILE + "\n\x1b[2J"})
    b["models"] = {"embedder": a["models"]["embedder"], "generator": {"name": "other", "sha256": "f" * 64}}
    comparison = compare(a, b, 0)
    assert [(change.name, change.a, change.b) for change in comparison.settings[:2]] == [
        ("chunk_words", 110, 90),
        ("old", True, None),
    ]
    assert [change.name for change in comparison.models] == ["generator name", "generator sha256"]
    text = format_comparison(comparison)
    assert "chunk_words: 110 → 90" in text
    assert "old: yes → not set" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_table_is_aligned_and_fits_a_terminal() -> None:
    lines = format_comparison(compare(verdicts(*["right", "wrong"] * 30), verdicts(*["right"] * 60), 0)).splitlines()
    table = lines[2 : lines.index("", 2)]
    assert table[0].split() == ["metric", "A", "B", "change", "95%", "interval", "p", "questions"]
    end = table[0].index("questions") + len("questions")
    assert all(line[end - 1].isdigit() for line in table[1:])
    assert all(len(line) <= 100 for line in lines[:-1] if "→" not in line)
    assert next(line for line in table if line.startswith("trust")).endswith("better")


def test_long_lists_of_flips_are_cut_in_the_text_only() -> None:
    comparison = compare(verdicts(*["right"] * 50), verdicts(*["wrong"] * 50), 0)
    assert "… and 30 more: --json lists them all." in format_comparison(comparison)
    assert len(comparison_as_json(comparison)["worse"]) == 50


def test_the_json_is_plain() -> None:
    found = comparison_as_json(compare(verdicts("right", "wrong"), verdicts("wrong", "wrong"), 0))
    assert found["schema"] == 1
    assert json.loads(json.dumps(found, allow_nan=False))["metrics"][0]["metric"]


def test_a_result_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(verdicts("right")), encoding="utf-8")
    assert load_result(path) == verdicts("right")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is not JSON"),
        ("[1]", "names no schema"),
        ('{"metrics": {}}', "names no schema"),
        ('{"schema": 2, "rows": []}', "has schema 2, and this version reads 1"),
        ('{"schema": 1, "metrics": {}, "rows": []}', "has no rows"),
        ('{"schema": 1, "metrics": {}}', "has no rows"),
        ('{"schema": 1, "metrics": {}, "rows": [{"id": "a"}]}', "a row without an id or a verdict"),
        ("\udcff", "is not JSON"),
    ],
)
def test_a_file_that_is_no_result_gets_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DatasetError, match=sentence) as caught:
        load_result(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"There is no file .*Write it with `rag eval --json`"):
        load_result(tmp_path / "nowhere.json")
    with pytest.raises(DatasetError, match="cannot be read"):
        load_result(tmp_path)
