"""Measure quality on the seeds and on public question sets: ``python benchmarks/quality.py --help``.

Runs ``rag eval`` twice for each set, without and with answers, and writes the metrics with their intervals to a
Markdown page. An interrupted run writes what it has measured, and the next run resumes it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.evaluation.metrics.definitions import BUDGETS

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
SAMPLE = 100
SEED = 0
UNFINISHED = "unfinished"
"""A file beside the results of an unfinished run, which says what they are results of."""
ANSWERS = {
    "right": "right",
    "wrongly_declined": "wrongly declined",
    "declined_unanswerable": "unanswerable declined",
    "trust": "trust",
    "citation_precision": "citation precision",
    "citation_recall": "citation recall",
    "aurc": "area under risk–coverage",
}
BY_TYPE = ("right", "wrongly_declined", "declined_unanswerable", "trust")
RETRIEVAL = (
    "recall@1", "recall@5", "all_recall@5", "all_recall@10", "mrr@10", "ndcg@10", "passage_recall@1",
    "passage_recall@3", "passage_recall@10",
)  # fmt: skip
EVIDENCE = {
    "evidence_recall": "gold words",
    "filled_evidence_recall": "gold words, budget filled",
    "evidence_all_recall": "every gold article",
    "filled_evidence_all_recall": "every gold article, budget filled",
}
TOKENS = "evidence_tokens"
NOTHING = "–"

Result = dict[str, Any]


@dataclass(frozen=True)
class QuestionSet:
    name: str
    questions: Path
    articles: Path
    sample: int | None


@dataclass(frozen=True)
class Step:
    """One run of ``rag eval`` over a set, with or without answers."""

    of: QuestionSet
    answers: bool
    questions: int

    @property
    def name(self) -> str:
        return self.of.name if self.answers else f"{self.of.name}-retrieval"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, help="folder of question sets, each with qa.jsonl and corpus.jsonl")
    parser.add_argument("--full", action="store_true", help=f"all questions instead of {SAMPLE} of each set")
    parser.add_argument("--results", type=Path, required=True, help="folder for the results as JSON, and their pages")
    parser.add_argument("--page", type=Path, required=True, help="the Markdown file to write")
    chosen = parser.parse_args(arguments)
    sets = list(question_sets(chosen.sets, None if chosen.full else SAMPLE))
    begin(chosen.results, sets)
    planned = steps(sets)
    found: dict[str, Result] = {}
    try:
        for at, step in enumerate(planned):
            print(progress(planned, at, found), file=sys.stderr, flush=True)
            found[step.name] = ask(step, chosen.results)
        (chosen.results / UNFINISHED).unlink()
    finally:
        # A page without answers would take the place of one that has them.
        if any(step.answers and step.name in found for step in planned):
            chosen.page.write_text(page(sets, found, full=chosen.full), encoding="utf-8")
            print(f"The figures are in {chosen.page}; every question is in {chosen.results}.", file=sys.stderr)
    return 0


def steps(sets: Sequence[QuestionSet]) -> list[Step]:
    """Return the runs: the search over every set, then answers, small sets first.

    Answers take nearly all of the time, so this order gives an early estimate of it.
    """
    counts = {one.name: len(one.questions.read_text(encoding="utf-8").splitlines()) for one in sets}
    searches = [Step(one, answers=False, questions=counts[one.name]) for one in sets]
    answers = [Step(one, answers=True, questions=min(counts[one.name], one.sample or counts[one.name])) for one in sets]
    return [*searches, *sorted(answers, key=lambda step: step.questions)]


def progress(planned: Sequence[Step], at: int, found: Mapping[str, Result]) -> str:
    """Describe the progress before step ``at``, and estimate the time left from the speed so far."""
    step = planned[at]
    what = "answers" if step.answers else "search alone"
    asked = sum(one.questions for one in planned[:at])
    passed = sum(found[one.name]["wall_seconds"] for one in planned[:at])
    parts = [f"{asked:,} of {sum(one.questions for one in planned):,} questions done in {round(passed / 60)} min"]
    left = 0.0
    for answers in (False, True):
        done = [one for one in planned[:at] if one.answers == answers]
        rest = sum(one.questions for one in planned[at:] if one.answers == answers)
        if done:
            seconds = sum(found[one.name]["wall_seconds"] for one in done)
            left += rest * seconds / sum(one.questions for one in done)
        elif rest:
            parts.append(f"{rest:,} {'answers' if answers else 'searches'} not timed yet")
    if left:
        parts.append(f"about {max(1, round(left / 60))} min left{' for the others' if len(parts) > 1 else ''}")
    return f"== {at + 1} of {len(planned)}: {step.of.name}, {what}, {step.questions:,} questions ({'; '.join(parts)})"


def question_sets(folder: Path | None, sample: int | None) -> Iterator[QuestionSet]:
    """Return the seeds, then the sets of the folder; a set without articles uses those of the first one."""
    yield QuestionSet("seeds", SEEDS / "questions.jsonl", SEEDS, None)
    if folder is None or not folder.is_dir():
        print(f"There is no folder of question sets {folder or ''}: the seeds alone are asked.", file=sys.stderr)
        return
    found = sorted(one for one in folder.iterdir() if (one / "qa.jsonl").is_file())
    elsewhere = next((one / "corpus.jsonl" for one in found if (one / "corpus.jsonl").is_file()), SEEDS)
    for one in found:
        own = one / "corpus.jsonl"
        yield QuestionSet(one.name, one / "qa.jsonl", own if own.is_file() else elsewhere, sample)


def begin(results: Path, sets: Sequence[QuestionSet]) -> None:
    """Prepare the folder: keep the results of an interrupted run of the same program and sets, delete others."""
    results.mkdir(parents=True, exist_ok=True)
    key = hashlib.sha256(repr(sets).encode())
    for file in sorted((ROOT / "rag").rglob("*.*")):
        if file.suffix in {".py", ".json", ".toml"}:
            key.update(file.read_bytes())
    for one in sets:
        articles = sorted(one.articles.glob("*")) if one.articles.is_dir() else [one.articles]
        for file in (one.questions, *filter(Path.is_file, articles)):
            key.update(file.read_bytes())
    mark = results / UNFINISHED
    if not mark.is_file() or mark.read_text(encoding="utf-8") != key.hexdigest():
        for old in results.glob("*.json"):
            old.unlink()
        mark.write_text(key.hexdigest(), encoding="utf-8")


def ask(step: Step, results: Path) -> Result:
    """Return the result of ``rag eval``, stored in ``results``; finished results are read from there."""
    one, file = step.of, results / f"{step.name}.json"
    if file.is_file():
        known: Result = json.loads(file.read_text(encoding="utf-8"))
        return known
    command = [sys.executable, "-m", "rag", "eval", str(one.questions), "--articles", str(one.articles)]
    command += ["--json", "--seed", str(SEED)]
    if step.answers:
        command += ["--report", str(results / step.name)]
        command += ["--sample", str(one.sample)] if one.sample else []
    else:
        command.append("--retrieval-only")
    began = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    result: Result = {**json.loads(done.stdout), "wall_seconds": round(time.monotonic() - began)}
    temporary = file.with_suffix(".tmp")
    temporary.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    temporary.replace(file)
    return result


def page(sets: Sequence[QuestionSet], found: Mapping[str, Result], *, full: bool = False) -> str:
    """Write the page, with a note of what has not been measured yet."""
    some = next(iter(found.values()))
    minutes = round(sum(one["wall_seconds"] for one in found.values()) / 60)
    planned = steps(sets)
    retrieval = {one.name: found[f"{one.name}-retrieval"] for one in sets if f"{one.name}-retrieval" in found}
    answers = {one.name: found[one.name] for one in sets if one.name in found}
    missing = [
        f"{step.of.name} ({'answers' if step.answers else 'search'})" for step in planned if step.name not in found
    ]
    settings = ", ".join(f"{name} {value}" for name, value in some["settings"].items() if value is not None)
    models = ", ".join(str(model["name"]) for model in some["models"].values())
    which = "all questions" if full else f"all of the seeds, and a stratified sample of {SAMPLE} from each other set"
    parts = [
        "# Quality",
        f"Made by `make {'eval-full' if full else 'eval'}` in {minutes} minutes: {which} (seed {SEED}); retrieval on "
        f"all of them. Models: {models}. Settings: {settings}. In brackets: 95 % bootstrap intervals over the "
        "questions. [docs/evaluation.md](../docs/evaluation.md) defines each figure.",
        *([f"Interrupted. Not measured yet: {', '.join(missing)}. Run the same command to resume."] if missing else []),
        "## Answers",
        table(["", "questions", *ANSWERS.values()], [row(name, one, ANSWERS) for name, one in answers.items()]),
        "Sentences with neither a citation nor a mark, and quotes that are not verbatim, over all sets: "
        f"{total(answers, 'uncited_unmarked')} and {total(answers, 'non_verbatim_quotes')}. Questions that failed: "
        f"{sum(one['failed'] for one in answers.values())}.",
        "## By type of question",
        table(["", "type", *(ANSWERS[metric] for metric in BY_TYPE)], list(type_rows(answers))),
        "## Time and tokens",
        "Milliseconds and tokens: median (and 95th percentile). A question that is declined at once has no token.",
        table(
            ["", "first quote", "first token", "whole answer", "prompt tokens", "completion tokens"],
            [cost_row(name, one) for name, one in answers.items()],
        ),
        "## Retrieval",
        table(["", "questions", *RETRIEVAL], [row(name, one, RETRIEVAL) for name, one in retrieval.items()]),
        "## Evidence",
        "Share of questions with the gold in the evidence that the model would read (and the tokens read, on average "
        "over the answerable ones) within each budget of tokens. It stops early where the search is sure; beside that, "
        "what the same budget holds when it is filled.",
        table(["", "looked for", *(f"{budget} tokens" for budget in BUDGETS)], list(evidence_rows(retrieval))),
    ]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def row(name: str, result: Result, metrics: Iterable[str]) -> list[str]:
    figures = (figure(result["metrics"][metric], result["intervals"][metric]) for metric in metrics)
    return [name, str(result["questions"]), *figures]


def type_rows(answers: Mapping[str, Result]) -> Iterator[list[str]]:
    for name, result in answers.items():
        for kind, metrics in result["by_type"].items():
            yield [name, kind, *(figure(metrics[metric], None) for metric in BY_TYPE)]


def evidence_rows(retrieval: Mapping[str, Result]) -> Iterator[list[str]]:
    for name, result in retrieval.items():
        for metric, words in EVIDENCE.items():
            cells = [evidence_cell(result["metrics"], metric, budget) for budget in BUDGETS]
            if any(cell != NOTHING for cell in cells):
                yield [name, words, *cells]


def evidence_cell(metrics: Mapping[str, float | None], metric: str, budget: int) -> str:
    share, tokens = (metrics[f"{name}@{budget}"] for name in (metric, metric.partition("evidence_")[0] + TOKENS))
    return NOTHING if share is None or tokens is None else f"{share:.3f} ({tokens:,.0f})"


def cost_row(name: str, result: Result) -> list[str]:
    def both(figures: Mapping[str, float | None]) -> str:
        return NOTHING if figures["p50"] is None else f"{figures['p50']:,.0f} ({figures['p95']:,.0f})"

    latency, tokens = result["latency_ms"], result["tokens"]
    parts = [latency["first_quote"], latency["first_token"], latency["total"], tokens["prompt"], tokens["completion"]]
    return [name, *map(both, parts)]


def figure(value: float | None, interval: Sequence[float] | None) -> str:
    if value is None:
        return NOTHING
    return f"{value:.3f}" + (f" [{interval[0]:.2f}, {interval[1]:.2f}]" if interval else "")


def total(answers: Mapping[str, Result], metric: str) -> int:
    return int(sum(one["metrics"][metric] or 0 for one in answers.values()))


if __name__ == "__main__":
    sys.exit(main())
