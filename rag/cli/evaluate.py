"""``rag eval``: run questions with known answers, report metrics, and compare two runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli import console
from rag.cli.console import AsJson, Index
from rag.core.errors import DatasetError, ModelDamagedError, ModelMissingError

if TYPE_CHECKING:
    from rag.core.protocols import Embedder
    from rag.core.settings import Settings
    from rag.evaluation.datasets.questions import Question
    from rag.store import SqliteLibrary


def evaluate(
    questions: Annotated[
        Path | None, typer.Argument(metavar="[QA]", help="Questions: JSONL, CSV, SQuAD JSON, or a BEIR folder.")
    ] = None,
    articles: Annotated[
        Path | None,
        typer.Option(help="Articles to index for this run alone."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask only the first N questions.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Ask N questions, sampled by type.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sample and of the intervals.")] = 0,
    types: Annotated[str | None, typer.Option(help="Ask only these types, separated by commas.")] = None,
    workers: Annotated[
        int,
        typer.Option(min=1, max=64, help="Questions asked at once; a local model answers one at a time."),
    ] = 1,
    retrieval_only: Annotated[bool, typer.Option("--retrieval-only", help="Measure the search only.")] = False,
    report: Annotated[Path | None, typer.Option(help="Folder for an HTML report with every question.")] = None,
    compare: Annotated[
        tuple[Path, Path] | None, typer.Option(metavar="A.json B.json", help="Compare two results instead of asking.")
    ] = None,
    max_drop: Annotated[
        list[str] | None, typer.Option(metavar="METRIC=DROP", help="With --compare: exit 1 if a metric drops by more.")
    ] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Ask questions with known answers and report each metric with its confidence interval."""
    if compare:
        _compare(compare, max_drop or [], seed, as_json)
        return
    if questions is None:
        raise DatasetError("No questions were given. Run: rag eval QA, or rag eval --compare A.json B.json")
    from rag.evaluation.datasets import loading
    from rag.evaluation.datasets import questions as datasets
    from rag.evaluation.report.html_report import write_report

    settings = console.settings_of(index)
    chosen = loading.load_questions(questions)
    if types:
        chosen = datasets.of_types(chosen, [name.strip() for name in types.split(",")])
    chosen = datasets.sample(chosen, sample, seed) if sample else chosen
    chosen = datasets.limit(chosen, limit) if limit else chosen
    articles = articles or loading.own_articles(questions)
    result = _run(chosen, questions, articles, settings, seed, retrieval_only, workers)
    if report:
        page = write_report(result, report)
        console.messages.print(f"The report is {page}", markup=False)
    if as_json:
        console.print_json(result)
    else:
        _print_summary(result)


def _run(
    chosen: list[Question],
    source: Path,
    articles: Path | None,
    settings: Settings,
    seed: int,
    retrieval_only: bool,
    workers: int,
) -> dict[str, Any]:
    from rag import chatbot
    from rag.evaluation import runner
    from rag.retrieval.opening import open_retriever
    from rag.verification.answerability import load_calibration

    embedder = console.open_embedder(settings)
    settings, library = open_corpus(articles, chosen, source, settings, embedder)
    calibration = load_calibration(settings.index, settings.embedder)
    if settings.decline_below is None:  # The result records the threshold in force.
        settings = settings.model_copy(update={"decline_below": calibration.decline_below})
    count_tokens = _token_counter(settings)
    if retrieval_only:
        ask = runner.searching(open_retriever(library, embedder, settings), settings.candidates, count_tokens)
    else:
        with console.messages.status("Loading the answering model …"):
            ask = runner.asking(chatbot.Chatbot.open(settings, embedder), count_tokens)
    answering = [calibration, *(getattr(settings, name) for name in runner.ANSWERING)]
    state = (library.fingerprint(), settings.generator, settings.reranker, answering, retrieval_only)
    journal = settings.model_cache.parent / "evaluation" / f"run-{runner.fingerprint(state, chosen)}.jsonl"
    started = time.monotonic()
    with console.question_progress(len(chosen)) as tell:
        outcomes = runner.run(chosen, ask, journal, tell, workers)
    seconds = time.monotonic() - started
    journal.unlink()  # It serves to resume an interrupted run; a finished run starts over.
    text_of = cache(partial(runner.text_of, library))
    return runner.assemble(outcomes, text_of, settings, seed=seed, seconds=seconds, retrieval_only=retrieval_only)


def open_corpus(
    articles: Path | None, questions: list[Question], source: Path, settings: Settings, embedder: Embedder
) -> tuple[Settings, SqliteLibrary]:
    """Open the index of the articles, or that of the settings if there are none, and check the questions against it."""
    from rag.evaluation.datasets.corpus import index_of
    from rag.evaluation.datasets.questions import check_gold
    from rag.store.opening import open_library

    if articles:
        with console.article_progress() as progress:
            settings = index_of(articles, settings, embedder, progress)
    library = open_library(settings)
    check_gold(questions, library.ids(), source)
    return settings, library


def _token_counter(settings: Settings) -> Callable[[str], int] | None:
    """Return the answering model's token counter; None, with a message, if its weights are missing."""
    from rag.models.endpoint_client import is_endpoint
    from rag.models.llama import open_tokenizer
    from rag.models.openai_endpoint import open_endpoint
    from rag.models.weights import locate

    if is_endpoint(settings.generator):
        return open_endpoint(settings).count_tokens
    try:
        return open_tokenizer(locate(settings.generator, settings), settings.generator)
    except (ModelMissingError, ModelDamagedError) as error:
        console.messages.print(f"The evidence at each budget is not measured. {error}", markup=False)
        return None


def _print_summary(result: dict[str, Any]) -> None:
    from rag.evaluation.metrics.definitions import SUMMARY

    typer.echo(f"{result['questions']} questions, {result['failed']} failed, {result['seconds']:.0f} s")
    for name in SUMMARY:
        figure, interval = result["metrics"][name], result["intervals"].get(name)
        if figure is None:
            typer.echo(f"{name:24} n/a    {result['reasons'].get(name, '')}")
        else:
            between = f"   {interval[0]:.3f} to {interval[1]:.3f}" if interval else ""
            typer.echo(f"{name:24} {figure:.3f}{between}")
    for name, figures in result["latency_ms"].items():
        if figures["p50"] is not None:
            typer.echo(f"{name:24} {figures['p50']:.0f} ms (p95 {figures['p95']:.0f} ms)")


def _compare(files: tuple[Path, Path], max_drop: list[str], seed: int, as_json: bool) -> None:
    from rag.evaluation.compare import compare, comparison_as_json, exceeds_drop, format_comparison, load_result

    allowed = dict(_drop(text) for text in max_drop)
    comparison = compare(load_result(files[0]), load_result(files[1]), seed)
    if as_json:
        console.print_json(comparison_as_json(comparison))
    else:
        typer.echo(format_comparison(comparison))
    exceeded = exceeds_drop(comparison, allowed)
    for sentence in exceeded:
        typer.echo(sentence, err=True)
    if exceeded:
        raise typer.Exit(1)


def _drop(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise DatasetError(f"--max-drop takes METRIC=DROP, such as right=0.02, and not '{text}'.") from None
