"""Quality on the seeds and on public question sets, as a page: ``python benchmarks/quality.py --help``.

Runs ``rag eval`` once for each set and writes their figures, each with its interval, to a Markdown file.
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

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
SAMPLE = 100
SEED = 0
UNFINISHED = "unfinished"
"""A file beside the results of a run that has not come to its end, and what they are results of."""
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
RETRIEVAL = ("recall@1", "recall@5", "mrr@10", "ndcg@10", "passage_recall@1", "passage_recall@3", "passage_recall@10")

Result = dict[str, Any]


@dataclass(frozen=True)
class QuestionSet:
    name: str
    questions: Path
    articles: Path
    sample: int | None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, help="folder of question sets, each with qa.jsonl and corpus.jsonl")
    parser.add_argument("--full", action="store_true", help=f"all questions instead of {SAMPLE} of each set")
    parser.add_argument("--results", type=Path, required=True, help="folder for the results as JSON, and their pages")
    parser.add_argument("--page", type=Path, required=True, help="the Markdown file to write")
    chosen = parser.parse_args(arguments)
    sets = list(question_sets(chosen.sets, None if chosen.full else SAMPLE))
    begin(chosen.results, sets)
    retrieval = {one.name: ask(one, chosen.results, retrieval_only=True) for one in sets}
    answers = {one.name: ask(one, chosen.results) for one in sets}
    minutes = round(sum(one["wall_seconds"] for one in (*retrieval.values(), *answers.values())) / 60)
    (chosen.results / UNFINISHED).unlink()
    chosen.page.write_text(page(answers, retrieval, minutes, full=chosen.full), encoding="utf-8")
    print(f"The figures are in {chosen.page}; every question is in {chosen.results}.", file=sys.stderr)
    return 0


def question_sets(folder: Path | None, sample: int | None) -> Iterator[QuestionSet]:
    """The seeds, all of them; then the sets of the folder. One without articles is asked of the first one's."""
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
    """Make the folder ready: results of an interrupted run of the same program and sets stay, others go."""
    results.mkdir(parents=True, exist_ok=True)
    key = hashlib.sha256(repr(sets).encode())
    for file in sorted((ROOT / "rag").rglob("*.*")):
        if file.suffix in {".py", ".json", ".toml"}:
            key.update(file.read_bytes())
    mark = results / UNFINISHED
    if not mark.is_file() or mark.read_text(encoding="utf-8") != key.hexdigest():
        for old in results.glob("*.json"):
            old.unlink()
        mark.write_text(key.hexdigest(), encoding="utf-8")


def ask(one: QuestionSet, results: Path, *, retrieval_only: bool = False) -> Result:
    """The result of ``rag eval``, kept in ``results``; what an interrupted run has finished is not asked again."""
    name = f"{one.name}-retrieval" if retrieval_only else one.name
    file = results / f"{name}.json"
    if file.is_file():
        known: Result = json.loads(file.read_text(encoding="utf-8"))
        return known
    command = [sys.executable, "-m", "rag", "eval", str(one.questions), "--articles", str(one.articles)]
    command += ["--json", "--seed", str(SEED)]
    if retrieval_only:
        command.append("--retrieval-only")
    else:
        command += ["--report", str(results / name)]
        command += ["--sample", str(one.sample)] if one.sample else []
    print(f"== {name}", file=sys.stderr)
    began = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    result: Result = {**json.loads(done.stdout), "wall_seconds": round(time.monotonic() - began)}
    temporary = file.with_suffix(".tmp")
    temporary.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    temporary.replace(file)
    return result


def page(answers: Mapping[str, Result], retrieval: Mapping[str, Result], minutes: int, *, full: bool = False) -> str:
    some = next(iter(answers.values()))
    settings = ", ".join(f"{name} {value}" for name, value in some["settings"].items() if value is not None)
    models = ", ".join(str(model["name"]) for model in some["models"].values())
    which = "all questions" if full else f"all of the seeds, and a stratified sample of {SAMPLE} from each other set"
    parts = [
        "# Quality",
        f"Made by `make {'eval-full' if full else 'eval'}` in {minutes} minutes: {which} (seed {SEED}); retrieval on "
        f"all of them. Models: {models}. Settings: {settings}. In brackets: 95 % bootstrap intervals over the "
        "questions. [docs/evaluation.md](../docs/evaluation.md) defines each figure.",
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


def cost_row(name: str, result: Result) -> list[str]:
    def both(figures: Mapping[str, float | None]) -> str:
        return "–" if figures["p50"] is None else f"{figures['p50']:,.0f} ({figures['p95']:,.0f})"

    latency, tokens = result["latency_ms"], result["tokens"]
    parts = [latency["first_quote"], latency["first_token"], latency["total"], tokens["prompt"], tokens["completion"]]
    return [name, *map(both, parts)]


def figure(value: float | None, interval: Sequence[float] | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" + (f" [{interval[0]:.2f}, {interval[1]:.2f}]" if interval else "")


def total(answers: Mapping[str, Result], metric: str) -> int:
    return int(sum(one["metrics"][metric] or 0 for one in answers.values()))


if __name__ == "__main__":
    sys.exit(main())
