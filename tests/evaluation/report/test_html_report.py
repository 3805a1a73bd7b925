"""The report's page and data: all there, all escaped, nothing fetched, and n/a where there is no figure."""

from __future__ import annotations

import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from rag.evaluation.datasets.questions import Question
from rag.evaluation.metrics.definitions import BUDGETS, DEFINITIONS, METRICS, groups, label
from rag.evaluation.metrics.outcome import Outcome, verdict
from rag.evaluation.metrics.selective_answering import area, aurc, curve_of
from rag.evaluation.report import formatting, per_question
from rag.evaluation.report.html_report import write_report
from rag.evaluation.report.plots import (
    Bar,
    EvidenceCurve,
    bars_plot,
    evidence_plot,
    key,
    latency_plot,
    risk_coverage_plot,
    whisker,
)
from rag.evaluation.report.question_table import table_data
from tests.evaluation.sample_results import HOSTILE, PASSAGE, QUOTE, Json, answer, one_of_each, result, row, source


class Page(HTMLParser):
    """What a browser would make of the page: elements, visible text, the contents of scripts."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self._within: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self._within.append(tag)
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if self._within:
            self.scripts[-1] += data
        else:
            self.text += data

    @property
    def data(self) -> Json:
        """What the table of questions reads."""
        data: Json = json.loads(self.scripts[-2])
        return data


def page_of(written: Json, tmp_path: Path) -> Page:
    return Page(write_report(written, tmp_path / "report"))


def test_the_page_and_the_result_are_written_side_by_side(tmp_path: Path) -> None:
    written = one_of_each()
    page = write_report(written, tmp_path / "deep" / "report")
    assert page == tmp_path / "deep" / "report" / "index.html"
    assert json.loads((page.parent / "results.json").read_text(encoding="utf-8")) == written
    assert sorted(path.name for path in page.parent.iterdir()) == ["index.html", "results.json"]


def test_every_question_is_there(tmp_path: Path) -> None:
    written = result(*(row(f"question-{at}") for at in range(300)))
    data = page_of(written, tmp_path).data
    assert [one["id"] for one in data["rows"]] == [one["id"] for one in written["rows"]]
    assert len(data["passages"]) == 1, "a passage is held once, however often it was found"


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    bad = answer(HOSTILE, sources=[source(title=HOSTILE, text=HOSTILE, source=HOSTILE, url="javascript:alert(1)")])
    hostile = row(
        HOSTILE,
        question=HOSTILE,
        type=HOSTILE,
        answers=[HOSTILE],
        history=[{"question": HOSTILE, "answer": HOSTILE}],
        answer=bad,
    )
    written = result(
        hostile,
        row("failed", "failed", error=HOSTILE),
        settings={HOSTILE: HOSTILE},
        models={HOSTILE: {"name": HOSTILE, "sha256": HOSTILE}},
        reasons=dict.fromkeys(METRICS, HOSTILE),
    )
    page = page_of(written, tmp_path)
    assert [tag for tag, _ in page.elements if tag in {"script", "img", "b"}].count("script") == 2
    assert not any(tag == "img" or "onerror" in attributes for tag, attributes in page.elements)
    assert page.data["rows"][0]["question"] == HOSTILE
    assert page.data["rows"][0]["sources"][0]["url"] == ""
    assert "\u202e" not in page.text


def test_hostile_types_and_metrics_stay_text_in_every_table(tmp_path: Path) -> None:
    figures: Json = dict.fromkeys(METRICS, 0.5) | {HOSTILE: 0.5}
    missing: Json = dict.fromkeys(METRICS) | {HOSTILE: None}
    for values in (figures, missing):
        written = result(
            row("a", type=HOSTILE),
            metrics=values,
            by_type={HOSTILE: values},
            intervals={name: [0.4, 0.6] for name in values},
            reasons=dict.fromkeys(values, HOSTILE),
        )
        page = page_of(written, tmp_path)
        assert [tag for tag, _ in page.elements if tag in {"script", "img"}] == ["script", "script"]
        assert "window.hacked = 2" in page.text
        assert "\u202e" not in page.text


@pytest.mark.parametrize(
    "drawn",
    [
        bars_plot([Bar(HOSTILE, 0.5, (0.4, 0.6), 1)], HOSTILE),
        evidence_plot([EvidenceCurve(HOSTILE, (50,), ((30.0, 0.5),))]),
        latency_plot({HOSTILE: [30.0]}),
        key([HOSTILE]),
    ],
    ids=["bars", "evidence", "latency", "key"],
)
def test_hostile_names_stay_text_in_every_plot(drawn: str) -> None:
    assert "<script" not in drawn and "<img" not in drawn and "<!--" not in drawn
    assert "&lt;/script&gt;" in drawn
    assert "\u202e" not in drawn


def test_nothing_is_fetched(tmp_path: Path) -> None:
    page = page_of(one_of_each(), tmp_path)
    links = [
        value
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in {"src", "href", "srcset", "action", "data", "poster", "xlink:href"}
    ]
    assert all(link and link.startswith(("#", "data:")) for link in links)
    assert not any(re.search(r"@import|url\(|https?:", text) for text in page.scripts if text is not page.scripts[-2])
    policy = next(attributes["content"] for _, attributes in page.elements if "http-equiv" in attributes)
    assert policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("nothing", [None, math.nan, math.inf])
def test_what_has_no_figure_is_not_applicable(tmp_path: Path, nothing: float | None) -> None:
    figures: Json = dict.fromkeys(METRICS, nothing)
    written = result(
        row("a", "retrieved", evidence_ids=[], ranked=[], answers=[]),
        metrics=figures,
        by_type={"answerable": figures},
        intervals={},
        latency_ms={},
        tokens={},
        questions_per_minute=nothing,
        seconds=nothing,
        settings={"temperature": nothing},
    )
    page = page_of(written, tmp_path)
    assert "n/a" in page.text
    assert "Nothing to average." in page.text
    assert not re.search(r"\b(NaN|None|null|undefined|inf|Infinity|True|False)\b", page.text)
    attributes = " ".join(value or "" for _, given in page.elements for value in given.values())
    assert not re.search(r"\b(NaN|None|nan|inf)\b", attributes)
    assert "NaN" not in (tmp_path / "report" / "results.json").read_text(encoding="utf-8")


def test_a_page_without_a_single_question_is_a_page(tmp_path: Path) -> None:
    page = page_of(result(by_type={}), tmp_path)
    assert "0 questions" in page.text
    assert page.data["rows"] == []


def test_figures_intervals_reasons_and_definitions_are_shown(tmp_path: Path) -> None:
    page = page_of(one_of_each(), tmp_path)
    for words in ("75.0%", "60.0\u2009–\u200990.0%", "0.125", "2.0 s", "90 ms", "1,400", "12.5", "took 5 min"):
        assert words in page.text
    assert "fake-generator" in page.text
    assert "threads" in page.text
    assert "not set" in page.text
    assert "1 question failed" in page.text
    assert all(definition in page.text for definition in DEFINITIONS.values())
    anchors = {attributes.get("id") for _, attributes in page.elements}
    links = {attributes["href"] for tag, attributes in page.elements if tag == "a"}
    assert all(link and link.removeprefix("#") in anchors for link in links)


def test_quotes_that_are_not_verbatim_are_told_in_red(tmp_path: Path) -> None:
    written = one_of_each()
    written["metrics"]["non_verbatim_quotes"] = 3
    page = write_report(written, tmp_path).read_text(encoding="utf-8")
    assert '<span class="badge v-wrong">must be 0</span>' in page


def test_half_a_character_does_not_stop_the_report(tmp_path: Path) -> None:
    page = page_of(result(row("a", question="half \ud83e")), tmp_path)
    assert page.data["rows"][0]["question"] == "half ?"


def test_the_gravest_failures_come_first_in_the_filters() -> None:
    data = table_data(one_of_each())
    assert [one["key"] for one in data["verdicts"]] == [
        *("failed", "answered_unanswerable", "wrong", "declined_wrong"),
        *("right", "declined_right"),
    ]


def test_the_quote_is_counted_from_the_start_of_its_passage() -> None:
    found = table_data(result(row("a")))
    cited = found["rows"][0]["sources"][0]
    begin, end = cited["quote"]
    assert found["passages"][cited["passage"]][begin:end] == QUOTE
    assert found["passages"][cited["passage"]] == PASSAGE
    assert cited["gold"]


def test_retrieval_only_rows_are_told_apart_by_whether_gold_was_found() -> None:
    missing = [{"article_id": "mill", "gold": False}]
    verdicts = {
        "found": row("a", "retrieved"),
        "missed": row("b", "retrieved", ranked=missing),
        "retrieved": row("c", "retrieved", evidence_ids=[]),
    }
    assert {name: per_question.shown_verdict(one) for name, one in verdicts.items()} == {
        name: name for name in verdicts
    }
    by_article = row("d", "retrieved", answers=[], ranked=[*missing, {"article_id": "oven", "gold": False}])
    assert per_question.gold_rank(by_article) == 2
    assert per_question.gold_rank(row("e", "retrieved")) == 2


def outcome(confidence: float | None, text: str, answerable: bool = True) -> Outcome:
    question = Question("x", "When?", ("1921",) if answerable else (), answerable, ("oven",))
    given = answer(text, confidence or 0.0) if confidence is not None else answer("", answered=False, sentences=[])
    return Outcome(question, (), given, None)


def test_the_curve_drawn_is_the_one_that_aurc_measures() -> None:
    outcomes = [
        outcome(0.9, "In 1921."),
        outcome(0.8, "In 1950."),
        outcome(0.8, "It was 1921."),
        outcome(0.3, "In 1800.", answerable=False),
        outcome(None, ""),
        outcome(None, "", answerable=False),
    ]
    rows: list[dict[str, Any]] = [
        {
            "verdict": verdict(one),
            "answerable": one.question.answerable,
            "answers": list(one.question.answers),
            "confidence": one.answer["sentences"][0]["support"] if one.answered and one.answer else None,
            "answer": one.answer,
        }
        for one in outcomes
    ]
    points = curve_of(pair for pair in map(per_question.confidence_pair, rows) if pair)
    # Right; two equally sure ones of which one is wrong; an unanswerable one answered; one wrongly declined.
    assert points == [(1 / 5, 0), (2 / 5, 0.5 / 2), (3 / 5, 1 / 3), (4 / 5, 2 / 4), (1.0, 3 / 5)]
    assert area(points) == pytest.approx(aurc(outcomes))


def test_plots_have_axes_units_and_a_description() -> None:
    drawn = risk_coverage_plot([(0.5, 0.0), (1.0, 0.25)], answered=0.5)
    assert "wrong among them (share)" in drawn
    assert "50% of the questions were answered, 0% of those wrongly" in drawn
    assert 'class="line beyond"' in drawn
    drawn = latency_plot({"First quote": [35.0], "Whole answer": [900.0, 5200.0, 9000.0]})
    for words in ("100 ms", "10 s", "log scale", "Whole answer, half within 5.2 s", "of the questions (share)"):
        assert words in drawn
    drawn = bars_plot([Bar("two_article", 0.5, (0.25, 0.75), 8), Bar("<b>", None, None, 1)], "trust (share)")
    assert "two_article 50.0%; &lt;b&gt; n/a" in drawn
    assert drawn.count('class="whiskers"') == 1
    assert "<b>" not in drawn


def with_evidence(name: str, tokens: int, gold: float, **changes: Any) -> Json:
    """A row whose evidence has so many tokens, and twice as many where the budget is filled, at every budget."""
    scores = {f"evidence_tokens@{budget}": float(tokens) for budget in BUDGETS}
    scores |= {f"filled_evidence_tokens@{budget}": 2.0 * tokens for budget in BUDGETS}
    scores |= {f"{form}evidence_recall@{budget}": gold for form in ("", "filled_") for budget in BUDGETS}
    return row(name, "retrieved", scores=scores) | changes


def test_the_curve_of_tokens_against_accuracy_is_over_the_questions_that_have_both(tmp_path: Path) -> None:
    tokens_alone = with_evidence("c", 9000, 0.0)
    tokens_alone["scores"] = {name: value for name, value in tokens_alone["scores"].items() if "recall" not in name}
    page = page_of(result(with_evidence("a", 30, 1.0), with_evidence("b", 50, 0.5), tokens_alone), tmp_path)

    (spoken,) = [
        given["aria-label"] or "" for _, given in page.elements if "gold in it" in str(given.get("aria-label"))
    ]
    assert "stopping early where sure: 75.0% with 40, 75.0% with 40" in spoken
    assert "budget filled: 75.0% with 80" in spoken
    assert "every gold article" not in spoken


def test_without_evidence_the_curve_has_its_reason(tmp_path: Path) -> None:
    reasons = dict.fromkeys(METRICS, "No evidence was chosen.")
    assert (
        "Evidence: tokens against accuracyNo evidence was chosen."
        in page_of(result(row("a", "retrieved"), reasons=reasons), tmp_path).text
    )


def test_the_evidence_is_a_table_of_budgets(tmp_path: Path) -> None:
    figures: Json = dict.fromkeys(METRICS) | {"evidence_tokens@170": 151.25, "evidence_recall@170": 0.958}
    written = result(row("a"), metrics=figures, intervals={"evidence_recall@170": [0.93, 0.98]})
    text = page_of(written, tmp_path).text

    assert "budget, tokenstokens readgold in them50n/an/a100n/an/a170151.295.8%93.0\u2009–\u200998.0%240n/an/a" in text
    assert "all gold articles50" not in text, "a column without a figure is left out"


@pytest.mark.parametrize("points", [[(0.0, 0.0)], [(53.0, 0.84), (282.0, 0.98)], [(40_000.0, 1.0), (90_000.0, 1.0)]])
def test_any_evidence_can_be_drawn(points: list[tuple[float, float]]) -> None:
    drawn = evidence_plot([EvidenceCurve("<b>", tuple(range(len(points))), tuple(points))])
    places = [float(found) for found in re.findall(r'c[xy]="([\d.-]+)"', drawn)]
    assert len(places) == 2 * len(points) and all(0 <= place <= 400 for place in places)
    assert "<b>" not in drawn


@pytest.mark.parametrize("values", [[0.0], [0.0, 0.0], [1e7, 3e9], [0.4, 250.0], [5000.0] * 3])
def test_any_latency_can_be_drawn(values: list[float]) -> None:
    assert not re.search("nan|inf", latency_plot({"Whole answer": values}))


@pytest.mark.parametrize(("value", "interval"), [(0.0, (0.0, 0.0)), (1.0, None), (1.7, (-0.2, 3.0))])
def test_whiskers_stay_within_their_line(value: float, interval: tuple[float, float] | None) -> None:
    places = [float(found) for found in re.findall(r'(?:cx|x)="([\d.-]+)"', whisker(value, interval))]
    assert all(3 <= place <= 117 for place in places)


def test_figures_are_written_for_people() -> None:
    assert formatting.value_text("trust", 0.8234) == "82.3%"
    assert formatting.value_text("mrr@10", 0.8234) == "0.823"
    assert formatting.value_text("non_verbatim_quotes", 1200) == "1,200"
    assert formatting.value_text("total_ms", 6312.0) == "6.3 s"
    assert formatting.value_text("trust", True) == "n/a"
    assert formatting.value_text("evidence_tokens@170", 150.83) == "150.8"
    assert formatting.difference_text("filled_evidence_tokens@50", -12.0) == "−12.0"
    assert formatting.amount_text("evidence_tokens@170", 12.0) == "12.0 tokens"
    assert label("filled_evidence_recall@170") == "Gold in the evidence, budget 170 filled"
    assert formatting.difference_text("trust", -0.0312) == "−3.1"
    assert formatting.difference_text("trust", -0.0001) == "0.0"
    assert [formatting.duration(seconds) for seconds in (48, 700, 3900)] == ["48 s", "12 min", "1 h 05 min"]
    assert label("passage_recall@5") == "Passage recall@5"
    assert formatting.setting_text({"a": [1, None], "b": True}) == "a 1, not set, b yes"
    assert groups(["novel", "trust"]) == {"Answers": ["trust"], "Other": ["novel"]}
