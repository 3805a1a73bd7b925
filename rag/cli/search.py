"""``rag search``: the passages for a question, with an explanation of each rank on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli import console
from rag.cli.console import AsJson, AsOf, Index, OnlyLanguages, OnlySources, OnlyTags, Since, Until, quoted, title

if TYPE_CHECKING:
    from rag.core.types import RankedPassage
    from rag.retrieval.retriever import Dropped, Retrieved

SHOWN = 20
"""Most passages that ``--explain`` lists as left out."""


def search(
    question: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    limit: Annotated[int, typer.Option(min=1, max=200, help="Passages to show.")] = 5,
    sources: OnlySources = None,
    tags: OnlyTags = None,
    languages: OnlyLanguages = None,
    since: Since = "",
    until: Until = "",
    as_of: AsOf = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Explain each rank, and list what was found but left out.")
    ] = False,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Show the passages that fit a question best, without asking the answering model."""
    from rag import chatbot
    from rag.answering.abstention import MESSAGES
    from rag.core.serialization import ranked_as_json
    from rag.retrieval.opening import open_retriever
    from rag.store.opening import open_library

    settings = console.settings_of(index)
    question = chatbot.checked_question(question, settings)
    filters, day = console.filters_and_day(sources, tags, languages, since, until, as_of)
    library = open_library(settings)
    console.require_known(filters, library)
    retriever = open_retriever(library, console.open_embedder(settings), settings)
    depth = max(limit, settings.candidates)
    retrieved = retriever.retrieve(question, depth, filters=filters, as_of=day, explain=explain)
    found = retrieved.passages[:limit]
    if filters and not found:
        console.messages.print(MESSAGES["nothing_fits"], style="dim", markup=False)
    if as_json:
        passages = [ranked_as_json(passage) for passage in found]
        explanation = _explanation_as_json(retrieved, limit) if explain else {}
        console.print_json(
            {"question": question, **console.terms_as_json(filters, day), "passages": passages, **explanation}
        )
        return
    for passage in found:
        typer.echo(f"{passage.rank}. {title(passage.header)}\n   {quoted(passage.passage.words_of(passage.best.span))}")
        if explain:
            typer.echo(_explanation(passage))
    if explain:
        typer.echo(_left_out(retrieved, limit))


def _explanation(passage: RankedPassage) -> str:
    """Describe the passage's dense rank, BM25 rank and the terms of its score."""
    dense = f"by meaning {_rank(passage.dense_rank)} (cosine {passage.cosine:.2f})"
    bm25 = f"by words {_rank(passage.bm25_rank)} ({passage.coverage:.0%} of the question's words)"
    terms = " + ".join(f"{name} {value:.2f}" for name, value in passage.signals.items())
    return f"   {dense}, {bm25}\n   score {passage.score:.2f} = {terms}"


def _left_out(retrieved: Retrieved, limit: int) -> str:
    """List the corrected words, and the passages that were found but are not among the first ``limit``."""
    corrected = [
        f"No article has “{word}”; “{meant}” was searched for." for word, meant in retrieved.corrections.items()
    ]
    found = _not_shown(retrieved, limit)
    lines = [
        f"- {title(one.stored.header)}, characters {one.stored.passage.start} to {one.stored.passage.end}, by meaning "
        f"{_rank(one.dense_rank)}, by words {_rank(one.bm25_rank)}: {one.reason}."
        for one in found[:SHOWN]
    ]
    if len(found) > SHOWN:
        lines.append(f"- and {len(found) - SHOWN} more; --json lists them all.")
    return "\n".join([*corrected, *(["Found and left out:", *lines] if lines else ["Nothing else was found."])])


def _explanation_as_json(retrieved: Retrieved, limit: int) -> dict[str, Any]:
    return {
        "searched": retrieved.query,
        "respelled": dict(retrieved.corrections),
        "left_out": [
            {
                "article_id": one.stored.header.id,
                "start": one.stored.passage.start,
                "end": one.stored.passage.end,
                "dense_rank": one.dense_rank,
                "bm25_rank": one.bm25_rank,
                "reason": one.reason,
            }
            for one in _not_shown(retrieved, limit)
        ],
    }


def _not_shown(retrieved: Retrieved, limit: int) -> list[Dropped]:
    """Return the candidates ranked after ``limit``, then those that were dropped before ranking."""
    from rag.retrieval.retriever import Dropped

    later = [
        Dropped(one.stored, f"ranked {one.rank}, after those shown", one.dense_rank, one.bm25_rank)
        for one in retrieved.passages[limit:]
    ]
    return [*later, *retrieved.dropped]


def _rank(rank: int | None) -> str:
    return "not found" if rank is None else f"rank {rank}"
