"""``rag search --explain``: where each rank comes from, and what was found and left out."""

from __future__ import annotations

from typing import Any

from rag.cli.console import title
from rag.core.types import RankedPassage
from rag.retrieval.retriever import Dropped, Retrieved

SHOWN = 20
"""Passages that were left out, at most, that are named."""


def explained(passage: RankedPassage) -> str:
    """The ranks of both halves of the search, and what the score is the sum of."""
    halves = (
        f"by meaning {_rank(passage.dense_rank)} (cosine {passage.cosine:.2f}), by words {_rank(passage.bm25_rank)} "
    )
    halves += f"({passage.coverage:.0%} of the question's words)"
    parts = " + ".join(f"{name} {value:.2f}" for name, value in passage.signals.items())
    return f"   {halves}\n   score {passage.score:.2f} = {parts}"


def left_out(retrieved: Retrieved, limit: int) -> str:
    """The words that were respelled, and a line for each passage that was found and is not shown."""
    said = [f"No article has “{word}”; “{meant}” was searched for." for word, meant in retrieved.respelled.items()]
    found = _not_shown(retrieved, limit)
    lines = [
        f"- {title(one.stored.header)}, characters {one.stored.passage.start} to {one.stored.passage.end}, by meaning "
        f"{_rank(one.dense_rank)}, by words {_rank(one.bm25_rank)}: {one.reason}."
        for one in found[:SHOWN]
    ]
    if len(found) > SHOWN:
        lines.append(f"- and {len(found) - SHOWN} more; --json has them all.")
    return "\n".join([*said, *(["Found and left out:", *lines] if lines else ["Nothing else was found."])])


def explanation_as_json(retrieved: Retrieved, limit: int) -> dict[str, Any]:
    """What was searched for, and the passages that are not shown, each with the ranks it had and the reason."""
    return {
        "searched": retrieved.query,
        "respelled": dict(retrieved.respelled),
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
    """What was looked at and came after those asked for, then what was not looked at."""
    later = [
        Dropped(one.stored, f"came at place {one.rank} of those looked at", one.dense_rank, one.bm25_rank)
        for one in retrieved.passages[limit:]
    ]
    return [*later, *retrieved.dropped]


def _rank(rank: int | None) -> str:
    return "not found" if rank is None else f"rank {rank}"
