"""``rag calibrate``: questions with known answerability → the threshold below which the chatbot declines."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.console import (
    AsJson,
    Index,
    article_progress,
    messages,
    open_embedder,
    print_json,
    question_progress,
    settings_of,
)

if TYPE_CHECKING:
    from rag.evaluation.calibrating import CurvePoint
    from rag.evaluation.questions import Question
    from rag.protocols import Embedder
    from rag.retrieval import Retriever
    from rag.settings import Settings


def calibrate(
    questions: Annotated[
        list[Path], typer.Argument(metavar="QA...", help="Questions on the index, or folders with their own articles.")
    ],
    everywhere: Annotated[
        Path | None, typer.Option(help="Questions that no collection answers, asked of each of them.")
    ] = None,
    wrongly_declined: Annotated[
        float, typer.Option(min=0.0, max=0.5, help="Most answerable questions of a collection to decline, a share.")
    ] = 0.03,
    output: Annotated[Path | None, typer.Option(help="Where to write it; beside the index where not given.")] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Fit when to decline a question before the model has read anything; no answering model is needed."""
    from rag.calibration import FILE, save_calibration
    from rag.evaluation import calibrating, datasets

    settings = settings_of(index)
    sets = [(path, datasets.load_questions(path)) for path in questions]
    off_topic = datasets.load_questions(everywhere) if everywhere else []
    embedder = open_embedder(settings)
    found: list[calibrating.Case] = []
    with question_progress(sum(len(own) + len(off_topic) for _, own in sets)) as tell:
        for path, own in sets:
            retriever = _retriever(path, own, settings, embedder)
            for case in calibrating.cases(_name(path), [*own, *off_topic], retriever, settings.candidates):
                found.append(case)
                tell(len(found))
    calibration, curve = calibrating.fit(found, settings.embedder, wrongly_declined)
    file = output or settings.index / FILE
    save_calibration(calibration, file)
    if as_json:
        print_json({**calibration.model_dump(), "curve": [asdict(point) for point in curve], "file": str(file)})
    else:
        _print_curve(curve, calibration.decline_below)
        typer.echo(
            f"Declines below {calibration.decline_below}; area under the ROC curve {calibration.auc:.3f}, "
            "cross-validated."
        )
    messages.print(f"Written to {file}", markup=False)


def _retriever(path: Path, questions: list[Question], settings: Settings, embedder: Embedder) -> Retriever:
    from rag.chatbot import open_library, open_retriever
    from rag.evaluation import datasets
    from rag.evaluation.corpus import index_of
    from rag.evaluation.questions import check_gold

    articles = datasets.own_articles(path)
    if articles:
        with article_progress() as progress:
            settings = index_of(articles, settings, embedder, progress)
    library = open_library(settings)
    check_gold(questions, library.ids(), path)
    return open_retriever(library, embedder, settings)


def _name(path: Path) -> str:
    """What the calibration calls a set: its folder, or its file below the folder it lies in."""
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
