"""Prepare the rows of a result in the compact form that report.js reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from rag.core.serialization import Json
from rag.evaluation.metrics.definitions import TOKENS, label
from rag.evaluation.report.formatting import FAILURES, VERDICTS, number, value_text
from rag.evaluation.report.per_question import gold_rank, mean_support, shown_verdict, timings, type_of


def table_data(result: Mapping[str, Any]) -> Json:
    """Return what the table of questions shows; a passage's text is stored once, however often it was found."""
    passages: dict[str, int] = {}
    rows = [_row(row, passages) for row in result.get("rows") or ()]
    found = Counter(row["verdict"] for row in rows)
    return {
        "verdicts": [
            {"key": key, "label": text, "failure": key in FAILURES} for key, text in VERDICTS.items() if found[key]
        ],
        "answers": any(row["answered"] is not None for row in rows),
        "metrics": {key: label(key) for row in rows for key, _ in row["scores"]},
        "passages": list(passages),
        "rows": rows,
    }


def _row(row: Mapping[str, Any], passages: dict[str, int]) -> Json:
    answer = row.get("answer") or {}
    declined = answer.get("declined") or {}
    evidence = [str(one) for one in row.get("evidence_ids") or ()]
    sources = (declined.get("nearest") or answer.get("sources") or ()) if declined else answer.get("sources") or ()
    return {
        "id": str(row.get("id", "")),
        "question": str(row.get("question", "")),
        "type": type_of(row),
        "verdict": shown_verdict(row),
        "history": [
            [str(turn.get(part) or "") for part in ("question", "answer")] for turn in row.get("history") or ()
        ],
        "gold": [str(one) for one in row.get("answers") or ()],
        "evidence": evidence,
        "answerable": bool(row.get("answerable")),
        "answered": bool(answer.get("answered")) if answer else None,
        "answer": str(answer.get("answer") or ""),
        "sentences": [_sentence(sentence) for sentence in answer.get("sentences") or ()],
        "declined": str(declined.get("message") or ""),
        "sources": [_source(source, evidence, passages) for source in sources],
        "error": str(row.get("error") or ""),
        "confidence": number(row.get("confidence")),
        "support": mean_support(row),
        "rank": gold_rank(row),
        "ranked": [[str(hit.get("article_id", "")), bool(hit.get("gold"))] for hit in row.get("ranked") or ()],
        "ms": timings(row),
        "tokens": _tokens(answer.get("usage") or {}),
        "model": str(answer.get("model") or ""),
        "scores": [
            [name, value_text(name, one)] for name, one in (row.get("scores") or {}).items() if number(one) is not None
        ],
    }


def _sentence(sentence: Mapping[str, Any]) -> list[Any]:
    support = number(sentence.get("support"))
    return [str(sentence.get("text") or ""), list(sentence.get("citations") or ()), support]


def _source(source: Mapping[str, Any], evidence: Collection[str], passages: dict[str, int]) -> Json:
    """Return a source; ``quote`` holds offsets in code points from the start of its passage."""
    text = str(source.get("text") or "")
    start = int(source.get("start") or 0)
    quote = source.get("quote") or {"start": start, "end": start}
    return {
        "number": source.get("number"),
        "article": str(source.get("article_id") or ""),
        "title": str(source.get("title") or "Untitled article"),
        "origin": [str(source[name]) for name in ("source", "date") if source.get(name)],
        "url": _web_address(str(source.get("url") or "")),
        "gold": source.get("article_id") in evidence,
        "passage": passages.setdefault(text, len(passages)),
        "quote": [int(quote["start"]) - start, int(quote["end"]) - start],
    }


def _web_address(url: str) -> str:
    """Return the address if it is http or https, else "": no other scheme becomes a link."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in {"http", "https"} and parts.hostname else ""


def _tokens(usage: Mapping[str, Any]) -> list[int] | None:
    counts = [number(usage.get(f"{name}_tokens")) for name in TOKENS]
    return [int(count) for count in counts if count is not None] if None not in counts else None
