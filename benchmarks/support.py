"""Measure how well supported sentences are told from others: ``.venv/bin/python benchmarks/support.py SETS [--fit]``.

SETS is a folder with a folder for each set, as benchmarks/quality.py takes it, and ``wice/claims.jsonl`` beside them.
Supported sentences, and corrupted ones, are derived from the articles of each set. ``--fit`` refits the weights in
rag/verification/entailment.json; a set is never measured with weights that were fitted on it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from support_fit import Accuracy, Pair, accuracies, fit, pair, predict
from support_negatives import Derived, derive

from rag.core.protocols import Embedder
from rag.core.settings import Settings, load_settings
from rag.core.types import Article, ArticleHeader, RankedPassage, SentenceMatch, StoredPassage
from rag.evaluation.datasets.corpus import index_of
from rag.ingest.chunking import chunk
from rag.models.loading import open_embedder
from rag.retrieval.context_selection import EvidencePassage
from rag.store import FILE, SqliteLibrary
from rag.text.tokenization import stems
from rag.verification.citations import find_quotes, support_of
from rag.verification.entailment import SHIPPED, SupportModel, shipped_model

ROOT = Path(__file__).resolve().parent.parent
FITTED_ON = {"seeds": ROOT / "seeds", "clapnq": None}
JUDGED = ("squad2", "hotpotqa")
MOST_PASSAGES = 2_500
"""Number of passages of a set, from the first, that sentences are derived from."""
WICE_PASSAGES = 8
"""Passages of a claim's page that are compared with it: those that share most words."""
SEED = 1


def main(
    sets: Annotated[Path, typer.Argument(help="The folder of the sets.")],
    fitting: Annotated[bool, typer.Option("--fit", help="Refit rag/verification/entailment.json.")] = False,
    each: Annotated[int, typer.Option(help="Sentences of every kind from every set.")] = 60,
    page: Annotated[Path, typer.Option(help="Where the figures are written.")] = ROOT / "benchmarks" / "support.md",
) -> None:
    """Fit if asked to, measure, and write the page."""
    settings = load_settings()
    embedder = open_embedder(settings)
    if fitting:
        train = [
            one for name, articles in FITTED_ON.items()
            for one in derived_pairs(name, articles or sets / name, settings, embedder, each)
        ]  # fmt: skip
        content = fit(train).model_dump_json(indent=2)
        SHIPPED.write_text(content + "\n", encoding="utf-8")
        shipped_model.cache_clear()
    model = shipped_model()
    judged = {name: derived_pairs(name, sets / name, settings, embedder, each) for name in JUDGED}
    everything = [one for pairs in judged.values() for one in pairs]
    lines = [
        *HEAD, f"Fitted on {', '.join(f'{number:,} of {name}' for name, number in model.fitted_on.items())}.", "",
        *table("Both sets, with vectors", everything, model),
        *(line for name, pairs in judged.items() for line in table(f"{name}, with vectors", pairs, model)),
        *table("Both sets, without vectors", [without_vector(one) for one in everything], model),
        *table("WiCE, supported against partially and not", list(wice(sets, embedder)), model),
        *speed(everything, model),
    ]  # fmt: skip
    page.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print(page.read_text(encoding="utf-8"))


HEAD = [
    "# How well sentences that hold are told from others",
    "",
    "```",
    ".venv/bin/python benchmarks/support.py SETS [--fit]",
    "```",
    "",
    "Sentences derived from articles that the fitting did not see, each judged against six passages. `right` is the",
    "share on the right side of the default `support_floor`; `balanced` the mean of that and of the share of all kinds",
    "on the other side; kinds weigh alike. docs/decisions/0014-support.md says what was tried.",
    "",
]


def derived_pairs(name: str, articles: Path, settings: Settings, embedder: Embedder, each: int) -> list[Pair]:
    own = index_of(articles, settings, embedder, lambda progress: None)
    library = SqliteLibrary.open(own.index / FILE, settings.embedder)
    stored = library.passages([int(one) for one in library.passage_ids()[:MOST_PASSAGES]])
    return list(_pairs(name, derive(stored, each, SEED), embedder))


def _pairs(name: str, derived: Sequence[Derived], embedder: Embedder) -> Iterator[Pair]:
    vectors = embedder.embed_sentences([one.text for one in derived])
    for one, vector in zip(derived, vectors, strict=True):
        yield pair(name, one.kind, one.supported, one.text, one.question, one.evidence, vector)


def without_vector(one: Pair) -> Pair:
    return replace(one, quotes=[replace(found, quote=replace(found.quote, cosine=None)) for found in one.quotes])


def wice(sets: Path, embedder: Embedder) -> Iterator[Pair]:
    """Return the claims of WiCE with the passages of their page that share most words."""
    for line in (sets / "wice" / "claims.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        first, *rest = row["evidence_sentences"]
        title = first.removeprefix("(meta data) TITLE:").strip()
        text = "\n".join(rest if title != first else [first, *rest])
        article = Article(row["id"], title if title != first else "", text, row["id"])
        said = set(stems(row["claim"]))
        passages = sorted(chunk(article, 110), key=lambda passage: -len(said & set(stems(passage.text))))
        header = ArticleHeader(article.id, article.title, "", "", "", None, (), "")
        evidence = []
        chosen = passages[:WICE_PASSAGES]
        for number, (passage, vectors) in enumerate(
            zip(chosen, embedder.embed_passages(chosen, [article.title] * len(chosen)), strict=True), start=1
        ):
            matches = tuple(SentenceMatch(span, 0.5, 0.5) for span in passage.sentences)
            stored = StoredPassage(number, passage, header, vectors)
            ranked = RankedPassage(stored, number, 1.0, 0.5, 0.5, number, number, matches)
            evidence.append(EvidencePassage(number, ranked, matches))
        supported = row["label"] == "supported"
        (vector,) = embedder.embed_sentences([row["claim"]])
        yield pair("wice", row["label"], supported, row["claim"], "", evidence, vector)


def table(title: str, pairs: Sequence[Pair], model: SupportModel) -> list[str]:
    rows = accuracies(pairs, predict(pairs, model))
    return [
        f"## {title}", "", "| | sentences | right | balanced | AUC |", "|---|---|---|---|---|",
        *(_row(row) for row in rows), "",
    ]  # fmt: skip


def _row(row: Accuracy) -> str:
    name = "**all**" if row.kind == "all" else f"{row.kind} ({'holds' if row.supported else 'does not'})"
    return f"| {name} | {row.pairs} | {row.right:.3f} | {row.balanced:.3f} | {row.auc:.3f} |"


def speed(pairs: Sequence[Pair], model: SupportModel) -> list[str]:
    """Return the milliseconds to check a sentence against ten passages that are already in memory."""
    passages = {id(quote.evidence): quote.evidence for one in pairs[:40] for quote in one.quotes}
    ten = list(passages.values())[:10]
    took = []
    for one in pairs[:200]:
        started = time.perf_counter()
        support_of(one.claim, find_quotes(one.claim, ten), model)
        took.append((time.perf_counter() - started) * 1000)
    p50, p95 = np.percentile(took, [50, 95])
    return [f"A sentence against ten passages took {p50:.1f} ms, {p95:.1f} ms at the 95th percentile.", ""]


if __name__ == "__main__":
    typer.run(main)
