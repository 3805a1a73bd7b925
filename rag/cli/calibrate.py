"""``rag calibrate``: fit the thresholds below which the chatbot declines to answer."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli import console
from rag.cli.console import AsJson, Index
from rag.cli.evaluate import open_corpus

if TYPE_CHECKING:
    from rag.core.settings import Settings
    from rag.evaluation.calibration import CurvePoint
    from rag.verification.answerability import AnswerCalibration, Calibration


def calibrate(
    questions: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[QA]...", help="Questions about the index, or folders with their own articles."),
    ] = None,
    everywhere: Annotated[Path | None, typer.Option(help="Off-topic questions, asked of every collection.")] = None,
    answers: Annotated[
        list[Path] | None,
        typer.Option(metavar="RESULT", help="A result of rag eval --json, to fit which answers are right; repeatable."),
    ] = None,
    wrongly_declined: Annotated[
        float,
        typer.Option(min=0.0, max=0.5, help="Largest share of answerable questions that may be declined."),
    ] = 0.03,
    output: Annotated[Path | None, typer.Option(help="File to write; in the index folder if not given.")] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Fit when to decline: before the model reads anything, and once an answer is written."""
    from rag.core.errors import DatasetError
    from rag.verification.answerability import FILE, load_calibration, save_calibration

    if not questions and not answers:
        raise DatasetError("There is nothing to fit. Give questions, or results of rag eval with --answers.")
    settings = console.settings_of(index)
    calibration, curves = load_calibration(settings.index, settings.embedder), {}
    if questions:
        found, curves["curve"] = _fit_questions(questions, everywhere, wrongly_declined, settings)
        calibration = found.model_copy(update={"answer": calibration.answer})
    if answers:
        answer, curves["answer_curve"] = _fit_answers(answers, wrongly_declined)
        calibration = calibration.model_copy(update={"answer": answer})
    file = output or settings.index / FILE
    save_calibration(calibration, file)
    if as_json:
        shown = {name: [asdict(point) for point in curve] for name, curve in curves.items()}
        console.print_json({**calibration.model_dump(), **shown, "file": str(file)})
    else:
        for name, curve in curves.items():
            part = calibration.answer if name == "answer_curve" and calibration.answer else calibration
            _print_curve(curve, part.decline_below)
            typer.echo(
                f"Declines below {part.decline_below}; area under the ROC curve {part.auc:.3f}, cross-validated."
            )
    console.messages.print(f"Written to {file}", markup=False)


def _fit_questions(
    questions: list[Path], everywhere: Path | None, wrongly_declined: float, settings: Settings
) -> tuple[Calibration, list[CurvePoint]]:
    """Retrieve for each question and fit to the signals; no answering model is needed."""
    from rag.evaluation import calibration
    from rag.evaluation.datasets import loading
    from rag.retrieval.opening import open_retriever

    sets = [(path, loading.load_questions(path)) for path in questions]
    off_topic = loading.load_questions(everywhere) if everywhere else []
    embedder = console.open_embedder(settings)
    found: list[calibration.Case] = []
    with console.question_progress(sum(len(own) + len(off_topic) for _, own in sets)) as tell:
        for path, own in sets:
            opened, library = open_corpus(loading.own_articles(path), own, path, settings, embedder)
            retriever = open_retriever(library, embedder, opened)
            for case in calibration.cases(_name(path), [*own, *off_topic], retriever, settings.candidates):
                found.append(case)
                tell(len(found))
    return calibration.fit(found, settings.embedder, wrongly_declined)


def _fit_answers(results: list[Path], wrongly_declined: float) -> tuple[AnswerCalibration, list[CurvePoint]]:
    from rag.core.errors import DatasetError
    from rag.evaluation import calibration, compare

    found: list[calibration.Case] = []
    generators = set()
    for path in results:
        result = compare.load_result(path)
        generators.add(result["models"]["generator"]["name"])
        found += calibration.answer_cases(result, path.stem)
    if len(generators) > 1:
        raise DatasetError(
            f"The results come from several models ({', '.join(sorted(generators))}). Give those of one."
        )
    return calibration.fit_answers(found, generators.pop(), wrongly_declined)


def _name(path: Path) -> str:
    """Name a collection in the calibration: its folder, or folder/file."""
    return path.name if path.is_dir() else f"{path.resolve().parent.name}/{path.name}"


def _print_curve(curve: list[CurvePoint], threshold: float) -> None:
    kinds = sorted({kind for point in curve for kind in point.by_type})
    typer.echo("Declined below, as a share of the questions; * is the threshold:")
    for point in curve:
        mark = "*" if point.threshold == threshold else " "
        typer.echo(
            f"{mark}{point.threshold:.2f}  answerable {point.wrongly_declined:.3f}  unanswerable "
            f"{point.declined_unanswerable:.3f}  " + "  ".join(f"{kind} {point.by_type[kind]:.2f}" for kind in kinds)
        )
