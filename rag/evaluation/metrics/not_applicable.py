"""Why a metric has nothing to average, in a sentence. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.evaluation.metrics.answer_metrics import LONG_ANSWER_WORDS, gold_texts, gold_words, is_long
from rag.evaluation.metrics.definitions import FILLED
from rag.evaluation.metrics.outcome import Outcome, verdict

Condition = tuple[Callable[[Outcome], bool], str]
"""What a question needs to have a value of a metric, and what to say where no question has that."""

ANSWERABLE: Condition = (lambda one: one.question.answerable, "No question is answerable.")
UNANSWERABLE: Condition = (lambda one: not one.question.answerable, "No question is unanswerable.")
EVIDENCE: Condition = (
    lambda one: bool(one.question.evidence_ids),
    "No answerable question names its gold articles (evidence_ids).",
)
GOLD_ANSWER: Condition = (
    lambda one: bool(one.question.answers),
    "No answerable question has a gold answer (answers).",
)
GOLD_TEXT: Condition = (
    lambda one: bool(gold_texts(one.question)),
    "No question has a gold sentence, or a gold answer other than yes or no, to look for in passages.",
)
GOLD_WORDS: Condition = (
    lambda one: bool(gold_words(one.question)),
    "No answerable question has a gold answer other than yes or no, or a gold sentence, to look for in the evidence.",
)
SEVERAL: Condition = (
    lambda one: len(set(one.question.evidence_ids)) > 1,
    "No answerable question names several gold articles (evidence_ids).",
)
NOT_READ = (
    "No evidence was chosen: it is measured in tokens of the answering model, which is not on this machine. "
    "Run: rag models pull"
)
LONG: Condition = (
    lambda one: is_long(one.question),
    f"No question has gold sentences and a gold answer of more than {LONG_ANSWER_WORDS} words.",
)
JUDGEABLE: Condition = (
    lambda one: bool(one.question.answers) or not one.question.answerable,
    "No question has a gold answer or is unanswerable.",
)
NOT_FAILED: Condition = (lambda one: one.answer is not None, "Every question failed.")
ANSWERED: Condition = (
    lambda one: one.answered is not None,
    "No such question was answered: they were declined or failed.",
)
SENTENCE: Condition = (lambda one: bool(one.answered and one.answered["sentences"]), "No answer has a sentence.")
RIGHT: Condition = (lambda one: verdict(one) == "right", "No answer was right.")
CITED: Condition = (
    lambda one: bool(one.answered and any(sentence["citations"] for sentence in one.answered["sentences"])),
    "No right answer has a citation.",
)

RETRIEVAL: dict[str, list[Condition]] = {
    "recall": [ANSWERABLE, EVIDENCE],
    "mrr": [ANSWERABLE, EVIDENCE],
    "ndcg": [ANSWERABLE, EVIDENCE],
    "passage_recall": [ANSWERABLE, EVIDENCE, GOLD_TEXT],
    "all_recall": [ANSWERABLE, EVIDENCE],
    "evidence_recall": [ANSWERABLE, GOLD_WORDS],
    "evidence_all_recall": [ANSWERABLE, SEVERAL],
    "evidence_tokens": [ANSWERABLE],
}
ANSWERING: dict[str, list[Condition]] = {
    "right": [ANSWERABLE, GOLD_ANSWER],
    "wrongly_declined": [ANSWERABLE],
    "declined_unanswerable": [UNANSWERABLE],
    "trust": [JUDGEABLE],
    "exact_match": [JUDGEABLE],
    "f1": [JUDGEABLE],
    "gold_sentence_recall": [ANSWERABLE, LONG],
    "citation_precision": [ANSWERABLE, EVIDENCE, GOLD_ANSWER, ANSWERED, RIGHT, CITED],
    "citation_recall": [ANSWERABLE, EVIDENCE, ANSWERED],
    "cited_sentences": [ANSWERED, SENTENCE],
    "unsupported_sentences": [ANSWERED, SENTENCE],
    "uncited_unmarked": [ANSWERED],
    "non_verbatim_quotes": [NOT_FAILED],
    "aurc": [ANSWERABLE, GOLD_ANSWER],
}


def why_none(metric: str, outcomes: Sequence[Outcome], retrieval_only: bool) -> str:
    """Why no question has a value of the metric: the first condition that none of them meets."""
    family = metric.partition("@")[0].removeprefix(FILLED)
    if not outcomes:
        return "There is no question."
    if retrieval_only and family in ANSWERING:
        return "No answer was asked for: only the search was run."
    left = list(outcomes)
    for holds, reason in RETRIEVAL.get(family) or ANSWERING[family]:
        left = [outcome for outcome in left if holds(outcome)]
        if not left:
            return reason
    if family.startswith("evidence_"):
        return NOT_READ
    raise ValueError(f"{metric} has a value.")
